"""What is special about names in Chinese: two scripts, and no spaces between words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

CHECKED_LENGTH = 2
"""Characters of a name that common words contain by chance; a longer one is hardly ever in other words."""


def simplified(text: str) -> str:
    """The text in simplified characters, by the tables of OpenCC; other text as it is."""
    return str(_converter().convert(text))


def may_be_in_other_words(name: str) -> bool:
    """Whether a name in simplified characters needs a look around it: 李强, but not the word 韩国."""
    return len(name) == CHECKED_LENGTH and name.isalpha() and not _is_word(name)


def is_in_other_words(text: str, start: int, end: int) -> bool:
    """Whether `text[start:end]`, two characters, belongs to the words around it: 李 强调, 国王 毅然.

    A common word over either end of the name counts, unless its other character is of a further word (李强
    大声: 强大, but 大声 too).

    Args:
        text: in simplified characters.
        start: of the name.
        end: of the name.
    """
    over_end = _is_word(text[end - 1 : end + 1]) and not _is_word(text[end : end + 2])
    over_start = start > 0 and _is_word(text[start - 1 : start + 1])
    return over_end or (over_start and not (start > 1 and _is_word(text[start - 2 : start])))


def _is_word(characters: str) -> bool:
    return len(characters) == CHECKED_LENGTH and characters[1] in _words().get(characters[0], "")


@cache
def _words() -> dict[str, str]:
    """The second characters of common words of two, by the first."""
    lines = files(__package__).joinpath("chinese_words.txt").read_text("utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines if not line.startswith("#"))


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")
