"""Roles that people of an article are introduced with: before a name, or in an apposition."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

import regex

from pipelines.text.normalise import without_diacritics

if TYPE_CHECKING:
    from pipelines.find.grammar import Grammar

WORDS_OF_A_TITLE, CHARACTERS_OF_A_TITLE = 6, 80
WORDS_BEFORE_A_TITLE = 2
TELLING_LETTERS = 4
APPOSITION = regex.compile(
    # Words are atomic: a long one must not be tried in all its parts.
    r"\s*[,(–—-]\s*((?:WORD\s+){0,5}?WORD\s*)(?=[,.;:()–—]|(?:of|for|in|at|de|da|do|del|du|von|для|в)\b)".replace(
        "WORD", r"(?>[\w'’]+(?:[.-][\w'’]+)*)\.?"
    )
)
PHRASE = regex.compile(r"[^,.;:()–—\x00]+,\s*$")
CLOSES = regex.compile(r"\s*(?:[,.)–—]|$)")
HANGUL = regex.compile(r"\G\s*(\p{Hangul}+)")
WORD = regex.compile(r"\w[\w'’-]*")


@dataclass
class Roles:
    """Who was introduced as what in one article, as far as it has been read."""

    grammar: Grammar
    titles: dict[str, set[str]] = field(default_factory=dict)
    """The roles by which each was introduced, case folded."""
    modifiers: dict[str, set[str]] = field(default_factory=dict)
    """What went with these roles, as `modifiers_of` gives it."""
    pronouns: dict[str, str] = field(default_factory=dict)
    """he or she, of those whose titles tell it."""

    def fit(self, who: str, modifiers: frozenset[str]) -> int:
        """1 where a role was introduced as it is now called (the Polish president), -1 where otherwise."""
        known = self.modifiers.get(who, set())
        if not known or not modifiers:
            return 0
        return 1 if known & modifiers else -1

    def named_from(self, text: str, start: int, end: int) -> int:
        """Where the titles before a name begin, or its role (o presidente da Rússia, Vladimir Putin,)."""
        phrase = PHRASE.search(text, max(0, start - CHARACTERS_OF_A_TITLE), start)
        if not phrase or not CLOSES.match(text, end) or self.grammar.speech.search(phrase[0]):
            return self.title_start(text, start)
        role = self.grammar.titles.search(text, phrase.start(), start)
        return role.start() if role else self.title_start(text, start)

    def title_start(self, text: str, start: int) -> int:
        """Where the titles and capitalised modifiers before a name begin."""
        window = max(0, start - CHARACTERS_OF_A_TITLE)
        titles = [match.span() for match in self.grammar.titles.finditer(text, window, start)]
        begin = start
        for word in reversed(list(WORD.finditer(text, window, start))[-WORDS_OF_A_TITLE:]):
            is_title = any(first <= word.start() < last for first, last in titles)
            if (
                text[word.end() : begin].strip(" .," if is_title else " .")
                or not (is_title or word[0][0].isupper())
                or self.grammar.preposition.search(word[0])
            ):
                break
            begin = word.start()
        return begin

    def title_behind(self, text: str) -> tuple[str, str]:
        """The title behind a name with two words that may tell more (전 독일 총리), and what follows it."""
        for word in islice(HANGUL.finditer(text), WORDS_BEFORE_A_TITLE + 1):
            for width in range(len(word[1]) - 1, 1, -1):
                if self.grammar.titles.fullmatch(word[1][:width]):
                    end = word.start(1) + width
                    return text[:end], text[end:]
        return "", text

    def learn(self, who: str, text: str, start: int, end: int) -> None:
        """Takes in the roles right before a name, and those in an apposition right behind it."""
        self._add(who, text[self.named_from(text, start, end) : start])
        apposition = APPOSITION.match(text, end)
        if apposition:
            self._add(who, apposition[1])
        elif self.grammar.particle is not None:
            self._add(who, self.title_behind(text[end : end + CHARACTERS_OF_A_TITLE])[0])

    def modifiers_of(self, text: str, epithet: regex.Match[str]) -> frozenset[str]:
        """What tells whose role it is, before it (Polish), or behind it (polonês, of Poland)."""
        words = epithet["modifiers"]
        if self.grammar.bare_nouns and epithet.start() == 0:
            words = words.casefold()
        behind = self.grammar.domain.match(text, epithet.end())
        return self._distinctive(words) | self._distinctive(behind[0] if behind else "")

    def _distinctive(self, words: str) -> frozenset[str]:
        """The first letters, without diacritics, of capitalised words and nationalities: pola for Poland."""
        return frozenset(
            without_diacritics(word.casefold())[:TELLING_LETTERS]
            for word in WORD.findall(words)
            if (word[0].isupper() and not self.grammar.determiner.fullmatch(word))
            or (len(word) > 1 and self.grammar.nationality.fullmatch(word))
        )

    def _add(self, who: str, words: str) -> None:
        heads = [match[0].casefold().rstrip(".") for match in self.grammar.titles.finditer(words)]
        for pronoun, titles in self.grammar.gendered:
            if titles.search(words):
                self.pronouns.setdefault(who, pronoun)
        if heads:
            same = [other for role in self.grammar.same_role for other in role if role & set(heads)]
            self.titles.setdefault(who, set()).update(heads, same)
            others = self.grammar.titles.sub(" ", words)
            self.modifiers.setdefault(who, set()).update(self._distinctive(others))
