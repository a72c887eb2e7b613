"""Stage 1: rows from a reader become articles, or rejections with their reason."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.config import FIELDS
from pipelines.engines.base import Unreadable
from pipelines.read.cleaning import clean
from pipelines.read.columns import Missing, columns_of, value_at
from pipelines.read.dates import is_ambiguous, iso_date
from pipelines.read.filters import passes
from pipelines.read.mojibake import is_mojibake, repaired
from pipelines.read.notes import Notes
from pipelines.read.values import as_field, as_prose, as_text, as_unicode, decoded_value, is_unicode, naming
from pipelines.records import Article, Rejection
from pipelines.text.identify import UNKNOWN, identify
from pipelines.text.languages import language_of_label, names_no_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.config import Articles, DateOrder, Filter
    from pipelines.engines.base import Row
    from pipelines.read.columns import Columns

LONGEST_RAW = 5
"""Times `max_characters` up to which a text is cleaned: markup of news pages is one to four times the
text."""
LONGEST_REASON = 250  # characters of a rejection's reason after the place, so that the line stays readable
SECTION = "section"
"""What exports, feeds and agencies give besides an article's fields, kept in `extra` unmapped."""
ALIKE = "the same in all fields as"
"""Why the second of two records without ids is left out."""
DATES_KEPT = 1000  # different dates that were not understood, of which the first are shown


def read(
    rows: Iterable[Row | Unreadable],
    columns: Mapping[str, str | list[str]],
    language: str | None = None,
    max_characters: int = 200_000,
    place: str = "articles",
    *,
    dates: DateOrder | None = None,
    repair: bool = False,
    kept: Filter | None = None,
    notes: Notes | None = None,
) -> Iterator[Article | Rejection]:
    """Turn rows into articles, in order, each with its own id and a language.

    Args:
        rows: from a reader.
        columns: from field to column, a path such as source.title, or several to join; under other names,
        further
            columns to group by.
        language: of rows without one; None to identify it from the text.
        max_characters: length up to which a text is accepted; a longer one is rejected.
        place: of the config, for errors.
        dates: the order of day and month in dates such as 03/04/2024.
        repair: repair texts that were decoded in a wrong encoding.
        kept: which articles to keep; None for all.
        notes: what is noticed on the way is added to it.

    Raises:
        ConfigError: at the end, if a mapped column, or the one for the text, was in none of the rows.
    """
    reading = _Reading(Settings(columns, language, max_characters, dates, repair, kept), notes or Notes())
    place_of_id: dict[str, str] = {}
    for row in rows:
        article = reading.article(row)
        if isinstance(article, Article):
            if article.id in place_of_id:
                cause = ALIKE if reading.has_no_id else "id already taken by"
                reason = f"{as_unicode(row.place)}: {cause} {place_of_id[article.id]}"
                article = Rejection(article.id, "read", reason)
                reading.notes.rejected[reading.language] = reading.notes.rejected.get(reading.language, 0) + 1
            else:
                place_of_id[article.id] = as_unicode(row.place)
        if article is not None:
            yield article
    reading.missing.check(place)


def read_rows(
    rows: Iterable[Row | Unreadable], settings: Articles, notes: Notes | None = None
) -> Iterator[Article | Rejection]:
    """Turn rows into articles as the section `articles` of a config says; see `read`."""
    return read(
        rows,
        settings.columns,
        settings.language,
        settings.max_characters,
        dates=settings.dates,
        repair=settings.repair,
        kept=settings.filter,
        notes=notes,
    )


class Settings(NamedTuple):
    """The arguments of `read` that concern single rows."""

    columns: Mapping[str, str | list[str]]
    language: str | None
    max_characters: int
    dates: DateOrder | None
    repair: bool
    kept: Filter | None


