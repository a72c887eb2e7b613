"""Names of items that survive spreadsheets, which round numbers and make dates of words.

A name has no digit and no vowel, and its case does not count. The last letter makes the weighted sum of all
letters a multiple of 19. Since 19 is a prime and the weights differ, one wrong letter or two swapped ones
always show, as in ISBN-10.
"""

from __future__ import annotations

import hashlib
import json

LETTERS = "bcdfghjkmnpqrstvwxz"
"""Without vowels, so that no word, month or truth value comes up that a spreadsheet would change; without l
and y, so that they are 19."""
LENGTH = 9
"""Letters before the check: 19^9 names, so that two of 3,000 items share one with a chance of 1 in 70,000."""


def digest(*parts: object) -> int:
    """A number of 256 bits that depends on the parts and on nothing else."""
    text = json.dumps(parts, ensure_ascii=False)
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest(), "big")


def share_of(*parts: object) -> float:
    """A number in [0, 1), uniform over parts."""
    return digest(*parts) / 2**256


def item_name(*parts: object) -> str:
    """A name of ten letters for these parts."""
    number, values = digest("item", *parts), []
    for _ in range(LENGTH):
        number, value = divmod(number, len(LETTERS))
        values.append(value)
    return "".join(LETTERS[value] for value in (*values, -_weighted(values) % len(LETTERS)))


def as_item(text: str) -> str | None:
    """The item that a cell names, whatever its case and spaces; None if it is no item's name."""
    name = "".join(text.casefold().split()).strip("'\"\ufeff\u200b")
    if len(name) != LENGTH + 1 or set(name) - set(LETTERS):
        return None
    values = [LETTERS.index(letter) for letter in name]
    return name if (_weighted(values[:-1]) + values[-1]) % len(LETTERS) == 0 else None


def _weighted(values: list[int]) -> int:
    """The sum of the values with the weights 2, 3, ...; that of the check letter is 1."""
    return sum(weight * value for weight, value in enumerate(values, start=2))
