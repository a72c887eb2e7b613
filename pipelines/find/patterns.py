"""Patterns of words, from the lists of a language's data file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

APOSTROPHES = "['’]"
SPACE = r"\s+"
ENDING, BEGINNING = r"\p{L}*", r"[\p{L}\p{Nd}-]*"
"""What a * matches at the end of a word, and at its beginning (the 61-year-old)."""
NOTHING = "(?!)"
"""A pattern that matches nowhere."""


def any_of(words: Iterable[str]) -> str:
    """A group of words, the longest first, or what never matches if there are none.

    A * at an end of a word matches any letters, at its beginning also digits and hyphens. What words begin
    with in common is written once, so that a text is compared with few of them at each place.
    """
    forms = [_form(word) for word in sorted(words, key=len, reverse=True)]
    return f"(?:{_branches(forms)})" if forms else NOTHING


def _form(word: str) -> list[str]:
    """The parts of a word's pattern, each of one character, if it is not a * or white space."""
    parts = [BEGINNING] if word.startswith("*") else []
    for character in " ".join(word.strip("*").split()):
        parts.append({" ": SPACE, "'": APOSTROPHES}.get(character) or regex.escape(character))
    return [*parts, ENDING] if word[1:].endswith("*") else parts


def _branches(forms: Iterable[Sequence[str]]) -> str:
    """An alternation of forms that tries them in their order, grouped by their first parts."""
    branches: list[str] = []
    groups: dict[str, list[Sequence[str]]] = {}
    for form in forms:
        if form and form[0] not in (BEGINNING, ENDING):
            groups.setdefault(form[0].casefold(), []).append(form)
            continue
        branches += map(_branch, groups.values())  # the forms after this one may match where it does
        groups = {}
        branches.append("".join(form))
    return "|".join([*branches, *map(_branch, groups.values())])


def _branch(forms: Sequence[Sequence[str]]) -> str:
    """A pattern of forms that all begin with the same part."""
    if len(forms) == 1:
        return "".join(forms[0])
    return f"{forms[0][0]}(?:{_branches(form[1:] for form in forms)})"


def whole_words(alternatives: str, hyphens: bool = False) -> regex.Pattern[str]:
    """A pattern of whole words; with hyphens they may be parts of a hyphenated one (dit-il)."""
    if hyphens:
        return any_case(rf"(?<!\w)(?:{alternatives})(?!\w)")
    return any_case(rf"(?<![\w-])(?:{alternatives})(?![\w-])")


def anywhere(alternatives: str, hyphens: bool = False) -> regex.Pattern[str]:
    """A pattern of words in a script without spaces between them."""
    del hyphens
    return any_case(alternatives)


def any_case(pattern: str) -> regex.Pattern[str]:
    """A pattern that ignores case."""
    return regex.compile(pattern, regex.IGNORECASE)
