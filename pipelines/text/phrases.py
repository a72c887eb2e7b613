"""Words and phrases of a language in the forms that a text may give them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import regex

from pipelines.text.aliases import UNSPACED
from pipelines.text.languages import base_language
from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

STEM_LOSS = 2
"""Letters at the end of a word that its inflected forms may change, outside of English."""
SHORT = 4
"""Letters; a word of fewer is matched as it is, since its stem would begin other words (US: use)."""
BETWEEN = r"[\W_]+(?:[\w-]+[\W_]+)?"
"""Between two words of a phrase: at most one other word."""


def phrase_pattern(aliases: Iterable[str], terms: Iterable[str], language: str) -> regex.Pattern[str] | None:
    """Any of the aliases, inflected or not, and any word that begins with a term; None without either.

    Args:
        aliases: words or phrases; up to one other word may be between two words of a phrase.
        terms: beginnings of words.
        language: code of the texts' language.

    Returns:
        A pattern over normalised text.
    """
    parts = [_inflected(form, language) for form in dict.fromkeys(map(_bare, aliases)) if form]
    for term in dict.fromkeys(map(normalise, terms)):
        spaced = not regex.search(rf"[{UNSPACED}]", term)
        takes_endings = len(term) >= SHORT or regex.search(r"\p{Hangul}", term)  # Korean adds particles
        whole = r"(?!\w)" if spaced and not takes_endings else ""
        parts.append((r"(?<!\w)" if spaced else "") + regex.escape(term) + whole)
    return regex.compile("|".join(parts)) if parts else None


def _bare(form: str) -> str:
    """A form without its English article, normalised."""
    return regex.sub(r"^(?:the|an?) (?=\w)", "", normalise(form))


@cache
def word_pattern(word: str, language: str) -> regex.Pattern[str]:
    """A pattern of a word or phrase, inflected or not, over normalised text."""
    return regex.compile(_inflected(word, language))


def _inflected(form: str, language: str) -> str:
    """A pattern of a phrase whose words may be inflected and have one other word between them."""
    if regex.search(rf"[{UNSPACED}]", form):
        return regex.escape(form)
    words = [_word(word, language) for word in form.split(" ")]
    return rf"(?<!\w){BETWEEN.join(words)}(?!\w)"


def _word(word: str, language: str) -> str:
    if regex.search(r"\p{Hangul}", word):
        return regex.escape(word) + r"\p{Hangul}{0,4}"  # particles
    if len(word) < SHORT:
        return regex.escape(word)
    if base_language(language) == "en":
        stem = word[:-1] if word.endswith(("s", "y")) and len(word) > SHORT else word
        return regex.escape(stem) + r"(?:s|es|y|ies|'s)?"
    stem = word[: max(SHORT, len(word) - STEM_LOSS)]
    return regex.escape(stem) + r"\w{0,4}"
