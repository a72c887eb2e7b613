"""One sentence of an article: who is in it, who speaks with which verb, and what is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.people import BLANK
from pipelines.text.aliases import UNSPACED

if TYPE_CHECKING:
    from pipelines.find.people import Reference
    from pipelines.find.quotations import Quotation

Group = tuple[str, ...]
"""People who do something together."""
LETTER = regex.compile(r"\p{L}")
UNSPACED_LETTER = regex.compile(f"[{UNSPACED}]")
STOPPED = regex.compile(r"[.!?…。！？,][\"'”’»」）)]*\s*$")
SIGNATURE = regex.compile(r"[—–―-]+\s*\p{Lu}[^.!?]*$")
ATTRIBUTED = regex.compile(r"[,!?]\P{L}|[\"'”’»“‘]\s?[,–—-]")
WORDS_OF_AN_ATTRIBUTION = 12
"""Words at most around a quotation that name its speaker without a verb of speaking; not tuned."""
WORDS_OF_A_SIGNATURE = 8
"""Words at most of a dash, a title and a name under a quotation; not tuned."""
WORDS_OF_A_QUOTATION = 3
"""Words in quotation marks from which they count as speech, and not as a quoted term; not tuned."""


class Speaker(NamedTuple):
    """The subject of a verb of speaking, and the verb's place in the narration."""

    who: Group
    at: int


@dataclass(frozen=True)
class Line:
    """One sentence and who speaks in it; `narration` is the text with its quotations blanked."""

    text: str
    narration: str
    quotations: list[Quotation]
    references: list[Reference]
    subject: Group
    """The first who are neither a possessive nor after a preposition."""
    speakers: list[Speaker]
    """Of its verbs of speaking, in order."""
    sources: list[Reference]
    """The people, but for those toward whom something is (criticism of Merkel)."""
    opinions: list[Reference]
    """Subjects of what the author thinks of them (he should resign)."""

    @property
    def speaks(self) -> Group:
        """Who speaks, else who acts; may be empty."""
        return self.speakers[0].who if self.speakers else self.subject

    @property
    def acting(self) -> list[Reference]:
        """The subjects, but for pronouns and epithets in what others say or the author thinks.

        Critics say that he lost. He should resign. Will he?
        """
        subjects = [r for r in self.references if r.subject]
        return [r for r in subjects if not (_is_unnamed(r) and self._is_of_others(r))]

    def _is_of_others(self, reference: Reference) -> bool:
        before = [speaker for speaker in self.speakers if speaker.at < reference.start]
        if before:
            return reference.who not in before[-1].who
        is_question = self.text.endswith(("?", "？", "؟")) and self.is_narrated and not self.quotations
        return not self.speakers and (is_question or reference in self.opinions)

    def speaks_near(self, quotation: Quotation) -> Group:
        """Who speaks with the verb nearest to a quotation."""
        if not self.speakers:
            return ()
        return min(self.speakers, key=lambda s: max(quotation.start - s.at, s.at - quotation.end)).who

    def announced(self, at: int) -> Group:
        """The one person before a colon at a place (in Merkel's statement: “...”); else empty."""
        if not self.narration[:at].rstrip(BLANK + " ").endswith((":", "：")):
            return ()
        people = dict.fromkeys(str(r.who) for r in self.sources if r.end <= at)
        return tuple(people) if len(people) == 1 else ()

    @property
    def only_person(self) -> Group:
        """The one person of a short narration without a verb of speaking (from the diary of Merkel)."""
        people = dict.fromkeys(str(r.who) for r in self.sources)
        is_short = len(self.narration.replace(BLANK, " ").split()) <= WORDS_OF_AN_ATTRIBUTION
        return tuple(people) if len(people) == 1 and is_short and not self.speakers else ()

    @cached_property
    def is_narrated(self) -> bool:
        """Whether any of it is outside quotations."""
        return bool(LETTER.search(self.narration))

    @property
    def is_labelled(self) -> bool:
        """Whether it begins with the label of a speaker, as in a transcript."""
        return bool(self.quotations) and self.narration.rstrip(BLANK + " ").endswith((":", "："))

    @property
    def is_signature(self) -> bool:
        """Whether it is a dash and a name: of whom the quotation before it is."""
        return bool(SIGNATURE.match(self.text)) and len(self.text.split()) <= WORDS_OF_A_SIGNATURE

    @cached_property
    def is_quoted(self) -> bool:
        """Whether all of it, or a clause at least, is in quotation marks."""
        inside = [self.text[q.start : q.end] for q in self.quotations]
        words = sum(map(word_count, inside))
        is_clause = words >= WORDS_OF_A_QUOTATION or self.is_labelled or (words > 0 and self._begins_quoted)
        is_sentence = words > 0 and not self.is_narrated and bool(STOPPED.search(self.text))
        return is_clause or is_sentence  # without a stop, as in ‘Provocation’, it may be a heading

    @property
    def _begins_quoted(self) -> bool:
        """Whether a short quotation, then a comma or dash, begin it: «Es terrible», suspiró Zelenski."""
        first = self.quotations[0]
        is_short = len(self.narration.replace(BLANK, " ").split()) <= WORDS_OF_AN_ATTRIBUTION
        ends = ATTRIBUTED.search(self.text[max(0, first.end - 2) : first.end + 3])
        return first.start == 0 and is_short and bool(ends) and bool(self.references)


def _is_unnamed(reference: Reference) -> bool:
    """Whether it is a pronoun or an epithet, which has a head."""
    return reference.kind not in ("actor", "person") or bool(reference.head)


def word_count(text: str) -> float:
    """The number of words in a text; two characters of a script without spaces count as one."""
    unspaced = len(UNSPACED_LETTER.findall(text))
    return unspaced / 2 if unspaced else len(text.split())
