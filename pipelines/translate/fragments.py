"""Fragments that a translation model must not see.

Marian models are trained on sentences, and invent text for anything else: numbers, addresses, bylines, rows
of a table, and headlines in capitals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.engines.base import Translation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ADDRESS = regex.compile(
    r"[\p{Ps}\p{Pi}\"']*(?:(?:https?://|www\.|[@#]\w)|[^@]{1,200}@[^@.]{1,200}\.\w)"
    r"|\S{1,200}\.(?:com|org|net|info|gov)(?!\p{L})",  # bounded, else quadratic on "a.a.a."
    regex.I,
)
BYLINE = regex.compile(
    r"(?:by|por|par|von|di|da redação|автор|авторка|текст|фото|foto|photo|crédito|credit)\s*[:/]?\s+"
    r"(?:\p{Lu}[\p{L}.'’-]*+(?:\s+|\s*[/,|]\s*)?){1,5}",
    regex.I,
)
LETTER = regex.compile(r"\p{L}")
NAME_IN_BYLINE = regex.compile(r"\p{Lu}\p{Ll}")
CELL = regex.compile(r"\t+|\s[|│]\s")
SHORT_WORD = 3
"""Letters up to which a word of a headline is likely no name, and put in small letters; not tuned."""
LETTERS_OF_A_HEADLINE = 6
"""Letters above which text in capitals is a headline, and not an acronym; not tuned."""
SHARE_OF_CAPITALS = 0.8
"""Share of capitals among letters above which a headline is in capitals; not tuned."""
CELLS_OF_A_ROW = 3
"""Cells from which a line is a row of a table, and not a sentence with one bar; not tuned."""


def is_fragment(sentence: str) -> bool:
    """Whether a sentence needs no translation: no letters, only addresses, or a byline."""
    words = (word for word in sentence.split() if LETTER.search(word))
    if all(ADDRESS.match(word) for word in words):
        return True
    byline = BYLINE.fullmatch(sentence.strip())
    return bool(byline and NAME_IN_BYLINE.search(sentence.split(maxsplit=1)[1]))


def is_in_capitals(sentence: str) -> bool:
    """Whether a sentence of two words or more has nearly all letters in capitals, as some headlines do."""
    letters = regex.findall(r"\p{L}", sentence)
    capitals = regex.findall(r"\p{Lu}", sentence)
    return len(sentence.split()) > 1 and (
        len(letters) > LETTERS_OF_A_HEADLINE and len(capitals) > SHARE_OF_CAPITALS * len(letters)
    )


def cells(sentence: str) -> list[str]:
    """The cells of a row of a table; any other sentence is one cell."""
    texts = [cell.strip() for cell in CELL.split(sentence) if cell.strip()]
    return texts if len(texts) >= CELLS_OF_A_ROW else [sentence]


def with_fragments_apart(
    sentences: Sequence[str], translate: Callable[[list[str]], list[Translation]]
) -> list[Translation]:
    """Translate sentences, in order, and pass the model only what needs translation.

    Args:
        sentences: as written in the article.
        translate: returns n translations for n sentences, in order.
    """
    pieces = [cells(sentence) for sentence in sentences]
    distinct = list(dict.fromkeys(_as_a_sentence(p) for row in pieces for p in row if not is_fragment(p)))
    known = dict(zip(distinct, translate(distinct), strict=True)) if distinct else {}

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
