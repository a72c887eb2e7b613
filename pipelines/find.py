"""Stage 3: sentences that name an actor, in the source or in its translation, become passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.aliases import UNSPACED, Names, names_of
from pipelines.normalise import normalise
from pipelines.records import Matched, Passage, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Actor
    from pipelines.records import Sentence, TranslatedArticle

QUOTATION = regex.compile(r'"[^"]*(?:"|$)')
WORDS_OF_A_QUOTATION = 3


def find(
    articles: Iterable[TranslatedArticle], actors: Sequence[Actor], pivot: str = "en", context: int = 0
) -> Iterator[Passage]:
    """Passages in the order of the articles, their sentences and the actors.

    Args:
        articles: in any language.
        actors: whose aliases are looked for.
        pivot: language of the translations.
        context: sentences before and after a passage that the judge reads with it.
    """
    patterns: dict[str, tuple[Names, ...]] = {}
    for article in articles:
        language = article.article.language or pivot
        if language not in patterns:
            patterns[language] = names_of(actors, language, pivot)
        for index, sentence in enumerate(article.sentences):
            source, translated = normalise(sentence.source), normalise(sentence.pivot)
            for names in patterns[language]:
                matched = _matched(names, source, translated)
                if matched:
                    yield Passage(
                        id=f"{article.article.id}:{index}:{names.actor}",
                        article_id=article.article.id,
                        actor=names.actor,
                        start=sentence.start,
                        end=sentence.end,
                        source=sentence.source,
                        pivot=sentence.pivot,
                        context=_context(article.sentences, index, context),
                        voice=_voice(names, source, translated),
                        matched=matched,
                        flags=sentence.flags,
                    )


def _matched(names: Names, source: str, pivot: str) -> Matched | None:
    in_source, in_pivot = names.source.search(source), names.pivot.search(pivot)
    if in_source and in_pivot:
        return "both"
    return "source" if in_source else "pivot" if in_pivot else None


def _context(sentences: Sequence[Sentence], index: int, width: int) -> str:
    window = sentences[max(0, index - width) : index + width + 1]
    return " ".join(sentence.pivot for sentence in window)


def _voice(names: Names, source: str, pivot: str) -> Voice:
    """`quoted` where the sentence quotes at some length and names the actor outside the quotation."""
    text, pattern = (source, names.source) if names.source.search(source) else (pivot, names.pivot)
    quotations = QUOTATION.findall(text)
    long = any(_words(quoted) >= WORDS_OF_A_QUOTATION for quoted in quotations)
    return "quoted" if long and pattern.search(QUOTATION.sub(" ", text)) else "narrated"


def _words(text: str) -> float:
    """How many words a text has; two characters of a script without spaces count as one."""
    unspaced = len(regex.findall(f"[{UNSPACED}]", text))
    return unspaced / 2 if unspaced else len(text.split())
