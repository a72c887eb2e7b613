"""Reads an article sentence by sentence for who speaks and acts: verbs of speaking, pronouns and epithets."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines.find.lines import Group, Line, Speaker
from pipelines.find.people import BLANK, DOCUMENT, Cast, Reference
from pipelines.find.roles import CHARACTERS_OF_A_TITLE, Roles
from pipelines.find.strangers import Strangers
from pipelines.find.subjects import SOMEBODY, UNSPOKEN, Subjects
from pipelines.find.things import IMPERSONAL, LastSubject, last_subject, stands_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.quotations import Quotation
    from pipelines.text.aliases import Mention

EITHER = frozenset({"he", "she"})
LOOKS_BACK = 3
"""Sentences of narration in which a pronoun's person is looked for; not tuned."""
REFERENCES_NEAR = 20
"""References before and after one among which others act with it; bounds the time, no sentence has more."""


class Reading:
    """Reads the sentences of an article in order, and remembers the people in them.

    Args:
        grammar: of the article's language.
        pronouns: of each actor; empty if unknown.
    """

    def __init__(self, grammar: Grammar, pronouns: Mapping[str, frozenset[str]]) -> None:
        self.grammar, self.pronouns = grammar, pronouns
        self.roles = Roles(grammar)
        self.cast = Cast(grammar, self.roles, Strangers(grammar))
        self.subjects = Subjects(grammar)
        self.recent: list[list[str]] = []
        """People of the last few sentences, the last first; in a sentence speakers and subjects first."""
        self.groups: list[Group] = []
        """Who spoke or acted in each of these sentences."""
        self.last: LastSubject | None = None
        """The subject of the sentence before, if it is an actor that it or they may stand for."""
        self.known: dict[str, None] = {}
        """Everybody in the sentences so far, the last mentioned at the end."""

    def line(self, text: str, quotations: list[Quotation], mentions: Sequence[Mention]) -> Line:
        """Read the next sentence.

        Args:
            text: of the sentence.
            quotations: in the text, in order.
            mentions: of actors in the text.
        """
        narration = _blank(text, quotations)
        outside = [m for m in mentions if not any(q.start <= m.start < q.end for q in quotations)]
        references: list[Reference] = []
        for reference in self.cast.references(narration, outside):
            group = (reference.who,) if reference.who else self._antecedent(reference, references)
            if not group and reference.kind == "epithet":
                group = (f"person:{reference.head}",)
            if reference.kind == "epithet" and reference.subject and len(group) == 1:
                self._describe(group[0], reference, narration)
            references += [reference._replace(who=who) for who in group] or [reference]
        subject = next((r for r in references if r.subject and r.who), None)
        agents = self._together(narration, references, subject) if subject else ()
        line = Line(
            text,
            narration,
            quotations,
            references,
            agents,
            sorted(self._speakers(narration, references), key=lambda s: s.at),
            [r for r in references if r.who and not self._is_aim(narration, r)],
            [r for r in references if self._is_judged(narration, r)],
        )
        if line.is_narrated:
            self._remember(line)
        return line

    def _is_aim(self, narration: str, reference: Reference) -> bool:
        """Whether something is toward somebody: criticism of Merkel, a letter to Merkel."""
        start = self.roles.named_from(narration, reference.start, reference.end)
        return bool(self.grammar.toward.search(narration[max(0, start - CHARACTERS_OF_A_TITLE) : start]))

    def _is_judged(self, narration: str, reference: Reference) -> bool:
        """Whether a sentence says what the author thinks of its subject: he should resign."""
        opinions, end = self.grammar.opinions, reference.end
        in_sentence = opinions.match(narration, end) or (
            self.grammar.particle and opinions.search(narration, end)
        )
        return bool(in_sentence)

    def _antecedent(self, reference: Reference, before: Sequence[Reference]) -> Group:
        """Whom a pronoun or an epithet refers to; empty if nobody fits.

        Args:
            reference: without a person.
            before: the references before it in its sentence.
        """
        nearest = list(reversed(before))
        subjects = [r.who for r in nearest if r.who and r.subject]
        others = [r.who for r in nearest if r.who and not r.subject]
        here = subjects + others
        # After "asked about Silva's plan," he is the subject of the sentence before.
        sentences = [subjects, *self.recent[:1], others, *self.recent[1:]]
        if reference.kind == "epithet":
            return self._described(reference, here, sentences)
        several = [group for group in self.groups if len(group) > 1]
        last = self.last
        if reference.pronoun and last and not here:
            pronouns = self.pronouns.get(last.who, frozenset())
            if stands_for(reference, last, pronouns, self.grammar):
                return (last.who,)
        if reference.pronoun in IMPERSONAL:
            return several[0] if several and reference.pronoun == "they" else ()
        if not self.grammar.capitals:  # others may be in sentences that seem to have nobody
            return self._last_subject(reference, subjects)
        for people in sentences:
            for person in people:
                if self._may_be(person, reference):
                    return (person,)
        return ()

    def _last_subject(self, pronoun: Reference, subjects: Sequence[str]) -> Group:
        """The subject before a pronoun in its sentence, else of the sentence before, if it fits."""
        people = [*subjects, *(self.groups[0] if self.groups else ())]
        return next(((who,) for who in people if self._may_be(who, pronoun)), ())

    def _described(self, reference: Reference, here: Sequence[str], sentences: Sequence[list[str]]) -> Group:
        """Whom an epithet describes: who has its role, else who was spoken of last.

        Args:
            reference: the epithet.
            here: people before it in its sentence, the most likely first.
            sentences: these people, and those of the sentences before.
        """
        if reference.head == DOCUMENT:
            return tuple(self.recent[0][:1]) if self.recent else ()
        everybody = dict.fromkeys([*here, *reversed(self.known)])
        known = [who for who in everybody if reference.head in self.roles.titles.get(who, ())]
        fits = {who: self.roles.fit(who, reference.modifiers) for who in known}
        best = max(known, key=lambda who: fits[who], default=None)
        if best is not None and fits[best] > -1:
            return (best,)
        is_generic = not known and bool(self.grammar.generic.fullmatch(reference.head))
        is_office = not known and bool(self.grammar.offices.fullmatch(reference.head))
        if not (reference.described or is_generic or is_office):
            return ()
        for people in sentences:
            fitting = [who for who in people if who not in known and self._may_be(who, reference)]
            if not reference.described and is_office:
                fitting = [who for who in fitting if self.roles.is_untitled(who)]
                fitting = fitting if len(fitting) == 1 else []
            if fitting:
                return (fitting[0],)
        return ()

    def _describe(self, who: str, epithet: Reference, narration: str) -> None:
        """Learn from an epithet, unless it stands for somebody without a name or is a text."""
        if epithet.head != DOCUMENT and who != f"person:{epithet.head}":
            self.roles.describe(who, epithet, narration)

    def _may_be(self, person: str, reference: Reference) -> bool:
        """Whether a reference fits a person's pronouns: those of the config, else those that titles imply."""
        implied = self.roles.pronouns.get(person)
        allowed = self.pronouns.get(person) or (frozenset({implied}) if implied else EITHER)
        if reference.pronoun:
            return reference.pronoun in allowed
        shown = {pronoun for pronoun, titles in self.grammar.gendered if titles.fullmatch(reference.head)}
        return bool(allowed & (shown or EITHER))

    def _remember(self, line: Line) -> None:
        speakers = [who for speaker in line.speakers for who in speaker.who if who != SOMEBODY]
        subjects = [r.who for r in line.references if r.who and r.subject]
        others = [r.who for r in line.references if r.who and not r.subject]
        people = list(dict.fromkeys([*speakers, *subjects, *others]))
        for who in reversed(people):
            self.known.pop(who, None)
            self.known[who] = None
        subject = next((r for r in line.references if r.subject and r.who), None)
        is_thing = subject and IMPERSONAL & self.pronouns.get(str(subject.who), frozenset())
        self.last = last_subject(line.narration, subject, self.grammar) if subject and is_thing else None
        self.recent = [people, *self.recent][:LOOKS_BACK]
        self.groups = [line.speaks, *self.groups][:LOOKS_BACK]

    def _speakers(self, narration: str, references: Sequence[Reference]) -> Iterator[Speaker]:
        for match in self.grammar.according.finditer(narration):
            source = self.subjects.according(narration, match.start(), match.end(), references)
            if source is not None:
                yield Speaker((source,), match.start())
        for verb in self.grammar.speech.finditer(narration):
            before = narration[max(0, verb.start() - CHARACTERS_OF_A_TITLE) : verb.start()]
            is_infinitive = self.grammar.infinitive.search(before)
            if is_infinitive or any(r.start <= verb.start() < r.end for r in references):
                continue
            speaker = self.subjects.of_verb(narration, verb.start(), verb.end(), references)
            if isinstance(speaker, Reference):
                together = self._together(narration, references, speaker)
                yield Speaker(together or (SOMEBODY,), verb.start())
            elif speaker == UNSPOKEN:
                near = self.recent if self.grammar.capitals else [list(group) for group in self.groups[:1]]
                last = next((people[0] for people in near if people), None)
                yield from [Speaker((last,), verb.start())] if last else []
            elif speaker:
                yield Speaker((speaker,), verb.start())

    def _together(self, narration: str, references: Sequence[Reference], one: Reference) -> Group:
        """All who do what one does: the same plural pronoun, or people joined with it by an and."""
        place = references.index(one)
        first = max(0, place - REFERENCES_NEAR)
        near = references[first : place + REFERENCES_NEAR]
        same = [r.who for r in near if r.who and r[:2] == one[:2]]
        before = [
            r.who
            for r, following in pairwise(near)
            if r.who
            and r[:2] != following[:2]
            and following[:2] == one[:2]
            and self.cast.act_together(narration, r, one)
        ]
        after = [
            r.who
            for r in references[place + 1 : place + REFERENCES_NEAR]
            if r.who and r.start > one.end and self.cast.act_together(narration, one, r)
        ]
        return tuple(dict.fromkeys([*before, *same, *after[:1]]))


def _blank(text: str, quotations: Sequence[Quotation]) -> str:
    for quotation in quotations:
        text = text[: quotation.start] + BLANK * (quotation.end - quotation.start) + text[quotation.end :]
    return text
