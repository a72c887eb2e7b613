"""Pronouns that stand for organisations: it and they, and the one of the name's gender if nouns have one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipelines.find.grammar import Grammar
    from pipelines.find.people import Reference

IMPERSONAL = frozenset({"it", "they"})
"""Pronouns that mostly stand for things."""
LAST_WORD = regex.compile(r"[\w'’]+\s*$")
CHARACTERS_TO_AN_ARTICLE = 20
"""Characters before a name in which its article is looked for: it is right before it; bounds the search."""
PLURAL = regex.compile(r"(?<!\w)\p{Ll}{3,}s(?!\w)")
AFTER_VERB = regex.compile(r"\s*(?:\w+)?")


class LastSubject(NamedTuple):
    """The subject of a sentence, as far as the pronoun after it depends on it."""

    who: str
    pronoun: str
    """By which its article shows that it is referred to (a OTAN: ela is she); empty if it shows nothing."""
    alone: bool
    """Whether it begins its sentence, and no other noun follows."""
    singular: bool
    """Whether no plural follows it."""


def last_subject(narration: str, subject: Reference, grammar: Grammar) -> LastSubject:
    """What a sentence shows of its subject.

    Args:
        narration: the sentence, its quotations blanked.
        subject: of the sentence, with its person or organisation.
        grammar: of the language.
    """
    before = LAST_WORD.search(narration, max(0, subject.start - CHARACTERS_TO_AN_ARTICLE), subject.start)
    article = before[0].strip().casefold() if before else ""
    shown = next((pronoun for pronoun, words in grammar.articles if article in words), "")
    after = AFTER_VERB.match(narration, subject.end)
    end = after.end() if after else subject.end
    is_article = bool(shown) or bool(grammar.determiner.fullmatch(article))
    begin = before.start() if before and is_article else subject.start
    begins = not narration[:begin].strip()
    alone = grammar.noun is not None and begins and not grammar.noun.search(narration, subject.end)
    return LastSubject(str(subject.who), shown, alone, not PLURAL.search(narration, end))


def stands_for(reference: Reference, last: LastSubject, pronouns: Collection[str], grammar: Grammar) -> bool:
    """Whether a pronoun stands for the subject of the sentence before.

    Only an actor whose pronouns in the config have it or they is an organisation. In most other places such
    pronouns stand for things, so nothing else may be between, and gender and number must agree.

    Args:
        reference: the pronoun, which must be the first word of its sentence.
        last: subject of the sentence before.
        pronouns: of the subject, from the config.
        grammar: of the language.
    """
    if not reference.subject or not last.alone or not IMPERSONAL & set(pronouns):
        return False
    if reference.pronoun == "they" and not last.singular:
        return False
    if grammar.articles:
        return reference.pronoun == last.pronoun
    return reference.pronoun in pronouns