class _Reading:
    """How rows are read, and what was noticed so far."""

    def __init__(self, settings: Settings, notes: Notes) -> None:
        self.settings, self.notes = settings, notes
        self.columns: Columns = columns_of(settings.columns, FIELDS)
        self.keeps_section = not any(SECTION in names for names in self.columns.values())
        self.missing = Missing(self.columns, ["text", *settings.columns])
        self.is_mojibake = False
        self.language, self.has_no_id = UNKNOWN, False
        """Of the row that was read last, as far as they are known."""

    def article(self, row: Row | Unreadable) -> Article | Rejection | None:
        """The article of a row, or why there is none; None if the config's filter leaves it out."""
        self.language = UNKNOWN
        place = as_unicode(row.place)
        if isinstance(row, Unreadable):
            reason = as_unicode(" ".join(row.reason.split()))[:LONGEST_REASON]
            result: Article | Rejection = Rejection(place, "read", reason)
        else:
            if self.missing.missing or not self.missing.source:
                self.missing.look(row)
            raw = {
                field: [decoded_value(value_at(row.values, column)) for column in names]
                for field, names in self.columns.items()
            }
            raw["text"] = [as_prose(part) for part in raw["text"]]
            values = {field: as_field(parts) for field, parts in raw.items()}
            if self.keeps_section and isinstance(section := row.values.get(SECTION), str):
                values.setdefault(SECTION, as_text(section))
            self.has_no_id = values["id"] is None
            id_ = values["id"] or _stable_id(values)
            text = self._text(raw["text"])
            problem = self._problem(raw, text)
            problem = problem or self._note_language(values, text)
            if problem:
                result = Rejection(
                    id_, "read", as_unicode(f"{place}: {problem}"[: len(place) + LONGEST_REASON])
                )
            else:
                result = self._made(id_, values, text)
        if isinstance(result, Rejection):
            self.notes.rejected[self.language] = self.notes.rejected.get(self.language, 0) + 1
        elif self.settings.kept and not passes(result, self.settings.kept):
            self.notes.left_out += 1
            return None
        return result

    def _text(self, parts: list[Any]) -> str:
        """The article's text, cleaned and, if the config asks for it, repaired."""
        if not all(part is None or isinstance(part, str) for part in parts):
            return ""
        text = "\n\n".join(part for part in parts if part)
        if len(text) > LONGEST_RAW * self.settings.max_characters:
            return text
        # Before cleaning: the soft hyphen that it removes is half of í in mojibake.
        self.is_mojibake = is_mojibake(text)
        if self.is_mojibake and self.settings.repair:
            text = repaired(text)
            self.notes.repaired += 1
        return clean(text)

    def _problem(self, raw: Mapping[str, list[Any]], text: str) -> str | None:
        """Why a row is no article; None if nothing is wrong."""
        if all(part is None for part in raw["text"]):
            return "no text"
        for part in raw["text"]:
            if not isinstance(part, str | None):
                return f"text is {type(part).__name__}, not a string"
        if not text.strip():
            return "empty text"
        if len(text) > self.settings.max_characters:
            return f"{len(text)} characters, more than articles.max_characters"
        if not is_unicode(text):
            return "text holds halves of surrogate pairs, not Unicode"
        if not any(map(str.isalpha, text)):
            return "text without letters"
        for field, parts in raw.items():
            inner = next((part for part in parts if isinstance(part, dict)), None)
            if inner is not None:
                keys, path = (
                    ", ".join(map(str, list(inner)[:5])),
                    f"{self.columns[field][0]}.{naming(inner)}",
                )
                cure = f"name one, such as articles.columns.{field}: {path}"
                return f"{field} holds several values ({keys}); {cure}"
        return None

    def _note_language(self, values: Mapping[str, str | None], text: str) -> str | None:
        """Find the language of a row; returns why there is none."""
        label = values["language"]
        label = self.settings.language if label is None or names_no_language(label) else label
        if label is not None:
            code = language_of_label(label)
            self.language = code or UNKNOWN
            return None if code else f"unknown language '{label[:40]}'"
        title = values["title"] or ""
        self.language, confidence = identify(f"{title}\n{text}" if title else text)
        if self.language != UNKNOWN:
            return None
        reason = f"language not sure (confidence {confidence:.2f}); give it as a column or articles.language"
        return f"{reason}{'; or set articles.repair: its encoding was mistaken' if self.is_mojibake else ''}"

    def _made(self, id_: str, values: Mapping[str, str | None], text: str) -> Article:
        fields = {field: values[field] for field in FIELDS}
        further = {name: value for name, value in values.items() if name not in FIELDS and value}
        for field in ("title", "outlet"):
            fields[field] = self._tidy(fields[field])
        fields |= {"id": id_, "language": self.language, "text": text, "published": self._published(values)}
        self.notes.mojibake += self.is_mojibake and not self.settings.repair
        return Article(**fields, extra=further)  # type: ignore[arg-type]

    def _tidy(self, value: str | None) -> str | None:
        if value is None:
            return None
        value = repaired(value) if self.settings.repair and is_mojibake(value) else value
        return " ".join(clean(value).split()) or None

    def _published(self, values: Mapping[str, str | None]) -> str | None:
        """The date of publication; as the input has it if that is not understood."""
        value = values["published"]
        if value is None:
            return None
        day = iso_date(value, self.language, self.settings.dates)
        if day is None:
            self.notes.ambiguous += is_ambiguous(value)
            if value in self.notes.dates or len(self.notes.dates) < DATES_KEPT:
                self.notes.dates[value] = self.notes.dates.get(value, 0) + 1
        return day or value


def _stable_id(values: Mapping[str, str | None]) -> str:
    """An id from the content, so that a record has the same id in any file and any order."""
    content = "\x1f".join(values[field] or "" for field in FIELDS)
    return hashlib.sha256(content.encode()).hexdigest()[:16]
