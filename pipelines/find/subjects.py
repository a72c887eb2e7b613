"""The subject of a verb of speaking, or the source after an "according to"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import regex

from pipelines.find.people import ALSO_ARTICLES, BLANK, POSSESSIVE
from pipelines.find.roles import WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.people import Reference

SOMEBODY: Final = "somebody"
"""A speaker who is neither an actor nor a person with a name."""
UNSPOKEN: Final = "unspoken"
"""A subject that the language omits: whoever spoke last."""
APPOSITION = regex.compile(r"\s*[,(–—-].*[,)–—-]\s*$")
OTHER_SUBJECT = regex.compile(
    r"\p{Hangul}(?:[은는이가]|께서)(?=[\s,])|[\p{Han}\p{Katakana}ー\p{Latin}」』][はがも]"
)
"""A Korean or Japanese noun with the particle of a subject."""
FIRST = regex.compile(r"\s*(?:$|[,.:;—–-]|(\w+))")
WORDS_TO_THE_VERB = 12
"""Words at most between a subject and its verb of speaking, without an apposition; not tuned."""
WORDS_FROM_THE_VERB = 6
"""Words at most between a verb of speaking and the name after it: its titles; not tuned."""

WORDS_OF_AN_ADVERBIAL = 3
"""At most before a verb whose subject may follow it, in languages that leave out subjects; not tuned."""


@dataclass(frozen=True)
class Subjects:
    """Finds subjects by the order of words."""

    grammar: Grammar

    def of_verb(
        self, narration: str, start: int, end: int, references: Sequence[Reference]
    ) -> Reference | str | None:
        """The subject of a verb of speaking: before it, or after it if nothing comes before.

        Args:
            narration: a sentence, its quotations blanked.
            start: of the verb.
            end: of the verb.
            references: in the sentence.

        Returns:
            One of the references, `SOMEBODY`, `UNSPOKEN`, or None if the verb is a participle.
        """
        inside = [r for r in references if start <= r.start < end]
        if inside:
            return inside[0]
        if self.grammar.particle is not None:
            marked = [r for r in references if r.end <= start and r.subject]
            if marked:
                return marked[0]
            return SOMEBODY if OTHER_SUBJECT.search(narration, 0, start) else UNSPOKEN
        clause = narration.rfind(BLANK, 0, start) + 1
        before = narration[clause:start]
        words_before = self.grammar.clause_start.sub("", before).strip(" ,.;:—–-’'\t")
        if words_before and not self.grammar.adverbs.fullmatch(words_before):
            candidates = [r for r in references if clause <= r.start and r.end <= start and r.subject]
            subject = self._subject_before(narration, start, candidates)
            if subject:
                return subject
            # After an adverbial the subject may follow its verb: Gestern sagte Merkel, ... Where subjects are
            # left out, an article may look like a preposition, and the speaker before would get the sentence:
            # A Rússia não desmentiu a informação.
            words = words_before.casefold().split()
            is_short = len(words) <= WORDS_OF_AN_ADVERBIAL and words[0] not in ALSO_ARTICLES
            is_adverbial = (is_short or not self.grammar.pro_drop) and self._is_adverbial(words_before)
            if not before.rstrip().endswith((",", "-", "–", "—")) and not is_adverbial:
                return SOMEBODY
        after = [r for r in references if r.start >= end and r.subject]
        if after and self._is_right_after(narration[end : after[0].start]):
            return after[0]
        if not clause and not self.grammar.pro_drop:
            return None  # Asked by reporters, ...
        is_omitted = (
            self.grammar.pro_drop and self._is_adverbial(words_before) and self._is_complete(narration[end:])
        )
        return UNSPOKEN if is_omitted else SOMEBODY

    def according(self, narration: str, start: int, end: int, references: Sequence[Reference]) -> str | None:
        """Whose words an "according to" reports; None if nobody's or not clear.

        Args:
            narration: a sentence, its quotations blanked.
            start: of the "according to".
            end: of the "according to".
            references: in the sentence.
        """
        for reference in references:
            if reference.start <= start < reference.end:
                return reference.who
            if reference.start >= end and reference.kind in ("actor", "person"):
                titles = narration[end : reference.start]
                is_owner = (
                    POSSESSIVE.match(narration, reference.end)
                    or self.grammar.people.match(narration, reference.end + 1)
                    or self.grammar.aides.search(titles)
                )
                return reference.who if not is_owner and self._is_right_after(titles) else None
        return None

    def _subject_before(
        self, narration: str, start: int, candidates: Sequence[Reference]
    ) -> Reference | None:
        """The nearest subject before a verb, else the first with another verb before it (smiled and said)."""
        for reference in reversed(candidates):
            if self._reaches(narration[reference.end : start]):
                return reference
        coordination = self.grammar.coordination.search(narration, 0, start)
        for reference in candidates if coordination else ():
            if coordination and self._reaches(narration[reference.end : coordination.start()]):
                return reference
        return None

    def _is_adverbial(self, before: str) -> bool:
        """Whether the text before a verb has no subject in it: Em Moscou, ..., but not O governo, ..."""
        first = WORD.match(before)
        if not first:
            return True
        return bool(self.grammar.preposition.search(first[0]) or self.grammar.adverbs.fullmatch(first[0]))

    def _reaches(self, between: str) -> bool:
        """Whether a subject and its verb may have this between them."""
        apposition = APPOSITION.match(between)
        short = len(between.split()) <= WORDS_TO_THE_VERB and not self.grammar.clause_start.search(between)
        return bool(apposition) or (short and BLANK not in between)

    def _is_right_after(self, between: str) -> bool:
        """Whether only titles and names are between a verb and the subject after it."""
        role, _, given = between.rpartition(",")  # said its chairman, Robert Pierce
        is_role = bool(self.grammar.titles.search(role)) and all(map(str.istitle, given.split()))
        between = role if is_role else between
        words = [w for w in between.split() if not self.grammar.adverbs.fullmatch(w)]
        if not words:
            return "," not in between
        other_words = [w for w in words if w.islower() and not self.grammar.titles.fullmatch(w)]
        begins_phrase = (
            not other_words
            or self.grammar.bare_nouns
            or bool(self.grammar.determiner.fullmatch(words[0]))
            or is_role
            or bool(self.grammar.titles.fullmatch(words[-1]))
        )
        return len(words) <= WORDS_FROM_THE_VERB and begins_phrase and "," not in between

    def _is_complete(self, after: str) -> bool:
        """Whether no subject follows a verb: afirmou que ..., disse em Moscou."""
        first = FIRST.match(after)
        if first is None:
            return False
        word = first[1] or ""
        return not word or bool(
            self.grammar.preposition.search(word) or self.grammar.clause_start.fullmatch(word)
        )
