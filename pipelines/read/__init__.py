"""Stage 1: rows from a reader become articles, or rejections with their reason."""

from __future__ import annotations

import hashlib
import itertools
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.config import FIELDS
from pipelines.engines.base import Unreadable
from pipelines.errors import ConfigError
from pipelines.records import Article, Rejection
from pipelines.text.identify import identify_language
from pipelines.text.languages import normalise_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.config import ArticleField
    from pipelines.engines.base import Row

ROWS_WITH_ALL_COLUMNS = 100
"""First rows in which a mapped column must occur, since JSON Lines may leave out empty fields; not tuned,
bounds how late a misspelt column is noticed."""


def read(
    rows: Iterable[Row | Unreadable],
    columns: Mapping[str, str],
    language: str | None = None,
    max_characters: int = 200_000,
    place: str = "articles",
) -> Iterator[Article | Rejection]:
    """Turn rows into articles, in order, each with its own id and a language.

    Args:
        rows: from a reader.
        columns: from field to column, for columns that do not have the name of their field; under other
            names, further columns to group by.
        language: of rows without one; None to identify it from the text.
        max_characters: length up to which a text is accepted; a longer one is rejected.
        place: of the config, for errors.

    Raises:
        ConfigError: a mapped column, or the one for the text, is not in the first 100 rows.
    """
    rows = iter(rows)
    first = list(itertools.islice(rows, ROWS_WITH_ALL_COLUMNS))
    _check_columns(first, columns, place)
    place_of_id: dict[str, str] = {}
    for row in itertools.chain(first, rows):
        article = _article(row, columns, language, max_characters)
        if isinstance(article, Article):
            if article.id in place_of_id:
                article = Rejection(
                    article.id,
                    "read",
                    f"{_as_unicode(row.place)}: id already taken by {place_of_id[article.id]}",
                )
            else:
                place_of_id[article.id] = _as_unicode(row.place)
        yield article


def _check_columns(rows: list[Row | Unreadable], columns: Mapping[str, str], place: str) -> None:
    readable = [row for row in rows if not isinstance(row, Unreadable)]
    if not readable:
        return
    present = dict.fromkeys(column for row in readable for column in row.values)
    for field, column in ({"text": "text"} | dict(columns)).items():
        if column not in present:
            key = f"{place}.columns.{field}"
            source = readable[0].place.rsplit(":", 1)[0]
            cure = f"Columns there: {', '.join(map(str, present))}"
            raise ConfigError(key, f"no column '{column}' in {source}", cure)


def _article(
    row: Row | Unreadable, columns: Mapping[str, str], language: str | None, max_characters: int
) -> Article | Rejection:
    if isinstance(row, Unreadable):
        return Rejection(_as_unicode(row.place), "read", _as_unicode(row.reason))
    place = _as_unicode(row.place)
    raw = {field: row.values.get(columns.get(field, field)) for field in FIELDS}
    values = {field: _as_text(value) for field, value in raw.items()}
    id_ = values["id"] or _stable_id(values)
    text = raw["text"]
    if not isinstance(text, str):
        return Rejection(id_, "read", f"{place}: text is {type(text).__name__}, not a string")
    if not text.strip():
        return Rejection(id_, "read", f"{place}: empty text")
    if len(text) > max_characters:
        return Rejection(id_, "read", f"{place}: {len(text)} characters, more than articles.max_characters")
    if not _is_unicode(text):
        return Rejection(id_, "read", f"{place}: text holds halves of surrogate pairs, not Unicode")
    label = values["language"] or language
    code = normalise_language(label or identify_language(text))
    if code is None:
        return Rejection(id_, "read", f"{place}: unknown language '{label}'")
    further = {
        name: _as_text(row.values.get(column)) for name, column in columns.items() if name not in FIELDS
    }
    extra = {name: value for name, value in further.items() if value}
    return Article(**{**values, "id": id_, "language": code, "text": text}, extra=extra)  # type: ignore[arg-type]


def _as_text(value: Any) -> str | None:
    """A field as text with single spaces; None if it is empty."""
    if value is None or value != value:  # NaN, the empty cell of a table
        return None
    text = value.isoformat() if isinstance(value, date) else str(value)
    return _as_unicode(" ".join(text.split())) or None


def _as_unicode(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _stable_id(values: Mapping[ArticleField, str | None]) -> str:
    """An id from the content, so that a record has the same id in any file and any order."""
    content = "\x1f".join(values[field] or "" for field in FIELDS)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
