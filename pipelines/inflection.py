"""What languages add to a name."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

from pipelines.config.yaml_text import parse_yaml
from pipelines.normalise import normalise


class Inflection(NamedTuple):
    """What a language adds to a name."""

    endings: str = ""
    replaced: tuple[str, ...] = ()
    prefixes: str = ""


@cache
def inflections() -> dict[str, Inflection]:
    """Inflection of each language that the data file knows."""
    text = files(__package__).joinpath("data/inflection.yaml").read_text("utf-8")
    return {
        language: Inflection(
            _alternation(entry.get("endings", [])),
            tuple(map(normalise, entry.get("replaced", []))),
            _alternation(entry.get("prefixes", []), optional=True),
        )
        for language, entry in parse_yaml(text, "inflection.yaml").items()
    }


def _alternation(parts: list[str], optional: bool = False) -> str:
    if not parts:
        return ""
    choice = "|".join(sorted(map(normalise, parts), key=len, reverse=True))
    return f"(?:{choice})?" if optional else choice
