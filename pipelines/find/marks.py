"""Quotation marks: which signs are, and which are inches, apostrophes or parts of a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.text.aliases import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLOSING = {
    "“": '”"',
    "„": '“”"',
    "«": "»",
    "»": "«",
    "「": "」",
    "『": "』",
    '"': '"”',
    "”": '”"',
    "〝": "〞〟",
    "``": ("''", '"', "”"),
    "''": ("''",),
    "‘": "’",
    "‚": "‘’",
    "'": "'",
    "`": "'",
    "‹": "›",
}
"""The marks that open a quotation, each with those that close it."""
SINGLE = frozenset("‘’‚'`")
MARK = regex.compile(
    # A sign between Hebrew letters belongs to an acronym, an apostrophe before a letter or digit to a word.
    r"``|''|(?<!\p{Hebrew})\"|\"(?!\p{Hebrew})|[“”„«»「」『』〝〞〟‘‚‹›]|’(?![\p{L}\p{N}])"
    r"|(?<![\w`])`(?=\p{L})|(?<![\w'])'(?=\p{L})|(?<!')'(?![\p{L}\p{N}'])"
)
UNSPACED_LETTER = regex.compile(rf"[{UNSPACED}，、：；。（《]")
"""A letter of a script without spaces, or a stop that none follows, right before an opening mark."""
NOTHING = regex.compile(r"\s*$")
INCHES = regex.compile(r"(?<=\p{Nd})\"\s+\p{Ll}")
AFTER_STOP = frozenset(",.!?…;。，！？")
AFTER_CLOSING = regex.compile(r"\s*(?:$|[,.!?;:)»”—–-])")


class Mark(NamedTuple):
    """A quotation mark in the sentences of an article."""

    sentence: int
    at: int
    sign: str
    opens: bool
    """Whether it may open a quotation: a letter follows it, and none comes before."""
    closes: bool
    """Whether it may close one: always but for inches and apostrophes."""

    @property
    def end(self) -> int:
        """The place after it."""
        return self.at + len(self.sign)


def marks(sentences: Sequence[str]) -> Iterator[Mark]:
    """The quotation marks of the sentences, in order."""
    for index, sentence in enumerate(sentences):
        last = sentence.rfind('"')
        is_single = sentence.startswith("'")
        for found in MARK.finditer(sentence):
            at, sign = found.start(), found[0]
            if sign in SINGLE:
                yield Mark(
                    index,
                    at,
                    sign,
                    _opens(sentence, at, sign),
                    _closes_single(sentence, at, sign)
                    or (is_single and at > 0 and sentence[at + 1 : at + 2] == ","),
                )
            else:
                is_inches = sign == '"' and at < last and bool(INCHES.match(sentence, at))
                yield Mark(index, at, sign, _opens(sentence, at, sign), not is_inches)


def _closes_single(sentence: str, at: int, sign: str) -> bool:
    """Whether a single mark ends a quotation: at a stop, which an apostrophe (the boys’ toys) is not."""
    if sentence[max(at - 1, 0) : at] in AFTER_STOP and at > 0:
        return True
    return sign != "'" and bool(AFTER_CLOSING.match(sentence, at + 1))


def _opens(sentence: str, at: int, sign: str) -> bool:
    end = at + len(sign)
    before, after = sentence[max(at - 1, 0) : at], sentence[end : end + 1]
    if sign not in CLOSING:
        return False
    if NOTHING.match(sentence, end):  # left behind by the sentence that it opens
        return sign not in SINGLE and (not before or before.isspace())
    if after.isspace() and sign not in "«»":
        return False
    if sign in "「『〝„‚":
        return True
    return not before or before.isspace() or before in "([-–—:;'‘/>" or bool(UNSPACED_LETTER.match(before))
