"""Training examples: does this passage entail that hypothesis?"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.judge.masking import mask
from pipelines.judge.polystance import CONTRADICTION, ENTAILMENT, NEUTRAL
from training.entities import NEIGHBOURS, Entity, hide, split, tree
from training.frames import FRAMES, Frame, Passage, cast, fill, fill_text, read_frames, slots_in
from training.grammar import templates, write_frame
from training.surface import dress, join

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path
    from random import Random

LABELS = {ENTAILMENT: "entailment", NEUTRAL: "neutral", CONTRADICTION: "contradiction"}
INSERTED = ("{} said:", "[{} said:]", "[{}:]")
HINTS = re.compile(r"(?:\[[^\]]+:\] )+")
"""What the tool writes in brackets before a text; `dress` must not cut or change it."""


class Example(NamedTuple):
    """A question; label is one of `LABELS`."""

    premise: str
    hypothesis: str
    label: int


@dataclass(frozen=True)
class Recipe:
    """Shares, in [0, 1], of attempts; an attempt that fails is drawn again.

    A template often has no pair of the stance that is drawn, so about two thirds of `grammar` succeed. None
    of the shares was tuned one by one; the model card has the learning curve of the recipe as a whole.
    """

    grammar: float = 0.35
    """Passages of the grammar; all others are frames."""
    context: float = 0.45
    """Passages about named, unnamed and foreign targets, of the corpus `context`; the rest is drawn by the
    shares of `grammar` and `newswire`."""
    newswire: float = 0.60
    """Passages of the newswire corpus; all others are of the first corpus."""
    neutral: float = 0.40
    """Pairs without a stance; supports and opposes share the rest equally."""
    joined: float = 0.12
    """Passages with another passage before or after."""
    long: float = 0.02
    """Passages among four others."""
    hidden: float = 0.10
    """Holders, and targets, that the text calls by something other than the question's name."""
    named: float = 0.06
    """Questions with names, not masked."""
    mirrored: float = 0.08
    """Questions about opposition."""
    reworded: float = 0.05
    """Questions in another wording than the engine's."""
    quoted: float = 0.01
    """Questions if the passage contains a sentence."""
    masked: bool = True
    characters: int = 1000
    """Length of the longest passage."""


PLAIN = Recipe(joined=0.0, long=0.0, hidden=0.0, named=0.0, mirrored=0.0, reworded=0.0, quoted=0.0)
"""For measurement: single, masked passages."""
FIRST = replace(PLAIN, grammar=1.0, newswire=0.0, context=0.0, neutral=0.0, characters=200)
"""The first stage of training: plain sentences, each with a stance. Without it the model learns nothing."""
SECOND = replace(PLAIN, grammar=1.0, newswire=0.0, context=0.0, characters=300)
"""The second stage: sentences of the grammar with all three labels, in one wording of the question."""


@dataclass(frozen=True)
class Corpus:
    """Frames, by the stance of each of their pairs, and templates."""

    by_stance: Mapping[int, Sequence[tuple[Frame, tuple[str, str]]]]
    templates: Sequence[str]

    @classmethod
    def read(cls, folder: Path, *, newswire: bool, unseen: bool) -> Corpus:
        """Read the frames of a folder and its templates.

        Args:
            folder: of the frames.
            newswire: read the newswire corpus, else the first one.
            unseen: read what is held out of training, else what training sees.
        """
        by_stance: dict[int, list[tuple[Frame, tuple[str, str]]]] = defaultdict(list)
        for path in sorted(folder.glob("*.txt")):
            frames = read_frames(path)
            texts = [frame.texts[0] for frame in frames]
            for index in split(texts, unseen=unseen, together=NEIGHBOURS if newswire else 1):
                for pair, stance in frames[index].pairs.items():
                    by_stance[stance].append((frames[index], pair))
        return cls(by_stance, templates(unseen=unseen, newswire=newswire))


