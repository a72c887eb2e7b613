"""Text that was decoded in a wrong encoding before it came here: VladÃ­mir for Vladímir."""

from __future__ import annotations


def is_mojibake(text: str) -> bool:
    """Whether a text has sequences that come from a wrong encoding and hardly ever from an author, by
    ftfy."""
    if text.isascii():
        return False
    from ftfy.badness import is_bad

    return bool(is_bad(text))


def repaired(text: str) -> str:
    """The text as it was before it was decoded in a wrong encoding; unchanged where ftfy finds no way
    back."""
    import ftfy

    return ftfy.fix_encoding(text)
