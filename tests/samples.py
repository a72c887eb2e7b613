"""Sample articles, sentences and configs, and how they are written to files."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

WORDS = (
    "o a de do da em um uma que presidente tropas soldados apoio envio Coreia Norte Rússia Ucrânia Putin Yoon "
    "the of in a that president troops soldiers support sending North Korea Russia Ukraine supports opposes is "
    "against favour defends condemns criticises deployment said on Thursday disse quinta-feira condenou defendeu"
).split()
"""What the small models know."""
ARTICLES = [
    {"id": "en-1", "language": "en", "outlet": "wire", "published": "2024-10-24", "title": "Putin supports the deployment",
     "text": "Putin said that the deployment is in favour of Russia. Yoon condemns the deployment."},
    {"id": "en-2", "language": "en", "outlet": "daily", "published": "2024-10-25", "title": "Yoon opposes Russia",
     "text": "Yoon opposes the deployment of troops.\n\nThe president said that on Thursday."},
    {"id": "pt-1", "language": "pt", "outlet": "jornal", "published": "2024-10-24", "title": "Putin disse que apoio",
     "text": "Putin defendeu o envio de tropas. Yoon condenou o envio."},
    {"id": "pt-2", "language": "pt", "outlet": "jornal", "published": "2024-10-26", "title": "Yoon disse",
     "text": "Yoon condenou o envio de soldados em Rússia. Putin disse que quinta-feira."},
]  # fmt: skip
TABLES = ("stance", "coverage", "differences", "evidence")


def sentences(count: int, seed: int = 0) -> list[str]:
    """Made-up sentences of known words, of 3 to 12 words each."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))) + "." for _ in range(count)]


def copies(times: int) -> list[dict[str, str]]:
    """The sample articles several times, each with an id of its own."""
    return [{**row, "id": f"{row['id']}-{n}"} for n in range(times) for row in ARTICLES]


def write_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A JSON Lines file."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_config(
    folder: Path, *, translation: Mapping[str, Any], stance: Mapping[str, Any], **sections: object
) -> Path:
    """A config of the sample articles, two actors and one target, with the articles beside it."""
    write_lines(folder / "articles.jsonl", ARTICLES)
    config = {
        "name": "small",
        "articles": {"path": "articles.jsonl"},
        "translation": {"check": False, **translation},
        "actors": [{"name": "Putin"}, {"name": "Yoon"}],
        "targets": [{"name": "deployment", "text": "the deployment", "aliases": {"pt": ["envio"]}}],
        "stance": dict(stance),
        "compare": {"minimum_articles": 1},
        **sections,
    }
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return path


def tables(folder: Path) -> dict[str, str]:
    """The CSV tables of a run as text."""
    return {name: (folder / "tables" / f"{name}.csv").read_text(encoding="utf-8") for name in TABLES}


def stamps(folder: Path, number: int) -> dict[str, int]:
    """When each stage's part of a shard was written, by the stage's folder, in nanoseconds."""
    return {path.parent.name: path.stat().st_mtime_ns for path in folder.glob(f"*/part-{number:05d}.parquet")}
