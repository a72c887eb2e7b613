"""Entries for `translation.glossary`, from the translations of a run that is there already."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.job.store import Store
from pipelines.stages import TRANSLATE
from pipelines.text.languages import base_language
from pipelines.text.names import NameFinder
from pipelines.text.phrases import phrase_pattern
from pipelines.translate.renderings import Rendering, Sentence, renderings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import regex

    from pipelines.config import RunConfig

MOST_SENTENCES = 20_000
"""Sentences of each language from which no more shards are read: `check` then takes some 6 seconds."""
CAPITALISED_NOUNS = frozenset({"de", "lb"})
"""Languages that write all nouns with a capital."""


def glossary_proposals(config: RunConfig, folder: Path) -> Iterator[tuple[str, Rendering]]:
    """Languages, and words near actors and targets that their translations render in several ways.

    Words that the glossary has already are left out. Nothing is proposed without a run in the folder, or for
    languages without spaces between words.

    Args:
        config: of the run.
        folder: of the run; may be missing.
    """
    if not folder.is_dir():
        return
    for language, pairs in _pairs(Store(folder)).items():
        if language == config.pivot:
            continue
        known = {word.casefold() for word in config.translation.glossary.get(language, {})}
        sentences = _sentences(config, language, pairs)
        for rendering in renderings(sentences, base_language(language) in CAPITALISED_NOUNS):
            if rendering.word not in known:
                yield language, rendering


def _pairs(store: Store) -> dict[str, dict[str, str]]:
    """Sources and translations of each language in a run, of the first shards."""
    pairs: dict[str, dict[str, str]] = defaultdict(dict)
    reading = store.reading()
    for shard in reading.shards if reading else ():
        is_read = len(pairs[shard.language]) >= MOST_SENTENCES
        if is_read or store.part(TRANSLATE, shard.number) is None:
            continue
        for article in store.translated(shard.number):
            own = {sentence.source: sentence.pivot for sentence in article.sentences}
            pairs[article.article.language or ""] |= own
    return dict(pairs)


def _sentences(config: RunConfig, language: str, pairs: dict[str, str]) -> Iterator[Sentence]:
    finder = NameFinder(config.actors, language, config.find.ignore_diacritics)
    patterns = [
        pattern
        for target in config.targets
        if (pattern := phrase_pattern(target.aliases_in(language), target.terms_in(language), language))
    ]
    for source, translation in pairs.items():
        names = [(mention.start, mention.end) for mention in finder.mentions(source)]
        yield Sentence(source, translation, (*names, *_targets(source, patterns)))


def _targets(source: str, patterns: Iterable[regex.Pattern[str]]) -> Iterator[tuple[int, int]]:
    """The places of targets; only in a text whose letters keep their places in small ones."""
    text = source.casefold()
    if len(text) == len(source):
        yield from (match.span() for pattern in patterns for match in pattern.finditer(text))
