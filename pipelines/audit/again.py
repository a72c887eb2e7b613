"""The same passages in a second translation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.find import find
from pipelines.records import TranslatedArticle
from pipelines.stages import TRANSLATE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pipelines.audit.ways import Way
    from pipelines.coding.population import Key
    from pipelines.config import RunConfig
    from pipelines.job.store import Shard, Store
    from pipelines.records import Passage, Sentence


class Twice(NamedTuple):
    """A passage as the run has it, and in the second translation; None if its actor is not found there."""

    first: Passage
    second: Passage | None


def passages_again(
    config: RunConfig, store: Store, shards: Sequence[Shard], way: Way, drawn: Collection[Key]
) -> dict[Key, Twice]:
    """The drawn passages of one language in both translations.

    The sentences that a passage's context may hold are translated again, and the passages of their articles
    are found again with them, so that they are put to the judge as those of the run are.

    Args:
        config: of the run.
        store: of the run.
        shards: of the language.
        way: the second translation.
        drawn: keys of judged rows; those of one passage toward two targets share it.
    """
    both: dict[Key, Twice] = {}
    keys_of: dict[str, list[Key]] = {}
    for key in drawn:
        keys_of.setdefault(key.article_id, []).append(key)
    for shard in shards:
        present = set(store.table(TRANSLATE, [shard], ["article_id"])["article_id"].to_pylist())
        if present.isdisjoint(keys_of):
            continue
        articles = [item for item in store.translated(shard.number) if item.article.id in keys_of]
        first = {(p.article_id, p.actor, p.start): p for p in store.passages(shard.number)}
        changed = _translated_again(config, articles, way, keys_of)
        again = find(changed, config.actors, config.targets, config.pivot, config.find)
        second = {(p.article_id, p.actor, p.start): p for p in again}
        for key in (key for item in articles for key in keys_of[item.article.id]):
            place = key.article_id, key.actor, key.start
            both[key] = Twice(first[place], second.get(place))
    return both


def _translated_again(
    config: RunConfig, articles: Sequence[TranslatedArticle], way: Way, keys_of: dict[str, list[Key]]
) -> Iterator[TranslatedArticle]:
    """The articles with the sentences around the drawn passages in the second translation."""
    around = config.find.context
    chosen: dict[tuple[str, int], Sentence] = {}
    for item in articles:
        starts = {key.start for key in keys_of[item.article.id]}
        at = [place for place, sentence in enumerate(item.sentences) if sentence.start in starts]
        near = {place + step for place in at for step in range(-around, around + 1)}
        within = sorted(near & set(range(len(item.sentences))))
        chosen |= {(item.article.id, place): item.sentences[place] for place in within}
    # Each distinct sentence is translated once.
    distinct = {(sentence.source, sentence.pivot): sentence for sentence in chosen.values()}
    translations = way.translate([*distinct.values()], config.pivot)
    texts = dict(zip(distinct, translations, strict=True))
    for item in articles:
        changed = tuple(
            replace(sentence, pivot=texts[sentence.source, sentence.pivot].text)
            if (item.article.id, place) in chosen
            else sentence
            for place, sentence in enumerate(item.sentences)
        )
        yield TranslatedArticle(item.article, changed)
