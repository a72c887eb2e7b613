"""The content words of a text, the forms of a word as one, by Snowball's stemmers."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from typing import TYPE_CHECKING, Any

import regex

from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:[-'’]\p{L}[\p{L}\p{M}]*)*")
POSSESSIVE = regex.compile(r"['’](?:s|S)?$")
SHORTEST = 3
"""Letters of a content word; shorter ones are hardly ever, save abbreviations, which are in capitals."""
KEPT = {"en": frozenset({"must", "ought", "should"})}
"""Words that lists of stop words have, and by which comment is known: what ought to be done."""
TIMES = """
monday tuesday wednesday thursday friday saturday sunday january february april may june july august september
october november december day week month year hour minute morning afternoon evening night"""
"""Keys of dateparser's tables, without March, which in English is also what protesters and troops do."""
SHORTEST_TIME = 4
"""Letters of a word of time; shorter ones are abbreviations that are other words, too (mar, sun, dec)."""
MOST_CAPITALS = 0.5
"""Share of the words of a sentence with a capital above which capitals show no name: headlines, shouting."""
REMEMBERED = 500_000
"""Words whose stems are remembered at a time: bounds memory; changes no result."""


class Stems:
    """Reads texts of one language, and remembers how stems are written.

    Args:
        language: code of the texts. If Snowball has no stemmer of it, each form is a word of its own; stop
            words and words of time are left out in the languages that stopwordsiso and dateparser know.
    """

    def __init__(self, language: str) -> None:
        self._stemmer = _stemmer(language)
        self._stops = stop_words(base_language(language))
        # Stems that are stop words themselves: called, but not imports, whose stem is that of important.
        self._left_out = self._stops | {self._stemmed(word) for word in time_words(base_language(language))}
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
        words, shown = Counter[str](), Counter[str]()
        for sentence in sentences:
            of_sentence = WORD.findall(sentence)
            words.update(of_sentence)
            inside = of_sentence[1:]  # the first word has a capital in any case
            if sum(word[0].isupper() for word in inside) <= MOST_CAPITALS * len(inside):
                shown.update(inside)
        counts: Counter[str] = Counter()
        for word, number in words.items():
            stem = self._stem(word)
            if stem:
                counts[stem] += number
            if stem in noted:
                self._note(stem, word, number, shown[word])
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
            stem = self._stemmed(lower) if is_content else ""
            self._stem_of[word] = stem = "" if stem in self._left_out else stem
        return stem

    def _stemmed(self, lower: str) -> str:
        return str(self._stemmer.stemWord(lower)) if self._stemmer else lower

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
def stop_words(language: str) -> frozenset[str]:
    """Function words and others that say nothing of a text's matter; empty if the language is not known."""
    from stopwordsiso import has_lang, stopwords

    if not has_lang(language):
        return frozenset()
    return frozenset(stopwords(language)) - KEPT.get(language, frozenset())


@cache
def time_words(language: str) -> frozenset[str]:
    """Weekdays, months, days and weeks; empty if the language is not known."""
    from dateparser.languages.loader import default_loader

    try:
        names = default_loader.get_locale(language).info
    except ValueError:  # no such language
        return frozenset()
    words = {name.lower() for key in TIMES.split() for name in names.get(key, ())}
    return frozenset(word for word in words if len(word) >= SHORTEST_TIME)


def _stemmer(language: str) -> Any:
    """Snowball's stemmer of a language; None if it has none."""
    import langcodes
    import Stemmer

    name = langcodes.Language.get(base_language(language)).language_name().lower()
    return Stemmer.Stemmer(name) if name in Stemmer.algorithms() else None
