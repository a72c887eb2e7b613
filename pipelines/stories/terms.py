"""The names and numbers of an article's pivot text, each as a whole number with its weight."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

import regex
from anyascii import anyascii

from pipelines.hashing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORD = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)*|[\p{L}\p{M}\p{Nd}]+(?:['’-]\p{L}+)*")
POSSESSIVE = regex.compile(r"['’]s?$")
THOUSANDS = regex.compile(r"[.,](?=\p{Nd}{3}\b)")
_UNITS = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
NUMBER_WORDS = {word: str(number) for number, word in enumerate(_UNITS, 1) if number > 1} | {
    f"{ten}-{_UNITS[unit - 1]}" if unit else ten: str(10 * tens + unit)
    for tens, ten in enumerate(_TENS, 2)
    for unit in range(10)
}
"""English numbers below 100 in words, as one outlet has them and another has digits; without one, which is
mostly a pronoun."""
SENTENCES = 12
"""Sentences that count, the headline included: news has what happened at the top; not tuned."""
NAMES, NUMBERS = range(2)
"""The kinds of terms: each term modulo KINDS."""
KINDS = 2
DIGITS = 10
"""Hexadecimal digits of a term: two of the 100,000 terms of a large day are equal with probability 0.005."""


def terms(sentences: Sequence[str], actors: Iterable[str] = ()) -> dict[int, float]:
    """The terms of an article, ascending, and how much each says of it: 1 + log of its number.

    A word with a capital is a name if it is not the first of its sentence, or another sentence has it so.

    Args:
        sentences: in the pivot language, the headline first.
        actors: whom the article is found to name, in whatever spelling.
    """
    counts: Counter[tuple[int, str]] = Counter((NAMES, f"actor {actor}") for actor in actors)
    first: list[str] = []
    for sentence in sentences[:SENTENCES]:
        for place, match in enumerate(WORD.finditer(sentence)):
            word = POSSESSIVE.sub("", match[0])
            number = NUMBER_WORDS.get(word.casefold(), word)
            if number[0].isdigit():
                counts[NUMBERS, THOUSANDS.sub("", number)] += 1
            elif word[0].isupper() and place:
                counts[NAMES, anyascii(word).casefold()] += 1
            elif word[0].isupper():
                first.append(anyascii(word).casefold())
    for word in first:
        if (NAMES, word) in counts:
            counts[NAMES, word] += 1
    weights = {
        int(fingerprint(word)[:DIGITS], 16) * KINDS + kind: round(1 + math.log(count), 2)
        for (kind, word), count in counts.items()
    }  # two decimals, since the logarithms of two machines may differ in their last bits
    return dict(sorted(weights.items()))
