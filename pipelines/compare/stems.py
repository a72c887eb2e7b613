"""The content words of a text, the forms of a word as one, by Snowball's stemmers."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import regex

from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-'’]\p{L}[\p{L}\p{M}]*)*")
POSSESSIVE = regex.compile(r"['’](?:s|S)?$")
SHORTEST = 3
"""Letters of a content word; shorter ones are hardly ever, save abbreviations, which are in capitals."""
ENGLISH = "en"


class Stems:
    """Reads texts of one language, and remembers how each stem is written.

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

    def counts(self, sentences: Sequence[str]) -> Counter[str]:
        """How often each stem occurs in a text."""
        return Counter(stem for sentence in sentences for stem in self._of_sentence(sentence))

    def form(self, stem: str) -> str:
        """The commonest form of a stem, as names are written if it mostly is one."""
        forms = self._forms[stem]
        best = min(forms, key=lambda form: (-forms[form], form))
        return best if self.is_name(stem) else best.lower()

    def is_name(self, stem: str) -> bool:
        """Whether more than half of the forms within a sentence begin with a capital."""
        return 2 * self._names[stem] > self._inside[stem]

    def _of_sentence(self, sentence: str) -> Iterator[str]:
        for match in WORD.finditer(sentence):
            word = POSSESSIVE.sub("", match[0])
            lower = word.lower()
            if lower in self._stops or (len(word) < SHORTEST and not word.isupper()):
                continue
            stem = self._stem_of.get(lower)
            if stem is None:
                stem = self._stem_of[lower] = self._stemmer.stemWord(lower) if self._stemmer else lower
            if match.start():
                self._inside[stem] += 1
                self._names[stem] += word[0].isupper()
            self._forms[stem][word] += 1
            yield stem


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
