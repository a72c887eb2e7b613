"""What is looked for in articles of one language: names, targets and who speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.find.grammar import grammar_of
from pipelines.find.targets import TargetFinder
from pipelines.text.names import NameFinder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import Actor, Find, Target
    from pipelines.find.grammar import Grammar


class Finders(NamedTuple):
    """The name finders and the grammar for articles of one language."""

    source: NameFinder
    pivot: NameFinder
    epithets: NameFinder
    """Finds epithets in the text that is read for speakers."""
    targets: TargetFinder
    pivot_language: str
    grammar: Grammar | None
    reads_source: bool
    """Whether speakers are found in the source; else in the pivot, if its grammar is known."""


def finders_of(
    actors: Sequence[Actor], targets: Sequence[Target], language: str, pivot: str, settings: Find
) -> Finders:
    """Build the name finders and the grammar for articles of one language.

    Args:
        actors: to look for.
        targets: to look for.
        language: code of the articles' language.
        pivot: language code of the translations.
        settings: whether names are compared without diacritics.
    """
    source_grammar, pivot_grammar = grammar_of(language), grammar_of(pivot)
    if source_grammar and source_grammar.thin and pivot_grammar and not pivot_grammar.thin:
        source_grammar = None
    speaker_language = language if source_grammar else pivot
    fold = settings.ignore_diacritics
    return Finders(
        NameFinder(actors, language, fold),
        NameFinder(actors, pivot, fold),
        NameFinder(actors, speaker_language, fold, epithets=True),
        TargetFinder(targets, language, pivot),
        pivot,
        source_grammar or pivot_grammar,
        source_grammar is not None,
    )
