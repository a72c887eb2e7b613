"""Who is spoken of in a sentence: actors by name, other people, pronouns and epithets."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

from pipelines.normalise import without_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.names import Mention

WORDS_OF_A_TITLE, CHARACTERS_OF_A_TITLE = 6, 80
ASIDE = regex.compile(r"(?:\s*\([^()]*\))?(?:,[^,.;:]{3,80},)?\s*")
POSSESSIVE = regex.compile(r"['’]s?(?!\w)|(?<=s)['’](?!\w)")
APPOSITION = regex.compile(
    r"\s*[,(–—-]\s*((?:[\w'’.-]+\s*){1,6}?)(?=[,.;:()–—]|(?:of|for|in|at|de|da|do|del|du|von|для|в)\b)"
)
AGE = regex.compile(r",\s+\d{2},")
OWNER = regex.compile(r"['’]s?$")
HANGUL = regex.compile(r"\G\s*(\p{Hangul}+)")
WORDS_BEFORE_A_TITLE = 2
PHRASE = regex.compile(r"[^,.;:()–—\x00]+,\s*$")
CLOSES = regex.compile(r"\s*(?:[,.)–—]|$)")
TELLING_LETTERS = 4
LAST_WORD = regex.compile(r"\w+\s*$")
WORD = regex.compile(r"\w[\w'’-]*")


class Reference(NamedTuple):
    """`text[start:end]` is somebody; `who` is an actor's name, or what another person is called."""

    start: int
    end: int
    kind: Literal["actor", "person", "pronoun", "epithet"]
    who: str | None
    pronoun: str = ""
    """he, she, they or it, where the reference is a pronoun."""
    head: str = ""
    """The role in an epithet."""
    modifiers: frozenset[str] = frozenset()
    """What tells the role from others: Polish, House, of Poland; the first letters of each."""
    subject: bool = True
    """Neither possessive nor behind a preposition."""


