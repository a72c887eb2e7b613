"""Marks by which models separate what speaks to them from what is quoted."""

from __future__ import annotations

import re

MARKS = re.compile(r"[<>]|\[(?=/?[A-Z_]+\])")
"""Signs with which such marks begin or end: <|im_start|>, <start_of_turn>, </s>, [INST]."""


def without_markup(text: str) -> str:
    r"""A text of JSON without the marks of a chat: their signs are written as \u003c, which means the same.

    A server may read a mark in a question as its own, and a passage that holds one would then speak as the
    system. A JSON text stays the same text.
    """
    return MARKS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)
