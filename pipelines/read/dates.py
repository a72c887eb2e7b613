"""Dates of publication in the forms that files have, as ISO 8601."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipelines.config import DateOrder

LONGEST = 60
"""Characters of a date, at most; `Wednesday, September 30, 2020 11:59:59 PM Eastern Daylight Time` has 62."""
EARLIEST, LATEST = 1600, 2200
"""Years of publication; other numbers are no years."""
REMEMBERED = 50_000  # dates; articles share them, and dateparser needs milliseconds for each
ISO = re.compile(
    r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:[T ]\d{2}:?\d{2}.*)?|(\d{4})(\d{2})(\d{2})(?:T\d{4,6}.*)?"
)
NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:,?[T ]+\d{1,2}[:.]\d{2}.*)?")
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")
"""Seconds, milliseconds or microseconds since 1970; seconds of nine digits begin in 1973."""
RFC_2822 = re.compile(r"(?:\w{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}.*")


@lru_cache(REMEMBERED)
def iso_date(value: str, language: str, order: DateOrder | None = None) -> str | None:
    """The date in ISO 8601: a day, with its time and zone if the value has them, a month, or a year.

    The day is the one written, in the zone of the outlet; a number of seconds since 1970 becomes UTC.

    Args:
        value: as the file has it.
        language: of the article, in which months may be named; English ones are always understood.
        order: of day and month in dates such as 03/04/2024; None to understand them only if one of the two is
            over 12. Dates with dots have the day first.

    Returns:
        None if the value is no date, lacks the year, or can be read in two ways.
    """
    if len(value) > LONGEST + 2:
        return None
    if ISO.fullmatch(value):
        return _iso(value)
    if EPOCH.fullmatch(value):
        seconds = float(value)
        while seconds > 1e11:  # milliseconds or microseconds
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    if found := NUMERIC.fullmatch(value):
        return _numeric(found[1], found[2], found[3], found[4], order)
    if RFC_2822.fullmatch(value):
        try:
            return parsedate_to_datetime(value).isoformat()
        except (ValueError, OverflowError):
            return None
    return _named(value, language)


def _iso(value: str) -> str | None:
    found = ISO.fullmatch(value)
    assert found
    parts = [int(part) for part in found.groups() if part]
    if not EARLIEST <= parts[0] <= LATEST:
        return None
    if len(parts) == 1:
        return value
    if len(parts) == 2:
        return value if 1 <= parts[1] <= 12 else None
    day = _day(*parts)
    separate = found[1] is not None
    return day and (day + value[10:].replace(" ", "T", 1) if separate else day)


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return datetime(year, month, day).date().isoformat() if EARLIEST <= year <= LATEST else None
    except ValueError:
        return None


def _numeric(first: str, sign: str, second: str, third: str, order: DateOrder | None) -> str | None:
    """The day of a date in three numbers."""
    if len(first) == 4:
        return _day(int(first), int(second), int(third))
    year = int(third) + (2000 if len(third) == 2 else 0)
    one, two = int(first), int(second)
    if sign == "." or order == "day_first" or (order is None and one > 12) or one == two:
        return _day(year, two, one)
    if order == "month_first" or two > 12:
        return _day(year, one, two)
    return None


def is_ambiguous(value: str) -> bool:
    """Whether a value is a date in numbers whose day and month could be the other way round."""
    found = NUMERIC.fullmatch(value)
    return bool(
        found and len(found[1]) < 3 and found[2] != "." and int(found[1]) <= 12 and int(found[3]) <= 12
    )


def _named(value: str, language: str) -> str | None:
    """The day or month of a date with a named month, by dateparser."""
    if not re.search(r"\d{4}", value):  # without a year, or relative to a day that the file does not name
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = _parser(language.partition("-")[0]).get_date_data(value)
    except (ValueError, OverflowError, RecursionError, TypeError, KeyError):  # of odd input, from its regexes
        return None
    if found.date_obj is None or not EARLIEST <= found.date_obj.year <= LATEST:
        return None
    return str(found.date_obj.date())[: 7 if found.period == "month" else 10]


@cache
def _parser(language: str) -> Any:
    from dateparser.date import DateDataParser

    settings = {"PARSERS": ["absolute-time"], "REQUIRE_PARTS": ["year", "month"], "DATE_ORDER": "DMY"}
    try:
        return DateDataParser(languages=list(dict.fromkeys([language, "en"])), settings=settings)
    except ValueError:  # a language that it does not know
        return DateDataParser(languages=["en"], settings=settings)
