"""A run's folder: one Parquet part for each stage and shard, written whole or not at all.

A part carries the fingerprint of everything that it depends on; if that is no longer the expected one, the
part is made again. It carries a digest of itself, too: a damaged part is set aside and made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from pipelines.atomic import whole
from pipelines.hashing import fingerprint
from pipelines.job import places
from pipelines.job.folder import RunFolder
from pipelines.job.parts import Part, read_part
from pipelines.job.rejected import are_whole, damaged_rejections
from pipelines.job.sealed import DamagedError, opened, write_parquet
from pipelines.job.stored import stored_row, stored_schema
from pipelines.records import Article, Passage, Rejection, Sentence, TranslatedArticle
from pipelines.stages import FIND, READ, RECORDED, TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.stages import Stage


class Shard(NamedTuple):
    """A unit of work: articles of one language, and a digest of their content."""

    number: int
    language: str
    articles: int
    fingerprint: str


class Reading(NamedTuple):
    """The shards of a complete reading, and its metadata.

    `rejections` are those of a run by an earlier version, which has them in its index.
    """

    shards: tuple[Shard, ...]
    part: Part
    rejections: tuple[Rejection, ...] = ()


class _Index(BaseModel):
    """What is stored of a complete reading."""

    fingerprint: str
    shards: tuple[Shard, ...]
    seconds: float
    rejections: int = 0
    rejected: tuple[Rejection, ...] = ()


class Store(RunFolder):
    """Reads and writes the parts of one run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._parts: dict[tuple[Path, tuple[int, int, int]], Part] = {}  # by path and the file's stamp

    def begin_reading(self) -> dict[str, int]:
        """Mark reading as incomplete, before its parts are written again.

        Returns:
            The numbers of the intact parts of an earlier reading, by their fingerprints.
        """
        (self.folder / places.INDEX).unlink(missing_ok=True)
        numbers = places.parts(self.folder, READ)
        parts = {number: self.part(READ, number, repair=True) for number in numbers}
        for path in damaged_rejections(self.folder):
            self.set_aside(path)
        return {part.fingerprint: number for number, part in parts.items() if part is not None}

    def end_reading(self, fingerprint: str, shards: Sequence[Shard], seconds: float, rejected: int) -> None:
        """Mark reading as complete, and remove the parts of an earlier reading.

        Args:
            fingerprint: of everything that reading depends on.
            shards: of the articles.
            seconds: spent on reading.
            rejected: rows that are not usable, as many as `RejectedParts` has written.
        """
        index = {"fingerprint": fingerprint, "shards": shards, "seconds": seconds, "rejections": rejected}
        self.write_json(places.INDEX, index)
        for stage in RECORDED:
            self.remove_parts(stage, keep={shard.number for shard in shards})

    def reading(self, fingerprint: str | None = None) -> Reading | None:
        """The complete reading; None if there is none, or only one with another fingerprint."""
        try:
            index = _Index.model_validate(self.read_json(places.INDEX))
        except ValueError:
            return None
        if fingerprint not in (None, index.fingerprint):
            return None
        parts = [self.part(READ, shard.number) for shard in index.shards]
        if [part and part.fingerprint for part in parts] != [shard.fingerprint for shard in index.shards]:
            return None
        if not are_whole(self.folder, index.fingerprint, index.rejections):
            return None
        articles = sum(shard.articles for shard in index.shards)
        rejected = index.rejections + len(index.rejected)
        part = Part(index.fingerprint, articles, articles, index.seconds, rejected)
        return Reading(index.shards, part, index.rejected)

    def state(self, reading: Reading) -> str:
        """A digest of which parts there are and what they were made from."""
        parts = {stage.name: self.parts(stage, reading.shards) for stage in RECORDED}
        made_from = {name: [part.fingerprint for part in of_stage] for name, of_stage in parts.items()}
        return fingerprint(reading.part.fingerprint, made_from)

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

        items = sum(len(r.sentences) if isinstance(r, TranslatedArticle) else 1 for r in records)
        about = {"fingerprint": fingerprint, "items": items, "seconds": seconds, "rejected": rejections}
        rows = [stored_row(record) for record in records]
        table = pa.Table.from_pylist(rows, schema=stored_schema(stage))
        path = places.part_path(self.folder, stage, number)
        with whole(path) as temporary:
            write_parquet(table, temporary, about)
        if self.mirror:
            self.mirror.push_part(path)

    def part(self, stage: Stage, number: int, *, repair: bool = False) -> Part | None:
        """A part's metadata; None if the file is missing or damaged.

        Args:
            stage: that made the part.
            number: of the shard.
            repair: set a damaged file aside.
        """
        path = places.part_path(self.folder, stage, number)
        try:
            status = path.stat()
            stamp = status.st_ino, status.st_size, status.st_mtime_ns
            if (path, stamp) not in self._parts:
                self._parts[path, stamp] = read_part(path)
            return self._parts[path, stamp]
        except (DamagedError, OSError):
            if repair and (path.exists() or path.is_symlink()):
                self.set_aside(path)
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

        paths = [str(places.part_path(self.folder, stage, shard.number)) for shard in shards]
        schema = stored_schema(stage)
        if not paths:
            return schema.empty_table().select(columns or schema.names)
        verified = ds.ParquetFragmentScanOptions(page_checksum_verification=True)
        parquet = ds.ParquetFileFormat(default_fragment_scan_options=verified)
        table = ds.dataset(paths, schema=schema, format=parquet).to_table(columns=columns or schema.names)
        return table.replace_schema_metadata(None)

    def _rows(self, stage: Stage, number: int) -> Iterator[Mapping[str, Any]]:
        with opened(places.part_path(self.folder, stage, number)) as (file, _):
            for batch in file.iter_batches():
                yield from batch.to_pylist()
