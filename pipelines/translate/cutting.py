"""Cuts a sentence that is too long for a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Callable

# From the best place to cut to the worst: after a stop, after a clause mark, at white space.
CUTS = (
    regex.compile(r"(?<=[.!?…。！？؟।]['\"’”»)\]]*)(?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})"),
    regex.compile(r"(?<=[;:；：؛])(?=\s|\p{Han}|\p{Hiragana}|\p{Katakana})|(?<=\s[–—])(?=\s)"),
    regex.compile(r"(?<=[,，、،])(?=\D)"),
    regex.compile(r"(?=\s)"),
)


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
