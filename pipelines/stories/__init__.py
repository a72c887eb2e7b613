"""Stories: which articles, in any language, report the same event.

The stage makes an outline of each article, shard by shard; the outlines are then joined day by day.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from pipelines.records import Outline
from pipelines.stories.days import UNDATED, day_of
from pipelines.stories.pairs import rounded
from pipelines.stories.terms import terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pipelines.records import TranslatedArticle
    from pipelines.text.embed import Encoder

CHARACTERS = 300
"""Of the pivot text, headline and first sentences, that are embedded: about 65 tokens. On made-up days 600
put no more pairs together rightly, and take twice as long."""
UNDATED_CHARACTERS = 600
"""The same of an article without a day: its text alone must say whether it reports this year's event or last
year's."""
AT_A_TIME = 64
"""Articles that are embedded in one call, which has as many threads as processors; changes speed only."""


def outlines(
    articles: Iterable[TranslatedArticle], actors: Mapping[str, Collection[str]], encoder: Encoder
) -> Iterator[Outline]:
    """An outline of each article.

    Args:
        articles: with their translations.
        actors: the actors of each article, by its id; an article may be absent.
        encoder: of sentences in the pivot language.
    """
    remaining = iter(articles)
    while batch := list(islice(remaining, AT_A_TIME)):
        pivots = [[sentence.pivot for sentence in translated.sentences] for translated in batch]
        embeddings = rounded(encoder.embed([_top(*pair) for pair in zip(batch, pivots, strict=True)]))
        for translated, sentences, embedding in zip(batch, pivots, embeddings, strict=True):
            article = translated.article
            weights = terms(sentences, sorted(actors.get(article.id, ())))
            yield Outline(
                article.id,
                article.published,
                article.story,
                embedding.tobytes(),
                tuple(weights),
                tuple(weights.values()),
            )


def _top(translated: TranslatedArticle, sentences: Sequence[str]) -> str:
    """What is embedded of an article."""
    is_undated = day_of(translated.article.published) == UNDATED
    return " ".join(sentences)[: UNDATED_CHARACTERS if is_undated else CHARACTERS]
