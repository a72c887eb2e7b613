"""The affixes that languages add to names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from pipelines.config.yaml_text import parse_yaml
from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping


class Inflection(NamedTuple):
    """The affixes that a language adds to names, as regular expressions."""

    endings: str = ""
    """What may follow a name; empty if nothing."""
    replaced: Mapping[str, str] = MappingProxyType({})
    """Final letters of names, the longest first, each with the pattern that may replace it."""
    prefixes: str = ""
    """What may precede a name in the same word, or nothing; empty if the language has no prefixes."""


@cache
def inflections() -> dict[str, Inflection]:
    """The inflection of each language in the data file, by language code."""
    text = files(__package__).joinpath("inflection.yaml").read_text("utf-8")
    return {
        language: Inflection(
            _alternation(entry.get("endings", [])),
            {
                normalise(final): _alternation(endings)
                for final, endings in sorted(entry.get("replaced", {}).items(), key=lambda e: -len(e[0]))
            },
            _alternation(entry.get("prefixes", []), optional=True),
        )
        for language, entry in parse_yaml(text, "inflection.yaml").items()
    }


def _alternation(parts: list[str], optional: bool = False) -> str:
    if not parts:
        return ""
    choice = "|".join(sorted(map(normalise, parts), key=len, reverse=True))
    return f"(?:{choice})?" if optional else choice
