"""Reads an article sentence by sentence for who speaks and acts: verbs of speaking, pronouns and epithets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.people import POSSESSIVE, WORD, Cast, Reference
from pipelines.names import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.quotations import Quotation
    from pipelines.names import Mention

Group = tuple[str, ...]
"""Those who do something together."""
EITHER = frozenset({"he", "she"})
SOMEBODY = "somebody"
"""A speaker who is neither an actor nor a person with a name."""
BLANK = "\x00"
"""Stands in the narration for each character of a quotation."""
LOOKS_BACK = 3
LETTER = regex.compile(r"\p{L}")
UNSPACED_LETTER = regex.compile(f"[{UNSPACED}]")
APPOSITION = regex.compile(r"\s*[,(–—-].*[,)–—-]\s*$")
FIRST = regex.compile(r"\s*(?:$|[,.:;—–-]|(\w+))")
WORDS_TO_THE_VERB = 12
WORDS_FROM_THE_VERB = 6
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
        self.cast = Cast(grammar)
        self.recent: list[list[str]] = []
        """People of each sentence before, the last first; in a sentence speakers and subjects first."""
        self.groups: list[Group] = []
        """Who spoke or acted in each sentence before, the last first."""

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
        line = Line(text, narration, quoted, resolved, acting, list(self._speakers(narration, resolved)))
        if line.is_narrated:
            self._remember(line)
        return line

    def _resolved(self, reference: Reference, before: Sequence[Reference]) -> Group:
        """Who a pronoun or an epithet is, given those before it in its sentence; empty where nobody fits."""
        nearest = list(reversed(before))
        here = [r.who for subject in (True, False) for r in nearest if r.who and r.subject is subject]
        sentences = [here, *self.recent]
        if reference.kind == "epithet":
            known = [p for people in sentences for p in people if reference.head in self._titles(p)]
            fitting = sorted(
                (p for p in known if self._fits(p, reference) >= 0), key=lambda p: -self._fits(p, reference)
            )
            if fitting:
                return (fitting[0],)
            if known or not self.grammar.generic.fullmatch(reference.head):
                return ()
        for people in sentences[: LOOKS_BACK + 1]:
            for person in people:
                if self._may_be(person, reference):
                    return (person,)
        several = [group for group in self.groups[:LOOKS_BACK] if len(group) > 1]
        return several[0] if several and reference.pronoun == "they" else ()

    def _titles(self, person: str) -> set[str]:
        return self.cast.titles.get(person, set())

    def _fits(self, person: str, reference: Reference) -> int:
        """1 where the role was introduced as it is now called (the Polish president), -1 where otherwise."""
        known = self.cast.modifiers.get(person, set())
        if not known or not reference.modifiers:
            return 0
        return 1 if known & reference.modifiers else -1

    def _may_be(self, person: str, reference: Reference) -> bool:
        told = self.cast.pronouns.get(person)
        allowed = self.pronouns.get(person) or (frozenset({told}) if told else EITHER)
        return reference.pronoun in allowed if reference.pronoun else bool(allowed & {"he", "she"})

    def _remember(self, line: Line) -> None:
        speaking = [who for speaker in line.speakers for who in speaker.who if who != SOMEBODY]
        subjects = [r.who for r in line.references if r.who and r.subject]
        others = [r.who for r in line.references if r.who and not r.subject]
        self.recent.insert(0, list(dict.fromkeys([*speaking, *subjects, *others])))
        self.groups.insert(0, line.speaks)

    def _speakers(self, narration: str, references: Sequence[Reference]) -> Iterator[Speaker]:
        for match in self.grammar.according.finditer(narration):
            source = self._source(narration, match.start(), match.end(), references)
            if source is not None:
                yield Speaker((source,), match.start())
        for verb in self.grammar.speech.finditer(narration):
            if any(r.start <= verb.start() < r.end for r in references):
                continue
            speaker = self._speaker_of(narration, verb.start(), verb.end(), references)
            if isinstance(speaker, Reference):
                together = self._together(narration, references, speaker)
                yield Speaker(together or (SOMEBODY,), verb.start())
            elif speaker:
                yield Speaker((speaker,), verb.start())

    def _source(self, narration: str, start: int, end: int, references: Sequence[Reference]) -> str | None:
        """Whose words these are, according to ..."""
        for reference in references:
            if reference.start <= start < reference.end:
                return reference.who
            if reference.start >= end and reference.kind in ("actor", "person"):
                titles = narration[end : reference.start]
                owns = (
                    POSSESSIVE.match(narration, reference.end)
                    or self.grammar.people.match(narration, reference.end + 1)
                    or self.grammar.aides.search(titles)
                )
                return reference.who if not owns and self._names_right_behind(titles) else None
        return None

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

    def _speaker_of(
        self, narration: str, start: int, end: int, references: Sequence[Reference]
    ) -> Reference | str | None:
        """The subject of a verb of speaking: before it, or behind it where nothing comes before."""
        inside = [r for r in references if start <= r.start < end]
        if inside:
            return inside[0]
        if self.grammar.particle is not None:
            marked = [r for r in references if r.end <= start and r.subject]
            return marked[0] if marked else self._unspoken("")
        clause = max(narration.rfind(BLANK, 0, start) + 1, 0)
        before = narration[clause:start]
        own = self.grammar.clause_start.sub("", before).strip(" ,.;:—–-’'\t")
        if own and not self.grammar.adverbs.fullmatch(own):
            candidates = [r for r in references if clause <= r.start and r.end <= start and r.subject]
            for reference in reversed(candidates):
                if self._reaches(narration[reference.end : start]):
                    return reference
            for reference in candidates if self.grammar.coordination.search(before) else ():
                if self._reaches(self.grammar.coordination.sub("", narration[reference.end : start])):
                    return reference
            if not before.rstrip().endswith((",", "-", "–", "—")):
                return SOMEBODY
        behind = [r for r in references if r.start >= end and r.subject]
        if behind and self._names_right_behind(narration[end : behind[0].start]):
            return behind[0]
        if not clause and not self.grammar.pro_drop:
            return None  # a participle: Asked by reporters, ...
        if not self.grammar.pro_drop or not self._is_adverbial(own):
            return SOMEBODY
        return self._unspoken(narration[end:])

    def _is_adverbial(self, before: str) -> bool:
        """Whether what stands before a verb has no subject in it: Em Moscou, ..., but not O governo, ..."""
        first = WORD.match(before)
        if not first:
            return True
        return bool(self.grammar.preposition.search(first[0]) or self.grammar.adverbs.fullmatch(first[0]))

    def _reaches(self, between: str) -> bool:
        """Whether a subject and its verb may have this between them."""
        apposition = APPOSITION.match(between)
        short = len(between.split()) <= WORDS_TO_THE_VERB and not self.grammar.clause_start.search(between)
        return bool(apposition) or (short and BLANK not in between)

    def _names_right_behind(self, between: str) -> bool:
        """Whether only titles and names stand between a verb and the subject behind it."""
        words = between.split()
        plain = [w for w in words if w.islower() and not self.grammar.titles.fullmatch(w)]
        begins = (
            not plain
            or self.grammar.bare_nouns
            or bool(self.grammar.determiner.fullmatch(words[0]))
            or bool(self.grammar.titles.fullmatch(words[-1]))
        )
        return len(words) <= WORDS_FROM_THE_VERB and begins and "," not in between

    def _unspoken(self, after: str) -> str | None:
        """The last speaker, where a language leaves the subject out and no other subject follows."""
        follows = FIRST.match(after)
        free = follows and (
            not follows[1]
            or self.grammar.preposition.search(follows[1])
            or self.grammar.clause_start.fullmatch(follows[1])
        )
        return next((p for people in self.recent[:LOOKS_BACK] for p in people), None) if free else SOMEBODY


def _blanked(text: str, quoted: Sequence[Quotation]) -> str:
    for quotation in quoted:
        text = text[: quotation.start] + BLANK * (quotation.end - quotation.start) + text[quotation.end :]
    return text
