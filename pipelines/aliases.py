"""The names by which texts call an actor, as patterns over normalised text."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.languages import base_language
from pipelines.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.config import Actor

# Scripts written without spaces between words.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"


class Names(NamedTuple):
    """One actor's aliases, in the source and in the pivot language."""

    actor: str
    source: regex.Pattern[str]
    pivot: regex.Pattern[str]


def names_of(actors: Iterable[Actor], language: str, pivot: str) -> tuple[Names, ...]:
    """The patterns of each actor for texts in a language and their translations."""
    return tuple(
        Names(
            actor.name,
            alias_pattern(*_aliases(actor, language)),
            alias_pattern(*_aliases(actor, pivot)),
        )
        for actor in actors
    )


@cache
def alias_pattern(*aliases: str) -> regex.Pattern[str]:
    """A pattern that finds any of the aliases in normalised text, the longest first.

    A name is bounded by words only where its script has them: nothing may precede a Hangul name but a
    particle may follow it, and Han, kana and Thai names may stand anywhere.
    """
    alternatives = [_bounded(normalise(alias)) for alias in sorted(aliases, key=len, reverse=True)]
    return regex.compile("|".join(alternatives))


def _aliases(actor: Actor, language: str) -> list[str]:
    """The actor's aliases in a language with its script, and in the language without it."""
    return list(dict.fromkeys(actor.aliases_in(language) + actor.aliases_in(base_language(language))))


def _bounded(alias: str) -> str:
    before = "" if regex.match(f"[{UNSPACED}]", alias) else rf"(?<![\w--[{UNSPACED}]])"
    after = (
        "" if regex.search(rf"[{UNSPACED}\p{{Hangul}}]$", alias) else rf"(?![\w--[{UNSPACED}\p{{Hangul}}]])"
    )
    return f"(?V1){before}{regex.escape(alias)}{after}"
