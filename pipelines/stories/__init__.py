"""Stories: which articles, in any language, report the same event.

The stage makes an outline of each article, shard by shard; the outlines are then joined day by day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.records import Outline
from pipelines.stories.pairs import rounded
from pipelines.stories.terms import terms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from pipelines.records import TranslatedArticle
    from pipelines.text.embed import Encoder

CHARACTERS = 600
"""Of the pivot text, headline and first sentences, that are embedded: about 150 tokens, of 256 that the
encoder reads."""


def outlines(
    articles: Iterable[TranslatedArticle], actors: Mapping[str, Collection[str]], encoder: Encoder
) -> Iterator[Outline]:
    """An outline of each article.

    Args:
        articles: with their translations.
        actors: the actors of each article, by its id; an article may be absent.
        encoder: of sentences in the pivot language.
    """
    for translated in articles:
        article, sentences = translated.article, [sentence.pivot for sentence in translated.sentences]
        weights = terms(sentences, sorted(actors.get(article.id, ())))
        embedding = rounded(encoder.embed([" ".join(sentences)[:CHARACTERS]])[0])
        yield Outline(
            article.id,
            article.published,
            article.story,
            embedding.tobytes(),
            tuple(weights),
            tuple(weights.values()),
        )
