"""The records that flow from stage to stage, and the Arrow schemas in which they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

Label = Literal["supports", "opposes", "neutral", "unclear"]
Voice = Literal["quoted", "narrated"]
Matched = Literal["source", "pivot", "both", "resolved"]
About = Literal["named", "referred", "near"]
Subject = Literal["actor", "target"]

LABELS: tuple[Label, ...] = ("supports", "opposes", "neutral")
NOT_IN_TEXT = -1  # the start and end, in characters, of a title that is not part of the text


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
    extra: Mapping[str, str] = field(default_factory=dict)
    """Further columns of the input, to group by."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: `article.text[start:end]` is `source`; NOT_IN_TEXT both for a title outside the text."""

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
    """One sentence of an actor; `context` is it and the pivot text around it, as the judge reads them."""

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
    about: Mapping[str, About] = field(default_factory=dict)
    """For each target that the passage is about: whether it names it, refers back to it, or is near it."""
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What an article is compared by to find its story.

    `embedding` is that of its pivot text, int16 numbers as bytes; `terms` are the codes of its names and
    numbers, ascending, and `weights` how much each of them says of the article.
    """

    article_id: str
    published: str | None
    story: str | None
    """As the input gives it."""
    embedding: bytes
    terms: tuple[int, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The stance of a passage's actor toward one target.

    `supports`, `opposes` and `neutral` are calibrated probabilities that sum to 1; the label need not be the
    likeliest of them, since an engine may tilt its choice toward the stances. `agreement` is the share of
    hypothesis wordings, in [0, 1], that alone give the same label as all; NaN if only one was asked.
    `choice` is the label before abstention and `confidence`, in [0, 1], how sure the engine is of it: they
    show what other thresholds would give.
    """

    passage_id: str
    target: str
    supports: float
    opposes: float
    neutral: float
    label: Label
    agreement: float
    choice: Label | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Narration:
    """The author's own attitude, in a narrated sentence, toward an actor or a target that it names.

    `supports`, `opposes` and `neutral` are calibrated probabilities that sum to 1, of the author as holder.
    """

    article_id: str
    about: str
    subject: Subject
    start: int
    end: int
    source: str
    pivot: str
    supports: float
    opposes: float
    neutral: float
    label: Label
    flags: tuple[str, ...] = ()


class Rejection(NamedTuple):
    """An article that a stage could not use, and why."""

    article_id: str
    stage: str
    reason: str


@cache
def arrow_schema(record: type) -> pa.Schema:
    """The Arrow schema of a record type, derived from the types of its fields.

    Raises:
        TypeError: a field has a type that Arrow cannot hold.
    """
    import pyarrow as pa

    return pa.schema(list(_arrow_fields(record)))


def _arrow_fields(record: type) -> Iterator[pa.Field]:
    import pyarrow as pa

    for name, hint in get_type_hints(record).items():
        yield pa.field(name, _arrow_type(hint))


def _arrow_type(hint: Any) -> pa.DataType:
    """The Arrow type of str, int, float, bytes, a Literal, an optional of these, a tuple or a record."""
    import pyarrow as pa

    simple = {str: pa.string(), int: pa.int64(), float: pa.float64(), bytes: pa.binary()}
    arguments = [argument for argument in get_args(hint) if argument is not NoneType]
    if hint in simple:
        return simple[hint]
    if get_origin(hint) is Literal:
        return pa.string()
    if get_origin(hint) is Mapping:
        return pa.map_(*map(_arrow_type, arguments))
    if get_origin(hint) is tuple:
        return pa.list_(_arrow_type(arguments[0]))
    if get_origin(hint) in (UnionType, Union) and len(arguments) == 1:
        return _arrow_type(arguments[0])
    if isinstance(hint, type) and is_dataclass(hint):
        return pa.struct(list(_arrow_fields(hint)))
    raise TypeError(f"no Arrow type for {hint}")
