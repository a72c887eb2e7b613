"""Quotations over the sentences of an article, in the marks of any language."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.marks import CLOSING, SINGLE, Mark, marks

if TYPE_CHECKING:
    from collections.abc import Sequence

FIRST_DASH = regex.compile(r"[—–―]\s*(?=[\p{Lu}¿¡«])")
# A dash with a space on either side and no stop before it is part of the sentence: Москва — столица.
NEXT_DASH = regex.compile(r"(?<=[,.!?…])\s*[—–―]|(?<=\s)[—–―](?=\S)|(?<=\S)[—–―](?!\s*$)")
SPACED_DASH = regex.compile(r"(?<=\s)[—–―](?=\s)")
LABEL = regex.compile(
    r"\s*((?:\p{Lu}[\p{L}\p{M}.'’-]*\s+){0,3}\p{Lu}[\p{L}\p{M}.'’-]*)\s*:(?=\s+\S)"
    r"|\s*([\p{Han}\p{Katakana}ー·・]{2,12})\s*[：:]|\s*(\p{Hangul}{2,6}(?:\s\p{Hangul}{2,5})?)\s*:(?=\s)"
)
SIGNATURE = regex.compile(r"[—–―]\s*\p{Lu}[^.!?…:,]{0,60}$")
LABELS_OF_A_TRANSCRIPT = 2
"""Sentences that begin with a speaker's name in capitals and a colon from which an article is a transcript;
not tuned: one may be a heading."""
SHARE_OF_LABELS = 0.5
"""Of the sentences, that begin with a label: from here each is a speaker's, if one returns; not tuned."""
LONGEST = 12
"""Sentences after which an unclosed quotation counts as its first sentence alone, so that one missing mark
does not quote the rest of an article; not tuned."""
BEFORE_VERB = regex.compile(r"[,!?…]\s*$")
NAME = regex.compile(r"\s+(?:\p{Lu}|\p{L}{1,4}\s+\p{Lu}|\p{Ll}{2,10}[.,]?\s*$)")
BEFORE_ASIDE = regex.compile(r"[,!?…]?\s*[—–]\s*$")
AFTER_ASIDE = regex.compile(r"[,.]\s*[—–]\s*")
CHARACTERS_OF_AN_ASIDE = 100
"""Characters at most of a verb of speaking and its subject between dashes; not tuned."""
CHARACTERS_OF_A_CLAUSE = 200
"""Characters before a colon in which its verb of speaking is looked for; not tuned."""
LONGEST_PARAGRAPH = 4
"""Sentences at most between the opening marks of two paragraphs of one quotation; not tuned."""


class Quotation(NamedTuple):
    """`sentence[start:end]` is quoted; parts of one quotation in several sentences share its number."""

    start: int
    end: int
    number: int


def quotations(
    sentences: Sequence[str], *, dashes: bool = False, speech: regex.Pattern[str] | None = None
) -> list[list[Quotation]]:
    """The quoted spans of each sentence, their marks included, in order.

    A quotation continues over sentences and paragraphs until it is closed; an opening mark that begins a
    sentence inside one of the same kind continues it, as each paragraph of a long quotation does. In a
    transcript all that follows a speaker's label is quoted, and the sentence after "he wrote:".

    Args:
        sentences: of one article, in order.
        dashes: whether a dash at the start of a line opens a quotation, and the next one closes it.
        speech: pattern of verbs of speaking; a dash between spaces closes a quotation before one of them.
    """
    spans: list[list[Quotation]] = [[] for _ in sentences]
    number = 0
    signs = list(marks(sentences))
    place = 0
    while place < len(signs):
        opening = signs[place]
        closing = _closing(signs, place, sentences, speech) if opening.opens else None
        if closing is None and (not opening.opens or opening.sign in SINGLE):
            place += 1
            continue
        end = signs[closing] if closing is not None else _lost_end(opening, sentences, speech)
        _fill(spans, sentences, opening, end, number)
        number += 1
        past = (p for p in range(place, len(signs)) if signs[p].sentence > opening.sentence)
        place = closing + 1 if closing is not None else next(past, len(signs))
    number = _add_transcript(spans, sentences, number)
    if speech:
        _cut_asides(spans, sentences, speech)
        number = _add_blocks(spans, sentences, number, speech)
    if dashes:
        _add_dialogue(spans, sentences, number, speech)
    return spans


def _lost_end(opening: Mark, sentences: Sequence[str], speech: regex.Pattern[str] | None) -> Mark | None:
    """An empty mark where a quotation ends that is never closed; None if its sentence is its end."""
    at = attribution_within(sentences[opening.sentence], speech)
    return (
        None if at is None or at <= opening.end else Mark(opening.sentence, at, "", opens=False, closes=True)
    )


def _closing(
    signs: Sequence[Mark], opened: int, sentences: Sequence[str], speech: regex.Pattern[str] | None
) -> int | None:
    """The place of the mark that closes the one at `opened`; None if none does soon."""
    opening = signs[opened]
    last = opening.sentence
    for place in range(opened + 1, len(signs)):
        mark = signs[place]
        if mark.sentence - opening.sentence > LONGEST:
            return None
        opens_again = mark.sign == opening.sign and mark.opens
        if opens_again and mark.sentence > opening.sentence:
            is_lost = attribution_within(sentences[last], speech) is not None
            if mark.at == 0 and mark.sentence - last <= LONGEST_PARAGRAPH and not is_lost:
                last = mark.sentence
                continue
            return None
        if mark.sign in CLOSING[opening.sign] and mark.closes and not opens_again:
            return place
    return None


