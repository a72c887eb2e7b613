"""Sentences of an article, each with its character offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.records import NOT_IN_TEXT
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.records import Article

LINE = regex.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")


class Span(NamedTuple):
    """`text[start:end]` is `source`; both are -1 for a title outside the text."""

    start: int
    end: int
    source: str


def segment(article: Article) -> list[Span]:
    """Split an article into sentences in reading order, stripped of white space, the title first.

    A title that is also the first line of the text is not repeated. A line break always ends a
    sentence, since headings carry no full stop; within a line sentencex decides.
    """
    text, title = article.text, article.title
    body_start = 0
    spans: list[Span] = []
    if title:
        indent = len(text) - len(text.lstrip())
        first_line = LINE.match(text, indent)
        if first_line and " ".join(first_line[0].split()) == title:
            body_start = first_line.end()
            spans.append(_trimmed(text, indent, body_start))
        else:
            spans.append(Span(NOT_IN_TEXT, NOT_IN_TEXT, title))
    spans.extend(_sentences(text, body_start, base_language(article.language or "en")))
    return spans


def _sentences(text: str, start: int, language: str) -> Iterator[Span]:
    import sentencex

    for line in LINE.finditer(text, start):
        for boundary in sentencex.get_sentence_boundaries(language, line[0]):
            span = _trimmed(
                text, line.start() + boundary["start_index"], line.start() + boundary["end_index"]
            )
            if span.source:
                yield span


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return Span(start, start + len(piece), piece)
