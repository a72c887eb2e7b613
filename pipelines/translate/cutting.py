"""Cuts sentences that are too long for a model, and translates the pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.engines.base import Translation
from pipelines.translate.fragments import LETTER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# From the best place to cut to the worst: after a stop, after a clause mark, at white space.
CUTS = (
    regex.compile(r"(?<=[.!?…。！？؟।]['\"’”»)\]]*)(?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})"),
    regex.compile(r"(?<=[;:；：؛])(?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})|(?<=\s[–—])(?=\s)"),
    regex.compile(r"(?<=[,，、،])(?=\D)"),
    regex.compile(r"(?=\s)"),
)


def translated_in_pieces(
    sentences: Sequence[str], fits: Callable[[str], bool], translate: Callable[[list[str]], list[str]]
) -> list[Translation]:
    """Translate sentences in pieces that fit, in order; `cut` marks a sentence of more than one.

    A piece without a letter stays as it is: models invent text for numbers, emoji and control characters.

    Args:
        sentences: of any length; a blank one has an empty translation.
        fits: whether a piece is short enough.
        translate: returns n translations for n distinct pieces, in order.
    """
    pieces = [cut(sentence, fits) for sentence in sentences]
    distinct = list(dict.fromkeys(piece for cuts in pieces for piece in cuts if LETTER.search(piece)))
    translations = dict(zip(distinct, translate(distinct), strict=True)) if distinct else {}
    return [
        Translation(
            " ".join(translations.get(piece, piece) for piece in cuts).strip(),
            ("cut",) if len(cuts) > 1 else (),
        )
        for cuts in pieces
    ]


def cut(sentence: str, fits: Callable[[str], bool]) -> list[str]:
    """Cut a sentence into pieces that fit, in order; joined, they are the sentence except for white space.

    A piece is halved at the mark nearest its middle, in the outer quarters only if the inner half has no mark
    of any kind; text without marks or spaces is halved in the middle.

    Args:
        sentence: of any length.
        fits: whether a piece is short enough.
    """
    sentence = sentence.strip()
    if len(sentence) <= 1 or fits(sentence):
        return [sentence] if sentence else []
    at = _best_cut(sentence)
    return cut(sentence[:at], fits) + cut(sentence[at:], fits)


def _best_cut(sentence: str) -> int:
    """The place of the cut: in the inner half if possible, at the best kind of mark, nearest the middle."""
    middle = len(sentence) / 2
    for margin in (len(sentence) / 4, 1):
        for mark in CUTS:
            places = [
                m.start() for m in mark.finditer(sentence) if margin <= m.start() <= len(sentence) - margin
            ]
            if places:
                return min(places, key=lambda place: abs(place - middle))
    return max(1, round(middle))
