"""Examples of the question that the model is asked: premise, hypothesis, and whether the one entails the other."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import NamedTuple

from pipelines.engines.stance.masking import mask
from training.entities import held_out, tree
from training.frames import FRAMES, Frame, Passage, fill, read_frames
from training.grammar import templates, write_frame
from training.surface import dress, join

ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2


class Example(NamedTuple):
    """A question; label is ENTAILMENT, NEUTRAL or CONTRADICTION."""

    premise: str
    hypothesis: str
    label: int


@dataclass(frozen=True)
class Recipe:
    """Shares, in [0, 1], of what examples are made of."""

    grammar: float = 0.25
    """Passages of the grammar; all others are frames."""
    neutral: float = 0.40
    """Pairs without a stance; supports and opposes share the rest equally."""
    joined: float = 0.16
    """Passages with another one before or after."""
    hidden: float = 0.12
    """Holders, and targets, that the text names otherwise than the question does."""
    named: float = 0.10
    """Questions with names left in, not masked."""
    mirrored: float = 0.15
    """Questions that ask for opposition."""
    reworded: float = 0.12
    """Questions in another wording than the engine's."""
    quoted: float = 0.03
    """Questions whether a sentence stands in the passage."""
    masked: bool = True
    words: int = 80
    """The longest passage."""


FIRST = Recipe(neutral=0.0, joined=0.0, hidden=0.0, named=0.0, mirrored=0.0, reworded=0.0, quoted=0.0, words=45)
"""What training begins with: short, masked passages that all hold a stance."""


class Source:
    """Draws examples from frames and the grammar.

    Args:
        recipe: of which examples.
        unseen: draw from what training never sees: None (train), `lexicon` or `constructions`.
        folder: of the frames.
    """

    def __init__(self, recipe: Recipe | None = None, unseen: str | None = None, folder: Path = FRAMES) -> None:
        self.recipe, self.unseen = recipe or Recipe(), unseen
        frames = [frame for path in sorted(folder.glob("*.txt")) for frame in read_frames(path)]
        kept = [frame for frame in frames if held_out(frame.texts[0]) == (unseen == "constructions")]
        self.templates = templates(unseen == "constructions")
        self.by_stance: dict[int, list[tuple[Frame, tuple[str, str]]]] = defaultdict(list)
        for frame in kept:
            for pair, stance in frame.pairs.items():
                self.by_stance[stance].append((frame, pair))

    def draw(self, rng: Random) -> Example:
        """One random example."""
        while True:
            example = self._draw(rng)
            if example is not None and len(example.premise.split()) <= self.recipe.words:
                return example

    def _draw(self, rng: Random) -> Example | None:
        recipe = self.recipe
        if rng.random() < recipe.quoted:
            return self._quoted(rng)
        stance = rng.choices([1, 0, -1], [1 - recipe.neutral, 2 * recipe.neutral, 1 - recipe.neutral])[0]
        frame, pair = self._frame(stance, rng)
        if pair is None:
            return None
        hidden = [slot for slot in pair if rng.random() < recipe.hidden]
        passage = fill(frame, rng, self.unseen == "lexicon", hidden)
        if rng.random() < recipe.joined:
            passage, pair = self._joined(passage, pair, stance, rng)
        return self._ask(passage, pair, rng)

    def _frame(self, stance: int, rng: Random) -> tuple[Frame, tuple[str, str] | None]:
        """A frame and a pair that holds the stance in it."""
        if rng.random() >= self.recipe.grammar:
            return rng.choice(self.by_stance[stance])
        frame = write_frame(rng.choice(self.templates), rng, self.unseen == "lexicon")
        pairs = [pair for pair, held in frame.pairs.items() if held == stance]
        return frame, rng.choice(pairs) if pairs else None

    def _other(self, rng: Random) -> Passage:
        frame, _ = self._frame(rng.choice([1, 0, -1]), rng)
        return fill(frame, rng, self.unseen == "lexicon")

    def _joined(
        self, passage: Passage, pair: tuple[str, str], stance: int, rng: Random
    ) -> tuple[Passage, tuple[str, str]]:
        after = rng.random() < 0.5
        both = (passage, self._other(rng)) if after else (self._other(rng), passage)
        joined = join(*both, rng)
        crossing = [p for p in joined.pairs if p[0][0] != p[1][0]]
        if stance == 0 and crossing and rng.random() < 0.4:
            return joined, rng.choice(crossing)
        number = 0 if after else 1
        return joined, (f"{number}{pair[0]}", f"{number}{pair[1]}")

    def _ask(self, passage: Passage, pair: tuple[str, str], rng: Random) -> Example:
        stance = passage.pairs[pair]
        text = dress(passage.text, rng)
        holder, target = (passage.entities[slot].name for slot in pair)
        if self.recipe.masked and rng.random() >= self.recipe.named:
            text, holder, target = mask(text, holder, target)
        wordings = tree("wordings.yaml")
        chance, sign, number = rng.random(), 1, 0
        if chance < self.recipe.mirrored:
            sign = -1
        elif chance < self.recipe.mirrored + self.recipe.reworded:
            sign, number = rng.choice([1, -1]), rng.randrange(1, len(wordings["supports"]))
        wording = wordings["supports" if sign > 0 else "opposes"][number]
        hypothesis = wording.format(a=holder, t=target)
        return Example(text, hypothesis[0].upper() + hypothesis[1:], NEUTRAL - stance * sign)

    def _quoted(self, rng: Random) -> Example:
        """A sentence of the passage is entailed; one of another passage with the same people is not."""
        frame, other = (self._frame(rng.choice([1, -1]), rng)[0] for _ in range(2))
        passage = fill(frame, rng)
        entailed = rng.random() < 0.5
        asked = passage if entailed else fill(other, rng)
        sentence = rng.choice(re.split(r"(?<=[.!?])\s+(?=[A-Z])", asked.text))
        text = join(passage, self._other(rng), rng).text
        return Example(dress(text, rng), sentence, ENTAILMENT if entailed else NEUTRAL)
