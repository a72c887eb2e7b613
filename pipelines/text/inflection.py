"""What languages add to a name."""

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
    """What a language adds to a name."""

    endings: str = ""
    """A pattern of what may follow."""
    replaced: Mapping[str, str] = MappingProxyType({})
    """Finals of names, the longest first, each with a pattern of what may stand in its place."""
    prefixes: str = ""
    """A pattern of what may precede, or of nothing."""


@cache
def inflections() -> dict[str, Inflection]:
    """Inflection of each language that the data file knows."""
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
