"""Source words that translations render in several ways, near what a run is about: candidates for a glossary.

A word and its translation are found by how often they occur in the same sentences (Dice 1945, as in Smadja,
McKeown and Hatzivassiloglou 1996, Translating Collocations for Bilingual Lexicons), so no model is needed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FEWEST = 6
"""Sentences with a word from which its renderings are compared: fewer show no habit; not tuned."""
NEAR = 5
"""Words on either side of a name or target within which a word is looked at; not tuned."""
LETTERS = 5
"""First letters, at least, by which forms are taken for one word; two in Korean, whose particles follow."""
LETTERS_IN_HANGUL = 2
ENDING = 2
"""Letters at the end of a longer word that its forms may change; with more, contrato would be contra."""
SHORTEST = 5
"""Letters of a word that is looked at: shorter ones are mostly no nouns; two in Korean."""
OWN_SHARE = 0.5
"""Share of a rendering's sentences that must have the source word: others are translations of other words."""
TWICE = 2
"""Sentences in which a rendering must occur."""
LEAST_SHARE = 0.1
"""Share of a word's sentences in which a rendering must occur: rarer ones may be chance; not tuned."""
LEAST_TOGETHER = 0.6
"""Share of a word's sentences that must have one of its renderings: else they are not what it is rendered by.
Chosen on human translations of news (NTREX): with less, most proposals are companions of a word."""
APART = 3.0
"""Times as often as beside the first rendering that a second one must occur without it: else both belong
together (armed forces); not tuned."""
CONSISTENT = 0.9
"""Share of a word's sentences with its first rendering from which it counts as rendered in one way."""
MOST_RENDERINGS = 4
WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’-]*")


class Sentence(NamedTuple):
    """A source and its translation; `names` are the places in the source of actors and targets."""

    source: str
    translation: str
    names: Sequence[tuple[int, int]] = ()


class Rendering(NamedTuple):
    """A source word, the number of sentences with it, and of those with each of its renderings."""

    word: str
    sentences: int
    renderings: Mapping[str, int]


def renderings(sentences: Iterable[Sentence], nouns_are_capitalised: bool = False) -> list[Rendering]:
    """Words near names and targets that are rendered in two ways or more, the commonest first.

    Args:
        sentences: of one language, each distinct source once.
        nouns_are_capitalised: as in German; else a word with a capital inside a sentence is a name.
    """
    counts = _Counts()
    for sentence in dict.fromkeys(sentences):
        counts.add(sentence, nouns_are_capitalised)
    several = (counts.rendering(key) for key in counts.near)
    return sorted((r for r in several if r), key=lambda r: (-r.sentences, r.word))


class _Counts:
    """In which sentences each source word and each pivot word occurs."""

    def __init__(self) -> None:
        self.near: dict[str, None] = {}
        self.words: dict[str, Counter[str]] = defaultdict(Counter)
        self.sources: dict[str, set[int]] = defaultdict(set)
        self.pivots: dict[str, set[int]] = defaultdict(set)
        self.in_pivot: list[set[str]] = []
        self.in_source: list[set[str]] = []

    def add(self, sentence: Sentence, nouns_are_capitalised: bool) -> None:
        number = len(self.in_pivot)
        words = list(WORD.finditer(sentence.source))
        near = _near(words, sentence.names)
        keys = set()
        for place, word in enumerate(words):
            key = _key(word[0])
            inside = any(start < word.end() and word.start() < end for start, end in sentence.names)
            is_name = place > 0 and word[0][0].isupper() and not nouns_are_capitalised
            if not key or inside or is_name:
                continue
            keys.add(key)
            self.words[key][word[0].casefold()] += 1
            if place in near:
                self.near[key] = None
        for key in keys:
            self.sources[key].add(number)
        pivots = {
            _singular(word) for word in WORD.findall(sentence.translation) if word.islower() and len(word) > 3
        }
        for pivot in pivots:
            self.pivots[pivot].add(number)
        self.in_pivot.append(pivots)
        self.in_source.append(keys)

    def rendering(self, key: str) -> Rendering | None:
        """How a word is rendered; None if in one way, or if that is not clear."""
        rest = set(self.sources[key])
        total = len(rest)
        if total < FEWEST:
            return None
        chosen: dict[str, int] = {}
        first: set[int] = set()
        for candidate in self._candidates(key):
            own = self.pivots[candidate] & rest
            is_same = any(candidate[:LETTERS] == other[:LETTERS] for other in chosen)
            if not is_same and not self._is_apart(candidate, own, first, rest, total):
                continue
            if not is_same:
                chosen[candidate] = len(self.pivots[candidate] & self.sources[key])
            first |= own
            rest -= own
            if len(chosen) == MOST_RENDERINGS or not rest:
                break
        is_known = len(chosen) >= TWICE and len(first) >= LEAST_TOGETHER * total
        if not is_known or max(chosen.values()) >= CONSISTENT * total:
            return None
        return Rendering(self.words[key].most_common(1)[0][0], total, chosen)

    def _is_apart(self, word: str, own: set[int], first: set[int], rest: set[int], total: int) -> bool:
        """Whether a pivot word occurs instead of the renderings before it, and often enough."""
        beside = len(self.pivots[word] & first)
        often = len(own) >= max(TWICE, LEAST_SHARE * total)
        return often and len(own) * max(1, len(first)) >= APART * beside * len(rest)

    def _candidates(self, key: str) -> Iterator[str]:
        """The pivot words of which most sentences have the source word, the most alike first."""
        sentences = self.sources[key]
        together = Counter(word for number in sorted(sentences) for word in self.in_pivot[number])
        for word, n in sorted(together.items(), key=lambda item: (-self._dice(key, item[0]), item[0])):
            if n >= TWICE and n >= OWN_SHARE * len(self.pivots[word]) and self._is_best(key, word):
                yield word

    def _is_best(self, key: str, word: str) -> bool:
        """Whether no other source word is much more alike to a pivot word."""
        others = Counter(other for number in self.pivots[word] for other in self.in_source[number])
        own = len(self.sources[key] & self.pivots[word])
        return not any(
            n >= own and self._dice(other, word) > self._dice(key, word) for other, n in others.items()
        )

    def _dice(self, key: str, word: str) -> float:
        one, other = self.sources[key], self.pivots[word]
        return 2 * len(one & other) / (len(one) + len(other))


def _near(words: Sequence[regex.Match[str]], names: Sequence[tuple[int, int]]) -> set[int]:
    """The places of the words within a few words of a name."""
    near: set[int] = set()
    for start, end in names:
        inside = [i for i, word in enumerate(words) if start < word.end() and word.start() < end]
        if inside:
            near |= set(range(inside[0] - NEAR, inside[-1] + NEAR + 1))
    return near


def _key(word: str) -> str:
    """What the forms of a word have in common; empty if it is too short."""
    if regex.search(r"\p{Hangul}", word):
        return word[:LETTERS_IN_HANGUL] if len(word) >= LETTERS_IN_HANGUL else ""
    return word.casefold()[: max(LETTERS, len(word) - ENDING)] if len(word) >= SHORTEST else ""


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word
