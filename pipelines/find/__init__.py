"""Stage 3: the sentences in which an actor is named, speaks or acts become passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.grammar import grammar_of
from pipelines.find.lines import WORDS_OF_A_QUOTATION, word_count
from pipelines.find.quotations import Quotation, quotations
from pipelines.find.speakers import speakers
from pipelines.find.targets import TargetFinder
from pipelines.find.targets import about as about_of
from pipelines.records import Passage
from pipelines.text.names import NameFinder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.config import Actor, Find, Target
    from pipelines.find.grammar import Grammar
    from pipelines.records import About, Matched, Sentence, TranslatedArticle, Voice
    from pipelines.text.aliases import Mention

WHOLLY_QUOTED = 0.9
"""Share of a sentence's characters in quotation marks from which all of it counts as quoted. The rest leaves
room for punctuation outside the marks; not tuned."""
LONGEST_READ = 4000
"""Characters of a sentence that are read for speakers; names are found in all of it. Bounds the time that the
patterns take on text without stops; not tuned, far above any real sentence."""


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


Near = Callable[[str, Sequence["Target"]], Sequence["Target"]]
"""The targets that a text in the pivot language is close to in meaning."""


def find(
    articles: Iterable[TranslatedArticle],
    actors: Sequence[Actor],
    targets: Sequence[Target],
    pivot: str,
    settings: Find,
    near: Near | None = None,
) -> Iterator[Passage]:
    """Passages in the order of the articles, their sentences and the actors.

    Args:
        articles: in any language.
        actors: to look for.
        targets: that a passage may be about.
        pivot: language code of the translations.
        settings: whether unnamed sentences are resolved, and how much context a passage has.
        near: asked about targets that a passage neither names nor refers back to; None to ask nothing.
    """
    finders: dict[str, Finders] = {}
    for article in articles:
        language = article.article.language or pivot
        if language not in finders:
            finders[language] = finders_of(actors, targets, language, pivot, settings)
        yield from _passages(article, actors, finders[language], settings, near)


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


def _passages(
    article: TranslatedArticle, actors: Sequence[Actor], finders: Finders, settings: Find, near: Near | None
) -> Iterator[Passage]:
    sentences = article.sentences
    in_source = [finders.source.mentions(sentence.source) for sentence in sentences]
    in_pivot = [
        mentions if sentence.source == sentence.pivot else finders.pivot.mentions(sentence.pivot)
        for sentence, mentions in zip(sentences, in_source, strict=True)
    ]
    full_name_first = {actor.name for actor in actors if actor.needs_full_name}
    in_source, in_pivot = _drop_early_short_names(in_source, in_pivot, full_name_first)
    if not any(in_source) and not any(in_pivot):
        return
    voices = _voices(article, actors, finders, in_source, in_pivot)
    targets = [finders.targets.named(sentence) for sentence in sentences]
    for index, sentence in enumerate(sentences):
        source, pivot = {m.actor for m in in_source[index]}, {m.actor for m in in_pivot[index]}
        speakers_here = voices[index] if settings.resolve else {}
        for actor in actors:
            name = actor.name
            if name in source or name in pivot or name in speakers_here:
                matched = _matched(name in source, name in pivot)
                voice = voices[index].get(name, "narrated")
                quoted = index > 0 and voice == "quoted" == voices[index - 1].get(name)
                about = about_of(
                    finders.targets,
                    sentences,
                    targets,
                    index,
                    titled=bool(article.article.title),
                    quoted=quoted,
                )
                context = _context(sentences, index, voices, settings)
                about |= _near(sentence, finders.targets.targets, about, near)
                yield Passage(
                    id=f"{article.article.id}:{index}:{name}",
                    article_id=article.article.id,
                    actor=name,
                    start=sentence.start,
                    end=sentence.end,
                    source=sentence.source,
                    pivot=sentence.pivot,
                    context=_named(actor, voice, matched, context, finders.pivot_language),
                    voice=voice,
                    matched=matched,
                    about=about,
                    flags=_flags(sentence, matched, targets[index]),
                )


def _near(
    sentence: Sentence, targets: Sequence[Target], about: Mapping[str, About], near: Near | None
) -> dict[str, About]:
    """The targets that a sentence is near, of those that it neither names nor refers back to."""
    others = [target for target in targets if target.name not in about]
    if near is None or not others:
        return {}
    return {target.name: "near" for target in near(sentence.pivot, others)}


def _drop_early_short_names(
    in_source: list[list[Mention]], in_pivot: list[list[Mention]], full_name_first: set[str]
) -> tuple[list[list[Mention]], list[list[Mention]]]:
    """The mentions without short names that come before the full name, for actors who need that first."""
    if not full_name_first:
        return in_source, in_pivot
    introduced: set[str] = set()
    sides: tuple[list[list[Mention]], list[list[Mention]]] = [], []
    for both in zip(in_source, in_pivot, strict=True):
        introduced |= {mention.actor for mentions in both for mention in mentions if mention.full}
        for mentions, side in zip(both, sides, strict=True):
            side.append([m for m in mentions if m.actor not in full_name_first or m.actor in introduced])
    return sides


def _voices(
    article: TranslatedArticle,
    actors: Sequence[Actor],
    finders: Finders,
    in_source: list[list[Mention]],
    in_pivot: list[list[Mention]],
) -> list[dict[str, Voice]]:
    """The actors who speak or act in each sentence, named or not."""
    sources = [sentence.source for sentence in article.sentences]
    pivots = [sentence.pivot for sentence in article.sentences]
    in_marks = quotations(sources)
    beside = [_voices_beside(*parts) for parts in zip(sources, in_marks, in_source, strict=True)]
    if finders.grammar is None:
        return beside
    texts, names = (sources, in_source) if finders.reads_source else (pivots, in_pivot)
    texts = [text[:LONGEST_READ] for text in texts]
    spans = quotations(texts, dashes=finders.grammar.dialogue_dashes, speech=finders.grammar.speech)
    if not finders.reads_source:
        spans = _restore_quotations(sources, in_marks, texts, spans)
    names = [[m for m in mentions if m.end <= LONGEST_READ] for mentions in names]
    mentions = _add_epithets(texts, names, finders.epithets)
    pronouns = {actor.name: frozenset[str](actor.pronouns) for actor in actors}
    voices = speakers(texts, spans, mentions, finders.grammar, pronouns)
    if finders.reads_source:
        return voices
    return [v if "quoted" in v.values() else v | more for v, more in zip(voices, beside, strict=True)]


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


def _add_epithets(texts: list[str], names: list[list[Mention]], epithets: NameFinder) -> list[list[Mention]]:
    """The mentions by name, and by an epithet of an actor named before: of the last one, if several fit."""
    last_named: dict[str, int] = {}
    mentions_by_both = []
    for index, (text, mentions) in enumerate(zip(texts, names, strict=True)):
        candidates = [m for m in epithets.mentions(text) if m.actor in last_named]
        candidates.sort(key=lambda m: (m.start, -last_named[m.actor]))
        apart = list(mentions)
        for mention in candidates:
            if all(mention.end <= other.start or other.end <= mention.start for other in apart):
                apart.append(mention._replace(epithet=True))
        mentions_by_both.append(sorted(apart))
        last_named |= {mention.actor: index for mention in mentions}
    return mentions_by_both


def _matched(in_source: bool, in_pivot: bool) -> Matched:
    if in_source and in_pivot:
        return "both"
    return "source" if in_source else "pivot" if in_pivot else "resolved"


def _named(actor: Actor, voice: Voice, matched: Matched, context: str, pivot: str) -> str:
    """The text with the actor's name, if its pivot has none: for an epithet, else before it in brackets."""
    if matched in ("pivot", "both"):
        return context
    epithets = sorted(actor.epithets_in(pivot), key=len, reverse=True)
    if epithets:
        pattern = rf"(?<!\w)(?:{'|'.join(map(regex.escape, epithets))})(?!\w)"
        named, replaced = regex.subn(pattern, actor.name, context, count=1, flags=regex.IGNORECASE)
        if replaced:
            return named
    return f"[{actor.name} said:] {context}" if voice == "quoted" else f"[{actor.name}:] {context}"


def _context(
    sentences: Sequence[Sentence], index: int, voices: list[dict[str, Voice]], settings: Find
) -> str:
    """The pivot sentence with its neighbours, up to one in which somebody else speaks or acts."""
    text = sentences[index].pivot
    for step in (-1, 1):
        for near in range(index + step, index + step * (settings.context + 1), step):
            if not 0 <= near < len(sentences) or not set(voices[near]) <= set(voices[index]):
                break
            neighbour = sentences[near].pivot
            if len(text) + len(neighbour) > settings.context_characters:
                break
            text = f"{neighbour} {text}" if step < 0 else f"{text} {neighbour}"
    return text


def _flags(sentence: Sentence, matched: Matched, targets: Mapping[str, bool]) -> tuple[str, ...]:
    """The translation's flags, and `lost_actor` or `lost_target` if only the source has the name."""
    lost = {"lost_actor": matched == "source", "lost_target": not all(targets.values())}
    return tuple(dict.fromkeys([*sentence.flags, *(flag for flag, is_lost in lost.items() if is_lost)]))
