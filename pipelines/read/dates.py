"""Dates of publication in the forms that files have, as ISO 8601."""

from __future__ import annotations

import re
import unicodedata
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
    r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:[T ]\d{2}:?\d{2}.*)?"
    r"|(\d{4})(\d{2})(\d{2})(?:T\d{4,6}.*|\d{6}| \d{2}:\d{2}.*)?"
)
NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})\.?(?:,?[T ]+\d{1,2}[:.]\d{2}.*)?")
EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}|\d{15,16}")
"""Seconds, milliseconds or microseconds since 1970; seconds of nine digits begin in 1973."""
RFC_2822 = re.compile(r"(?:\w{3},\s*)?\d{1,2} [A-Za-z]{3} \d{4} \d{2}:\d{2}.*")
CTIME = re.compile(r"\w{3} (\w{3} \d{1,2}) (\d{2}:\d{2}:\d{2} [+-]\d{4}) (\d{4})")
"""What Twitter's API writes: Thu Oct 24 10:00:00 +0000 2024."""
NAMED = {"no": "nb", "sr-Latn": "sr-Latn"}
"""Languages whose code in dateparser is another than their first part."""
BASES = datetime(2024, 1, 1), datetime(2024, 7, 17)
"""Days on which a value must have the same date: dateparser completes one that lacks a part (`Q3 2024`)."""
BUDDHIST = 543
"""Years by which the era of Thai dates is ahead."""


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
    value = unicodedata.normalize("NFKC", value)
    if ISO.fullmatch(value):
        return _iso(value)
    if EPOCH.fullmatch(value):
        seconds = float(value)
        while seconds > 1e11:  # milliseconds or microseconds
            seconds /= 1000
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
    if match := NUMERIC.fullmatch(value):
        return _numeric(match[1], match[2], match[3], match[4], order)
    if RFC_2822.fullmatch(value):
        try:
            return parsedate_to_datetime(value).isoformat()
        except (ValueError, OverflowError):
            return None
    if match := CTIME.fullmatch(value):
        value = f"{match[1]} {match[3]} {match[2]}"
    return _named(value, language) or _inside(value, language, order)


def _iso(value: str) -> str | None:
    match = ISO.fullmatch(value)
    assert match
    parts = [int(part) for part in match.groups() if part]
    if not EARLIEST <= parts[0] <= LATEST:
        return None
    if len(parts) == 1:
        return value
    if len(parts) == 2:
        return value if 1 <= parts[1] <= 12 else None
    day = _day(*parts)
    separate = match[1] is not None
    if day is None or not separate:
        return day
    time = re.sub(r"\s*(?:UTC|GMT|z)$", "Z", value[10:].replace(" ", "T", 1))
    try:
        datetime.fromisoformat(day + time)
    except ValueError:
        return day
    return day + time


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
    match = NUMERIC.fullmatch(value)
    return bool(
        match and len(match[1]) < 3 and match[2] != "." and int(match[1]) <= 12 and int(match[3]) <= 12
    )


def _named(value: str, language: str) -> str | None:
    """The day or month of a date with a named month, by dateparser."""
    if not re.search(r"\d{4}", value):  # without a year, or relative to a day that the file does not name
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dates = [
                _parser(NAMED.get(language, language.partition("-")[0]), base).get_date_data(value)
                for base in BASES
            ]
    except (ValueError, OverflowError, RecursionError, TypeError, KeyError):  # of odd input, from its regexes
        return None
    if dates[0].date_obj is None or dates[1].date_obj is None:
        return None
    length = 7 if dates[0].period == "month" else 10
    days = {str(date.date_obj.date())[:length] for date in dates}
    day = days.pop()
    year = int(day[:4]) - (BUDDHIST if language == "th" and int(day[:4]) > LATEST else 0)
    return f"{year}{day[4:]}" if not days and EARLIEST <= year <= LATEST else None


def _inside(value: str, language: str, order: DateOrder | None) -> str | None:
    """The only date in a value with more than a date: `Published October 24, 2024 at 10:05`."""
    from pipelines.read.exports.layout import DATE

    dates = {match[0] for match in DATE.finditer(value)} - {value}
    return iso_date(dates.pop(), language, order) if len(dates) == 1 else None


@cache
def _parser(language: str, base: datetime) -> Any:
    from dateparser.date import DateDataParser

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["year", "month"],
        "DATE_ORDER": "DMY",
        "RELATIVE_BASE": base,
    }
    try:
        return DateDataParser(languages=list(dict.fromkeys([language, "en"])), settings=settings)
    except ValueError:  # a language that it does not know
        return DateDataParser(languages=["en"], settings=settings)
