"""The words that a translation must have: the config's `translation.glossary`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any

from pipelines.config import Actor
from pipelines.config.yaml_text import parse_yaml
from pipelines.text.languages import base_language
from pipelines.text.names import NameFinder
from pipelines.text.normalise import normalise
from pipelines.text.phrases import phrase_pattern

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_WORDS = 4
"""Words of a phrase up to which each is also looked for in the plural; longer ones have too many forms."""


class Glossary:
    """Finds words of the source whose translation lacks the words wanted for them.

    Args:
        entries: source words or phrases, each with the pivot words of which a translation must have one.
        language: code of the sources' language.
        pivot: code of the translations' language.
    """

    def __init__(self, entries: Mapping[str, Sequence[str]], language: str, pivot: str) -> None:
        self.entries = {source: list(wanted) for source, wanted in entries.items()}
        words = [
            Actor(name=source, aliases={"all": forms(source, base_language(language))}) for source in entries
        ]
        self._sources = NameFinder(words, language)
        self._wanted = {source: phrase_pattern(wanted, (), pivot) for source, wanted in entries.items()}

    def unmet(self, source: str, translation: str) -> list[str]:
        """The entries whose words are in a text and whose wanted words are not in its translation, sorted."""
        entries = {mention.actor for mention in self._sources.mentions(source)}
        text = normalise(translation) if entries else ""
        return sorted(e for e in entries if not ((wanted := self._wanted[e]) and wanted.search(text)))

    def placed(self, source: str) -> str:
        """A text in which each entry is replaced by the first words wanted for it, which models copy."""
        for mention in sorted(self._sources.mentions(source), reverse=True):
            pivot_word = self.entries[mention.actor][0]
            source = source[: mention.start] + pivot_word + source[mention.end :]
        return source


def forms(phrase: str, language: str) -> list[str]:
    """A phrase and its plurals, each word in each form; the phrase alone if it is long.

    Args:
        phrase: of words separated by spaces.
        language: base code of the phrase's language.
    """
    plurals = _plurals().get(language, {})
    words = phrase.split()
    if len(words) > MOST_WORDS:
        return [phrase]
    return list(dict.fromkeys(" ".join(some) for some in product(*(_forms(word, plurals) for word in words))))


def _forms(word: str, plurals: Mapping[str, Any]) -> list[str]:
    replaced = [
        word.removesuffix(final) + ending
        for final, endings in plurals.get("replaced", {}).items()
        if word.endswith(final)
        for ending in endings
    ]
    return [word, *(word + ending for ending in plurals.get("endings", [])), *replaced]


@cache
def _plurals() -> dict[str, dict[str, Any]]:
    text = files(__package__).joinpath("plurals.yaml").read_text("utf-8")
    table: dict[str, dict[str, Any]] = parse_yaml(text, "plurals.yaml")
    return table
