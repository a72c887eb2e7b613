"""The codes that people give, and the words that are read as each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from pipelines.config.yaml_text import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_ABOUT = "not_about"
"""The code of a passage that does not speak of the target, or not of the actor."""


class Code(NamedTuple):
    """A code: its name in tables, its key on the page, as sheets show it, its meaning in the guide."""

    name: str
    key: str
    shown: str
    meaning: str
    words: tuple[str, ...]


@cache
def codes() -> tuple[Code, ...]:
    """The codes in the order of the sheets."""
    text = files(__package__).joinpath("codes.yaml").read_text("utf-8")
    entries = parse_yaml(text, "codes.yaml")
    return tuple(Code(name, **{**entry, "words": tuple(entry["words"])}) for name, entry in entries.items())


@cache
def _meanings() -> Mapping[str, str]:
    """The code that each word is read as."""
    return {word: code.name for code in codes() for word in (code.name, code.shown, *code.words)}


def code_of(text: str) -> str | None:
    """The code that a cell holds; None if it is not one of the words of codes.yaml.

    Args:
        text: of the cell, not blank. A spreadsheet may have made a number of it: 1.0 is read as 1.
    """
    word = " ".join(text.casefold().split()).removeprefix("'")
    return _meanings().get(word.removesuffix(".0"))


def accepted() -> str:
    """The words of each code in one line, for errors."""
    return "; ".join(" or ".join((code.shown, code.key)) for code in codes())
