"""What the exports of all databases have in common: blocks of lines, dates in words, noise between pages."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

LANGUAGES = [
    *("en", "fr", "de", "es", "pt", "it", "nl", "ru", "uk", "pl", "cs", "sv", "da", "nb", "fi", "ro"),
    *("hu", "tr", "el", "bg", "sr", "hr", "ar", "he", "id", "zh", "ja", "ko", "ca"),
]
"""Whose names of months are known: those of databases' interfaces and largest sources. Each costs time."""
MONTH = r"[^\W\d_]{3,12}\.?"
DATE = regex.compile(
    rf"""(?<![\w.])(?:
        (?P<iso>(?:19|20)\d\d-\d\d-\d\d)
      | \d{{1,2}}(?:er|st|nd|rd|th|\.|º)?\s+(?:de\s+|d[’'])?{MONTH},?\s+(?:de\s+|del\s+)?(?:19|20)\d\d
      | {MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d
      | (?:19|20)\d\d\s?[年년]\s?\d{{1,2}}\s?[月월]\s?\d{{1,2}}\s?[日일]
      | (?P<numbers>\d{{1,2}}[./]\d{{1,2}}[./](?:19|20)\d\d)
    )(?!\w)""",
    regex.VERBOSE,
)
DATES_KNOWN = 10_000
"""Dates in words that are remembered: some 30 years of days, in one form; changes time only."""
BESIDE_DATE = 45
"""Characters of a line beside its date: day of the week, time and zone. A sentence with a date has more."""
WRAPPED = 100
"""Characters of a line in hard-wrapped text at most; databases wrap at 78. With a longer line, a line is a
paragraph."""
NOISE = regex.compile(
    r"(?im)^[ \t]*+(?:Page \d+ (?:of|de|von|sur) \d+.*|\d+ of \d+|© ?\d{4} (?:Factiva|LexisNexis|ProQuest).*"
    r"|Client/Matter:.*|Search (?:Terms|Type):.*|Narrowed by:.*)$"
)
"""Lines that a database puts between and above articles."""


GAP = regex.compile(r"\s{2,}|\t")
"""What is between the cells of a row; a single space may be part of one."""
NAME_LENGTH = 80
"""Characters of a line with names of authors at most; a pattern of names takes long on a longer one."""


class Line(NamedTuple):
    """A line that is not blank, and the number of its block: blank lines are between blocks."""

    text: str
    block: int


def lines_of(text: str) -> list[Line]:
    """The lines of a text that are neither blank nor noise, without indentation."""
    lines, block, last_blank = [], 0, True
    for raw in NOISE.sub("", text.replace("\xa0", " ").replace("\f", "\n")).splitlines():
        line = GAP.sub("  ", raw.strip())
        if line:
            block += last_blank
            lines.append(Line(line, block))
        last_blank = not line
    return lines


def paragraphs(lines: Iterable[Line]) -> str:
    """The text of lines, an empty line between paragraphs; wrapped lines are joined."""
    lines = list(lines)
    wrapped = all(len(line.text) <= WRAPPED for line in lines)
    parts: list[str] = []
    block = None
    for line in lines:
        if wrapped and line.block == block:
            parts[-1] += f" {line.text}"
        else:
            parts.append(line.text)
        block = line.block
    return "\n\n".join(parts)


def is_date_line(text: str) -> bool:
    """Whether a line is a date and little else."""
    match = DATE.search(text)
    return match is not None and len(text) - len(match[0]) <= BESIDE_DATE and ":" not in text[: match.start()]


def date_in(text: str) -> str | None:
    """The first date in a text as YYYY-MM-DD; one in figures alone as it is, since its order is unknown."""
    for match in DATE.finditer(text):
        if match["numbers"]:
            return str(match["numbers"])
        date = match["iso"] or _date_in_words(match[0])
        if date:
            return str(date)
    return None


@lru_cache(DATES_KNOWN)
def _date_in_words(text: str) -> str | None:
    import dateparser

    date = dateparser.parse(
        text, languages=LANGUAGES, settings={"REQUIRE_PARTS": ["day", "month", "year"], "DATE_ORDER": "YMD"}
    )
    return date.date().isoformat() if date else None
