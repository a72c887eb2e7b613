"""How each article renders an utterance, and how that differs from its fullest wording."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import regex

from pipelines.hashing import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

NUMBER = regex.compile(r"\p{Nd}+(?:[.,]\p{Nd}+)*")
WORD = regex.compile(r"[\p{L}\p{M}]+")
HEDGE = regex.compile(
    r"\b(?:alleged(?:ly)?|reported(?:ly)?|apparent(?:ly)?|so-called|supposed(?:ly)?)\b", regex.IGNORECASE
)
PLAIN = frozenset({None, "said", "says", "say", "told", "tells"})
"""Verbs of speaking that take no view of what is said."""
OMITTED = 0.6
"""Share of the fullest wording's words below which a rendering leaves out a part of it; not tuned: other
translations of a whole sentence have most of its longer words."""
LONG_WORD = 4
"""Letters; shorter words are mostly grammar."""


class Rendering(NamedTuple):
    """A sentence that renders an utterance, in source and pivot, and the words of the pivot that are said."""

    utterance: str
    passage_id: str
    article_id: str
    story: str
    actor: str
    language: str
    outlet: str
    published: str
    source: str
    pivot: str
    words: str
    direct: bool
    verb: str | None


def quotation_row(renderings: Sequence[Rendering], story: pd.DataFrame) -> dict[str, Any]:
    """The row of an utterance.

    Args:
        renderings: of the utterance, at least one.
        story: the articles of its story: id, language, outlet.
    """
    first = min(renderings, key=lambda of: (of.published == "", of.published, of.passage_id))
    carrying = {of.article_id: of for of in renderings}
    languages, outlets = ({getattr(of, name) for of in renderings} for name in ("language", "outlet"))
    silent = {
        name: sorted(set(story[name].dropna()) - seen - {""})
        for name, seen in (("language", languages), ("outlet", outlets))
    }
    wording = fullest(renderings)
    notes = Counter(note.partition(":")[0] for of in renderings for note in differences(of, wording))
    return {
        "quotation": f"q-{fingerprint(renderings[0].utterance)[:8]}", "actor": first.actor,
        "story": first.story, "wording": wording.words, "first_published": first.published,
        "first_outlet": first.outlet, "first_language": first.language, "first_article": first.article_id,
        "articles": len(carrying), "languages": listed(of.language for of in carrying.values()),
        "outlets": listed(of.outlet for of in carrying.values()),
        "silent_languages": ", ".join(silent["language"]), "silent_outlets": ", ".join(silent["outlet"]),
        "story_articles": len(story), "direct_share": sum(of.direct for of in renderings) / len(renderings),
        "differences": listed(notes.elements()), "wording_of": wording,
    }  # fmt: skip


def rendering_rows(renderings: Sequence[Rendering], quotation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One row for each rendering, by date."""
    for of in sorted(renderings, key=lambda of: (of.published == "", of.published, of.passage_id)):
        yield {
            "quotation": quotation["quotation"], "verb": of.verb or "",
            "differences": "; ".join(differences(of, quotation["wording_of"])),
        } | {name: getattr(of, name) for name in (
            "actor", "story", "article_id", "language", "outlet", "published", "direct", "source", "pivot"
        )}  # fmt: skip


def fullest(renderings: Sequence[Rendering]) -> Rendering:
    """The rendering that stands for all: in quotation marks, untranslated, the longest, the earliest."""
    return min(
        renderings,
        key=lambda of: (not of.direct, of.source != of.pivot, -len(of.words), of.published, of.passage_id),
    )


def differences(of: Rendering, wording: Rendering) -> Iterator[str]:
    """How a rendering differs from the fullest wording.

    A number that only one of them has, a verb of speaking that takes a view, a hedge (but not the verb
    itself: who reported something reported it), speech that is not in quotation marks, and whether it
    leaves out two fifths of the longer words.
    """
    if of.passage_id == wording.passage_id:
        return
    here, there = ({n.replace(",", "") for n in NUMBER.findall(each.words)} for each in (of, wording))
    if here != there and (here or there) and (not here - there or not there - here or here.isdisjoint(there)):
        yield f"number: {', '.join(sorted(there)) or 'none'} → {', '.join(sorted(here)) or 'none'}"
    if of.verb not in PLAIN and of.verb != wording.verb:
        yield f"verb: {of.verb}"
    if (hedge := _hedge(of)) and not _hedge(wording):
        yield f"hedge: {hedge}"
    if wording.direct and not of.direct:
        yield "indirect"
    own, full = _long_words(of.words), _long_words(wording.words)
    if full and len(own & full) < OMITTED * len(full) and len(own) < OMITTED * len(full):
        left_out = [word for word in WORD.findall(wording.words) if word.casefold() in full - own]
        yield f"omitted: {' '.join(left_out)}"


def _hedge(of: Rendering) -> str:
    """The first hedge of a rendering that is not its verb of speaking; empty without one."""
    hedges = (match[0].casefold() for match in HEDGE.finditer(of.pivot))
    return next((hedge for hedge in hedges if hedge != of.verb), "")


def _long_words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text) if len(word) >= LONG_WORD}


def listed(values: Iterable[str]) -> str:
    """Names with their numbers, the commonest first: `en (3), pt (1)`."""
    counts = Counter(value or "unknown" for value in values)
    return ", ".join(f"{name} ({n})" for name, n in sorted(counts.items(), key=lambda of: (-of[1], of[0])))
