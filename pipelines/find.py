"""Stage 3: sentences that name an actor, in the source or in its translation, become passages."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.languages import base_language
from pipelines.normalise import normalise
from pipelines.records import Matched, Passage, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Actor
    from pipelines.records import Sentence, TranslatedArticle

# Scripts written without spaces between words, and Hangul, whose particles follow a name directly.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
QUOTATION = regex.compile(r'"[^"]*(?:"|$)')
WORDS_OF_A_QUOTATION = 3


class _Names(NamedTuple):
    """One actor's aliases as patterns over normalised text."""

    actor: str
    source: regex.Pattern[str]
    pivot: regex.Pattern[str]


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
    patterns: dict[str, list[_Names]] = {}
    for article in articles:
        language = article.article.language or pivot
        if language not in patterns:
            patterns[language] = [
                _Names(
                    actor.name,
                    alias_pattern(*aliases_of(actor, language)),
                    alias_pattern(*aliases_of(actor, pivot)),
                )
                for actor in actors
            ]
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


@cache
def alias_pattern(*aliases: str) -> regex.Pattern[str]:
    """A pattern that finds any of the aliases in normalised text, the longest first.

    A name is bounded by words only where its script has them: nothing may precede a Hangul name but a
    particle may follow it, and Han, kana and Thai names may stand anywhere.
    """
    alternatives = [_bounded(normalise(alias)) for alias in sorted(aliases, key=len, reverse=True)]
    return regex.compile("|".join(alternatives))


def aliases_of(actor: Actor, language: str) -> list[str]:
    """The actor's aliases in a language with its script, and in the language without it."""
    return list(dict.fromkeys(actor.aliases_in(language) + actor.aliases_in(base_language(language))))


def _bounded(alias: str) -> str:
    before = "" if regex.match(f"[{UNSPACED}]", alias) else rf"(?<![\w--[{UNSPACED}]])"
    after = (
        "" if regex.search(rf"[{UNSPACED}\p{{Hangul}}]$", alias) else rf"(?![\w--[{UNSPACED}\p{{Hangul}}]])"
    )
    return f"(?V1){before}{regex.escape(alias)}{after}"


def _matched(names: _Names, source: str, pivot: str) -> Matched | None:
    in_source, in_pivot = names.source.search(source), names.pivot.search(pivot)
    if in_source and in_pivot:
        return "both"
    return "source" if in_source else "pivot" if in_pivot else None


def _context(sentences: Sequence[Sentence], index: int, width: int) -> str:
    window = sentences[max(0, index - width) : index + width + 1]
    return " ".join(sentence.pivot for sentence in window)


def _voice(names: _Names, source: str, pivot: str) -> Voice:
    """`quoted` where the sentence quotes at some length and names the actor outside the quotation."""
    text, pattern = (source, names.source) if names.source.search(source) else (pivot, names.pivot)
    quotations = QUOTATION.findall(text)
    long = any(_words(quoted) >= WORDS_OF_A_QUOTATION for quoted in quotations)
    return "quoted" if long and pattern.search(QUOTATION.sub(" ", text)) else "narrated"


def _words(text: str) -> float:
    """How many words a text has; two characters of a script without spaces count as one."""
    unspaced = len(regex.findall(f"[{UNSPACED}]", text))
    return unspaced / 2 if unspaced else len(text.split())