def attribution_within(sentence: str, speech: regex.Pattern[str] | None) -> int | None:
    """Where a clause with the speaker begins in a sentence whose closing mark is lost; None without one.

    In `"Our troops will stay, said Putin.` it is after the comma.
    """
    for verb in speech.finditer(sentence) if speech else ():
        if BEFORE_VERB.search(sentence[max(0, verb.start() - 3) : verb.start()]) and NAME.match(
            sentence, verb.end()
        ):
            return verb.start()
    return None


def _fill(
    spans: list[list[Quotation]], sentences: Sequence[str], opening: Mark, closing: Mark | None, number: int
) -> None:
    last = closing.sentence if closing else opening.sentence
    for index in range(opening.sentence, last + 1):
        start = opening.at if index == opening.sentence else 0
        end = closing.end if closing and index == last else len(sentences[index])
        spans[index].append(Quotation(start, end, number))


def _add_transcript(spans: list[list[Quotation]], sentences: Sequence[str], number: int) -> int:
    """Add what follows a speaker's label, up to the next one, if the article is a transcript.

    Returns:
        The first number that is free.
    """
    labels = {i: label for i, sentence in enumerate(sentences) if (label := LABEL.match(sentence))}
    names = {index: str(next(filter(None, label.groups()))) for index, label in labels.items()}
    starts = [index for index, name in names.items() if name.isupper()]
    if len(starts) < LABELS_OF_A_TRANSCRIPT:
        if len(labels) <= LABELS_OF_A_TRANSCRIPT:
            return number
        counts = Counter(name.split()[-1] for name in names.values())
        starts = [
            index for index, name in names.items() if counts[name.split()[-1]] >= LABELS_OF_A_TRANSCRIPT
        ]
        is_dialogue = starts and len(labels) >= SHARE_OF_LABELS * len(sentences)
        starts = list(labels) if is_dialogue else starts
    for index, following in zip(starts, [*starts[1:], len(sentences)], strict=False):
        spans[index] = [Quotation(labels[index].end(), len(sentences[index]), number)]
        for later in range(index + 1, min(following, index + LONGEST)):
            spans[later] = [Quotation(0, len(sentences[later]), number)]
        number += 1
    return number


def _cut_asides(spans: list[list[Quotation]], sentences: Sequence[str], speech: regex.Pattern[str]) -> None:
    """Take out of quotations what gives their speaker between dashes: «Нет, — сказал он, — не пойду»."""
    for sentence, parts in zip(sentences, spans, strict=True):
        for place, part in reversed(list(enumerate(parts))):
            verb = next(speech.finditer(sentence, part.start, part.end), None)
            before = verb and BEFORE_ASIDE.search(sentence, max(part.start, verb.start() - 5), verb.start())
            if not verb or not before:
                continue
            last = min(part.end, verb.end() + CHARACTERS_OF_AN_ASIDE)
            after = AFTER_ASIDE.search(sentence, verb.end(), last)
            if after:
                rest = [Quotation(after.end(), part.end, part.number)] if after.end() < part.end else []
                parts[place : place + 1] = [Quotation(part.start, before.start(), part.number), *rest]


def _add_blocks(
    spans: list[list[Quotation]], sentences: Sequence[str], number: int, speech: regex.Pattern[str]
) -> int:
    """Add the sentence after one that ends with a verb of speaking and a colon, if neither has marks.

    Returns:
        The first number that is free.
    """
    for index, sentence in enumerate(sentences[:-1]):
        if spans[index] or spans[index + 1] or not sentence.endswith((":", "：")):
            continue
        if speech.search(sentence[-CHARACTERS_OF_A_CLAUSE:]):
            spans[index + 1] = [Quotation(0, len(sentences[index + 1]), number)]
            number += 1
    return number


def _add_dialogue(
    spans: list[list[Quotation]],
    sentences: Sequence[str],
    number: int,
    speech: regex.Pattern[str] | None,
) -> None:
    """Add quotations after a dash at the start of a sentence; each further dash ends or resumes speech.

    Without a further dash it ends before a verb of speaking and its subject: — Non, répond Marie.
    """
    for index, sentence in enumerate(sentences):
        first = FIRST_DASH.match(sentence)
        is_signature = index > 0 and spans[index - 1] and SIGNATURE.match(sentence)
        if spans[index] or not first or is_signature:
            continue
        cuts = [first.end()]
        ends = {dash.end(): dash.start() for dash in NEXT_DASH.finditer(sentence, first.end())}
        for dash in SPACED_DASH.finditer(sentence, first.end()) if speech else ():
            if speech and speech.match(sentence, dash.end() + 1):
                ends.setdefault(dash.end(), dash.start())
        if not ends and (at := attribution_within(sentence, speech)) is not None:
            ends[len(sentence)] = at
        for end in sorted(ends):
            cuts += [ends[end], end]
        cuts.append(len(sentence))
        spans[index] += [
            Quotation(start, end, number) for start, end in zip(cuts[::4], cuts[1::4], strict=False)
        ]
        number += 1
