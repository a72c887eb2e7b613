"""A run's folder: one Parquet part per stage and shard, written whole or not at all.

A part carries the fingerprint of everything it was made from; one whose fingerprint is no longer the
expected one is made again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.errors import InputError
from pipelines.records import (
    Article,
    Judgement,
    Passage,
    Rejection,
    Sentence,
    TranslatedArticle,
    arrow_schema,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

STORED = {"articles": Article, "translated": TranslatedArticle, "passages": Passage, "judgements": Judgement}
REPORTED = ("tables", "rejected.csv", "report.html", "report.md")
METADATA = b"polystance"
UNFINISHED = ".unfinished"


class Shard(NamedTuple):
    """A unit of work: articles of one language, and a hash of their content."""

    number: int
    language: str
    articles: int
    fingerprint: str


class Part(NamedTuple):
    """What is known of a part without reading its records."""

    fingerprint: str
    records: int
    items: int
    """Sentences in a translated part, records in any other."""
    seconds: float
    rejections: tuple[Rejection, ...]


class Store:
    """Reads and writes the folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keeps a second process out of the folder.

        Raises:
            InputError: another process is at work there, or the folder cannot be written.
        """
        import filelock

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = filelock.FileLock(self.folder / ".lock", timeout=0)
            lock.acquire()
        except filelock.Timeout as error:
            cure = "Wait for it, or give another folder with --output"
            raise InputError(str(self.folder), "another run is writing to this folder", cure) from error
        except OSError as error:
            raise InputError(
                str(self.folder), f"cannot be written ({error.strerror})", "Give --output"
            ) from error
        try:
            for leftover in self.folder.rglob(f"*{UNFINISHED}"):  # of a process that was killed
                leftover.unlink()
            yield
        finally:
            lock.release()

    def clear(self) -> None:
        """Removes all that a run wrote, and nothing else."""
        for name in (*STORED, *REPORTED, "controls.json", "manifest.json", "config.yaml"):
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def write_text(self, name: str, text: str) -> None:
        """Writes a file whole or not at all."""
        with whole(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def begin_reading(self) -> None:
        """Says that reading is not complete; parts are about to be written anew."""
        (self.folder / "articles" / "index.json").unlink(missing_ok=True)

    def end_reading(
        self, fingerprint: str, shards: Sequence[Shard], seconds: float, rejected: Sequence[Rejection]
    ) -> None:
        """Says that reading is complete, and what it gave; parts of an earlier reading are removed."""
        index = {"fingerprint": fingerprint, "shards": shards, "seconds": seconds, "rejected": rejected}
        self.write_text("articles/index.json", json.dumps(index, ensure_ascii=False, indent=1))
        for stage in STORED:
            for path in (self.folder / stage).glob("part-*.parquet"):
                if int(path.stem.removeprefix("part-")) >= len(shards):
                    path.unlink()

    def shards(self, fingerprint: str | None = None) -> tuple[list[Shard], Part] | None:
        """The shards of a complete reading; None where there is none, or one of another fingerprint."""
        try:
            index = json.loads((self.folder / "articles" / "index.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        if fingerprint is not None and index["fingerprint"] != fingerprint:
            return None
        shards = [Shard(*shard) for shard in index["shards"]]
        parts = [self.part("articles", shard.number) for shard in shards]
        if [part and part.fingerprint for part in parts] != [shard.fingerprint for shard in shards]:
            return None
        rejected = tuple(Rejection(*item) for item in index["rejected"])
        articles = sum(shard.articles for shard in shards)
        return shards, Part(index["fingerprint"], articles, articles, index["seconds"], rejected)

    def write_part(
        self,
        stage: str,
        shard: int,
        records: Sequence[Any],
        fingerprint: str,
        seconds: float = 0.0,
        rejected: Sequence[Rejection] = (),
    ) -> None:
        """Writes one part whole or not at all."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        items = sum(len(r.sentences) if isinstance(r, TranslatedArticle) else 1 for r in records)
        about = {"fingerprint": fingerprint, "items": items, "seconds": seconds, "rejected": rejected}
        schema = arrow_schema(STORED[stage]).with_metadata({METADATA: json.dumps(about).encode()})
        table = pa.Table.from_pylist([_to_row(record) for record in records], schema=schema)
        with whole(self._path(stage, shard)) as temporary:
            pq.write_table(table, temporary, compression="zstd")

    def part(self, stage: str, shard: int) -> Part | None:
        """What is known of a part; None where it is not there or damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._path(stage, shard)) as file:
                about = json.loads(file.schema_arrow.metadata[METADATA])
                rejected = tuple(Rejection(*item) for item in about["rejected"])
                records = file.metadata.num_rows
                return Part(about["fingerprint"], records, about["items"], about["seconds"], rejected)
        except (FileNotFoundError, pa.ArrowInvalid, KeyError, TypeError, ValueError):
            return None

    def articles(self, shard: int) -> list[Article]:
        """The articles of a shard."""
        return [Article(**row) for row in self._rows("articles", shard)]

    def translated(self, shard: int) -> list[TranslatedArticle]:
        """The translated articles of a shard, with the articles they were made from."""
        articles = {article.id: article for article in self.articles(shard)}
        return [
            TranslatedArticle(
                articles[row["article_id"]],
                tuple(Sentence(**{**s, "flags": tuple(s["flags"])}) for s in row["sentences"]),
            )
            for row in self._rows("translated", shard)
        ]

    def passages(self, shard: int) -> list[Passage]:
        """The passages of a shard."""
        return [Passage(**{**row, "flags": tuple(row["flags"])}) for row in self._rows("passages", shard)]

    def table(self, stage: str, shards: Sequence[Shard], columns: Sequence[str] | None = None) -> Any:
        """The records of all shards as one Arrow table, of these columns or of all."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        read = [pq.read_table(self._path(stage, shard.number), columns=columns) for shard in shards]
        schema = pa.schema([f for f in arrow_schema(STORED[stage]) if columns is None or f.name in columns])
        return pa.concat_tables(
            [
                schema.empty_table(),
                *(part.select(schema.names).replace_schema_metadata(None) for part in read),
            ]
        )

    def _rows(self, stage: str, shard: int) -> list[dict[str, Any]]:
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = pq.read_table(self._path(stage, shard)).to_pylist()
        return rows

    def _path(self, stage: str, shard: int) -> Path:
        return self.folder / stage / f"part-{shard:05d}.parquet"


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, which becomes `path` when the block ends without an error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        yield temporary
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def fingerprint(*parts: object) -> str:
    """A hash of values that JSON can write, or dataclasses of them."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_jsonable)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _jsonable(value: Any) -> Any:
    return value.model_dump() if hasattr(value, "model_dump") else dataclasses.asdict(value)


def _to_row(record: Any) -> dict[str, Any]:
    if isinstance(record, TranslatedArticle):
        article = record.article
        sentences = [dataclasses.asdict(sentence) for sentence in record.sentences]
        return {
            "article_id": article.id,
            "story": article.story,
            "language": article.language,
            "sentences": sentences,
        }
    return dataclasses.asdict(record)
