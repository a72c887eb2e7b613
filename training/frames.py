"""Frames: news passages with slots for entities, and the stance that each pair of them has in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from training.entities import KINDS, PRONOUNS, Entity, draw

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


@dataclass(frozen=True)
class Frame:
    """A passage in several wordings; `pairs` maps (holder, target) to +1 supports, 0 neither, -1 opposes."""

    slots: Mapping[str, tuple[str, ...]]
    texts: tuple[str, ...]
    pairs: Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Passage:
    """A filled frame: its text, who fills its slots, and the stance of pairs of slots."""

    text: str
    entities: Mapping[str, Entity]
    pairs: Mapping[tuple[str, str], int]


def read_frames(path: Path) -> list[Frame]:
    """The frames of a file; its format is told in training/README.md.

    Raises:
        ValueError: a block is malformed; names the file and the block.
    """
    found = []
    for number, block in enumerate(re.split(r"\n\s*\n", path.read_text("utf-8").strip())):
        try:
            found.append(parse_frame(block))
        except ValueError as error:
            raise ValueError(f"{path.name}: block {number}: {error}") from error
    return found


def parse_frame(block: str) -> Frame:
    """A frame from its lines: slots, passages, labelled pairs.

    Raises:
        ValueError: unknown kind, slot, form or label, or a passage without a slot.
    """
    head, *texts, tail = [line.strip() for line in block.strip().split("\n") if line.strip()]
    slots = {slot: tuple(kinds.split("|")) for slot, kinds in (part.split("=") for part in head.split())}
    if unknown := {kind for kinds in slots.values() for kind in kinds} - set(KINDS):
        raise ValueError(f"unknown kind {sorted(unknown)}")
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


def fill(frame: Frame, rng: Random, unseen: bool = False) -> Passage:
    """One wording of the frame with random entities."""
    entities = cast(frame, rng, unseen)
    return Passage(fill_text(rng.choice(frame.texts), entities), entities, frame.pairs)


def cast(
    frame: Frame, rng: Random, unseen: bool = False, given: Mapping[str, Entity] | None = None
) -> dict[str, Entity]:
    """Random entities for the frame's slots, no two of which share a word of their names.

    Args:
        frame: to be filled.
        rng: source of chance.
        unseen: use names that training never saw.
        given: entities of settled slots, and under other keys those that the rest must not resemble.
    """
    entities = dict(given or {})
    taken = {word for entity in entities.values() for word in _words(entity)}
    for slot, kinds in frame.slots.items():
        if slot in entities:
            continue
        for _ in range(50):
            entity = draw(rng.choice(kinds), rng, unseen)
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
    """The passage with each slot replaced by the form of its entity that is asked for there."""
    seen: set[str] = set()

    def form(match: re.Match[str]) -> str:
        slot, wanted = match.groups()
        entity = entities[slot]
        if wanted in (None, "poss"):
            mention = entity.later if slot in seen else entity.first
            seen.add(slot)
            return possessive(mention) if wanted else mention
        return _form(entity, wanted)

    filled = SLOT.sub(form, text)
    filled = re.sub(r"\b(the|The) (the|a|an) ", r"\1 ", filled)
    return "".join(_sentence_starts(filled))


def _form(entity: Entity, wanted: str) -> str:
    he, him, his, himself = PRONOUNS[entity.gender]
    simple = {
        "short": entity.short, "he": he, "him": him, "his": his, "himself": himself, "He": he.capitalize(),
        "Him": him.capitalize(), "His": his.capitalize(), "They": he.capitalize(), "role": entity.role,
        "adj": entity.adjective or entity.later, "cap": entity.capital or entity.later,
    }  # fmt: skip
    number = {"is": "is are", "was": "was were", "has": "has have", "does": "does do", "s": "s "}
    if wanted in simple:
        return simple[wanted]
    return number[wanted].split(" ")[entity.plural]


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
