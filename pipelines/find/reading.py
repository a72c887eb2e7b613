"""Reads an article sentence by sentence for who speaks and acts: verbs of speaking, pronouns and epithets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.people import Cast, Reference
from pipelines.find.roles import Roles
from pipelines.find.subjects import BLANK, SOMEBODY, UNSPOKEN, Subjects
from pipelines.text.names import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.quotations import Quotation
    from pipelines.text.names import Mention

Group = tuple[str, ...]
"""Those who do something together."""
EITHER = frozenset({"he", "she"})
LOOKS_BACK = 3
LETTER = regex.compile(r"\p{L}")
UNSPACED_LETTER = regex.compile(f"[{UNSPACED}]")
WORDS_OF_A_QUOTATION = 3


class Speaker(NamedTuple):
    """Who says what a verb of speaking tells, and where the verb stands."""

    who: Group
    at: int


class Line(NamedTuple):
    """One sentence as far as it tells who speaks: `narration` is the text with its quotations blanked."""

    text: str
    narration: str
    quoted: list[Quotation]
    references: list[Reference]
    subject: Group
    """The first who are no possessive and stand behind no preposition."""
    speakers: list[Speaker]
    """Of its verbs of speaking, in order."""

    @property
    def speaks(self) -> Group:
        """Who speaks, else who acts; may be empty."""
        return self.speakers[0].who if self.speakers else self.subject

    def speaks_near(self, quotation: Quotation) -> Group:
        """Who speaks with the verb nearest to a quotation."""
        if not self.speakers:
            return ()
        return min(self.speakers, key=lambda s: max(quotation.start - s.at, s.at - quotation.end)).who

    @property
    def is_narrated(self) -> bool:
        """Whether any of it is outside of quotations."""
        return bool(LETTER.search(self.narration))

    @property
    def is_quoted(self) -> bool:
        """Whether all of it, or a clause at least, is in quotation marks."""
        inside = [self.text[q.start : q.end] for q in self.quoted]
        words = sum(map(word_count, inside))
        return words >= WORDS_OF_A_QUOTATION or (words > 0 and not self.is_narrated)


def word_count(text: str) -> float:
    """How many words a text has; two characters of a script without spaces count as one."""
    unspaced = len(UNSPACED_LETTER.findall(text))
    return unspaced / 2 if unspaced else len(text.split())


class Reading:
    """Reads the sentences of an article in order, and remembers who was spoken of."""

    def __init__(self, grammar: Grammar, pronouns: Mapping[str, frozenset[str]]) -> None:
        self.grammar, self.pronouns = grammar, pronouns
        self.roles = Roles(grammar)
        self.cast = Cast(grammar, self.roles)
        self.subjects = Subjects(grammar)
        self.recent: list[list[str]] = []
        """People of the last few sentences, the last first; in a sentence speakers and subjects first."""
        self.groups: list[Group] = []
        """Who spoke or acted in each of them."""
        self.known: dict[str, None] = {}
        """Everybody of all sentences before, the last at the end."""

    def line(self, text: str, quoted: list[Quotation], mentions: Sequence[Mention]) -> Line:
        """Reads the next sentence."""
        narration = _blanked(text, quoted)
        outside = [m for m in mentions if not any(q.start <= m.start < q.end for q in quoted)]
        resolved: list[Reference] = []
        for reference in self.cast.references(narration, outside):
            group = (reference.who,) if reference.who else self._resolved(reference, resolved)
            if not group and reference.kind == "epithet":
                group = (f"person:{reference.head}",)
            resolved += [reference._replace(who=who) for who in group] or [reference]
        subject = next((r for r in resolved if r.subject and r.who), None)
        acting = self._together(narration, resolved, subject) if subject else ()
        line = Line(
            text,
            narration,
            quoted,
            resolved,
            acting,
            sorted(self._speakers(narration, resolved), key=lambda s: s.at),
        )
        if line.is_narrated:
            self._remember(line)
        return line

    def _resolved(self, reference: Reference, before: Sequence[Reference]) -> Group:
        """Who a pronoun or an epithet is, given those before it in its sentence; empty where nobody fits."""
        nearest = list(reversed(before))
        here = [r.who for subject in (True, False) for r in nearest if r.who and r.subject is subject]
        sentences = [here, *self.recent]
        if reference.kind == "epithet":
            everybody = dict.fromkeys([*here, *reversed(self.known)])
            known = [who for who in everybody if reference.head in self.roles.titles.get(who, ())]
            fits = {who: self.roles.fit(who, reference.modifiers) for who in known}
            best = max(known, key=lambda who: fits[who], default=None)
            if best is not None and fits[best] >= 0:
                return (best,)
            if known or not self.grammar.generic.fullmatch(reference.head):
                return ()
        for people in sentences:
            for person in people:
                if self._may_be(person, reference):
                    return (person,)
        several = [group for group in self.groups if len(group) > 1]
        return several[0] if several and reference.pronoun == "they" else ()

    def _may_be(self, person: str, reference: Reference) -> bool:
        told = self.roles.pronouns.get(person)
        allowed = self.pronouns.get(person) or (frozenset({told}) if told else EITHER)
        return reference.pronoun in allowed if reference.pronoun else bool(allowed & {"he", "she"})

    def _remember(self, line: Line) -> None:
        speaking = [who for speaker in line.speakers for who in speaker.who if who != SOMEBODY]
        subjects = [r.who for r in line.references if r.who and r.subject]
        others = [r.who for r in line.references if r.who and not r.subject]
        people = list(dict.fromkeys([*speaking, *subjects, *others]))
        for who in reversed(people):
            self.known.pop(who, None)
            self.known[who] = None
        self.recent = [people, *self.recent][:LOOKS_BACK]
        self.groups = [line.speaks, *self.groups][:LOOKS_BACK]

    def _speakers(self, narration: str, references: Sequence[Reference]) -> Iterator[Speaker]:
        for match in self.grammar.according.finditer(narration):
            source = self.subjects.according(narration, match.start(), match.end(), references)
            if source is not None:
                yield Speaker((source,), match.start())
        for verb in self.grammar.speech.finditer(narration):
            if any(r.start <= verb.start() < r.end for r in references):
                continue
            speaker = self.subjects.of_verb(narration, verb.start(), verb.end(), references)
            if isinstance(speaker, Reference):
                together = self._together(narration, references, speaker)
                yield Speaker(together or (SOMEBODY,), verb.start())
            elif speaker == UNSPOKEN:
                last = next((people[0] for people in self.recent if people), None)
                yield from [Speaker((last,), verb.start())] if last else []
            elif speaker:
                yield Speaker((speaker,), verb.start())

    def _together(self, narration: str, references: Sequence[Reference], one: Reference) -> Group:
        """All who do what one does: the same plural pronoun, or joined with it by an and."""
        same = [r.who for r in references if r.who and r[:2] == one[:2]]
        place = references.index(one)
        joined = [
            r.who
            for r, after in ((references[i], references[i + 1]) for i in range(len(references) - 1))
            if r.who and r[:2] != after[:2] and after[:2] == one[:2] and self.cast.joined(narration, r, one)
        ]
        behind = [
            r.who
            for r in references[place + 1 :]
            if r.who and r.start > one.end and self.cast.joined(narration, one, r)
        ]
        return tuple(dict.fromkeys([*joined, *same, *behind[:1]]))


def _blanked(text: str, quoted: Sequence[Quotation]) -> str:
    for quotation in quoted:
        text = text[: quotation.start] + BLANK * (quotation.end - quotation.start) + text[quotation.end :]
    return text
