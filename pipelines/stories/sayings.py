"""What a passage reports somebody to have said: the words, direct or not, and the verb of speaking."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.find.grammar import grammar_of
from pipelines.find.quotations import quotations

if TYPE_CHECKING:
    from pipelines.find.grammar import Grammar

LEAST_WORDS = 3
"""Words of a quotation that is more than a name or a scare quote; not tuned."""
LEAST_CHARACTERS = 12
"""Characters of such a quotation, marks included, in a language whose words are not counted; not tuned."""
LONGEST = 2000
"""Characters of a passage that are read, so that patterns end soon on text without stops; not tuned."""
MARKS = " \t“”„\"«»‘’'"
WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’]\p{L}+)?|\p{Nd}+(?:[.,]\p{Nd}+)*")
THAT = regex.compile(r"[\s,:]*(?:that\s+)?", regex.IGNORECASE)
SUBJECT_AND_VERB = 8
"""Words at most of a clause at the end of a sentence that only says who spoke; not tuned."""


class Saying(NamedTuple):
    """The words that are somebody's, whether they are in quotation marks, and the verb of speaking if any."""

    words: str
    direct: bool
    verb: str | None


def saying(text: str, language: str = "en") -> Saying:
    """What a sentence reports.

    The longest words in quotation marks, all of them joined; else what follows the verb of speaking, or comes
    before a clause at the end with one; else the sentence.

    Args:
        text: a sentence in the pivot language.
        language: code of the pivot language; without a grammar, only quotation marks are read.
    """
    text, grammar = text[:LONGEST], grammar_of(language)
    spans = quotations([text])[0]
    outside = text
    for span in reversed(spans):
        outside = f"{outside[: span.start]} {outside[span.end :]}"
    verb = next(grammar.speech.finditer(outside), None) if grammar else None
    quoted = " ".join(text[span.start : span.end].strip(MARKS).rstrip(",") for span in spans)
    if len(WORD.findall(quoted)) >= LEAST_WORDS:
        return Saying(quoted, direct=True, verb=verb and verb[0].casefold())
    return _indirect(text, grammar) if grammar else Saying(text, direct=False, verb=None)


def in_marks(source: str) -> bool:
    """Whether a sentence of any language has a quotation that is more than a name or a scare quote."""
    return any(span.end - span.start >= LEAST_CHARACTERS for span in quotations([source[:LONGEST]])[0])


def _indirect(text: str, grammar: Grammar) -> Saying:
    """What a sentence without a quotation reports."""
    verbs = list(grammar.speech.finditer(text))
    according = grammar.according.match(text)
    if according and "," in text:
        return Saying(text.partition(",")[2].strip(), direct=False, verb=None)
    if not verbs:
        return Saying(text, direct=False, verb=None)
    before, comma, after = text.rpartition(",")
    last = verbs[-1]
    if comma and last.start() > len(before) and len(WORD.findall(after)) <= SUBJECT_AND_VERB:
        return Saying(before, direct=False, verb=last[0].casefold())
    rest = text[verbs[0].end() :]
    match = THAT.match(rest)
    words = rest[match.end() :] if match else rest
    long_enough = len(WORD.findall(words)) >= LEAST_WORDS
    return Saying(words if long_enough else text, direct=False, verb=verbs[0][0].casefold())
