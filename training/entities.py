"""Entities for the slots of frames: made-up people; real countries, bodies, groups, policies and events."""

from __future__ import annotations

import csv
import zlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

LEXICON = Path(__file__).parent / "lexicon"
KINDS = ("person", "country", "org", "group", "policy", "event", "place")
HELD_OUT_SHARE = 0.05
"""Share of the lexicon and the constructions that training never sees, for measurement. Not tuned."""
NEIGHBOURS = 10
"""Newswire entries that are held out together, since neighbours may differ by a word only. Not tuned."""
QUANTIFIERS = ("many", "some", "several", "most", "a group of", "local", "angry", "the", "dozens of")
PRONOUNS = {
    "male": ("he", "him", "his", "himself"),
    "female": ("she", "her", "her", "herself"),
    "thing": ("it", "it", "its", "itself"),
    "many": ("they", "them", "their", "themselves"),
}


@dataclass(frozen=True)
class Entity:
    """Someone or something that a passage names.

    `name` is used in hypotheses; `first` and `later` are used in running text, at the first and at later
    mentions; `gender` is a key of PRONOUNS.
    """

    kind: str
    name: str
    first: str
    later: str
    short: str
    gender: str = "thing"
    role: str = ""
    adjective: str = ""
    capital: str = ""
    names: tuple[str, ...] = ()
    """All names that a text may use."""

    @property
    def plural(self) -> bool:
        """True if its verb is plural."""
        return self.gender == "many"


def held_out(entry: str) -> bool:
    """True if a lexicon entry or a construction is held out of training; the same on each machine."""
    return zlib.crc32(entry.encode()) % 1000 < 1000 * HELD_OUT_SHARE


def split(texts: Sequence[str], *, unseen: bool, together: int) -> list[int]:
    """Indices of the texts that training sees, or of those held out of it.

    Args:
        texts: entries of the lexicon or constructions, in their order.
        unseen: choose those held out.
        together: number of neighbours that are held out as one.
    """
    return [i for i in range(len(texts)) if held_out(texts[i - i % together]) == unseen]


