"""Exports of Europresse, as text; the HTML form has the same lines in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.read.exports.layout import DATE, date_in, lines_of, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.read.exports.layout import Line

NUMBER = regex.compile(r"(?m)^[ \t]*((?:news|web|pub|bio|tele)·\d{8}·\S+·\S+)[ \t]*$")
"""The line below each article, with its number: kind, date, source."""
RIGHTS = regex.compile(r"(?m)^[ \t]*(?:Le présent document est protégé|.{0,120}Tous droits réservés)")
BELOW = regex.compile(
    r"(?:Cet article est paru dans|Note\(s\) :|Le présent document|Certificat émis|©|Copyright|.{0,120}Tous droits réservés"
    r"|Lire aussi|This article appeared in)"
)
WEEKDAY = regex.compile(
    r"(?i)\s*[,-]?\s*(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday"
    r"|saturday|sunday)\s*$"
)
AUTHOR = regex.compile(r"(?:(?:Par )?(?:[\p{Lu}][\p{L}.’'-]*[\s,]*(?:et |and )?){2,6}|[^.!?]{0,60}@\S+)")
ABOVE_DATE = 4
"""Lines above the one with the date at most: the outlet, and what Europresse writes above it."""


def articles_announced(text: str) -> int:
    """The number of articles that the text says it holds; 0 if it is no export of Europresse."""
    return len(NUMBER.findall(text))


def articles(text: str) -> list[Mapping[str, str | None]]:
    """The articles, in order."""
    parts, start = [], 0
    for match in NUMBER.finditer(text):
        parts.append(_article(lines_of(text[start : match.start()])) | {"id": match[1]})
        start = match.end()
    return parts


def _article(lines: Sequence[Line]) -> dict[str, str | None]:
    date = next((i for i, line in enumerate(lines) if i and DATE.search(line.text)), None)
    if date is None:
        return {"text": None, "title": lines[0].text if lines else None}
    match = DATE.search(lines[date].text)
    before = lines[date].text[: match.start()] if match else ""
    rest = lines[date + 1 :]
    section = WEEKDAY.sub("", before).strip(" ,-") or None
    if section is None and len(rest) > 1 and rest[0].block == rest[1].block and len(rest[0].text) < 40:
        section, rest = rest[0].text, rest[1:]
    return {
        "text": paragraphs(_body(rest[1:])),
        "title": rest[0].text if rest else None,
        "outlet": lines[date - 1].text,
        "published": date_in(lines[date].text),
        "section": section,
    }


def _body(lines: Sequence[Line]) -> list[Line]:
    if lines and AUTHOR.fullmatch(lines[0].text):
        lines = lines[1:]
    end = next((i for i, line in enumerate(lines) if BELOW.match(line.text)), len(lines))
    return list(lines[:end])
