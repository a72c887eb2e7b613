"""Whether a translation makes a man of a woman, or a woman of a man."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from pipelines.text.names import Names

OTHER = {"he": "she", "she": "he"}
NAME = regex.compile(r"(?<=[\p{L}\p{N},;:]\s+[“\"‘«(]?)\p{Lu}[\p{L}\p{M}'’-]*")
"""A word with a capital that does not begin its sentence: of a name, or a title."""


def wrong_gender(
    source: str, translation: str, language: str, pivot: str, names: Names | None = None
) -> bool:
    """Whether all subject pronouns of a translation are of the other gender than those of its source.

    Where the source omits them (pro-drop), the pronouns of the one actor that it names count, if the
    translation names nobody else. Objects and possessives are not compared: in many languages their gender is
    that of things.

    Args:
        source: one sentence.
        translation: of the sentence.
        language: code of the source's language.
        pivot: code of the translation's language.
        names: finders of the actors' names, with their pronouns; None to compare the pronouns alone.
    """
    shown = subject_pronouns(translation, pivot)
    if len(shown) != 1:
        return False
    stated = subject_pronouns(source, language)
    other = OTHER[next(iter(shown))]
    if stated:
        return stated == {other}
    if base_language(language) not in _table()["omitted"] or names is None:
        return False
    return names.only_pronoun(source) == other and not _names_others(translation, names)


def subject_pronouns(text: str, language: str) -> set[str]:
    """he and she, if a text has a subject pronoun of a man or of a woman; empty without data."""
    return {kind for kind, pattern in _patterns(base_language(language)).items() if pattern.search(text)}


def _names_others(translation: str, names: Names) -> bool:
    mentions = names.pivot.mentions(translation)
    return any(
        not any(m.start <= word.start() < m.end for m in mentions) for word in NAME.finditer(translation)
    )


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = packaged_yaml(__package__, "pronouns.yaml")
    return table


@cache
def _patterns(language: str) -> dict[str, regex.Pattern[str]]:
    entry = _table()["pronouns"].get(language, {})
    unspaced = language in _table()["unspaced"]
    edges = ("", "") if unspaced else (r"(?<![\p{L}\p{M}'’-])", r"(?![\p{L}\p{M}'’-])")
    return {
        kind: regex.compile(f"{edges[0]}(?:{'|'.join(words)}){edges[1]}", regex.IGNORECASE)
        for kind, words in entry.items()
    }