@cache
def lines(name: str) -> tuple[str, ...]:
    """The entries of a list in the lexicon, one per line."""
    return tuple((LEXICON / name).read_text("utf-8").split("\n")[:-1])


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of a table in the lexicon."""
    with (LEXICON / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def tree(name: str) -> Any:
    """A nested list in the lexicon."""
    return yaml.safe_load((LEXICON / name).read_text("utf-8"))


def draw(kind: str, rng: Random, *, unseen: bool = False) -> Entity:
    """Draw a random entity.

    Args:
        kind: one of KINDS, or the name itself, of two words or more, as literal slots have it.
        rng: source of chance.
        unseen: draw names that are held out of training; else only names that are not.
    """
    if is_literal(kind):
        return Entity("policy", kind, kind, kind, kind)
    while True:
        entity = _DRAW[kind](rng)
        if held_out(entity.later if kind == "person" else entity.name) == unseen:
            return entity


def is_literal(kind: str) -> bool:
    """Whether the kind of a slot is the name of what fills it: a name has a space, a kind has none."""
    return " " in kind


def hide(entity: Entity) -> Entity:
    """The entity with its role, capital or head noun in place of its name."""
    mention = {"person": entity.role, "country": entity.capital, "group": entity.first}.get(
        entity.kind, entity.short
    )
    return replace(entity, first=mention, later=mention, short=mention)


def _person(rng: Random) -> Entity:
    cultures = tree("persons.yaml")
    weights = [6 if name == "english" else 1 for name in cultures]
    culture, other = (cultures[name] for name in rng.choices(list(cultures), weights, k=2))
    gender = rng.choices(["male", "female"], [3, 2])[0]
    given = str(rng.choice(culture[gender]))
    family = str(rng.choice(other["last"] if rng.random() < 0.1 else culture["last"]))
    full = f"{family} {given}" if culture is cultures["korean"] else f"{given} {family}"
    office = rng.choice(rows("roles.csv"))
    title = office["title"]
    if rng.random() < 0.12:
        title = f"{rng.choice(rows('countries.csv'))['adjective']} {title}"
    elif rng.random() < 0.08:
        title = f"former {title}" if title[0].islower() else f"Former {title}"
    courtesy = rng.choice(["Mr.", "Mr"] if gender == "male" else ["Ms.", "Mrs.", "Mrs", "Ms"])
    first = rng.choices(
        [full, f"{title} {full}", f"{title} {family}", family, f"{courtesy} {family}"], [45, 18, 12, 20, 5]
    )[0]
    later = f"{courtesy} {family}" if first.startswith(courtesy) else family
    name = rng.choices([full, family], [6, 4])[0]
    return Entity("person", name, first, later, family, gender, office["role"], names=(full, family))


def _country(rng: Random) -> Entity:
    row = rng.choice(rows("countries.csv"))
    country, adjective = row["name"], row["adjective"]
    first = later = name = country
    chance = rng.random()
    if chance < 0.12:
        body = rng.choice(
            ["government", "military", "army", "leadership", "foreign ministry", "parliament", "regime"]
        )
        first = later = f"the {adjective} {body}"
        name = rng.choice([first, country, adjective])
    elif chance < 0.18:
        first = later = f"the government of {country}"
        name = rng.choice([first, country])
    names = (country, adjective)
    return Entity(
        "country", name, first, later, country, "thing", "the country", adjective, row["capital"], names
    )


def _organisation(rng: Random) -> Entity:
    row = rng.choice(rows("organisations.csv"))
    later = row["acronym"] if row["acronym"] and rng.random() < 0.5 else row["name"]
    first = row["name"]
    if later != first and rng.random() < 0.3:
        first = f"{first} ({later.removeprefix('the ')})"
    name = (
        row["acronym"] if row["acronym"] and later == row["acronym"] and rng.random() < 0.3 else row["name"]
    )
    return Entity("org", name, first, later, row["short"], "thing", row["short"], names=(row["name"],))


def _group(rng: Random) -> Entity:
    plain = rng.choice(lines("groups.txt"))
    bare = plain.removeprefix("the ")
    first = plain
    if rng.random() < 0.2:
        first = f"{rng.choice(QUANTIFIERS)} {bare}"
    return Entity("group", plain, first, plain, plain, "many", plain, names=(plain,))


def _policy(rng: Random) -> Entity:
    parts = tree("policy_parts.yaml")
    chance = rng.random()
    if chance < 0.7:
        name = rng.choice(lines("policies.txt"))
    elif chance < 0.88:
        name = f"the {rng.choice(parts['actions'])} of {rng.choice(parts['objects'])}"
    else:
        name = f"{rng.choice(parts['plans'])} to {rng.choice(parts['verbs'])} {rng.choice(parts['objects'])}"
    return _noun_phrase("policy", name)


def _event(rng: Random) -> Entity:
    return _noun_phrase("event", rng.choice(lines("events.txt")))


def _place(rng: Random) -> Entity:
    name = rng.choice(lines("places.txt"))
    return Entity("place", name, name, name, name, role="the region")


SINGULAR_S = ("ics", "ss", "ness", "news", "census", "status", "Brexit", "this")


def _noun_phrase(kind: str, name: str) -> Entity:
    """A policy or event; its head noun gives the short form and the number."""
    head = name
    for preposition in (" of ", " on ", " in ", " for ", " to ", " against "):
        head = head.split(preposition)[0]
    noun = head.split()[-1]
    many = noun.endswith("s") and not noun.endswith(SINGULAR_S) and noun[0].islower()
    short = f"the {noun}" if name.startswith("the ") else name
    return Entity(
        kind,
        name,
        name,
        short if name.startswith("the ") else name,
        short,
        "many" if many else "thing",
        short,
    )


_DRAW = {
    "person": _person,
    "country": _country,
    "org": _organisation,
    "group": _group,
    "policy": _policy,
    "event": _event,
    "place": _place,
}
