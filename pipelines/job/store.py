"""A run's folder: one Parquet part for each stage and shard, written whole or not at all.

A part carries the fingerprint of everything that it depends on; if that is no longer the expected one, the
part is made again.
"""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.atomic import UNFINISHED, whole
from pipelines.config.yaml_text import parse_yaml
from pipelines.errors import InputError, PolystanceError
from pipelines.records import Article, Passage, Rejection, Sentence, TranslatedArticle, arrow_schema
from pipelines.stages import FIND, READ, RECORDED, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.stages import Stage

METADATA = b"polystance"
"""Key of a part's own metadata in its Parquet schema."""
WRITTEN = (
    "tables",
    "rejected.csv",
    "report.html",
    "report.md",
    "report_files",
    "controls.json",
    "manifest.json",
    "config.yaml",
)
"""Files and folders that a run writes besides its parts."""
INDEX = f"{READ.folder}/index.json"


class Shard(NamedTuple):
    """A unit of work: articles of one language, and a digest of their content."""

    number: int
    language: str
    articles: int
    fingerprint: str


class Part(NamedTuple):
    """The metadata of a part.

    `items` is the number of sentences in a translated part, of records in any other; `seconds` excludes the
    loading of models.
    """

    fingerprint: str
    records: int
    items: int
    seconds: float
    rejections: tuple[Rejection, ...]


