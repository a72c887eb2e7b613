"""Frames written by rule: templates of the lexicon filled with its predicates."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from training.entities import NEIGHBOURS, PRONOUNS, held_out, lines, split, tree
from training.frames import STANCE, Frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SIDES = {1: "supports", -1: "opposes", 0: "neutral"}
SLOT_TYPES = {
    "V": "verb", "W": "verb", "Z": "verb0", "M": "noun", "N": "noun", "K": "copula", "L": "copula",
    "E": "verdict", "F": "verdict", "D": "deed", "Q": "exclamation", "R": "reason",
}  # fmt: skip
PHRASES = {"noun": "nouns", "copula": "copulas", "verdict": "verdicts", "deed": "deeds", "reason": "reasons"}
# Kinds and their relative frequencies. Not tuned.
ACTORS = (("person", "country", "org", "group"), (45, 20, 20, 15))
TARGETS = (("person", "country", "org", "group", "policy", "event"), (34, 17, 17, 8, 16, 8))
ISSUES = (("policy", "event"), (3, 1))
FIELDS = {"time": "times", "topic": "topics", "said": "says"}
HOLE = re.compile(r"\[(\w+)(?: (\w+))?(?: (\w+))?(?: (\w+))?\]")


@dataclass(frozen=True)
class Predicate:
    """A phrase of the lexicon and its stance: +1, 0 or -1."""

    phrase: str
    stance: int


@cache
def templates(*, unseen: bool, newswire: bool = False) -> tuple[str, ...]:
    """The constructions that training sees, or those held out of it; the plain ones or newswire's."""
    name = "templates_newswire.txt" if newswire else "templates.txt"
    every = [line for line in lines(name) if line and not line.startswith("#")]
    return tuple(every[i] for i in split(every, unseen=unseen, together=NEIGHBOURS if newswire else 1))


def write_frame(template: str, rng: Random, *, unseen: bool = False) -> Frame:
    """Write a frame from a template with random predicates.

    Args:
        template: a line of `templates.txt`.
        rng: source of chance.
        unseen: use predicates that are held out of training.
    """
    head, rest = template.split(": ", 1)
    text, labels = rest.rsplit(" | ", 1)
    kinds: dict[str, str] = {}
    types: dict[str, str] = {}
    for part in head.split():
        slot, _, kind = part.partition("=")
        if slot in SLOT_TYPES:
            types[slot] = kind or SLOT_TYPES[slot]
        else:
            kinds[slot] = _kind("A" if kind == "actor" else slot, rng) if kind in ("", "actor") else kind
    for slot in sorted(set(re.findall(r"[{>]([ABCX])\b", rest)) - set(kinds)):
        kinds[slot] = _kind(slot, rng)
    holes = [match.groups() for match in HOLE.finditer(text)]
    predicates = {slot: _predicate(slot, kind, holes, kinds, rng, unseen) for slot, kind in types.items()}
    phrases = tree("phrases.yaml")

    def hole(match: re.Match[str]) -> str:
        slot, form, subject, object_ = match.groups()
        if slot in ("accusation", "adverb"):
            return str(rng.choice(phrases["adverbs" if slot == "adverb" else "accusations"]))
        if form == "verb":
            return str(rng.choice(phrases[SIDES[predicates[slot].stance]]["speech"]))
        return realise(predicates[slot].phrase, form, subject, kinds, object_)

    text = HOLE.sub(hole, text)
    text = re.sub(r"\{(time|topic|said)\}", lambda match: str(rng.choice(phrases[FIELDS[match[1]]])), text)
    return Frame({slot: (kind,) for slot, kind in kinds.items()}, (text,), _pairs(labels, predicates))


def _pairs(labels: str, predicates: dict[str, Predicate]) -> dict[tuple[str, str], int]:
    pairs = {}
    for label in labels.split(";"):
        pair, sign = label.split()
        holder, target = pair.split(">")
        if sign in STANCE:
            pairs[holder, target] = STANCE[sign]
        else:
            stance = predicates[sign.lstrip("-")].stance
            pairs[holder, target] = -stance if sign.startswith("-") else stance
    return pairs


