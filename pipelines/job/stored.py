"""How records are stored in parts: as they are, but a translated article without its article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.records import Sentence, TranslatedArticle, arrow_schema

if TYPE_CHECKING:
    from pipelines.stages import Stage


@dataclass(frozen=True, slots=True)
class StoredTranslation:
    """A `TranslatedArticle` as stored: its article itself is in the part of the stage before."""

    article_id: str
    story: str | None
    language: str | None
    sentences: tuple[Sentence, ...]


def stored_schema(stage: Stage) -> Any:
    """The Arrow schema in which the stage's records are stored."""
    assert stage.record is not None
    return arrow_schema(StoredTranslation if stage.record is TranslatedArticle else stage.record)


def stored_row(record: Any) -> dict[str, Any]:
    """The record as a row; of a translated article, a `StoredTranslation`.

    Unlike `dataclasses.asdict` it copies no value: that took a tenth of the time of a run without models.
    """
    if not isinstance(record, TranslatedArticle):
        return _fields(record)
    article = record.article
    row = _fields(StoredTranslation(article.id, article.story, article.language, ()))
    return row | {"sentences": [_fields(sentence) for sentence in record.sentences]}


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