class Reading(NamedTuple):
    """The shards of a complete reading, and its metadata."""

    shards: tuple[Shard, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class StoredTranslation:
    """A `TranslatedArticle` as stored: its article itself is in the part of the stage before."""

    article_id: str
    story: str | None
    language: str | None
    sentences: tuple[Sentence, ...]


class Store:
    """Reads and writes the folder of one run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Lock the folder against a second process.

        Raises:
            InputError: another process is writing to the folder, or it cannot be written.
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
            cause = f"cannot be written ({error.strerror})"
            raise InputError(str(self.folder), cause, "Give --output") from error
        try:
            for leftover in self.folder.rglob(f"*{UNFINISHED}"):  # of a process that was killed
                leftover.unlink()
            yield
        finally:
            lock.release()

    def clear(self) -> None:
        """Remove all that a run wrote, and nothing else."""
        for name in (*(stage.folder for stage in RECORDED), *WRITTEN):
            path = self.folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def write_text(self, name: str, text: str) -> None:
        """Write a file whole or not at all."""
        with whole(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")

    def read_json(self, name: str) -> dict[str, Any]:
        """The JSON object in a file; empty if the file is missing, damaged or holds something else."""
        try:
            stored = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def read_yaml(self, name: str) -> dict[str, Any]:
        """The mapping in a YAML file; empty if the file is missing, damaged or holds something else."""
        try:
            stored = parse_yaml((self.folder / name).read_text(encoding="utf-8"), name)
        except (FileNotFoundError, ValueError, PolystanceError):
            return {}
        return stored if isinstance(stored, dict) else {}

    def begin_reading(self) -> None:
        """Mark reading as incomplete, before its parts are written again."""
        (self.folder / INDEX).unlink(missing_ok=True)

    def end_reading(
        self, fingerprint: str, shards: Sequence[Shard], seconds: float, rejections: Sequence[Rejection]
    ) -> None:
        """Mark reading as complete, and remove the parts of an earlier reading.

        Args:
            fingerprint: of everything that reading depends on.
            shards: of the articles.
            seconds: spent on reading.
            rejections: rows that are not usable.
        """
        index = {"fingerprint": fingerprint, "shards": shards, "seconds": seconds, "rejected": rejections}
        self.write_text(INDEX, json.dumps(index, ensure_ascii=False, indent=1))
        for stage in RECORDED:
            for path in (self.folder / stage.folder).glob("part-*.parquet"):
                if int(path.stem.removeprefix("part-")) >= len(shards):
                    path.unlink()

    def reading(self, fingerprint: str | None = None) -> Reading | None:
        """The complete reading; None if there is none, or only one with another fingerprint."""
        index = self.read_json(INDEX)
        if not index or (fingerprint is not None and index["fingerprint"] != fingerprint):
            return None
        shards = tuple(Shard(*shard) for shard in index["shards"])
        parts = [self.part(READ, shard.number) for shard in shards]
        if [part and part.fingerprint for part in parts] != [shard.fingerprint for shard in shards]:
            return None
        rejections = tuple(Rejection(*item) for item in index["rejected"])
        articles = sum(shard.articles for shard in shards)
        return Reading(shards, Part(index["fingerprint"], articles, articles, index["seconds"], rejections))

    def write_part(
        self,
        stage: Stage,
        number: int,
        records: Sequence[Any],
        fingerprint: str,
        *,
        seconds: float = 0.0,
        rejections: Sequence[Rejection] = (),
    ) -> None:
        """Write one part whole or not at all.

        Args:
            stage: that made the records.
            number: of the shard.
            records: of the stage's type.
            fingerprint: of everything that the records depend on.
            seconds: spent on the records.
            rejections: articles of the shard that the stage could not use.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        items = sum(len(r.sentences) if isinstance(r, TranslatedArticle) else 1 for r in records)
        about = {"fingerprint": fingerprint, "items": items, "seconds": seconds, "rejected": rejections}
        schema = _schema(stage).with_metadata({METADATA: json.dumps(about).encode()})
        table = pa.Table.from_pylist([asdict(_stored(record)) for record in records], schema=schema)
        with whole(self._path(stage, number)) as temporary:
            pq.write_table(table, temporary, compression="zstd")

    def part(self, stage: Stage, number: int) -> Part | None:
        """A part's metadata; None if the file is missing or damaged."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self._path(stage, number)) as file:
                about = json.loads(file.schema_arrow.metadata[METADATA])
                rejections = tuple(Rejection(*item) for item in about["rejected"])
                records = file.metadata.num_rows
                return Part(about["fingerprint"], records, about["items"], about["seconds"], rejections)
        except (FileNotFoundError, pa.ArrowInvalid, KeyError, TypeError, ValueError):
            return None

    def parts(self, stage: Stage, shards: Iterable[Shard]) -> list[Part]:
        """The metadata of the parts that exist."""
        parts = (self.part(stage, shard.number) for shard in shards)
        return [part for part in parts if part is not None]

    def articles(self, number: int) -> list[Article]:
        """The articles of a shard."""
        rows = self._rows(READ, number)
        return [Article(**{**row, "extra": dict(row["extra"])}) for row in rows]

    def translated(self, number: int) -> list[TranslatedArticle]:
        """The translated articles of a shard, joined with their articles."""
        articles = {article.id: article for article in self.articles(number)}
        return [
            TranslatedArticle(
                articles[row["article_id"]],
                tuple(Sentence(**{**s, "flags": tuple(s["flags"])}) for s in row["sentences"]),
            )
            for row in self._rows(TRANSLATE, number)
        ]

    def sentences(self, number: int) -> dict[str, tuple[Sentence, ...]]:
        """The sentences of a shard by the id of their article; their flags are left out."""
        return {
            row["article_id"]: tuple(
                Sentence(s["start"], s["end"], s["source"], s["pivot"]) for s in row["sentences"]
            )
            for row in self._rows(TRANSLATE, number)
        }

    def passages(self, number: int) -> list[Passage]:
        """The passages of a shard."""
        return [
            Passage(**{**row, "about": dict(row["about"]), "flags": tuple(row["flags"])})
            for row in self._rows(FIND, number)
        ]

    def table(self, stage: Stage, shards: Iterable[Shard], columns: Sequence[str] | None = None) -> Any:
        """The records of all shards as one Arrow table.

        Args:
            stage: that made the records.
            shards: in the order of the rows.
            columns: to read; None for all.
        """
        import pyarrow.dataset as ds

        paths = [str(self._path(stage, shard.number)) for shard in shards]
        schema = _schema(stage)
        if not paths:
            return schema.empty_table().select(columns or schema.names)
        table = ds.dataset(paths, schema=schema, format="parquet").to_table(columns=columns or schema.names)
        return table.replace_schema_metadata(None)

    def _rows(self, stage: Stage, number: int) -> Iterator[Mapping[str, Any]]:
        import pyarrow.parquet as pq

        with pq.ParquetFile(self._path(stage, number)) as file:
            for batch in file.iter_batches():
                yield from batch.to_pylist()

    def _path(self, stage: Stage, number: int) -> Path:
        return self.folder / stage.folder / f"part-{number:05d}.parquet"


def _schema(stage: Stage) -> Any:
    """The Arrow schema in which the stage's records are stored."""
    assert stage.record is not None
    return arrow_schema(StoredTranslation if stage.record is TranslatedArticle else stage.record)


def _stored(record: Any) -> Any:
    """The record as stored: a `StoredTranslation` for a translated article, else itself."""
    if not isinstance(record, TranslatedArticle):
        return record
    article = record.article
    return StoredTranslation(article.id, article.story, article.language, record.sentences)