class Source:
    """Draws examples from frames and the grammar.

    Args:
        recipe: shares of the kinds of examples.
        unseen: what is drawn from the held-out part: None (for training), `lexicon` or `constructions`.
        folder: of the frames.
    """

    def __init__(
        self, recipe: Recipe | None = None, unseen: str | None = None, folder: Path = FRAMES
    ) -> None:
        self.recipe, self.unseen = recipe or Recipe(), unseen
        self.first = Corpus.read(folder, newswire=False, unseen=unseen == "constructions")
        self.newswire = Corpus.read(folder / "newswire", newswire=True, unseen=unseen == "constructions")
        self.context = Corpus.read(folder / "context", newswire=True, unseen=unseen == "constructions")

    def draw(self, rng: Random) -> Example:
        """Draw a random example."""
        while True:
            example = self._draw(rng)
            if example is not None and len(example.premise) <= self.recipe.characters:
                return example

    def _draw(self, rng: Random) -> Example | None:
        recipe = self.recipe
        if rng.random() < recipe.quoted:
            return self._quoted(rng)
        stance = rng.choices([1, 0, -1], [1 - recipe.neutral, 2 * recipe.neutral, 1 - recipe.neutral])[0]
        frame, pair = self.frame(stance, rng)
        if pair is None:
            return None
        entities = cast(frame, rng, unseen=self.unseen == "lexicon")
        chance = rng.random()
        if chance < recipe.joined + recipe.long:
            passage, pair = self._among_others(frame, pair, entities, 1 if chance < recipe.joined else 4, rng)
        else:
            hidden = [slot for slot in pair if rng.random() < recipe.hidden]
            passage = self._with_hidden(frame, pair, entities, hidden, rng)
        return self._ask(passage, pair, rng)

    def _with_hidden(
        self,
        frame: Frame,
        pair: tuple[str, str],
        entities: dict[str, Entity],
        hidden: Collection[str],
        rng: Random,
    ) -> Passage:
        """The frame's passage, in which the entities of hidden slots are not called by their names.

        If the holder is hidden, `[NAME said:] ` or the like may precede the text, as the tool writes if a
        sentence does not name its speaker; if the target is, `[On NAME:] `. A frame with brackets of its own
        gets no others.
        """
        wording = rng.choice(frame.texts)
        has_hints = wording.startswith("[")
        if has_hints:
            hidden = ()
        entities = entities | {slot: hide(entities[slot]) for slot in hidden}
        text = fill_text(wording, entities)
        if pair[0] in hidden and rng.random() < 0.6:
            name = entities[pair[0]].name
            text = f"{rng.choice(INSERTED).format(name[0].upper() + name[1:])} {text}"
        target = pair[1]
        is_unnamed = target in hidden or target not in slots_in(wording)
        if not has_hints and is_unnamed and rng.random() < 0.6:
            text = f"[On {entities[target].name}:] {text}"
        return Passage(text, entities, frame.pairs)

    def frame(self, stance: int, rng: Random) -> tuple[Frame, tuple[str, str] | None]:
        """A frame and a pair with this stance in it; no pair if the frame has none."""
        if rng.random() < self.recipe.context:
            return rng.choice(self.context.by_stance[stance])
        corpus = self.newswire if rng.random() < self.recipe.newswire else self.first
        if rng.random() >= self.recipe.grammar:
            return rng.choice(corpus.by_stance[stance])
        frame = write_frame(rng.choice(corpus.templates), rng, unseen=self.unseen == "lexicon")
        pairs = [pair for pair, held in frame.pairs.items() if held == stance]
        return frame, rng.choice(pairs) if pairs else None

    def _any_frame(self, rng: Random) -> Frame:
        return self.frame(rng.choice([1, 0, -1]), rng)[0]

    def _among_others(
        self, frame: Frame, pair: tuple[str, str], entities: dict[str, Entity], most: int, rng: Random
    ) -> tuple[Passage, tuple[str, str]]:
        """The frame's passage among others, which may name one of the pair, who may then be unnamed in it."""
        neutral = frame.pairs[pair] == 0
        place = rng.randint(0, most)
        others: list[Passage] = []
        hidden: set[str] = set()
        for number in range(most):
            other = self._any_frame(rng)
            shared = self._shared(other, pair, entities, rng)
            main_cast = {f"main {slot}": entity for slot, entity in entities.items()}
            full_cast = cast(other, rng, unseen=self.unseen == "lexicon", preset=main_cast | shared)
            named = {slot: entity for slot, entity in full_cast.items() if slot in other.slots}
            others.append(
                Passage(fill_text(rng.choice(other.texts), named), named, {} if shared else other.pairs)
            )
            if number < place:
                hidden |= {s for s in pair if entities[s] in shared.values() and rng.random() < 0.6}
        main = self._with_hidden(frame, pair, entities, hidden, rng)
        joined = join([*others[:place], main, *others[place:]], rng)
        crossing = [p for p in joined.pairs if p[0][0] != p[1][0]]
        if neutral and crossing and rng.random() < 0.4:
            return joined, rng.choice(crossing)
        return joined, (f"{place}{pair[0]}", f"{place}{pair[1]}")

    def _shared(
        self, other: Frame, pair: tuple[str, str], entities: dict[str, Entity], rng: Random
    ) -> dict[str, Entity]:
        """One of the pair in a slot of the other frame, or nobody."""
        entity = entities[rng.choice(pair)]
        fitting = [slot for slot, kinds in other.slots.items() if entity.kind in kinds]
        return {rng.choice(fitting): entity} if fitting and rng.random() < 0.5 else {}

    def _ask(self, passage: Passage, pair: tuple[str, str], rng: Random) -> Example:
        stance = passage.pairs[pair]
        match = HINTS.match(passage.text)
        hints = match.group() if match else ""
        text = hints + dress(passage.text.removeprefix(hints), rng)
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
        """A sentence of the passage is entailed; one of another passage is not."""
        passage, second = (fill(self._any_frame(rng), rng) for _ in range(2))
        entailed = rng.random() < 0.5
        source = passage if entailed else fill(self._any_frame(rng), rng)
        sentence = rng.choice(re.split(r"(?<=[.!?])\s+(?=[A-Z])", source.text))
        text = " ".join(p.text for p in (passage, second))
        return Example(dress(text, rng), sentence, ENTAILMENT if entailed else NEUTRAL)
