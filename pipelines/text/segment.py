"""Sentences of an article, each with its character offsets."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.records import NOT_IN_TEXT
from pipelines.text.boundaries import Habits, between_marks, habits_of, joins, without_marks
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.records import Article

LINE = regex.compile(r"[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")

_LINE_BREAK = regex.compile(r"[\r\n]")
STOP = regex.compile(r"[.!?。！？]\s+|[。！？]|\s(?=\s*\p{Lu})|\s")
UNFINISHED = regex.compile(r"[\p{L}\p{N},;)\]\"”»’%-]\s*$")
IN_THE_MIDDLE = regex.compile(r"[ \t]*[(“\"«]?\p{Ll}(?!\p{Lu})")
SHORTEST_WRAPPED, LONGEST_WRAPPED = 40, 100
"""Characters of a line that may be hard-wrapped: e-mail and print wrap at 60 to 80; shorter is a heading
or an item of a list, a longer one a paragraph; not tuned."""
LONGEST_PIECE = 20_000
"""Characters that sentencex gets at once: its time grows with the square of some repeated characters."""


class Span(NamedTuple):
    """`text[start:end]` is `source`; both are -1 for a title outside the text."""

    start: int
    end: int
    source: str


def segment(article: Article) -> list[Span]:
    """Split an article into sentences in reading order, stripped of white space, the title first.

    A title that is also the first line of the text is not repeated. A line break ends a sentence, since
    headings carry no full stop, unless the next line of a hard-wrapped paragraph continues it in small
    letters: the break is then a space in `source`. Within a line sentencex decides, which sees no quotation
    marks, so that each sentence of a quotation is one; `joins` corrects it by what it lacks of a language.
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


def sentence_lengths(text: str, language: str) -> list[int]:
    """The characters of each sentence in a text of a language."""
    return [span.end - span.start for span in _sentences(text, 0, base_language(language))]


def _sentences(text: str, start: int, language: str) -> Iterator[Span]:
    habits = habits_of(language)
    for first, last in _lines(text, start):
        line = _LINE_BREAK.sub(" ", text[first:last])
        begin = 0
        for end in _ends(line, language, habits):
            span = _trimmed(line, begin, end)
            begin = end
            if span.source:
                yield Span(first + span.start, first + span.end, span.source)


def _ends(line: str, language: str, habits: Habits) -> Iterator[int]:
    """The places after which a new sentence begins in a line, and the line's end, in order."""
    import sentencex

    has_case = line != line.lower()
    ends = []
    for first, last in _pieces(line):
        blanked = without_marks(line[first:last])
        boundaries = sentencex.get_sentence_boundaries(language, blanked)
        found_ends = [boundary["end_index"] for boundary in boundaries[:-1]]
        missed = [match.end() for match in habits.ends.finditer(blanked) if match.end() < len(blanked)]
        ends += [between_marks(line, first + end) for end in (*found_ends, *missed)] + [last]
    for end, following in pairwise(sorted(set(ends))):
        if not joins(line, end, following, habits, has_case=has_case):
            yield end
    yield len(line)


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Parts of a line that are short enough for sentencex, cut after a stop or a space if there is one."""
    first = 0
    while len(line) - first > LONGEST_PIECE:
        half = first + LONGEST_PIECE // 2
        cut = next((m for m in STOP.finditer(line, half, first + LONGEST_PIECE)), None)
        last = cut.end() if cut else first + LONGEST_PIECE
        yield first, last
        first = last
    yield first, len(line)


def _lines(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The start and end of each line; a line of a hard-wrapped paragraph continues the one before it."""
    first = start
    before: regex.Match[str] | None = None
    for line in LINE.finditer(text, start):
        if before is not None and not _continues(before, line):
            yield first, before.end()
            before = None
        if before is None:
            first = line.start()
        before = line
    if before is not None:
        yield first, before.end()


def _continues(before: regex.Match[str], line: regex.Match[str]) -> bool:
    """Whether a line begins within a sentence: in small letters, after a full line without a stop."""
    gap = line.string[before.end() : line.start()]
    return (
        gap in {"\n", "\r\n", "\r"}
        and SHORTEST_WRAPPED <= len(before[0]) <= LONGEST_WRAPPED
        and bool(UNFINISHED.search(before[0][-8:]))
        and bool(IN_THE_MIDDLE.match(line[0]))
    )


def _trimmed(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    piece = piece.strip()
    return Span(start, start + len(piece), piece)
