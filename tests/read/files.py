"""Files of articles, and what the readers make of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.read.files import detect_reader

NEWS: list[dict[str, Any]] = [
    {"id": "a", "language": "en", "title": "Troops stay", "text": 'He said: "We stay; all of us,\tnow."'},
    {"id": "b", "language": "pt", "title": "Tropas ficam", "text": "As tropas não vão sair.\nNão agora."},
]


def rows(*paths: Path | str, reader: str | None = None, **options: Any) -> list[Row | Unreadable]:
    """What the reader for the paths reads there."""
    named = [str(path) for path in paths]
    name = reader or detect_reader(named)
    return list(build("reader", name, options, "articles", path=named, offline=True).rows())


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def json_lines() -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in NEWS).encode()
