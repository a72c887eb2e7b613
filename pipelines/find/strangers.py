"""The people with a name who are not actors."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.roles import APPOSITION, CHARACTERS_OF_A_TITLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pipelines.find.grammar import Grammar

CHARACTERS_TO_A_TITLE = 40
"""Characters before a name in which a title makes it a person's; not tuned, bounds the search."""
NAMES_KNOWN = 2000
"""Names of all articles whose parts are remembered, since most return; a few hundred kilobytes."""
ASIDE = regex.compile(r"(?:\s*\([^()]*\))?(?:,[^,.;:]{3,80},)?\s*")
AGE = regex.compile(r",\s+\d{2},")
OWNER = regex.compile(r"['’]s?$")
LAST_WORD = regex.compile(r"\w+\s*$")


class Stranger(NamedTuple):
    """`text[start:end]` is the name of a person who is not an actor."""

    start: int
    end: int
    surname: str
    """Case folded, without the ending of a possessive."""
    owns: bool
    """Whether the name is a possessive."""


class Name(NamedTuple):
    """What capitalised words say by themselves."""

    text: str
    """Without titles before it; empty if there is nothing else."""
    begin: int
    """Characters of the titles."""
    surname: str
    several: bool
    """Whether it has more than one word."""
    in_phrase: bool
    """Whether its first word is a preposition: In Berlin, at the beginning of a sentence."""
    of_something: bool
    """Whether it names or describes something else: the Ohio Republican, an organisation, However."""


@dataclass
class Strangers:
    """The people of one article who are not actors, as far as it has been read."""

    grammar: Grammar
    surnames: set[str] = field(default_factory=set)
    possible: set[str] = field(default_factory=set)
    """Last words of longer names that may be people's: one that returns alone is a person."""

    def named(self, text: str, others: str, begins: Collection[int], ends: list[int]) -> Iterator[Stranger]:
        """The people who are named with a title, an age or a verb of speaking, or were before.

        Args:
            text: a sentence, its quotations blanked.
            others: the text without the names of actors.
            begins: of actors' names, and the places before them.
            ends: of actors' names that are subjects.
        """
        if self.grammar.name is None:
            return
        for match in self.grammar.name.finditer(others):
            if match.end() in begins:
                continue  # the rest of a longer name around an alias
            name = _name(match[0], self.grammar)
            start = match.start() + name.begin
            if name.text and self._is_person(text, start, match.end(), name, match.start(), ends):
                ends = [*ends, match.end()]
                self.surnames.add(name.surname)
                owns = name.text.endswith(("'s", "’s"))
                yield Stranger(start, match.end(), name.surname, owns)

    def _is_person(self, text: str, start: int, end: int, name: Name, first: int, ends: list[int]) -> bool:
        known = name.surname in self.surnames or (not name.several and name.surname in self.possible)
        if name.in_phrase:
            return False
        if name.several:
            self.possible.add(name.surname)
        if known:
            return True
        if name.of_something:
            return False
        titled = list(self.grammar.titles.finditer(text, max(0, start - CHARACTERS_TO_A_TITLE), start))
        if titled and not text[titled[-1].end() : start].strip(" .,"):
            return True
        in_apposition = any(0 <= first - other <= 2 for other in ends)
        return name.several and not in_apposition and self._is_introduced(text, start, end)

    def _is_introduced(self, text: str, start: int, end: int) -> bool:
        """Whether a verb of speaking is beside a name, or a noun for a person or an age after it."""
        aside = ASIDE.match(text, end)
        between = self.grammar.adverbs.match(text, aside.end() if aside else end)
        speaks_after = self.grammar.speech.match(text, between.end() if between else end)
        speaks_before = LAST_WORD.search(text, max(0, start - CHARACTERS_OF_A_TITLE), start)
        follows_speech = speaks_before and self.grammar.speech.fullmatch(speaks_before[0].strip())
        apposition = APPOSITION.match(text, end)
        has_comma = text[end:].lstrip()[:1] == ","
        introduced = apposition and has_comma and self.grammar.people.search(apposition[1])
        return bool(speaks_after or follows_speech or introduced or AGE.match(text, end))


@lru_cache(NAMES_KNOWN)
def _name(capitalised: str, grammar: Grammar) -> Name:
    begin = max((title.end() for title in grammar.titles.finditer(capitalised)), default=0)
    begin += len(capitalised[begin:]) - len(capitalised[begin:].lstrip(" ."))
    text = capitalised[begin:].rstrip(".")
    words = text.split() or [""]
    last = OWNER.sub("", words[-1])
    several = len(words) > 1
    describes = several and grammar.descriptive.fullmatch(last)
    is_other = describes or grammar.organisation.search(text) or grammar.clause_start.fullmatch(text)
    in_phrase = several and bool(grammar.preposition.search(words[0]))
    return Name(text, begin, last.casefold(), several, in_phrase, bool(is_other))
