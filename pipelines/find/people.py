"""The people that a sentence refers to: actors by name, other people, pronouns and epithets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import regex

from pipelines.find.roles import CHARACTERS_OF_A_TITLE, FORMER, WORD, Roles
from pipelines.find.strangers import LAST_WORD, Strangers
from pipelines.find.things import IMPERSONAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.text.aliases import Mention

POSSESSIVE = regex.compile(r"['’]s?(?!\w)|(?<=s)['’](?!\w)")
BLANK = "\x00"
"""Replaces each character of a quotation in the narration."""
GENITIVES = regex.compile(
    r"(?:\s+(?:\p{Lu}[\w-]*|\p{Ll}[\w-]*(?:[аяиыіїaiyu]|[ое]й|[ое]го|[ое]в|[иы]х|ej|ego|ów|[iy]ch)|ال\w+)){1,3}\s+"
)
"""Between a role and the name of its holder, in languages without articles before roles: лидер оппозиции Яков
Окунев, szef rządu Jan Kos, رئيس البلدية لويس كوستا."""
ALSO_ARTICLES = frozenset({"a"})
"""Prepositions of Portuguese and Spanish that begin a subject more often than an adverbial."""
BEFORE_SUBJECT = regex.compile(r"[^,.;:\x00]{0,60},\s+")
"""The rest of a noun phrase, and the comma before the subject that it describes."""
DOCUMENT = "document"
"""The head of a reference to a text."""
OPENING = " \t\"'“”„«»—–-\x00"


class Reference(NamedTuple):
    """`text[start:end]` refers to somebody: `who` is an actor's name, or another person's key."""

    start: int
    end: int
    kind: Literal["actor", "person", "pronoun", "epithet"]
    who: str | None
    pronoun: str = ""
    """he, she, they or it, if the reference is a pronoun."""
    head: str = ""
    """The role in an epithet."""
    modifiers: frozenset[str] = frozenset()
    """What distinguishes the role: Polish, House, of Poland; the first letters of each."""
    subject: bool = True
    """Neither a possessive nor after a preposition."""
    described: bool = False
    """Whether an epithet describes somebody who is known already."""


@dataclass
class Cast:
    """The people of one article, as far as it has been read."""

    grammar: Grammar
    roles: Roles
    strangers: Strangers

    def references(self, text: str, mentions: Iterable[Mention]) -> list[Reference]:
        """Find all references in a text, in order, and learn who has which role.

        Args:
            text: a sentence, its quotations blanked.
            mentions: of actors in the text.
        """
        actors = [self._actor(text, mention) for mention in mentions]
        people = [*actors, *self._people(text, actors)]
        for person in people:
            self.roles.learn(str(person.who), text, person.start, person.end)
        people += self._somebody(text, people)
        others = [*self._documents(text), *self._pronouns(text), *self._epithets(text, people)]
        apart = [r for r in others if not any(r.start < p.end and p.start < r.end for p in people)]
        return sorted([*people, *apart])

    def _actor(self, text: str, mention: Mention) -> Reference:
        if self.grammar.particle is None:
            subject = not mention.inflected and self._is_subject(text, mention.start, mention.end)
        else:
            subject = self._is_marked(text, mention, self.grammar.particle)
        head = "epithet" if mention.epithet else ""
        return Reference(mention.start, mention.end, "actor", mention.actor, head=head, subject=subject)

    def _is_subject(self, text: str, start: int, end: int) -> bool:
        """Whether `text[start:end]` can be a subject: no preposition before its titles, no possessive."""
        if POSSESSIVE.match(text, end) or self.grammar.owner.match(text, end):
            return False
        begin = self.roles.named_from(text, start, end)
        article = LAST_WORD.search(text, max(0, begin - CHARACTERS_OF_A_TITLE), begin)
        if begin < start and article and self.grammar.determiner.fullmatch(article[0].strip()):
            begin = article.start()
        before = self.grammar.preposition.search(text, max(0, begin - CHARACTERS_OF_A_TITLE), begin)
        return before is None or self._attributes(text, before) or self._is_article(text, before)

    def _is_article(self, text: str, word: regex.Match[str]) -> bool:
        """Whether a preposition is rather an article, at the beginning of a sentence: A Rússia negou."""
        is_also = word[0].strip().casefold() in ALSO_ARTICLES and self.grammar.pro_drop
        return is_also and not text[: word.start()].strip(OPENING)

    def _attributes(self, text: str, word: regex.Match[str]) -> bool:
        """Whether a verb before a name gives the speaker of the quotation before it: “...,” warned Merkel."""
        follows_quotation = text[: word.start()].rstrip(" ,—–-").endswith(BLANK)
        return follows_quotation and bool(self.grammar.speech.fullmatch(word[0].strip()))

    def _is_marked(self, text: str, name: Mention, particle: regex.Pattern[str]) -> bool:
        """Whether a name, or the title after it, has the particle of a subject."""
        if name.inflected:
            return bool(self.grammar.marked.search(text[name.start : name.end]))
        after = text[name.end : name.end + CHARACTERS_OF_A_TITLE]
        return bool(particle.match(self.roles.title_after(after)[1]))

    def act_together(self, text: str, first: Reference, second: Reference) -> bool:
        """Whether two do something together: Duda and President Yoon said.

        Args:
            text: that both are in.
            first: of the two.
            second: after the first.
        """
        near = second.start - first.end <= 2 * CHARACTERS_OF_A_TITLE
        if not near or not self.grammar.conjunction.search(text, first.end, second.start):
            return False
        between = text[first.end : self.roles.title_start(text, second.start)]
        return bool(self.grammar.joins.fullmatch(between))

    def _people(self, text: str, actors: Sequence[Reference]) -> Iterator[Reference]:
        """People who are not actors."""
        begins = {place for actor in actors for place in (actor.start - 1, actor.start)}
        ends = [actor.end for actor in actors if actor.subject]
        for stranger in self.strangers.named(text, _without(text, actors), begins, ends):
            start, end, surname, owns = stranger
            subject = self._is_subject(text, start, end) and not owns
            yield Reference(start, end, "person", f"person:{surname}", subject=subject)

    def _pronouns(self, text: str) -> Iterator[Reference]:
        for match in self.grammar.pronouns.finditer(text):
            kind = str(match.lastgroup)
            subject = kind not in IMPERSONAL or not text[: match.start()].strip(OPENING)
            yield Reference(match.start(), match.end(), "pronoun", None, pronoun=kind, subject=subject)

    def _epithets(self, text: str, people: Sequence[Reference]) -> Iterator[Reference]:
        for match in self.grammar.epithet.finditer(text):
            if self._touches(text, match, people) or self._is_apposition(text, match):
                continue
            modifiers = self.roles.modifiers_of(text, match)
            described = FORMER in modifiers or bool(self.grammar.descriptive.fullmatch(match["head"]))
            subject = self._begins_clause(text, match.start(), match.end())
            head = match["head"].casefold()
            epithet = Reference(match.start(), match.end(), "epithet", None, head=head, modifiers=modifiers)
            yield epithet._replace(subject=subject, described=described)

    def _documents(self, text: str) -> Iterator[Reference]:
        """Texts that say what somebody wrote in them."""
        for match in self.grammar.documents.finditer(text):
            yield Reference(match.start(), match.end(), "epithet", None, head=DOCUMENT, described=True)

    def _somebody(self, text: str, people: Sequence[Reference]) -> Iterator[Reference]:
        """People who are introduced without a name: a South Korean official."""
        for match in self.grammar.somebody.finditer(text):
            if not self._touches(text, match, people) and not self._is_apposition(text, match):
                subject = self._begins_clause(text, match.start(), match.end())
                who = f"person:{match['head'].casefold()}"
                yield Reference(match.start(), match.end(), "person", who, subject=subject)

    def _is_apposition(self, text: str, noun: regex.Match[str]) -> bool:
        """Whether a noun phrase begins its sentence and says what the subject is: A Navy veteran, he ..."""
        comma = BEFORE_SUBJECT.match(text, noun.end())
        if text[: noun.start()].strip(OPENING) or comma is None:
            return False
        return bool(self.grammar.pronouns.match(text, comma.end()))

    def _touches(self, text: str, noun: regex.Match[str], people: Iterable[Reference]) -> bool:
        """Whether a noun phrase is part of a name, its title or in apposition to it."""
        gap = 2 if self.grammar.particle is None else 0  # a noun with its particle is complete
        for person in people:
            if noun.start() >= person.end + 3:
                continue
            begin = self.roles.named_from(text, person.start, person.end)
            of_holder = self.grammar.bare_nouns and GENITIVES.fullmatch(text[noun.end() : begin])
            if begin <= noun.end() + gap or of_holder:
                return True
        return False

    def _begins_clause(self, text: str, start: int, end: int) -> bool:
        """Whether a noun phrase is the first of its clause, or right after a verb of speaking."""
        if self.grammar.particle is not None:
            return True
        if POSSESSIVE.match(text, end) or self.grammar.preposition.search(text[:start]):
            return False
        before = text[:start].rstrip()
        last = WORD.findall(before)[-1:] if before[-1:].isalnum() else []
        return not last or bool(
            self.grammar.clause_start.fullmatch(last[0]) or self.grammar.speech.fullmatch(last[0])
        )


def _without(text: str, actors: Iterable[Reference]) -> str:
    """The text with a comma for each character of a name."""
    for actor in actors:
        text = text[: actor.start] + "," * (actor.end - actor.start) + text[actor.end :]
    return text