@dataclass
class Cast:
    """The people of one article, as far as it has been read."""

    grammar: Grammar
    titles: dict[str, set[str]] = field(default_factory=dict)
    """The roles by which each was introduced, case folded."""
    modifiers: dict[str, set[str]] = field(default_factory=dict)
    """What went with these roles, as in references."""
    pronouns: dict[str, str] = field(default_factory=dict)
    """he or she, of those whose titles tell it."""
    surnames: set[str] = field(default_factory=set)
    """Of the people who are not actors."""
    possible: set[str] = field(default_factory=set)
    """Last words of longer names that may be people's: who is called so again by it alone is one."""

    def references(self, text: str, mentions: Iterable[Mention]) -> list[Reference]:
        """All references in a text, in order, and learns who has which role.

        Args:
            text: of a sentence, its quotations blanked.
            mentions: of actors in the text.
        """
        named = [self._actor(text, mention) for mention in mentions]
        people = list(self._people(text, named))
        taken = [*named, *people]
        self._learn_titles(text, taken)
        taken += self._somebody(text, taken)
        others = [*self._pronouns(text), *self._epithets(text, taken)]
        free = [r for r in others if not any(r.start < t.end and t.start < r.end for t in taken)]
        return sorted([*taken, *free])

    def _actor(self, text: str, mention: Mention) -> Reference:
        if self.grammar.particle is None:
            subject = not mention.inflected and self._is_subject(text, mention.start, mention.end)
        else:
            subject = self._is_marked(text, mention, self.grammar.particle)
        return Reference(mention.start, mention.end, "actor", mention.actor, subject=subject)

    def _is_subject(self, text: str, start: int, end: int) -> bool:
        """Whether what stands there can be a subject: no preposition before its titles, no possessive."""
        if POSSESSIVE.match(text, end):
            return False
        begin = self._named_from(text, start, end)
        article = LAST_WORD.search(text, max(0, begin - CHARACTERS_OF_A_TITLE), begin)
        if begin < start and article and self.grammar.determiner.fullmatch(article[0].strip()):
            begin = article.start()
        return not self.grammar.preposition.search(text, max(0, begin - CHARACTERS_OF_A_TITLE), begin)

    def _named_from(self, text: str, start: int, end: int) -> int:
        """Where the titles before a name begin, or its role (o presidente da Rússia, Vladimir Putin,)."""
        phrase = PHRASE.search(text, max(0, start - CHARACTERS_OF_A_TITLE), start)
        if not phrase or not CLOSES.match(text, end) or self.grammar.speech.search(phrase[0]):
            return self._title_start(text, start)
        role = self.grammar.titles.search(text, phrase.start(), start)
        return role.start() if role else self._title_start(text, start)

    def _is_marked(self, text: str, name: Mention, particle: regex.Pattern[str]) -> bool:
        """Whether a name, or the title behind it, has the particle of a subject."""
        if name.inflected:
            return bool(self.grammar.marked.search(text[name.start : name.end]))
        after = text[name.end : name.end + CHARACTERS_OF_A_TITLE]
        return bool(particle.match(self._title_behind(after)[1]))

    def joined(self, text: str, first: Reference, second: Reference) -> bool:
        """Whether two do something together: Duda and President Yoon said."""
        between = text[first.end : self._title_start(text, second.start)]
        return bool(self.grammar.joins.fullmatch(between))

    def _title_behind(self, text: str) -> tuple[str, str]:
        """The title behind a name with two words that may tell more (전 독일 총리), and what follows it."""
        for word in islice(HANGUL.finditer(text), WORDS_BEFORE_A_TITLE + 1):
            for width in range(len(word[1]) - 1, 1, -1):
                if self.grammar.titles.fullmatch(word[1][:width]):
                    end = word.start(1) + width
                    return text[:end], text[end:]
        return "", text

    def _title_start(self, text: str, start: int) -> int:
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

    def _people(self, text: str, named: Sequence[Reference]) -> Iterator[Reference]:
        """People who are not actors: a name with a title, an age or a verb of speaking, or a known one."""
        if self.grammar.name is None:
            return
        last: int | None = None
        others = _without(text, named)
        for match in self.grammar.name.finditer(others):
            if any(match.end() in (a.start - 1, a.start) for a in named):
                continue  # what an alias leaves of a longer name
            ends = [actor.end for actor in named if actor.subject] + ([] if last is None else [last])
            in_apposition = any(0 <= match.start() - end <= 2 for end in ends)
            start = match.start()
            for title in self.grammar.titles.finditer(match[0]):
                start = match.start() + title.end()
            start += len(text[start : match.end()]) - len(text[start : match.end()].lstrip(" ."))
            name = text[start : match.end()].rstrip(".")
            if name and self._is_person(text, start, match.end(), name, in_apposition):
                last = match.end()
                surname = OWNER.sub("", name.split()[-1]).casefold()
                self.surnames.add(surname)
                subject = self._is_subject(text, start, match.end()) and not name.endswith(("'s", "’s"))
                yield Reference(start, match.end(), "person", f"person:{surname}", subject=subject)

    def _is_person(self, text: str, start: int, end: int, name: str, in_apposition: bool) -> bool:
        words = name.split()
        last = OWNER.sub("", words[-1])
        known = last.casefold() in self.surnames or (len(words) == 1 and last.casefold() in self.possible)
        if len(words) > 1:
            self.possible.add(last.casefold())
        if known:
            return True
        if self.grammar.organisation.search(name) or self.grammar.clause_start.fullmatch(name):
            return False
        titled = list(self.grammar.titles.finditer(text, max(0, start - 40), start))
        if titled and not text[titled[-1].end() : start].strip(" .,"):
            return True
        if len(words) < 2 or in_apposition:
            return False
        aside = ASIDE.match(text, end)
        between = self.grammar.adverbs.match(text, aside.end() if aside else end)
        speaks_after = self.grammar.speech.match(text, between.end() if between else end)
        speaks_before = LAST_WORD.search(text, max(0, start - CHARACTERS_OF_A_TITLE), start)
        spoken = speaks_before and self.grammar.speech.fullmatch(speaks_before[0].strip())
        behind = APPOSITION.match(text, end)
        introduced = behind and text[end:].lstrip()[:1] == "," and self.grammar.people.search(behind[1])
        return bool(speaks_after or spoken or introduced or AGE.match(text, end))

    def _pronouns(self, text: str) -> Iterator[Reference]:
        for match in self.grammar.pronouns.finditer(text):
            yield Reference(match.start(), match.end(), "pronoun", None, pronoun=str(match.lastgroup))

    def _epithets(self, text: str, taken: Sequence[Reference]) -> Iterator[Reference]:
        for match in self.grammar.epithet.finditer(text):
            if self._touches(text, match, taken):
                continue
            modifiers = self._modifiers(text, match)
            yield Reference(
                match.start(), match.end(), "epithet", None, head=match["head"].casefold(),
                modifiers=modifiers, subject=self._begins_clause(text, match.start(), match.end()),
            )  # fmt: skip

    def _modifiers(self, text: str, epithet: regex.Match[str]) -> frozenset[str]:
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

    def _somebody(self, text: str, taken: Sequence[Reference]) -> Iterator[Reference]:
        """People who are introduced without a name: a South Korean official."""
        for match in self.grammar.somebody.finditer(text):
            if not self._touches(text, match, taken):
                subject = self._begins_clause(text, match.start(), match.end())
                who = f"person:{match['head'].casefold()}"
                yield Reference(match.start(), match.end(), "person", who, subject=subject)

    def _touches(self, text: str, noun: regex.Match[str], taken: Iterable[Reference]) -> bool:
        """Whether a noun phrase is part of a name, its title or in apposition to it."""
        gap = 2 if self.grammar.particle is None else 0  # what has its particle goes with nothing behind it
        return any(
            noun.start() < r.end + 3 and self._named_from(text, r.start, r.end) <= noun.end() + gap
            for r in taken
        )

    def _begins_clause(self, text: str, start: int, end: int) -> bool:
        """Whether a noun phrase is the first of its clause, or right behind a verb of speaking."""
        if self.grammar.particle is not None:
            return True
        if POSSESSIVE.match(text, end) or self.grammar.preposition.search(text[:start]):
            return False
        before = text[:start].rstrip()
        last = WORD.findall(before)[-1:] if before[-1:].isalnum() else []
        return not last or bool(
            self.grammar.clause_start.fullmatch(last[0]) or self.grammar.speech.fullmatch(last[0])
        )

    def _learn_titles(self, text: str, named: Iterable[Reference]) -> None:
        """The roles right before a name, and those in an apposition right behind it."""
        for person in named:
            begin = self._named_from(text, person.start, person.end)
            self._learn(str(person.who), text[begin : person.start])
            apposition = APPOSITION.match(text, person.end)
            if apposition:
                self._learn(str(person.who), apposition[1])
            elif self.grammar.particle is not None:
                self._learn(
                    str(person.who), self._title_behind(text[person.end :][:CHARACTERS_OF_A_TITLE])[0]
                )

    def _learn(self, who: str, words: str) -> None:
        heads = [match[0].casefold().rstrip(".") for match in self.grammar.titles.finditer(words)]
        for pronoun, titles in self.grammar.gendered:
            if titles.search(words):
                self.pronouns.setdefault(who, pronoun)
        if heads:
            same = [other for role in self.grammar.same_role for other in role if role & set(heads)]
            self.titles.setdefault(who, set()).update(heads, same)
            others = self.grammar.titles.sub(" ", words)
            self.modifiers.setdefault(who, set()).update(self._distinctive(others))


def _without(text: str, named: Iterable[Reference]) -> str:
    """The text with a comma for each character of a name."""
    for actor in named:
        text = text[: actor.start] + "," * (actor.end - actor.start) + text[actor.end :]
    return text
