"""The numbers of a text by their values, however its language writes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Mapping

DIGITS = r"\p{Nd}+(?:[.,٬٫'’\u00a0\u202f ]\p{Nd}{3}(?!\p{Nd})|[.,٫٬]\p{Nd}+)*"
DATE = regex.compile(
    r"(?<![\p{Nd}.,])\p{Nd}{1,2}([./-])\s?\p{Nd}{1,2}\1\s?(\p{Nd}{4}|\p{Nd}{2})(?!\p{Nd})"
    r"|(?<![\p{Nd}.,])(\p{Nd}{4})([./-])\p{Nd}{1,2}\4\p{Nd}{1,2}(?!\p{Nd})|\p{Nd}{1,2}\.\p{Nd}{1,2}\.(?!\p{Nd})"
)
HOUR = regex.compile(
    r"(?<![\p{Nd}.,])\p{Nd}{1,2}(?:[.:]\p{Nd}{2}\s*(?:Uhr|[ap]\.?\s?m\b)|\s?[:hH]\s?\p{Nd}{2}(?!\p{Nd})"
    r"|\s*(?:Uhr|[hH]\b|[hH](?:oras?|eures?)\b|[ap]\.?m\b|ч\b|год\b|[時时시点點月월分분日일]))"
)
HAN_SCALE = regex.compile(r"[\p{Han}\p{Hangul}]")
LEAST = 10
"""A smaller number is often written in words, so that its loss says nothing."""
FIRST_YEAR, LAST_YEAR = 1000, 2100
LONGEST_NUMBER = 20
"""Digits of a number that are read; a longer one is a code, of which the beginning is enough."""
LETTERS_OF_A_SYMBOL = 2
"""Letters up to which a unit is a symbol, and no beginning of a word (km, but kilometre)."""
DIGITS_OF_A_CODE = 5
"""Digits from which a number also counts as kept if its digits are, whatever the separators."""
SAME = 0.005
"""Relative difference up to which two values are the same; 0.5 %, for decimals that are rounded."""


class Quantity(NamedTuple):
    """A number of a text."""

    values: frozenset[float]
    """What it may be: one value, or more for years of another calendar and decades."""
    digits: str
    """As written, in ASCII digits without separators."""
    bare: float
    """Without the word of its scale."""
    measured: bool = False
    """Whether a unit of measure follows, which a translation may convert."""


@dataclass(frozen=True)
class Notation:
    """How a language writes numbers; see numbers.yaml."""

    decimal: str
    scales: Mapping[str, float]
    words: Mapping[str, float]
    years: Mapping[str, int]
    calendar: int
    number: regex.Pattern[str]

    @property
    def joined(self) -> bool:
        """Whether a space may separate the parts of one number: 12억 3400만."""
        return any(HAN_SCALE.match(scale) for scale in self.scales)


@cache
def notation_of(language: str) -> Notation | None:
    """The notation of a language; None if the data file has none."""
    table = packaged_yaml(__package__, "numbers.yaml")
    entry = table.get(base_language(language))
    if entry is None:
        return None
    scales, words, years = entry["scales"], entry.get("words", {}), entry.get("years", {})
    spaced = any(
        scale.isascii() or not regex.match(r"[\p{Han}\p{Hangul}\p{Thai}]", scale) for scale in scales
    )
    end = r"(?!\p{L})" if spaced else ""
    scale = rf"(?:[\s\u00a0-]*(?:{_any(scales)})\.?{end})"
    word = rf"|(?<!\p{{L}})(?:{_any(words)})(?:-(?:{_any(words)}))?(?!\p{{L}})" if words else ""
    era = rf"(?:({_any(years)})\s*)?" if years else "()"
    return Notation(
        entry["decimal"],
        scales,
        words,
        years,
        entry.get("calendar", 0),
        regex.compile(rf"{era}((?:{DIGITS}){word})({scale}*)", regex.IGNORECASE),
    )


def quantities(text: str, language: str) -> list[Quantity]:
    """The numbers of a text, in order, without days, months and times of day.

    Args:
        text: one sentence.
        language: its code; of one without an entry in the data file, both signs group thousands.
    """
    notation = notation_of(language) or PLAIN
    years = [year for match in DATE.finditer(text) if (year := match[2] or match[3]) and len(year) > 2]
    dates = [Quantity(_years(int(year), notation), _ascii(year), float(int(year))) for year in years]
    rest = HOUR.sub(" ", DATE.sub(" ", text))
    return dates + _parts(rest, notation)


def missing(quantities_of_source: list[Quantity], others: list[Quantity], *, scaled: bool) -> list[Quantity]:
    """The quantities that have no equal among others.

    Args:
        quantities_of_source: to look for.
        others: to look among.
        scaled: whether the scales of both languages are known; if not, numbers without them are compared.
    """
    values = {value for other in others for value in (*other.values, *(() if scaled else (other.bare,)))}
    digits = " ".join(other.digits for other in others)
    return [
        quantity
        for quantity in quantities_of_source
        if not (len(quantity.digits) >= DIGITS_OF_A_CODE and quantity.digits in digits)
        and not _is_among({*quantity.values, *(() if scaled else (quantity.bare,))}, values)
    ]


def _is_among(wanted: set[float], values: set[float]) -> bool:
    return any(_is_same(one, other) for one in wanted for other in values)


def _is_same(one: float, other: float) -> bool:
    """Whether two values are the same but for rounding, which years (1989, 1998) are not."""
    if all(value == int(value) and FIRST_YEAR <= value <= LAST_YEAR for value in (one, other)):
        return one == other
    return abs(one - other) <= SAME * abs(one)


def _parts(text: str, notation: Notation) -> list[Quantity]:
    parts: list[Quantity] = []
    total, end, digits = 0.0, -1, ""
    for match in notation.number.finditer(text):
        era, written, scale = match[1], match[2], match[3]
        value = _value(written, notation)
        bare, factor = value, _factor(scale, notation)
        value *= factor
        apart = text[end : match.start()] if 0 <= end <= match.start() else "-"
        if (not apart or (apart == " " and notation.joined)) and 0 < value < total:  # 3만5천, 12억 3400만
            total += value
            digits += _ascii(written)
            end = match.end()
            parts[-1] = Quantity(frozenset({total}), digits, bare)
            continue
        decades = {value + 1900, value + 2000} if 20 <= value < 100 and factor == 1 else set()
        eras = {value + notation.years[era]} if era else set()
        years = _years(int(value), notation) if value == int(value) and factor == 1 else {value}
        measured = bool(_units().match(text, match.end()))
        parts.append(Quantity(frozenset({value} | decades | eras | years), _ascii(written), bare, measured))
        total, end, digits = value if factor > 1 else 0.0, match.end(), _ascii(written)
    return parts


def _years(year: int, notation: Notation) -> frozenset[float]:
    other = {float(year + notation.calendar + shift) for shift in (0, 1)} if notation.calendar else set()
    return frozenset({float(year), *(other if year >= FIRST_YEAR else ())})


def _factor(scale: str, notation: Notation) -> float:
    factor = 1.0
    lower = scale.casefold()
    for word in sorted(notation.scales, key=len, reverse=True):
        while word in lower:
            lower = lower.replace(word, " ", 1)
            factor *= notation.scales[word]
    return factor


def _value(written: str, notation: Notation) -> float:
    """The value of digits or of a number in words."""
    lower = written.casefold()
    if not regex.match(r"\p{Nd}", lower):
        return float(sum(notation.words.get(part, 0) for part in lower.split("-")))
    plain = "".join(str(int(mark)) if mark.isdecimal() else mark for mark in written)
    groups = regex.split(r"[^0-9]", plain)
    signs = regex.findall(r"[^0-9]", plain)
    decimals = (
        signs and (signs[-1] == notation.decimal or len(groups[-1]) != 3) and signs.count(signs[-1]) == 1
    )
    whole = "".join(groups[:-1] if decimals else groups)[:LONGEST_NUMBER]
    return float(f"{whole}.{groups[-1]}" if decimals else whole)


def _ascii(number: str) -> str:
    return "".join(str(int(mark)) for mark in number if mark.isdecimal())


def _any(words: Mapping[str, object]) -> str:
    return "|".join(map(regex.escape, sorted(words, key=len, reverse=True)))


@cache
def _units() -> regex.Pattern[str]:
    table = packaged_yaml(__package__, "numbers.yaml")
    short = [unit for unit in table["units"] if len(unit) <= LETTERS_OF_A_SYMBOL and unit.isalpha()]
    long = [unit for unit in table["units"] if unit not in short]
    words = "|".join(map(regex.escape, long))
    symbols = "|".join(map(regex.escape, short))
    return regex.compile(
        rf"[\s\u00a0-]*(?:{words}|(?:{symbols})(?!\p{{Latin}}|\p{{Cyrillic}}))", regex.IGNORECASE
    )


PLAIN = Notation("", {}, {}, {}, 0, regex.compile(rf"()({DIGITS})()"))
