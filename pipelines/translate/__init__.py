"""Stage 2: articles become sentences in the source language and in the pivot language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.blocks import blocks, guarded
from pipelines.engines.base import Translation
from pipelines.records import Article, Rejection, Sentence, TranslatedArticle
from pipelines.text.segment import Span, segment
from pipelines.translate.table import nearest_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.engines.base import Translator

SENTENCES_AT_A_TIME = 512
"""Sentences of a block, which an engine sorts into batches; bounds memory, not results; not tuned."""


def translate(
    articles: Iterable[Article], translator: Translator | None
) -> Iterator[TranslatedArticle | Rejection]:
    """Translate articles, in order; an article that the translator fails on is rejected.

    Args:
        articles: all in one language.
        translator: into the pivot language; None if the articles are in it already.
    """
    segmented = ((article, segment(article)) for article in articles)
    for block in blocks(segmented, lambda item: len(item[1]), SENTENCES_AT_A_TIME):
        results = guarded(block, lambda items: _translated(items, translator))
        for (article, _), result in zip(block, results, strict=True):
            if isinstance(result, Exception):
                yield Rejection(article.id, "translate", f"{type(result).__name__}: {result}")
            else:
                yield result


def untranslatable(articles: Iterable[Article], language: str, pivot: str) -> Iterator[Rejection]:
    """Reject each article of a language that no model translates.

    Args:
        articles: in the language.
        language: its code.
        pivot: code of the language to translate to.
    """
    near = ", ".join(nearest_languages(language, pivot)) or "none"
    reason = (
        f"no model translates '{language}' to '{pivot}' (nearest with one: {near}); "
        f"give one as translation.models.{language}"
    )
    for article in articles:
        yield Rejection(article.id, "translate", reason)


def _translated(
    items: Sequence[tuple[Article, list[Span]]], translator: Translator | None
) -> list[TranslatedArticle]:
    sources = list(dict.fromkeys(span.source for _, spans in items for span in spans))
    if translator is None:
        translations = [Translation(source) for source in sources]
    else:
        translations = translator.translate(sources, items[0][0].language or "")
    translation_of = dict(zip(sources, translations, strict=True))
    return [
        TranslatedArticle(article, tuple(_sentence(span, translation_of[span.source]) for span in spans))
        for article, spans in items
    ]


def _sentence(span: Span, translation: Translation) -> Sentence:
    return Sentence(span.start, span.end, span.source, translation.text, translation.flags)
