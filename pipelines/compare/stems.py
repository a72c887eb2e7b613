"""The content words of a text, the forms of a word as one, by Snowball's stemmers."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import regex

from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-'’]\p{L}[\p{L}\p{M}]*)*")
POSSESSIVE = regex.compile(r"['’](?:s|S)?$")
SHORTEST = 3
"""Letters of a content word; shorter ones are hardly ever, save abbreviations, which are in capitals."""
ENGLISH = "en"
REMEMBERED = 500_000
"""Words whose stems are remembered at a time: bounds memory; changes no result."""


class Stems:
    """Reads texts of one language, and remembers how stems are written.

    Args:
        language: code of the texts. If Snowball has no stemmer of it, each form is a word of its own; only of
            English are function words known and left out.
    """

    def __init__(self, language: str) -> None:
        self._stemmer = _stemmer(language)
        self._stops = function_words() if base_language(language) == ENGLISH else frozenset[str]()
        self._stem_of: dict[str, str] = {}
        self._forms: dict[str, Counter[str]] = defaultdict(Counter)
        self._names: Counter[str] = Counter()
        self._inside: Counter[str] = Counter()

    def counts(self, sentences: Sequence[str], noted: Container[str] = ()) -> Counter[str]:
        """How often each stem occurs in a text.

        Args:
            sentences: of the text.
            noted: stems whose forms are remembered.
        """
        words, first = Counter[str](), Counter[str]()
        for sentence in sentences:
            of_sentence = WORD.findall(sentence)
            words.update(of_sentence)
            first.update(of_sentence[:1])
        counts: Counter[str] = Counter()
        for word, number in words.items():
            stem = self._stem(word)
            if stem:
                counts[stem] += number
            if stem in noted:
                self._note(stem, word, number, number - first[word])
        return counts

    def _stem(self, word: str) -> str:
        """The stem of a word; empty if it is none that counts."""
        stem = self._stem_of.get(word)
        if stem is None:
            if len(self._stem_of) == REMEMBERED:
                self._stem_of.clear()
            bare = POSSESSIVE.sub("", word)
            lower = bare.lower()
            is_content = lower not in self._stops and (len(bare) >= SHORTEST or bare.isupper())
            stem = (self._stemmer.stemWord(lower) if self._stemmer else lower) if is_content else ""
            self._stem_of[word] = stem
        return stem

    def _note(self, stem: str, word: str, number: int, inside: int) -> None:
        self._forms[stem][POSSESSIVE.sub("", word)] += number
        self._inside[stem] += inside
        self._names[stem] += inside if word[0].isupper() else 0

    def form(self, stem: str) -> str:
        """The commonest form of a stem that was noted, as names are written if it mostly is one."""
        forms = self._forms[stem]
        best = min(forms, key=lambda form: (-forms[form], form))
        return best if self.is_name(stem) else best.lower()

    def is_name(self, stem: str) -> bool:
        """Whether a noted stem begins with a capital in more than half of its places within sentences."""
        return 2 * self._names[stem] > self._inside[stem]


@cache
def function_words() -> frozenset[str]:
    """English words that say nothing of a text's matter."""
    return frozenset(files(__package__).joinpath("function_words.txt").read_text("utf-8").split())


def _stemmer(language: str) -> Any:
    """Snowball's stemmer of a language; None if it has none."""
    import langcodes
    import Stemmer

    name = langcodes.Language.get(base_language(language)).language_name().lower()
    return Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None
