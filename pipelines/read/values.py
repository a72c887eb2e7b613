"""Values of a row as text: of any type, as bytes, in paragraphs, or as a mark that there is none."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any

from pipelines.read.cleaning import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Mapping

MISSING = frozenset({
    "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "NaN", "nan", "NaT", "NULL", "Null", "null", "None", "nil",
    "\\N", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!",
})  # fmt: skip
"""What R, pandas, databases and spreadsheets write for a missing value, or for one that failed. As an outlet
or a story it would make one group of all articles without."""


def decoded_value(value: Any) -> Any:
    """A value that is text; columns of databases and Parquet may hold its bytes."""
    if isinstance(value, bytes):
        with suppress(UnicodeDecodeError):
            return value.decode("utf-8")
    return value


def as_prose(part: Any) -> Any:
    """A part of a text: paragraphs as one, nothing for a mark of a missing value."""
    if isinstance(part, list) and part and all(isinstance(paragraph, str) for paragraph in part):
        return "\n\n".join(part)
    return "" if isinstance(part, str) and part.strip() in MISSING else part


def naming(values: Mapping[str, Any]) -> str:
    """The key that likely holds a name."""
    return next((key for key in ("title", "name") if key in values), str(next(iter(values), "name")))


def as_field(parts: list[Any]) -> str | None:
    """The parts of a field as one text; None if all are empty."""
    texts = [text for part in parts if (text := as_text(part))]
    return " ".join(texts) or None


def as_text(value: Any) -> str | None:
    """A field as text with single spaces and without invisible characters; None if it is empty."""
    if value is None or value != value:  # NaN, the empty cell of a table
        return None
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = ", ".join(value)
    text = value.isoformat() if isinstance(value, date) else str(value)
    text = as_unicode(" ".join(INVISIBLE.sub("", text).split()))
    return text if text and text not in MISSING else None


def as_unicode(text: str) -> str:
    """The text without halves of surrogate pairs, which UTF-8 cannot encode."""
    return text.encode("utf-8", "replace").decode("utf-8")


def is_unicode(text: str) -> bool:
    """Whether UTF-8 can encode a text."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
