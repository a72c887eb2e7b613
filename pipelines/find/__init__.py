"""Stage 3: the sentences in which an actor is named, speaks or acts become passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import regex

from pipelines.find.finders import finders_of
from pipelines.find.targets import about as about_of
from pipelines.find.voices import voices_of
from pipelines.records import Passage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.config import Actor, Find, Target
    from pipelines.find.finders import Finders
    from pipelines.records import About, Matched, Sentence, TranslatedArticle, Voice
    from pipelines.text.aliases import Mention

Near = Callable[[str, Sequence["Target"]], Sequence["Target"]]
"""The targets that a text in the pivot language is close to in meaning."""


def find(
    articles: Iterable[TranslatedArticle],
    actors: Sequence[Actor],
    targets: Sequence[Target],
    pivot: str,
    settings: Find,
    near: Near | None = None,
    finders: dict[str, Finders] | None = None,
) -> Iterator[Passage]:
    """Passages in the order of the articles, their sentences and the actors.

    Args:
        articles: in any language.
        actors: to look for.
        targets: that a passage may be about.
        pivot: language code of the translations.
        settings: whether unnamed sentences are resolved, and how much context a passage has.
        near: asked about targets that a passage neither names nor refers back to; None to ask nothing.
        finders: by language, of earlier calls for the same actors, targets, pivot and settings; those of
            further languages are added.
    """
    finders = {} if finders is None else finders
    for article in articles:
        language = article.article.language or pivot
        if language not in finders:
            finders[language] = finders_of(actors, targets, language, pivot, settings)
        yield from _passages(article, actors, finders[language], settings, near)


def _passages(
    article: TranslatedArticle,
    actors: Sequence[Actor],
    finders: Finders,
    settings: Find,
    near: Near | None,
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
    voices = voices_of(article, actors, finders, in_source, in_pivot)
    targets = [finders.targets.named(sentence) for sentence in sentences]
    for index, sentence in enumerate(sentences):
        source, pivot = {m.actor for m in in_source[index]}, {m.actor for m in in_pivot[index]}
        present = source | pivot | (voices[index].keys() if settings.resolve else set())
        if not present:
            continue
        context = _context(sentences, index, voices, settings)
        for actor in actors:
            name = actor.name
            if name not in present:
                continue
            matched = _matched(name in source, name in pivot)
            voice = voices[index].get(name, "narrated")
            quoted = index > 0 and voice == "quoted" == voices[index - 1].get(name)
            about = about_of(
                finders.targets, sentences, targets, index, titled=bool(article.article.title), quoted=quoted
            )
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
                about=about | _near(sentence, finders.targets.targets, about, near),
                flags=_flags(sentence, matched, targets[index]),
            )


def _near(
    sentence: Sentence,
    targets: Sequence[Target],
    about: Mapping[str, About],
    near: Near | None,
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
