"""Exports of ProQuest: labelled fields around `Full text`, below `Document 1 of 20`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.read.exports.layout import date_in, lines_of, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.read.exports.layout import Line

IS_PROQUEST = regex.compile(r"(?i)proquest")
NUMBER = regex.compile(r"(?im)^[ \t]*+proquest document id:[ \t]*(\d+)?")
COUNT = regex.compile(r"(?im)^[ \t]*+(?:document|dokument|documento) \d+ (?:of|de|von|di|sur) \d+[ \t]*$")
RULE = regex.compile(r"(?m)^[ \t]*+[_\-=]{20,}[ \t]*$")
LAST_LINES = regex.compile(
    r"(?im)(^[ \t]*+proquest document id:.*"
    r"(?:\n[ \t]*|\n[ \t]*(?:document url|copyright|last updated|database|http).*)*$)"
)
"""The last lines of an article, if nothing separates it from the next."""
FULL_TEXT = regex.compile(r"(?i)full ?text(?: ?:\s*(.*))?")
LABEL = regex.compile(
    r"(?i)(title|author|credit|abstract|links|publication title|publication info|publication date"
    r"|publication year|publication subject"
    r"|first page|pages|section|volume|issue|number of pages|column|subject|location|people"
    r"|company / organization"
    r"|business indexing term|identifier / keyword|publisher|place of publication|country of publication"
    r"|issn|eissn"
    r"|source type|language of publication|document type|dateline|document feature|proquest document id"
    r"|document url|copyright|last updated|database|publication history|online publication date"
    r"|classification|company|e-issn|source attribution|sectionheading):\s*(.*)"
)
BELOW = {"details", "bibliography", "citation style", "database copyright"}
PAPER = regex.compile(r"\s*(?:;.*|, (?:late|early|national|final) edition.*|\(online\))$", regex.IGNORECASE)
"""What follows a paper's name: its place, or an edition."""


def articles_announced(text: str) -> int:
    """The number of articles that the text says it holds; 0 if it is no export of ProQuest."""
    if not IS_PROQUEST.search(text):
        return 0
    return max(len(NUMBER.findall(text)), len(COUNT.findall(text)))


def articles(text: str) -> list[Mapping[str, str | None]]:
    """The articles, in order."""
    apart = (COUNT.split(text), RULE.split(text), LAST_LINES.sub(r"\1\f", text).split("\f"))
    of_each = [[part for part in parts if NUMBER.search(part) or _has_text(part)] for parts in apart]
    parts = max(of_each, key=len)
    return [_article(lines_of(RULE.sub("", part))) for part in parts]


def _has_text(part: str) -> bool:
    return any(FULL_TEXT.fullmatch(line.strip()) for line in part.splitlines())


def _article(lines: Sequence[Line]) -> dict[str, str | None]:
    fields: dict[str, str] = {}
    body: list[Line] = []
    label, in_body = None, False
    for line in lines:
        start, match = FULL_TEXT.fullmatch(line.text), LABEL.fullmatch(line.text)
        if start and not body:
            label, in_body = None, True
            if start[1]:
                body.append(line._replace(text=start[1]))
        elif line.text.casefold() in BELOW:
            label, in_body = None, False
        elif match and not (in_body and not body):
            label, in_body = match[1].casefold(), False
            fields.setdefault(label, match[2])
        elif in_body:
            body.append(line)
        elif label:
            fields[label] += f" {line.text}"
    outlet = fields.get("publication title") or fields.get("publication info")
    date = (
        fields.get("publication date")
        or fields.get("online publication date")
        or fields.get("publication info")
    )
    return {
        "id": fields.get("proquest document id"),
        "text": paragraphs(body),
        "title": fields.get("title") or (lines[0].text if lines and not LABEL.match(lines[0].text) else None),
        "outlet": PAPER.sub("", outlet) if outlet else None,
        "published": date_in(date or ""),
        "section": fields.get("section"),
        "url": fields.get("document url"),
    }
