"""Quotations over the sentences of an article, in the marks of any language."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLOSING = {
    "“": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    '"': '"”',
    "”": '”"',
    "〝": "〞〟",
}
MARK = regex.compile(r"[\"“”„«»「」『』〝〞〟]")
FIRST_DASH = regex.compile(r"[—–―]\s*(?=[\p{Lu}¿¡«])")
# A dash with a space on either side and no stop before it is part of the sentence: Москва — столица.
NEXT_DASH = regex.compile(r"(?<=[,.!?…])\s*[—–―]|(?<=\s)[—–―](?=\S)|(?<=\S)[—–―](?!\s*$)")
SPACED_DASH = regex.compile(r"(?<=\s)[—–―](?=\s)")
NOTHING = regex.compile(r"\s*$")
LONGEST = 12
"""Sentences after which an unclosed quotation counts as its first sentence alone, so that one missing mark
does not quote the rest of an article; not tuned."""
LONGEST_PARAGRAPH = 4
"""Sentences at most between the opening marks of two paragraphs of one quotation; not tuned."""


class Quotation(NamedTuple):
    """`sentence[start:end]` is quoted; parts of one quotation in several sentences share its number."""

    start: int
    end: int
    number: int


class _Mark(NamedTuple):
    sentence: int
    at: int
    sign: str
    opens: bool
    """Whether it may open a quotation: a letter follows it, and none comes before."""


def quotations(
    sentences: Sequence[str], *, dashes: bool = False, speech: regex.Pattern[str] | None = None
) -> list[list[Quotation]]:
    """The quoted spans of each sentence, their marks included, in order.

    A quotation continues over sentences and paragraphs until it is closed; an opening mark that begins a
    sentence inside one of the same kind continues it, as each paragraph of a long quotation does.

    Args:
        sentences: of one article, in order.
        dashes: whether a dash at the start of a line opens a quotation, and the next one closes it.
        speech: pattern of verbs of speaking; a dash between spaces closes a quotation before one of them.
    """
    spans: list[list[Quotation]] = [[] for _ in sentences]
    number = 0
    marks = list(_marks(sentences))
    place = 0
    while place < len(marks):
        opening = marks[place]
        if opening.opens:
            closing = _closing(marks, place)
            end = marks[closing] if closing is not None else None
            _fill(spans, sentences, opening, end, number)
            number += 1
            rest = range(place, len(marks))
            past = (p for p in rest if marks[p].sentence > opening.sentence)
            place = closing + 1 if closing is not None else next(past, len(marks))
        else:
            place += 1
    if dashes:
        _add_dialogue(spans, sentences, number, speech)
    return spans


def _marks(sentences: Sequence[str]) -> Iterator[_Mark]:
    for index, sentence in enumerate(sentences):
        for mark in MARK.finditer(sentence):
            yield _Mark(index, mark.start(), mark[0], _opens(sentence, mark.start(), mark[0]))


def _opens(sentence: str, at: int, sign: str) -> bool:
    before, after = sentence[max(at - 1, 0) : at], sentence[at + 1 : at + 2]
    if sign not in CLOSING:
        return False
    if NOTHING.match(sentence, at + 1):  # left behind by the sentence that it opens
        return not before or before.isspace()
    if after.isspace() and sign not in "«»":
        return False
    if sign in "「『〝„":
        return True
    return not before or before.isspace() or before in "([-–—:;'‘/>"


def _closing(marks: Sequence[_Mark], opened: int) -> int | None:
    """The place of the mark that closes the one at `opened`; None if none does soon."""
    opening = marks[opened]
    last = opening.sentence
    for place in range(opened + 1, len(marks)):
        mark = marks[place]
        if mark.sentence - opening.sentence > LONGEST:
            return None
        opens_again = mark.sign == opening.sign and mark.opens
        if opens_again and mark.sentence > opening.sentence:
            if mark.at == 0 and mark.sentence - last <= LONGEST_PARAGRAPH:
                last = mark.sentence
                continue
            return None
        if mark.sign in CLOSING[opening.sign] and not opens_again:
            return place
    return None


def _fill(
    spans: list[list[Quotation]], sentences: Sequence[str], opening: _Mark, closing: _Mark | None, number: int
) -> None:
    last = closing.sentence if closing else opening.sentence
    for index in range(opening.sentence, last + 1):
        start = opening.at if index == opening.sentence else 0
        end = closing.at + 1 if closing and index == last else len(sentences[index])
        spans[index].append(Quotation(start, end, number))


def _add_dialogue(
    spans: list[list[Quotation]],
    sentences: Sequence[str],
    number: int,
    speech: regex.Pattern[str] | None,
) -> None:
    """Add quotations after a dash at the start of a sentence; each further dash ends or resumes speech."""
    for index, sentence in enumerate(sentences):
        first = FIRST_DASH.match(sentence)
        if spans[index] or not first:
            continue
        cuts = [first.end()]
        ends = {dash.end(): dash.start() for dash in NEXT_DASH.finditer(sentence, first.end())}
        for dash in SPACED_DASH.finditer(sentence, first.end()) if speech else ():
            if speech and speech.match(sentence, dash.end() + 1):
                ends.setdefault(dash.end(), dash.start())
        for end in sorted(ends):
            cuts += [ends[end], end]
        cuts.append(len(sentence))
        spans[index] += [
            Quotation(start, end, number) for start, end in zip(cuts[::4], cuts[1::4], strict=False)
        ]
        number += 1
