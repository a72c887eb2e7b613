"""Who speaks or acts in each sentence of a translated article, by its source and its translation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.find.lines import WORDS_OF_A_QUOTATION, word_count
from pipelines.find.quotations import Quotation, quotations
from pipelines.find.speakers import speakers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import Actor
    from pipelines.find.finders import Finders
    from pipelines.find.grammar import Grammar
    from pipelines.records import TranslatedArticle, Voice
    from pipelines.text.aliases import Mention
    from pipelines.text.names import NameFinder

WHOLLY_QUOTED = 0.9
"""Share of a sentence's characters in quotation marks from which all of it counts as quoted. The rest leaves
room for punctuation outside the marks; not tuned."""
LONGEST_READ = 4000
"""Characters of a sentence that are read for speakers; names are found in all of it. Bounds the time that the
patterns take on text without stops; not tuned, far above any real sentence."""


def voices_of(
    article: TranslatedArticle,
    actors: Sequence[Actor],
    finders: Finders,
    in_source: list[list[Mention]],
    in_pivot: list[list[Mention]],
) -> list[dict[str, Voice]]:
    """The actors who speak or act in each sentence of an article, named or not.

    Args:
        article: in source and pivot.
        actors: who may.
        finders: of the article's language.
        in_source: mentions of actors in each source sentence.
        in_pivot: mentions of actors in each translation.
    """
    grammar = finders.grammar
    sources = [sentence.source for sentence in article.sentences]
    pronouns = {actor.name: frozenset[str](actor.pronouns) for actor in actors}

    def read(texts: Sequence[str], spans: list[list[Quotation]], grammar: Grammar) -> list[dict[str, Voice]]:
        named = in_source if finders.reads_source else in_pivot
        names = [[m for m in mentions if m.end <= LONGEST_READ] for mentions in named]
        return speakers(texts, spans, _add_epithets(texts, names, finders.epithets), grammar, pronouns)

    if grammar and finders.reads_source:
        texts = [source[:LONGEST_READ] for source in sources]
        return read(texts, _quotations(texts, grammar), grammar)
    in_marks = quotations(sources)
    beside = [_voices_beside(*parts) for parts in zip(sources, in_marks, in_source, strict=True)]
    if grammar is None:
        return beside
    texts = [sentence.pivot[:LONGEST_READ] for sentence in article.sentences]
    spans = _restore_quotations(sources, in_marks, texts, _quotations(texts, grammar))
    voices = read(texts, spans, grammar)
    return [v if "quoted" in v.values() else v | more for v, more in zip(voices, beside, strict=True)]


def _quotations(texts: Sequence[str], grammar: Grammar) -> list[list[Quotation]]:
    return quotations(texts, dashes=grammar.dialogue_dashes, speech=grammar.speech)


def _voices_beside(source: str, spans: list[Quotation], mentions: list[Mention]) -> dict[str, Voice]:
    """The actors named outside a quotation of some length: all that is known without a grammar."""
    if max((word_count(source[q.start : q.end]) for q in spans), default=0) < WORDS_OF_A_QUOTATION:
        return {}
    outside = [m for m in mentions if not any(q.start <= m.start < q.end for q in spans)]
    return {mention.actor: "quoted" for mention in outside}


def _restore_quotations(
    sources: list[str], in_source: list[list[Quotation]], pivots: list[str], in_pivot: list[list[Quotation]]
) -> list[list[Quotation]]:
    """The quotations of the pivot, with those of wholly quoted sentences whose marks the translation lost."""
    restored = []
    for source, pivot, here, there in zip(sources, pivots, in_pivot, in_source, strict=True):
        length = sum(quotation.end - quotation.start for quotation in there)
        is_lost = there and not here and length >= WHOLLY_QUOTED * len(source)
        restored.append([Quotation(0, len(pivot), -1 - there[0].number)] if is_lost else here)
    return restored


def _add_epithets(
    texts: Sequence[str], names: list[list[Mention]], epithets: NameFinder
) -> list[list[Mention]]:
    """The mentions by name, and by an epithet of an actor named before: of the last one, if several fit."""
    last_named: dict[str, int] = {}
    mentions_by_both = []
    for index, (text, mentions) in enumerate(zip(texts, names, strict=True)):
        here = epithets.mentions(text) if last_named else []
        candidates = [m for m in here if m.actor in last_named]
        candidates.sort(key=lambda m: (m.start, -last_named[m.actor]))
        apart = list(mentions)
        for mention in candidates:
            if all(mention.end <= other.start or other.end <= mention.start for other in apart):
                apart.append(mention._replace(epithet=True))
        mentions_by_both.append(sorted(apart))
        last_named |= {mention.actor: index for mention in mentions}
    return mentions_by_both
