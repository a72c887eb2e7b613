"""Stage 3: the sentences in which an actor is named, speaks or acts become passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipelines.find.grammar import grammar_of
from pipelines.find.quotations import Quotation, quotations
from pipelines.find.reading import WORDS_OF_A_QUOTATION, word_count
from pipelines.find.speakers import speakers
from pipelines.records import Passage
from pipelines.text.names import NameFinder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipelines.config import Actor, Find
    from pipelines.find.grammar import Grammar
    from pipelines.records import Matched, Sentence, TranslatedArticle, Voice
    from pipelines.text.names import Mention

WHOLLY_QUOTED = 0.9
LONGEST_READ = 4000
"""Characters of a sentence that are read for speakers; names are found in all of it."""


class Finders(NamedTuple):
    """What finds the actors in articles of one language."""

    source: NameFinder
    pivot: NameFinder
    epithets: NameFinder
    """In the text that is read for speakers."""
    grammar: Grammar | None
    reads_source: bool
    """Whether speakers are looked for in the source; else in the pivot, whose grammar is known."""


def find(
    articles: Iterable[TranslatedArticle], actors: Sequence[Actor], pivot: str, settings: Find
) -> Iterator[Passage]:
    """Passages in the order of the articles, their sentences and the actors.

    Args:
        articles: in any language.
        actors: who are looked for.
        pivot: language of the translations.
        settings: whether unnamed sentences are resolved, and how much context a passage has.
    """
    finders: dict[str, Finders] = {}
    for article in articles:
        language = article.article.language or pivot
        if language not in finders:
            finders[language] = finders_of(actors, language, pivot, settings)
        yield from _passages(article, actors, finders[language], settings)


def finders_of(actors: Sequence[Actor], language: str, pivot: str, settings: Find) -> Finders:
    """What finds the actors in articles of a language."""
    of_source, of_pivot = grammar_of(language), grammar_of(pivot)
    read = language if of_source else pivot
    fold = settings.ignore_diacritics
    return Finders(
        NameFinder(actors, language, fold),
        NameFinder(actors, pivot, fold),
        NameFinder(actors, read, fold, epithets=True),
        of_source or of_pivot,
        of_source is not None,
    )


def _passages(
    article: TranslatedArticle, actors: Sequence[Actor], finders: Finders, settings: Find
) -> Iterator[Passage]:
    sentences = article.sentences
    in_source = [finders.source.mentions(sentence.source) for sentence in sentences]
    in_pivot = [
        named if sentence.source == sentence.pivot else finders.pivot.mentions(sentence.pivot)
        for sentence, named in zip(sentences, in_source, strict=True)
    ]
    wanting = {actor.name for actor in actors if actor.needs_full_name}
    in_source, in_pivot = _introduced(in_source, in_pivot, wanting)
    if not any(in_source) and not any(in_pivot):
        return
    voices = _voices(article, actors, finders, in_source, in_pivot)
    for index, sentence in enumerate(sentences):
        source, pivot = {m.actor for m in in_source[index]}, {m.actor for m in in_pivot[index]}
        speaking = voices[index] if settings.resolve else {}
        for actor in actors:
            name = actor.name
            if name in source or name in pivot or name in speaking:
                matched = _matched(name in source, name in pivot)
                voice = voices[index].get(name, "narrated")
                yield Passage(
                    id=f"{article.article.id}:{index}:{name}",
                    article_id=article.article.id,
                    actor=name,
                    start=sentence.start,
                    end=sentence.end,
                    source=sentence.source,
                    pivot=sentence.pivot,
                    context=_inserted(name, voice, matched) + _context(sentences, index, voices, settings),
                    voice=voice,
                    matched=matched,
                    flags=_flags(sentence, matched),
                )


def _introduced(
    in_source: list[list[Mention]], in_pivot: list[list[Mention]], wanting: set[str]
) -> tuple[list[list[Mention]], list[list[Mention]]]:
    """The mentions without the short names of actors who need the full one earlier in the article."""
    if not wanting:
        return in_source, in_pivot
    known: set[str] = set()
    kept: tuple[list[list[Mention]], list[list[Mention]]] = [], []
    for both in zip(in_source, in_pivot, strict=True):
        known |= {mention.actor for mentions in both for mention in mentions if mention.full}
        for mentions, side in zip(both, kept, strict=True):
            side.append([m for m in mentions if m.actor not in wanting or m.actor in known])
    return kept


def _voices(
    article: TranslatedArticle,
    actors: Sequence[Actor],
    finders: Finders,
    in_source: list[list[Mention]],
    in_pivot: list[list[Mention]],
) -> list[dict[str, Voice]]:
    """For each sentence the actors who speak or act in it, named or not."""
    sources = [sentence.source for sentence in article.sentences]
    pivots = [sentence.pivot for sentence in article.sentences]
    in_marks = quotations(sources)
    beside = [_beside(*parts) for parts in zip(sources, in_marks, in_source, strict=True)]
    if finders.grammar is None:
        return beside
    texts, named = (sources, in_source) if finders.reads_source else (pivots, in_pivot)
    texts = [text[:LONGEST_READ] for text in texts]
    quoted = quotations(texts, finders.grammar.dialogue_dashes, finders.grammar.speech)
    if not finders.reads_source:
        quoted = _carried_over(sources, in_marks, texts, quoted)
    read = [[m for m in mentions if m.end <= LONGEST_READ] for mentions in named]
    mentions = _with_epithets(texts, read, finders.epithets)
    pronouns = {actor.name: frozenset[str](actor.pronouns) for actor in actors}
    voices = speakers(texts, quoted, mentions, finders.grammar, pronouns)
    return voices if finders.reads_source else [v | more for v, more in zip(voices, beside, strict=True)]


def _beside(source: str, quoted: list[Quotation], mentions: list[Mention]) -> dict[str, Voice]:
    """The actors named outside of a quotation of some length: all that an unknown language tells."""
    if max((word_count(source[q.start : q.end]) for q in quoted), default=0) < WORDS_OF_A_QUOTATION:
        return {}
    outside = [m for m in mentions if not any(q.start <= m.start < q.end for q in quoted)]
    return {mention.actor: "quoted" for mention in outside}


def _carried_over(
    sources: list[str], in_source: list[list[Quotation]], pivots: list[str], quoted: list[list[Quotation]]
) -> list[list[Quotation]]:
    """The quotations of the pivot, with those that the translation lost from wholly quoted sentences."""
    carried = []
    for source, pivot, here, there in zip(sources, pivots, quoted, in_source, strict=True):
        length = sum(quotation.end - quotation.start for quotation in there)
        wholly = there and not here and length >= WHOLLY_QUOTED * len(source)
        carried.append([Quotation(0, len(pivot), -1 - there[0].number)] if wholly else here)
    return carried


def _with_epithets(texts: list[str], named: list[list[Mention]], epithets: NameFinder) -> list[list[Mention]]:
    """The mentions by name, and by an epithet of an actor named before: of the last, if it fits several."""
    last_named: dict[str, int] = {}
    together = []
    for index, (text, mentions) in enumerate(zip(texts, named, strict=True)):
        called = [m for m in epithets.mentions(text) if m.actor in last_named]
        called.sort(key=lambda m: (m.start, -last_named[m.actor]))
        kept = list(mentions)
        for mention in called:
            if all(mention.end <= other.start or other.end <= mention.start for other in kept):
                kept.append(mention)
        together.append(sorted(kept))
        last_named |= {mention.actor: index for mention in mentions}
    return together


def _matched(in_source: bool, in_pivot: bool) -> Matched:
    if in_source and in_pivot:
        return "both"
    return "source" if in_source else "pivot" if in_pivot else "resolved"


def _inserted(actor: str, voice: Voice, matched: Matched) -> str:
    """Who is meant, in brackets as editors add it, where the sentence does not say."""
    if matched != "resolved":
        return ""
    return f"[{actor} said:] " if voice == "quoted" else f"[{actor}:] "


def _context(
    sentences: Sequence[Sentence], index: int, voices: list[dict[str, Voice]], settings: Find
) -> str:
    """The sentence with those around it, as long as nobody else speaks or acts in them."""
    text = sentences[index].pivot
    for step in (-1, 1):
        for near in range(index + step, index + step * (settings.context + 1), step):
            if not 0 <= near < len(sentences) or not set(voices[near]) <= set(voices[index]):
                break
            added = sentences[near].pivot
            if len(text) + len(added) > settings.context_characters:
                break
            text = f"{added} {text}" if step < 0 else f"{text} {added}"
    return text


def _flags(sentence: Sentence, matched: Matched) -> tuple[str, ...]:
    """The translation's flags, and `lost_actor` where the source has the name and the pivot has not."""
    lost = matched == "source" and "lost_actor" not in sentence.flags
    return (*sentence.flags, "lost_actor") if lost else sentence.flags
