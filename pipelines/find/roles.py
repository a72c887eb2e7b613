"""The roles with which an article introduces people: before a name, or in an apposition."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.normalise import without_diacritics

if TYPE_CHECKING:
    from pipelines.find.grammar import Grammar
    from pipelines.find.people import Reference

WORDS_OF_A_TITLE, CHARACTERS_OF_A_TITLE = 6, 80
"""Words, and characters, before or after a name in which its title is looked for; not tuned. The characters
keep the time in proportion to the length of an article."""
WORDS_BEFORE_A_TITLE = 2
"""Words at most between a name and the title after it (전 독일 총리); not tuned."""
STEM_LETTERS = 4
"""First letters by which a country and its adjective are the same (Poland, Polish); not tuned."""
APPOSITION = regex.compile(
    # Words are atomic: a long one must not be tried in all its parts.
    r"\s*[,(–—-]\s*((?:WORD\s+){0,5}?WORD\s*)(?=[,.;:()–—]|(?:of|for|in|at|de|da|do|del|du|von|для|в)\b)".replace(
        "WORD", r"(?>[\w'’]+(?:[.-][\w'’]+)*)\.?"
    )
)
FORMER = "former"
"""Among the modifiers of a role: somebody had it. Longer than any other modifier."""
PHRASE = regex.compile(r"[^,.;:()–—\x00]+,\s*$")
CLOSES = regex.compile(r"\s*(?:[,.)–—]|$)")
HANGUL = regex.compile(r"\G\s*(\p{Hangul}+)")
WORD = regex.compile(r"\w[\w'’-]*")


@dataclass
class Roles:
    """The roles of the people of one article, as far as it has been read."""

    grammar: Grammar
    titles: dict[str, set[str]] = field(default_factory=dict)
    """The roles with which each person was introduced, case folded."""
    modifiers: dict[str, set[str]] = field(default_factory=dict)
    """The modifiers of these roles, as `modifiers_of` returns them."""
    pronouns: dict[str, str] = field(default_factory=dict)
    """he or she, of the people whose titles imply it."""
    _text: str = ""
    _starts: dict[int, int] = field(default_factory=dict)
    """In the text that was asked about last, where the titles before each name begin."""
    _roles: dict[tuple[int, int], int] = field(default_factory=dict)
    """The same of each name, with its end, if a role before it counts too."""

    def fit(self, who: str, modifiers: frozenset[str]) -> float:
        """1 if the modifiers fit the person's roles (the Polish president), -1 if not, 0 if unknown.

        Half less if one is a former role and the other is not.
        """
        known = self.modifiers.get(who, set())
        own, other = known - {FORMER}, modifiers - {FORMER}
        unlike = 0.5 if (FORMER in known) != (FORMER in modifiers) else 0.0
        if not own or not other:
            return -unlike
        return (1 if own & other else -1) - unlike

    def is_untitled(self, who: str) -> bool:
        """Whether the article has introduced a person by no role, as one whom every reader knows."""
        return all(self.grammar.honorifics.fullmatch(title) for title in self.titles.get(who, ()))

    def describe(self, who: str, epithet: Reference, text: str) -> None:
        """Add what an epithet says of the person whom it stands for."""
        self._add(who, text[epithet.start : epithet.end])
        self.modifiers.setdefault(who, set()).update(epithet.modifiers - {FORMER})

    def named_from(self, text: str, start: int, end: int) -> int:
        """The start of the titles before a name, or of its role (o presidente da Rússia, Vladimir Putin,).

        Args:
            text: that the name is in.
            start: of the name.
            end: of the name.
        """
        self._begin(text)
        if (start, end) not in self._roles:
            self._roles[start, end] = self._named_from(text, start, end)
        return self._roles[start, end]

    def _named_from(self, text: str, start: int, end: int) -> int:
        phrase = PHRASE.search(text, max(0, start - CHARACTERS_OF_A_TITLE), start)
        if not phrase or not CLOSES.match(text, end) or self.grammar.speech.search(phrase[0]):
            return self.title_start(text, start)
        role = self.grammar.titles.search(text, phrase.start(), start)
        return role.start() if role else self.title_start(text, start)

    def title_start(self, text: str, start: int) -> int:
        """The start of the titles and capitalised modifiers before a name that begins at `start`."""
        self._begin(text)
        if start not in self._starts:
            self._starts[start] = self._title_start(text, start)
        return self._starts[start]

    def _begin(self, text: str) -> None:
        """Forget the places in another text."""
        if text is not self._text:
            self._text, self._starts, self._roles = text, {}, {}

    def _title_start(self, text: str, start: int) -> int:
        window = max(0, start - CHARACTERS_OF_A_TITLE)
        titles = [match.span() for match in self.grammar.titles.finditer(text, window, start)]
        begin = start
        for word in reversed(list(WORD.finditer(text, window, start))[-WORDS_OF_A_TITLE:]):
            is_title = any(first <= word.start() < last for first, last in titles)
            is_country = self.grammar.particle is None and self.grammar.nationality.fullmatch(word[0])
            if (
                text[word.end() : begin].strip(" .," if is_title else " .")
                or not (is_title or is_country or word[0][0].isupper())
                or self.grammar.preposition.search(word[0])
            ):
                break
            begin = word.start()
        return begin

    def title_after(self, text: str) -> tuple[str, str]:
        """The title that begins the text after a name, with its modifiers (전 독일 총리), and the rest."""
        if self.grammar.unspaced:
            end = 0
            while match := self.grammar.titles.match(text, end):
                end = match.end()
            return text[:end], text[end:]
        for word in islice(HANGUL.finditer(text), WORDS_BEFORE_A_TITLE + 1):
            for width in range(len(word[1]) - 1, 1, -1):
                if self.grammar.titles.fullmatch(word[1][:width]):
                    end = word.start(1) + width
                    return text[:end], text[end:]
        return "", text

    def learn(self, who: str, text: str, start: int, end: int) -> None:
        """Add the roles right before a name, and those in an apposition right after it.

        Args:
            who: has the name.
            text: that the name is in.
            start: of the name.
            end: of the name.
        """
        self._add(who, text[self.named_from(text, start, end) : start])
        given, _, surname = text[start:end].partition(" ")
        if surname and (pronoun := _given_names().get(given.casefold())):
            self.pronouns.setdefault(who, pronoun)
        apposition = APPOSITION.match(text, end)
        if apposition:
            self._add(who, apposition[1])
        elif self.grammar.particle is not None:
            self._add(who, self.title_after(text[end : end + CHARACTERS_OF_A_TITLE])[0])

    def modifiers_of(self, text: str, epithet: regex.Match[str]) -> frozenset[str]:
        """What distinguishes the role of an epithet, before it (Polish) or after it (polonês, of Poland)."""
        words = epithet["modifiers"]
        if self.grammar.bare_nouns and epithet.start() == 0:
            words = words.casefold()
        domain = self.grammar.domain.match(text, epithet.end())
        is_former = epithet["ex"] or self.grammar.former.search(words)
        former = frozenset({FORMER} if is_former else ())
        return self._distinctive(words) | self._distinctive(domain[0] if domain else "") | former

    def _distinctive(self, words: str) -> frozenset[str]:
        """The first letters, without diacritics, of capitalised words and nationalities: pola for Poland."""
        return frozenset(
            without_diacritics(word.casefold())[:STEM_LETTERS]
            for word in WORD.findall(words)
            if (word[0].isupper() and not self.grammar.determiner.fullmatch(word))
            or (len(word) > 1 and self.grammar.nationality.fullmatch(word))
        )

    def _add(self, who: str, words: str) -> None:
        if not words:
            return
        heads = [match[0].casefold().rstrip(".") for match in self.grammar.titles.finditer(words)]
        for pronoun, titles in self.grammar.gendered:
            if titles.search(words):
                self.pronouns.setdefault(who, pronoun)
        if heads:
            same = [other for role in self.grammar.same_role for other in role if role & set(heads)]
            self.titles.setdefault(who, set()).update(heads, same)
            others = self.grammar.titles.sub(" ", words)
            self.modifiers.setdefault(who, set()).update(self._distinctive(others))
            if self.grammar.former.search(others):
                self.modifiers[who].add(FORMER)


@cache
def _given_names() -> dict[str, str]:
    """he or she, by the given names that imply it."""
    table = packaged_yaml(__package__, "given_names.yaml")
    return {name: pronoun for pronoun, names in table.items() for name in names}
