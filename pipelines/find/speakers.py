"""Who speaks or acts in each sentence of an article, named or not."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import regex

from pipelines.find.reading import Reading
from pipelines.find.subjects import SOMEBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipelines.find.grammar import Grammar
    from pipelines.find.lines import Group, Line
    from pipelines.find.quotations import Quotation
    from pipelines.records import Voice
    from pipelines.text.aliases import Mention

CHARACTERS_TO_THE_VERB = 40
"""Characters within which a sentence must have its verb of speaking to name the speaker of the quotation
before it; not tuned. Without a bound, sentences that merely follow a quotation would claim it."""
PATIENCE = 2
"""Sentences of narration without a subject after which an unattributed quotation is nobody's; not tuned."""


def speakers(
    texts: Sequence[str],
    quotations: Sequence[list[Quotation]],
    mentions: Sequence[Sequence[Mention]],
    grammar: Grammar,
    pronouns: Mapping[str, frozenset[str]],
) -> list[dict[str, Voice]]:
    """The actors who speak or act in each sentence, and whether they speak.

    Pronouns and epithets go to the last fitting person, subjects before others; people who are not
    actors compete, so that not every "he" falls to an actor. See Lappin and Leass (1994), An Algorithm
    for Pronominal Anaphora Resolution, whose preferences these are, without a parser.

    Args:
        texts: sentences of one article, in order.
        quotations: in each sentence, in order.
        mentions: of actors in each sentence.
        grammar: of the texts' language.
        pronouns: of each actor: he, she, they, it; empty if unknown.
    """
    reading = Reading(grammar, pronouns)
    lines = [reading.line(*parts) for parts in zip(texts, quotations, mentions, strict=True)]
    return list(_voices(lines, frozenset(pronouns)))


def _voices(lines: Sequence[Line], actors: frozenset[str]) -> Iterator[dict[str, Voice]]:
    attributions = _attributions(lines)
    turn: Group = ()
    silent = 0
    for line in lines:
        voices: dict[str, Voice] = {r.who: "narrated" for r in line.acting if r.who}
        voices |= dict.fromkeys((who for speaker in line.speakers for who in speaker.who), "quoted")
        if line.is_quoted:
            groups = [attributions[q.number] for q in line.quotations if q.number in attributions]
            turn, silent = (groups[0] if groups else turn), 0
            voices |= dict.fromkeys(turn, "quoted")
        if line.speaks:
            turn, silent = line.speaks, 0
        elif line.is_narrated:
            silent += 1
            turn = turn if silent < PATIENCE else ()
        yield {who: voice for who, voice in voices.items() if who in actors}


def _attributions(lines: Sequence[Line]) -> dict[int, Group]:
    """The speakers of each quotation that its own sentences name, or the sentence right after it."""
    attributions: dict[int, Group] = {}
    rules: list[Callable[[Line, Quotation], Group]] = [
        lambda line, quotation: line.speaks_near(quotation),
        lambda line, _: line.subject,
        lambda line, quotation: line.announced(quotation.start),
        lambda line, _: line.only_person,
        lambda line, _: (SOMEBODY,) if line.is_labelled or len(line.narration.split()) > 1 else (),
    ]
    mixed = [line for line in lines if line.quotations and line.is_narrated and line.is_quoted]
    for rule in rules:
        for line in mixed:
            for quotation in line.quotations:
                if group := rule(line, quotation):
                    attributions.setdefault(quotation.number, group)
    for line, following in pairwise(lines):
        if line.text.endswith((":", "：")) and following.quotations and not line.quotations:
            announced = line.speaks or line.announced(len(line.text))
            if announced:
                attributions.setdefault(following.quotations[0].number, announced)
        if line.quotations and following.is_signature and following.subject:
            attributions.setdefault(line.quotations[-1].number, following.subject)
        if not line.quotations or line.is_narrated or not following.speakers:
            continue
        last = line.quotations[-1].number
        if last not in attributions and _attributes(line, following):
            attributions[last] = following.speakers[0].who
    return attributions


def _attributes(quotation: Line, following: Line) -> bool:
    """Whether a sentence of narration belongs to the quotation before it: “What a crowd!” he wrote."""
    if following.quotations and following.quotations[0].start == 0:
        return False
    at_once = following.speakers[0].at <= CHARACTERS_TO_THE_VERB and regex.search(
        r"[!?,]\W*$", quotation.text
    )
    return following.text[:1].islower() or bool(at_once)