def _kind(slot: str, rng: Random) -> str:
    kinds, weights = {"B": TARGETS, "X": ISSUES}.get(slot, ACTORS)
    return str(rng.choices(kinds, weights)[0])


def _predicate(
    slot: str, kind: str, holes: Sequence[tuple[str, ...]], kinds: dict[str, str], rng: Random, unseen: bool
) -> Predicate:
    """A random predicate that fits the slot: in stance, in its object's kind, and in having a passive."""
    sign = kind[-1] if kind[-1] in STANCE else rng.choice("+-")
    name, stance = kind.rstrip("+-0"), STANCE[sign]
    if name == "verb":
        own = [hole for hole in holes if hole[0] == slot]
        objects = {kinds[hole[3]] for hole in own if hole[3]} or {kinds["B"]}
        table = tree("verbs.yaml")[SIDES[stance]]
        choices = table["any"] if len(objects) > 1 or rng.random() < 0.55 else table[min(objects)]
        if any(hole[1] == "passive" for hole in own):
            choices = [verb for verb in choices if not verb.startswith("*")]
    else:
        choices = tree("phrases.yaml")[SIDES[stance]][PHRASES.get(name, f"{name}s")]
    fitting = [choice for choice in choices if held_out(choice) == unseen]
    return Predicate(str(rng.choice(fitting or choices)), stance)


def realise(
    phrase: str, form: str | None, subject: str | None, kinds: dict[str, str], object_: str | None
) -> str:
    """Write a predicate as text with slots: `send aid to`, past, A, B -> `sent aid to {B}`.

    Args:
        phrase: of the lexicon; a verb comes first, and `{his}` agrees with the subject.
        form: base, past, pres, ing, pp or passive of a verb; poss of a noun; None for the bare phrase.
        subject: its slot, or G for several.
        kinds: slot -> kind of entity.
        object_: slot that follows the phrase.
    """
    phrase = phrase.removeprefix("*")
    many = subject == "G" or (subject is not None and kinds.get(subject) == "group")
    his, himself = (
        (PRONOUNS["many"][2:]) if subject == "G" else (f"{{{subject}.his}}", f"{{{subject}.himself}}")
    )
    phrase = phrase.replace("{his}", his).replace("{himself}", himself)
    if form == "poss":
        return f"{{{subject}.poss}} {phrase}"
    if form is None:
        return phrase
    verb, _, rest = phrase.partition(" ")
    words = [inflect(verb, form, many), *filter(None, [rest])]
    return " ".join(words) + (f" {{{object_}}}" if object_ else "")


def inflect(verb: str, form: str, many: bool) -> str:
    """Inflect an English verb.

    Args:
        verb: in its base form.
        form: base, pres, past, pp, passive or ing.
        many: the subject is plural.
    """
    irregular = tree("verbs.yaml")["irregular"]
    past, participle = irregular.get(verb, [_add_ed(verb)] * 2)
    if verb == "be":
        past, base = ("were" if many else "was"), ("are" if many else "is")
        return {"base": "be", "pres": base, "past": past, "ing": "being"}.get(form, "been")
    if form == "base" or (form == "pres" and many):
        return verb
    if form == "pres":
        return "has" if verb == "have" else _add_s(verb)
    if form == "past":
        return str(past)
    return _add_ing(verb, str(past)) if form == "ing" else str(participle)


def _add_s(verb: str) -> str:
    if re.search(r"(s|sh|ch|x|z|o)$", verb):
        return verb + "es"
    return verb[:-1] + "ies" if re.search(r"[^aeiou]y$", verb) else verb + "s"


def _add_ed(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    return verb[:-1] + "ied" if re.search(r"[^aeiou]y$", verb) else verb + "ed"


def _add_ing(verb: str, past: str) -> str:
    doubled = re.search(r"([bdgklmnprt])\1ed$", past) and not re.search(r"(ll|ss|tt|ck)$", verb)
    if doubled or verb in ("set", "sit", "hit", "cut", "run", "shut", "put", "get", "quit", "win"):
        return verb + verb[-1] + "ing"
    return (verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb) + "ing"
