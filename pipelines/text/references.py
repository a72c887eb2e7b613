"""How a language refers back to what was named before: "the plan", "this decision", "it"."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import regex

from pipelines.config.yaml_text import packaged_yaml
from pipelines.text.normalise import normalise

FILE = "references.yaml"
PREPOSITIONS = "of|to|in|on|for|by|with|from|at|against|between|over|under|about|that|which|who|as"
COMPLEMENT = "of|for|on|to|with|between|against"
"""After these a noun says what it is itself: "the plan for the schools" does not refer back."""
GENERAL = ("policy", "event", "person", "organisation")
"""Kinds whose references are tried for a target of kind `general`."""
BEFORE_VERB, BEFORE_NO_COPULA = " before a verb", " before no copula"
"""In the data file, of pronouns that are also determiners ("this week") or expletives ("it is time to")."""
CONJUNCTION = r"(?!that (?:\w+ )?(?:the|this|these|those|such|an?|its|their|his|her|our)\b)"
"""Not where "that" begins a clause: "he said that the plan" refers by "the plan"."""


class Reference(NamedTuple):
    """How a language refers back to something of one kind.

    `nouns` and `pronouns` may refer, as generous as a search must be. In the place of `bare`, a noun of the
    kind without words of its own, and of `standing`, a pronoun before which the sentence names no other
    thing, its wording can stand; None if there are none.
    """

    nouns: regex.Pattern[str]
    pronouns: regex.Pattern[str]
    bare: regex.Pattern[str] | None
    standing: regex.Pattern[str] | None


@cache
def reference_of(pivot: str, kind: str) -> Reference | None:
    """How a language refers back to something of a kind; None if the data file does not say so."""
    table = packaged_yaml(__package__, FILE)
    if pivot not in table:
        return None
    words = table[pivot]
    determiners, heads = "|".join(words["determiners"]), "|".join(map(regex.escape, words["heads"][kind]))
    general = "|".join(words["general"].get(kind, ()))
    verb = rf"(?= (?:{'|'.join(words['verbs'])})\b)"
    copula = rf"(?!(?: (?:{'|'.join(words['copulas'])})|['’]s)\b)"
    standing = "|".join(words["standing"].get(kind, ()))
    standing = standing.replace(BEFORE_VERB, verb).replace(BEFORE_NO_COPULA, copula)
    things = "|".join(word for name in ("policy", "event") for word in words["heads"][name])
    other = rf"\b(?:{determiners}|an?) (?:[\w'-]+ ){{0,3}}(?:(?:{things})\b|[\w'-]+ (?:{COMPLEMENT})\b)"
    return Reference(
        _pattern(rf"\b{CONJUNCTION}(?:{determiners}) (?:[\w'-]+ ){{0,2}}(?:{heads})\b"),
        _pattern(rf"\b(?:{'|'.join(words['pronouns'][kind])})\b"),
        _pattern(rf"\b{CONJUNCTION}(?:{determiners}) (?:{general})\b(?! (?:{COMPLEMENT}|{things})\b)")
        if general
        else None,
        _pattern(rf"^(?:(?!{other}).)*?\K\b(?:{standing})\b") if standing else None,
    )


def refers(text: str, wording: str, kind: str, pivot: str) -> bool:
    """Whether a text has a word that can refer back to something.

    Args:
        text: in the pivot language.
        wording: of what was named before.
        kind: of it.
        pivot: code of the language.
    """
    references = _references(kind, pivot)
    patterns = [pattern for r in references for pattern in (r.nouns, r.pronouns)]
    return any(pattern.search(text) for pattern in (*_heads(wording), *patterns))


def written_out(text: str, wording: str, kind: str, pivot: str) -> str | None:
    """The text with its likeliest reference to something replaced by its wording; None if it has none.

    The likeliest is its own head noun after "the", "this" and the like, without words of its own ("the law",
    not "the law on schools"); else a noun for anything of its kind ("the plan"); else a pronoun before which
    the sentence names no other thing.

    Args:
        text: in the pivot language.
        wording: of what was named before.
        kind: of it.
        pivot: code of the language.
    """
    references = _references(kind, pivot)
    bare, standing = [r.bare for r in references if r.bare], [r.standing for r in references if r.standing]
    heads = _heads(wording, alone=True) if references else ()
    for pattern in (*heads, *bare, *standing):
        if match := pattern.search(text):
            return text[: match.start()] + wording + text[match.end() :]
    return None


def head_noun(text: str) -> str:
    """The head of an English noun phrase: its last word before the first preposition or verb form.

    'the deployment of North Korean troops to Russia' gives 'deployment', 'the EU-Mercosur trade deal' 'deal';
    empty for a gerund ('sending weapons to Ukraine') and a name.
    """
    phrase = regex.split(rf"\b(?:{PREPOSITIONS})\b", text.strip())[0]
    words = regex.findall(r"[\w'’-]+", phrase)
    if not words or words[-1][:1].isupper() or words[0].lower().endswith("ing"):
        return ""
    return normalise(words[-1])


def _references(kind: str, pivot: str) -> list[Reference]:
    kinds = GENERAL if kind == "general" else (kind,)
    return [reference for name in kinds if (reference := reference_of(pivot, name))]


@cache
def _heads(wording: str, *, alone: bool = False) -> tuple[regex.Pattern[str], ...]:
    """How a wording's own head noun refers back to it; `alone` without words of its own."""
    head = regex.escape(head_noun(wording))
    if not head:
        return ()
    before, after = ("", rf"\b(?! (?:{COMPLEMENT})\b)") if alone else (r"(?:\w+ )?", r"s?\b")
    return (_pattern(rf"\b{CONJUNCTION}(?:the|this|that|these|those|such) {before}{head}{after}"),)


def _pattern(text: str) -> regex.Pattern[str]:
    return regex.compile(text, regex.IGNORECASE)
