"""What articles call people beside their names: the French president Emmanuel Macron, o líder russo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from pipelines.find.roles import CHARACTERS_OF_A_TITLE, Roles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pipelines.find.grammar import Grammar

BEFORE = regex.compile(r"[\s,]*$")
AFTER = regex.compile(r"\s*[,(–—-]\s*")
ENDS = regex.compile(r"\s*(?:[,.;:)–—-]|$)")
ARTICLES = {"en": "the"}
"""What an epithet begins with that a title before a name leaves out: French President Macron."""
LONGEST = 60
"""Characters of an epithet at most; not tuned."""


def epithets_near(text: str, start: int, end: int, grammar: Grammar, language: str) -> Iterator[str]:
    """Definite noun phrases with a role and what distinguishes it, right before or after a name.

    Args:
        text: that the name is in.
        start: of the name.
        end: of the name.
        grammar: of the text's language.
        language: its base code.
    """
    roles = Roles(grammar)
    before = text[max(0, start - CHARACTERS_OF_A_TITLE) : start]
    comma = AFTER.match(text, end)
    after = text[comma.end() :][:CHARACTERS_OF_A_TITLE] if comma else ""
    phrases = [
        *_phrases(before, roles, lambda _, last: bool(BEFORE.match(before, last))),
        *_phrases(after, roles, lambda first, last: first == 0 and bool(ENDS.match(after, last))),
        _capitalised(text[roles.title_start(text, start) : start].strip(), grammar, language),
        roles.title_after(text[end : end + CHARACTERS_OF_A_TITLE])[0] if grammar.particle else "",
    ]
    yield from dict.fromkeys(phrase.strip() for phrase in phrases if " " in phrase.strip())


def _phrases(piece: str, roles: Roles, fits: Callable[[int, int], bool]) -> Iterator[str]:
    """The noun phrases in a piece of text that fit and are distinguished, the first letter small."""
    for match in roles.grammar.epithet.finditer(piece):
        domain = roles.grammar.domain.match(piece, match.end())
        last = domain.end() if domain else match.end()
        is_one = fits(match.start(), last) and bool(roles.modifiers_of(piece, match))
        if is_one and last - match.start() <= LONGEST:
            yield piece[match.start()].lower() + piece[match.start() + 1 : last]


def _capitalised(title: str, grammar: Grammar, language: str) -> str:
    """The epithet in a title with capitals (French President); empty if there is none."""
    heads = list(grammar.titles.finditer(title))
    if language not in ARTICLES or not heads or heads[-1].end() != len(title) or heads[-1].start() == 0:
        return ""
    modifiers = title[: heads[-1].start()].removeprefix("The ").replace("Former ", "former ")
    if not modifiers:
        return ""
    return f"{ARTICLES[language]} {modifiers}{heads[-1][0].lower()}"
