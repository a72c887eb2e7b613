"""Digests: of values, of files, and of the code that makes a result."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CHUNK = 1 << 20
"""Bytes read at a time; changes memory only."""
DIGEST_CHARACTERS = 32
"""Of 64 hexadecimal ones: 128 bits, enough that no two of a run's values share a digest by chance."""
CODE = (".py", ".yaml", ".txt", ".csv")
"""Endings of the files in a package that decide what it computes."""


def fingerprint(*parts: object) -> str:
    """A digest of values that JSON can write, of pydantic models and of dataclasses."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_jsonable)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARACTERS]


def sha256(path: Path) -> str:
    """The SHA-256 of a file; an unchanged file is read only once in a process."""
    about = path.stat()
    return _sha256(path, about.st_size, about.st_mtime_ns)


@cache
def code_digest(*folders: str) -> str:
    """A digest of the source and data files directly in these folders of the package `pipelines`.

    Results carry it, so that a result made by other code is made again. Files in folders below are not
    included: models and calibrations have digests of their own.

    Args:
        folders: such as `find` and `find/grammar`.
    """
    digest = hashlib.sha256()
    for folder in folders:
        sources = [path for path in files("pipelines").joinpath(folder).iterdir() if path.name.endswith(CODE)]
        for path in sorted(sources, key=lambda path: path.name):
            digest.update(f"{folder}/{path.name}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:DIGEST_CHARACTERS]


@cache
def _sha256(path: Path, size: int, changed: int) -> str:  # noqa: ARG001  (with the path, the key of the cache)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _jsonable(value: Any) -> Any:
    return value.model_dump() if hasattr(value, "model_dump") else dataclasses.asdict(value)
