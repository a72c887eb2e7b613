"""Words of a translation that are none of its language."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from spellchecker import SpellChecker

LANGUAGE = "en"
"""Of the list of words: that of pyspellchecker, 160,000. Elsewhere false alarms were not measured."""
SHORTEST = 5
"""Letters of a word that is looked up: shorter ones are often foreign, a unit or an abbreviation."""
KNOWN = 50_000
"""Words whose answer is kept, some megabytes: most words return."""
LONGEST = 40
"""Letters of a word that is looked up: a longer one is none; bounds the time."""
SHORTEST_PART = 4
"""Letters of each part of a compound (dashcam)."""
WORD = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}\p{{N}}@#./'’_-])\p{{Ll}}{{{SHORTEST},}}(?![\p{{L}}\p{{M}}\p{{N}}@_/'’-]|\.\p{{L}})"
)


def non_words(text: str, language: str) -> list[str]:
    """The words in small letters that neither the list of the language has, nor its parts.

    Args:
        text: of a translation.
        language: its code; of one without a list nothing is returned.
    """
    if base_language(language) != LANGUAGE:
        return []
    return [word for word in WORD.findall(text) if len(word) > LONGEST or not is_word(word)]


@lru_cache(KNOWN)
def is_word(word: str) -> bool:
    """Whether the list has a word, its American spelling, its stem or both parts of it."""
    spellings = [word, *(pattern.sub(new, word) for pattern, new in _american().items())]
    known = any(_is_listed(form) or _is_derived(form) for form in dict.fromkeys(spellings))
    return known or word in _table()["others"]


def _is_derived(word: str) -> bool:
    outer = _stems(word)
    for stem in [*outer, *(inner for other in outer for inner in _stems(other))]:
        if len(stem) >= SHORTEST_PART and (_is_listed(stem) or _is_listed(f"{stem}e")):
            return True
    cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return any(_is_listed(word[:cut]) and _is_listed(word[cut:]) for cut in cuts)


def _stems(word: str) -> list[str]:
    """The word without one prefix, or without one suffix."""
    prefixes, suffixes = _table()["prefixes"], _table()["suffixes"]
    stems = [word.removeprefix(prefix) for prefix in prefixes if word.startswith(prefix)]
    return stems + [word.removesuffix(suffix) for suffix in suffixes if word.endswith(suffix)]


def _is_listed(word: str) -> bool:
    return word in _words()


@cache
def _american() -> dict[regex.Pattern[str], str]:
    return {regex.compile(old): new for old, new in _table()["british"].items()}


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = packaged_yaml(__package__, "english_words.yaml")
    return table


@cache
def _words() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language=LANGUAGE, distance=1)
