"""Who speaks or acts in each sentence of an article, named or not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from pipelines.find.reading import Group, Line, Reading
from pipelines.find.subjects import SOMEBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.quotations import Quotation
    from pipelines.records import Voice
    from pipelines.text.names import Mention

CHARACTERS_TO_THE_VERB = 40
"""Before which a sentence must have its verb of speaking, to tell the speaker of the quotation before it."""
PATIENCE = 2
"""Sentences of narration without a subject after which a free quotation is nobody's."""


def speakers(
    texts: Sequence[str],
    quoted: Sequence[list[Quotation]],
    mentions: Sequence[Sequence[Mention]],
    grammar: Grammar,
    pronouns: Mapping[str, frozenset[str]],
) -> list[dict[str, Voice]]:
    """For each sentence the actors whose words or acts it gives, and whether they speak.

    Pronouns and epithets go to the last fitting person, subjects before others; people who are not
    actors compete, so that not every "he" falls to an actor. See Lappin and Leass (1994), An Algorithm
    for Pronominal Anaphora Resolution, whose preferences these are, without a parser.

    Args:
        texts: sentences of one article, in order.
        quoted: the quotations in each.
        mentions: of actors in each.
        grammar: of the texts' language.
        pronouns: of each actor: he, she, they, it; empty where not known.
    """
    reading = Reading(grammar, pronouns)
    lines = [reading.line(*parts) for parts in zip(texts, quoted, mentions, strict=True)]
    return list(_voices(lines, frozenset(pronouns)))


def _voices(lines: Sequence[Line], actors: frozenset[str]) -> Iterator[dict[str, Voice]]:
    attributed = _attributed(lines)
    turn: Group = ()
    silent = 0
    for line in lines:
        found: dict[str, Voice] = {r.who: "narrated" for r in line.references if r.subject and r.who}
        found |= dict.fromkeys((who for speaker in line.speakers for who in speaker.who), "quoted")
        if line.is_quoted:
            told = [attributed[q.number] for q in line.quoted if q.number in attributed]
            turn, silent = (told[0] if told else turn), 0
            found |= dict.fromkeys(turn, "quoted")
        if line.speaks:
            turn, silent = line.speaks, 0
        elif line.is_narrated:
            silent += 1
            turn = turn if silent < PATIENCE else ()
        yield {who: voice for who, voice in found.items() if who in actors}


def _attributed(lines: Sequence[Line]) -> dict[int, Group]:
    """The speakers of each quotation whose own sentences tell them, or the sentence right behind it."""
    found: dict[int, Group] = {}
    ways: list[Callable[[Line, Quotation], Group]] = [
        lambda line, quotation: line.speaks_near(quotation),
        lambda line, _: line.subject,
        lambda line, _: (SOMEBODY,) if len(line.narration.split()) > 1 else (),
    ]
    for told in ways:
        for line in lines:
            for quotation in line.quoted if line.is_narrated and line.is_quoted else ():
                if speaking := told(line, quotation):
                    found.setdefault(quotation.number, speaking)
    for line, following in pairwise(lines):
        last = line.quoted[-1].number if line.quoted and not line.is_narrated else None
        if last is not None and last not in found and following.speakers and _attributes(line, following):
            found[last] = following.speakers[0].who
    return found


def _attributes(quoted: Line, following: Line) -> bool:
    """Whether a sentence of narration goes with the quotation before it: “What a crowd!” he wrote."""
    if following.quoted and following.quoted[0].start == 0:
        return False
    at_once = following.speakers[0].at <= CHARACTERS_TO_THE_VERB and regex.search(r"[!?,]\W*$", quoted.text)
    return following.text[:1].islower() or bool(at_once)
