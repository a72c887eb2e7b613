"""Exports of Factiva: with field codes (`HD`, `LP`, `TD`), or as the full article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.read.exports.layout import NAME_LENGTH, Line, date_in, is_date_line, lines_of, paragraphs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NUMBER = regex.compile(
    r"(?m)^[ \t]*+(?:AN[ \t]+)?[^\W\d_]{2,12}[ \t]+"
    r"([A-Z][A-Z0-9]{3,}\d{8}[a-z0-9]{6,})[ \t]*$"
)
"""The line below each article: `Document` in some language, and source, day of loading and letters in one."""
HEADLINE = regex.compile(r"(?m)^[ \t]*+HD(?:[ \t]+|$)")
CODE = regex.compile(
    r"(SE|HD|CR|BY|WC|PD|ET|SN|SC|ED|PG|VOL|LA|CY|LP|TD|CT|CX|RF|CO|IN|NS|RE|IPC|IPD|PUB|AN|ART|CLM|DLN)"
    r"(?:(\s+)(.*))?"
)
"""A field's code at the start of a line; its value is on this line or below it."""
BODY = ("LP", "TD")
BELOW = {*BODY, "NS", "RE", "IPC", "PUB", "AN"}
"""Codes that one space may follow in the text, where a sentence may begin with `IN` or `BY`."""
WORDS = regex.compile(
    r"(?i)[\d.,\u00a0 ]+(?:words|mots|wörter|palabras|palavras|parole|woorden|слов|słów|ord|字|語)"
)
"""The line with the length, which every full article has."""
BYLINE = regex.compile(r"(?i)(?:by|par|von|por|de|di|door|di)\s+\S")
NAME = regex.compile(r"(?:[\p{Lu}][\p{L}.’'-]*\s?(?:and |und |et |y |e )?){2,5}")
TIME = regex.compile(r"\d{1,2}:\d{2}(?: ?[AP]M)?(?: \w+)?")
SOURCE_CODE = regex.compile(r"[A-Z0-9]{2,8}")
RIGHTS = regex.compile(r"(?i)copyright\b|©|\(c\)")


def articles_announced(text: str) -> int:
    """The number of articles that the text says it holds; 0 if it is no export of Factiva."""
    numbers = len(NUMBER.findall(text))
    coded = len(HEADLINE.findall(text)) if regex.search(r"(?m)^[ \t]*+(?:LP|TD)(?:\s|$)", text) else 0
    return max(numbers, coded)


def articles(text: str) -> list[Mapping[str, str | None]]:
    """The articles, in order."""
    parts, start = [], 0
    for match in NUMBER.finditer(text):
        parts.append((text[start : match.start()], match[1]))
        start = match.end()
    if not parts:
        starts = [match.start() for match in HEADLINE.finditer(text)]
        parts = [(text[start:end], None) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [_article(part) | {"id": number} for part, number in parts]


def _article(part: str) -> dict[str, str | None]:
    lines = lines_of(part)
    return _coded(lines) if HEADLINE.search(part) else _full(lines)


def _coded(lines: Sequence[Line]) -> dict[str, str | None]:
    fields: dict[str, list[Line]] = {}
    current: list[Line] = []
    code = ""
    for line in lines:
        match = CODE.fullmatch(line.text)
        if match and (match[1] in fields or (code in BODY and match[2] == " " and match[1] not in BELOW)):
            match = None
        if match:
            code = match[1]
            current = fields.setdefault(code, [])
        text = (match[3] or "") if match else line.text
        if text:
            current.append(line._replace(text=text))
    value = {code: " ".join(line.text for line in of_code) for code, of_code in fields.items()}
    body = [paragraphs(fields[code]) for code in BODY if fields.get(code)]
    return {
        "text": "\n\n".join(body),
        "title": value.get("HD"),
        "outlet": value.get("SN"),
        "published": date_in(value.get("PD", "")),
        "section": value.get("SE"),
    }


def _full(lines: Sequence[Line]) -> dict[str, str | None]:
    length = next((i for i, line in enumerate(lines) if WORDS.fullmatch(line.text)), None)
    if length is None:
        return {"text": None, "title": lines[0].text if lines else None}
    section, title = _section_and_title(lines[:length])
    below = lines[length + 1 :]
    date = next((i for i, line in enumerate(below[:4]) if is_date_line(line.text)), None)
    published = None if date is None else date_in(below[date].text)
    source = 0 if date is None else date + 1
    while source < len(below) and TIME.fullmatch(below[source].text):
        source += 1
    rights = next((i for i, line in enumerate(below[:14]) if RIGHTS.match(line.text)), None)
    if rights is None:
        code = next((i for i, line in enumerate(below[:10]) if SOURCE_CODE.fullmatch(line.text)), source)
        rights = min(code + 1, len(below) - 1)  # the line of the language
    begin = rights + 1
    ends = (i for i in range(begin, len(below)) if below[i].block != below[rights].block)
    begin = next(ends, begin)  # a notice of rights may be wrapped
    return {
        "text": paragraphs(below[begin:]),
        "title": title,
        "outlet": below[source].text if source < len(below) else None,
        "published": published,
        "section": section,
    }


def _section_and_title(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """From the lines above the length: perhaps a section, the title, perhaps a byline."""
    blocks = list(dict.fromkeys(line.block for line in lines))
    if len(blocks) > 1:
        parts = [" ".join(line.text for line in lines if line.block == block) for block in blocks]
    else:
        parts = [line.text for line in lines]
    if (
        len(parts) > 1
        and len(parts[-1]) <= NAME_LENGTH
        and (BYLINE.match(parts[-1]) or NAME.fullmatch(parts[-1]))
    ):
        parts.pop()
    return (parts[-2] if len(parts) > 1 else None), (parts[-1] if parts else None)
