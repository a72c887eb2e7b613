"""How articles let actors speak: verbs of speech, and how much of the text is in quotation marks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.groups import ALL
from pipelines.compare.words import Uses, sides_of
from pipelines.find.grammar import grammar_of
from pipelines.find.quotations import quotations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.units import Frame
    from pipelines.compare.words import Texts
    from pipelines.find.grammar import Grammar
    from pipelines.find.quotations import Quotation
    from pipelines.records import Sentence

LONGEST_READ = 4000
"""Characters of a sentence that are read, as for speakers (find)."""


PRIOR = 10.0
"""Verbs that the prior is worth: those of about three articles, as for words; not tuned."""


class Speech(NamedTuple):
    """What passages say of how their actors speak, each aligned with the passages.

    `letters` and `quoted` int arrays (passages,), of the source sentence and of what is in quotation marks in
    it; `verbs` int array (passages,), places in `known`, -1 without one.
    """

    letters: NDArray[np.int32]
    quoted: NDArray[np.int32]
    verbs: NDArray[np.int32]
    known: list[str]


def speech_of(passages: pd.DataFrame, texts: Texts, articles: pd.DataFrame, pivot: str) -> Speech:
    """Read the passages' sentences, with the quotations that run over several.

    The verb is the first one of speech outside quotation marks, in the pivot text of a passage in which the
    actor is quoted.

    Args:
        passages: one row each: article (place in the frame of articles), start, voice.
        texts: gives each article's place and its sentences.
        articles: one row each: language.
        pivot: language code of the translations.
    """
    order = np.argsort(passages["article"].to_numpy(), kind="stable")
    owners = passages["article"].to_numpy()[order]
    starts, voices = passages["start"].to_numpy(), passages["voice"].to_numpy()
    letters, quoted = (np.zeros(len(order), dtype=np.int32) for _ in range(2))
    verbs, known = np.full(len(order), -1, dtype=np.int32), dict[str, int]()
    grammar, languages = grammar_of(pivot), articles["language"].to_numpy()
    for article, sentences in texts():
        rows = order[slice(*np.searchsorted(owners, [article, article + 1]))]
        if not len(rows):
            continue
        place = {sentence.start: number for number, sentence in enumerate(sentences)}
        marks = _marks(sentences, grammar_of(languages[article]))
        for row in rows.tolist():
            number = place[starts[row]]
            letters[row], quoted[row] = _letters(sentences[number].source, marks[number])
            verb = _verb(sentences[number].pivot, grammar) if voices[row] == "quoted" else ""
            if verb:
                verbs[row] = known.setdefault(verb, len(known))
    return Speech(letters, quoted, verbs, list(known))


def _marks(sentences: Sequence[Sentence], grammar: Grammar | None) -> list[list[Quotation]]:
    texts = [sentence.source[:LONGEST_READ] for sentence in sentences]
    if grammar is None:
        return quotations(texts)
    return quotations(texts, dashes=grammar.dialogue_dashes, speech=grammar.speech)


def _letters(text: str, marks: Sequence[Quotation]) -> tuple[int, int]:
    """The letters of a sentence, and those of them in quotation marks."""
    inside = sum(sum(map(str.isalpha, text[mark.start : mark.end])) for mark in marks)
    every = sum(map(str.isalpha, text))
    return every, min(inside, every)


def _verb(text: str, grammar: Grammar | None) -> str:
    """The first verb of speech outside quotation marks; empty without one."""
    if grammar is None:
        return ""
    text = text[:LONGEST_READ]
    [marks] = quotations([text], speech=grammar.speech)
    verbs = (match for match in grammar.speech.finditer(text))
    outside = (m[0].lower() for m in verbs if not any(q.start <= m.start() < q.end for q in marks))
    return next(outside, "")


def speech_rows(
    passages: pd.DataFrame,
    speech: Speech,
    actors: Sequence[str],
    articles: pd.DataFrame,
    frame: Frame,
    minimum: int,
) -> Iterator[dict[str, Any]]:
    """The verbs by which a group lets an actor speak more than the rest does, the clearest first.

    Args:
        passages: one row each: article, actor.
        speech: of the passages.
        actors: names, in the order of the rows.
        articles: one row each: language.
        frame: groups, stories and copies of the articles.
        minimum: articles of a group with a verb of the actor; groups with fewer have no rows.
    """
    has_verb = speech.verbs >= 0
    owner, place = passages["actor"].to_numpy(), passages["article"].to_numpy()
    common = np.bincount(speech.verbs[has_verb], minlength=len(speech.known)).astype(float)
    for actor in actors:
        chosen = np.flatnonzero(has_verb & (owner == actor))
        if not len(chosen):
            continue
        counts: dict[int, Counter[int]] = {}
        for article, verb in zip(place[chosen].tolist(), speech.verbs[chosen].tolist(), strict=True):
            counts.setdefault(article, Counter())[verb] += 1
        sizes = np.bincount(place[chosen], minlength=len(articles)).astype(float)
        for grouping in frame.groupings:
            if grouping.by == ALL:
                continue
            uses = Uses(sides_of(grouping, articles, frame, sizes), len(speech.known))
            for article, verbs in sorted(counts.items()):
                uses.add(article, np.array(list(verbs)), np.array(list(verbs.values()), dtype=float))
            for row in uses.rows(common, minimum, PRIOR):
                if row["word"] is not None:
                    yield row | {"actor": actor, "kind": "speech", "word": speech.known[row["word"]]}
