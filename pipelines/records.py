"""The records that flow from stage to stage, and the Arrow schemas in which they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

Label = Literal["supports", "opposes", "neutral", "unclear"]
Voice = Literal["quoted", "narrated"]
Matched = Literal["source", "pivot", "both", "resolved"]

LABELS: tuple[Label, ...] = ("supports", "opposes", "neutral")
NOT_IN_TEXT = -1


@dataclass(frozen=True, slots=True)
class Article:
    """One news article; `language` is a BCP 47 code, None until identified."""

    id: str
    language: str | None
    text: str
    title: str | None = None
    outlet: str | None = None
    published: str | None = None
    url: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`article.text[start:end]` is `source`; both are -1 for a title that is not part of the text."""

    start: int
    end: int
    source: str
    pivot: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TranslatedArticle:
    """An article with its sentences in both languages, in reading order, the title first."""

    article: Article
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence that is an actor's; `context` is the pivot text around it as the judge reads it."""

    id: str
    article_id: str
    actor: str
    start: int
    end: int
    source: str
    pivot: str
    context: str
    voice: Voice
    matched: Matched
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """The stance of a passage's actor toward one target.

    `supports`, `opposes` and `neutral` are probabilities that sum to 1; `agreement` is the share of
    hypothesis wordings, in [0, 1], that point to the same answer as their mean.
    """

    passage_id: str
    target: str
    supports: float
    opposes: float
    neutral: float
    label: Label
    agreement: float


class Rejection(NamedTuple):
    """An article that a stage could not use, and why."""

    article_id: str
    stage: str
    reason: str


def arrow_schema(record: type) -> pa.Schema:
    """The explicit Arrow schema of a stored record type.

    Raises:
        KeyError: the type is not stored.
    """
    import pyarrow as pa

    text, offset, probability = pa.string(), pa.int64(), pa.float64()
    flags = pa.list_(text)
    sentence = pa.struct(
        [("start", offset), ("end", offset), ("source", text), ("pivot", text), ("flags", flags)]
    )
    schemas = {
        Article: [
            (name, text)
            for name in ("id", "language", "text", "title", "outlet", "published", "url", "story")
        ],
        TranslatedArticle: [
            ("article_id", text),
            ("story", text),
            ("language", text),
            ("sentences", pa.list_(sentence)),
        ],
        Passage: [
            ("id", text),
            ("article_id", text),
            ("actor", text),
            ("start", offset),
            ("end", offset),
            *((name, text) for name in ("source", "pivot", "context", "voice", "matched")),
            ("flags", flags),
        ],
        Judgement: [
            ("passage_id", text),
            ("target", text),
            ("supports", probability),
            ("opposes", probability),
            ("neutral", probability),
            ("label", text),
            ("agreement", probability),
        ],
    }
    return pa.schema(schemas[record])
