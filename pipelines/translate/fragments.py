"""Fragments that set a translation model off, recognised before it sees them.

Trained on sentences, Marian models invent text for what is none: numbers, addresses, bylines, rows of a
table, and headlines in capitals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.engines.base import Translation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ADDRESS = regex.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#]\w+|\S+\.(?:com|org|net|info|gov)\S*", regex.I
)
BYLINE = regex.compile(
    r"(?:by|por|par|von|di|da redação|автор|авторка|текст|фото|foto|photo|crédito|credit)\s*[:/]?\s+"
    r"(?:\p{Lu}[\p{L}.'’-]*(?:\s+|\s*[/,|]\s*)?){1,5}",
    regex.I,
)
NAME_IN_BYLINE = regex.compile(r"\p{Lu}\p{Ll}")
CELL = regex.compile(r"\t+|\s[|│]\s")
SHORT_WORD = 3


def is_fragment(sentence: str) -> bool:
    """True for what says the same in any language: no letters, addresses alone, a byline."""
    rest = ADDRESS.sub(" ", sentence)
    if not regex.search(r"\p{L}", rest):
        return True
    byline = BYLINE.fullmatch(sentence.strip())
    return bool(byline and NAME_IN_BYLINE.search(sentence.split(maxsplit=1)[1]))


def is_in_capitals(sentence: str) -> bool:
    """True for a headline of two words or more of which nearly all letters are capitals."""
    letters = regex.findall(r"\p{L}", sentence)
    capitals = regex.findall(r"\p{Lu}", sentence)
    return len(sentence.split()) > 1 and len(letters) > 6 and len(capitals) > 0.8 * len(letters)


def cells(sentence: str) -> list[str]:
    """The cells of a row of a table; one for any other sentence."""
    found = [cell.strip() for cell in CELL.split(sentence) if cell.strip()]
    return found if len(found) > 2 else [sentence]


def with_fragments_apart(
    sentences: Sequence[str], translate: Callable[[list[str]], list[Translation]]
) -> list[Translation]:
    """Translations in order, of which the model saw only what is a sentence.

    Args:
        sentences: as they stand in the article.
        translate: n translations for n sentences.
    """
    pieces = [cells(sentence) for sentence in sentences]
    asked = list(dict.fromkeys(_as_a_sentence(p) for row in pieces for p in row if not is_fragment(p)))
    known = dict(zip(asked, translate(asked), strict=True)) if asked else {}

    def of(piece: str) -> Translation:
        return Translation(piece) if is_fragment(piece) else known[_as_a_sentence(piece)]

    return [_joined([of(piece) for piece in row]) for row in pieces]


def _joined(row: list[Translation]) -> Translation:
    if len(row) == 1:
        return row[0]
    flags = tuple(dict.fromkeys(flag for cell in row for flag in cell.flags))
    return Translation(" | ".join(cell.text for cell in row), flags)


def _as_a_sentence(piece: str) -> str:
    """A headline in capitals as a headline in ordinary letters; any other text as it is."""
    if not is_in_capitals(piece):
        return piece
    words = piece.split()
    return " ".join(word.capitalize() if len(word) > SHORT_WORD else word.lower() for word in words)
