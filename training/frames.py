"""Frames: news passages with slots for entities, and the stance of pairs of slots."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.base import Pair
from training.entities import KINDS, PRONOUNS, Entity, draw, is_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from random import Random

FRAMES = Path(__file__).parent / "frames"
SLOT = re.compile(r"\{(\w+)(?:\.(\w+))?\}")
FORMS = {
    "short", "poss", "he", "him", "his", "himself", "He", "His", "Him", "They", "adj", "cap", "role", "is",
    "was", "has", "does", "s",
}  # fmt: skip
PAIR = re.compile(r"(\w+)>(\w+)\s*([+\-0])")
STANCE = {"+": 1, "-": -1, "0": 0}
ATTEMPTS = 50
"""Draws of an entity that resembles no other; then the last one is used anyway. Not tuned."""


@dataclass(frozen=True)
class Frame:
    """A passage in several wordings; `pairs` maps (holder, target) to +1 supports, 0 neither, -1 opposes.

    `slots` maps each slot to its kinds, or to a name that fills it. A slot with a name need not occur in
    a text.
    """

    slots: Mapping[str, tuple[str, ...]]
    texts: tuple[str, ...]
    pairs: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Passage:
    """A filled frame: its text, the entity of each slot, and the stance of pairs of slots."""

    text: str
    entities: Mapping[str, Entity]
    pairs: Mapping[tuple[str, str], int]


def read_frames(path: Path) -> list[Frame]:
    """Read the frames of a file; training/README.md describes the format.

    Raises:
        ValueError: a block is malformed; names the file and the block.
    """
    frames = []
    for number, block in enumerate(re.split(r"\n\s*\n", path.read_text("utf-8").strip())):
        try:
            frames.append(parse_frame(block))
        except ValueError as error:
            raise ValueError(f"{path.name}: block {number}: {error}") from error
    return frames


def parse_frame(block: str) -> Frame:
    """Parse a frame from its lines: slots, passages, labelled pairs.

    Raises:
        ValueError: unknown kind, slot, form or label, or a passage without a slot.
    """
    head, *texts, tail = [line.strip() for line in block.strip().split("\n") if line.strip()]
    slots = _slots(head)
    if not texts or not all(SLOT.search(text) for text in texts):
        raise ValueError("no passage, or one without a slot")
    for slot, form in (match.groups() for text in texts for match in SLOT.finditer(text)):
        if slot not in slots or (form and form not in FORMS):
            raise ValueError(f"unknown slot or form {{{slot}.{form}}}")
    pairs = {}
    for part in filter(str.strip, tail.split(";")):
        match = PAIR.fullmatch(part.strip())
        if match is None or not {match[1], match[2]} <= set(slots):
            raise ValueError(f"malformed label '{part.strip()}'")
        pairs[match[1], match[2]] = STANCE[match[3]]
    return Frame(slots, tuple(text.removeprefix("| ") for text in texts), pairs)


def _slots(head: str) -> dict[str, tuple[str, ...]]:
    """The kinds of each slot; of a literal one (X="the ban on plastic") its name."""
    slots = {}
    for part in shlex.split(head):
        slot, _, kinds = part.partition("=")
        slots[slot] = (kinds,) if is_literal(kinds) else tuple(kinds.split("|"))
    kinds_used = {kind for kinds in slots.values() for kind in kinds if not is_literal(kind)}
    if unknown := kinds_used - set(KINDS):
        raise ValueError(f"unknown kind {sorted(unknown)}")
    return slots


def fill(frame: Frame, rng: Random, *, unseen: bool = False) -> Passage:
    """Fill one wording of the frame with random entities.

    Args:
        frame: to fill.
        rng: source of chance.
        unseen: draw names that are held out of training.
    """
    entities = cast(frame, rng, unseen=unseen)
    return Passage(fill_text(rng.choice(frame.texts), entities), entities, frame.pairs)


def cast(
    frame: Frame, rng: Random, *, unseen: bool = False, preset: Mapping[str, Entity] | None = None
) -> dict[str, Entity]:
    """Draw entities for the frame's slots, no two of which share a word of their names.

    Args:
        frame: to fill.
        rng: source of chance.
        unseen: draw names that are held out of training.
        preset: entities of fixed slots, and under other keys those that the rest must not resemble.
    """
    entities = dict(preset or {})
    taken = {word for entity in entities.values() for word in _words(entity)}
    for slot, kinds in frame.slots.items():
        if slot in entities:
            continue
        for _ in range(ATTEMPTS):
            entity = draw(rng.choice(kinds), rng, unseen=unseen)
            words = _words(entity)
            if not words & taken:
                break
        entities[slot] = entity
        taken |= words
    return entities


def _words(entity: Entity) -> set[str]:
    text = " ".join((entity.first, entity.adjective, entity.capital, *entity.names)).lower()
    return {word for word in re.findall(r"\w+", text) if len(word) > 3} or {text}


def fill_text(text: str, entities: Mapping[str, Entity]) -> str:
    """The passage with each slot replaced by the form of its entity that the slot names."""
    seen: set[str] = set()

    def form(match: re.Match[str]) -> str:
        slot, name = match.groups()
        entity = entities[slot]
        if name in (None, "poss"):
            mention = entity.later if slot in seen else entity.first
            seen.add(slot)
            return possessive(mention) if name else mention
        return _form(entity, name)

    filled = SLOT.sub(form, text)
    filled = re.sub(r"\b(the|The) (the|a|an) ", r"\1 ", filled)
    return "".join(_sentence_starts(filled))


def slots_in(text: str) -> set[str]:
    """The slots that a text of a frame holds."""
    return {slot for slot, _ in SLOT.findall(text)}


def question(text: str, pair: tuple[str, str], entities: Mapping[str, Entity]) -> Pair:
    """The question to a judge about a pair in a filled passage.

    Args:
        text: of a frame, with slots.
        pair: slots of the holder and the target.
        entities: slot -> entity.
    """
    holder, target = (entities[slot].name for slot in pair)
    return Pair(fill_text(text, entities), holder, target)


def _form(entity: Entity, name: str) -> str:
    he, him, his, himself = PRONOUNS[entity.gender]
    simple = {
        "short": entity.short, "he": he, "him": him, "his": his, "himself": himself, "He": he.capitalize(),
        "Him": him.capitalize(), "His": his.capitalize(), "They": he.capitalize(), "role": entity.role,
        "adj": entity.adjective or entity.later, "cap": entity.capital or entity.later,
    }  # fmt: skip
    number = {"is": "is are", "was": "was were", "has": "has have", "does": "does do", "s": "s "}
    if name in simple:
        return simple[name]
    return number[name].split(" ")[entity.plural]


def possessive(mention: str) -> str:
    """'the rebels' -> "the rebels'"; 'Jane Doe' -> "Jane Doe's"."""
    return mention + ("'" if mention.endswith("s") and mention[-2:] != "ss" else "'s")


def _sentence_starts(text: str) -> Iterator[str]:
    """The text in parts, each sentence's first letter in upper case.

    None begins after an abbreviation ("U.S. lawmakers", "9 a.m. in") or a quoted question ("Why?" he asked).
    """
    end = 0
    for match in re.finditer(r"(?:^|(?<![.\s]\w)\.[\"”’']?\s+|[!?]\s+)[\"“‘']?([a-z])", text):
        yield text[end : match.start(1)] + match[1].upper()
        end = match.end(1)
    yield text[end:]
