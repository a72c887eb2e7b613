"""Text that was decoded in a wrong encoding before it came here: VladÃ­mir for Vladímir."""

from __future__ import annotations

import re
from functools import cache

CATEGORIES = (
    "c1", "bad", "law", "currency", "start_punctuation", "end_punctuation", "numeric", "upper_accented",
    "box",
)  # fmt: skip
"""Kinds of characters, by ftfy: each of its sequences has one of these, or one of FURTHER."""
FURTHER = "ŒœÙ×²³µ¹¼½¾°√≈‚Ђ"
LONGEST = 8  # characters of ftfy's longest sequence


def is_mojibake(text: str) -> bool:
    """Whether a text has sequences that come from a wrong encoding and hardly ever from an author, by
    ftfy."""
    if text.isascii():
        return False
    from ftfy.badness import BADNESS_RE

    # What ftfy.is_bad looks for, at a third of the time: only where it can be.
    return any(
        BADNESS_RE.search(text, max(0, signs.start() - LONGEST), signs.end() + LONGEST)
        for signs in _suspects().finditer(text)
    )


@cache
def _suspects() -> re.Pattern[str]:
    from ftfy.badness import MOJIBAKE_CATEGORIES

    signs = "".join(MOJIBAKE_CATEGORIES[name] for name in CATEGORIES)
    return re.compile(f"[{signs}{FURTHER}]+")


def repaired(text: str) -> str:
    """The text as it was before it was decoded in a wrong encoding; unchanged where ftfy finds no way
    back."""
    import ftfy

    return ftfy.fix_encoding(text)
