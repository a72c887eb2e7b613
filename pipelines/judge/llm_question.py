"""The question that a language model is asked of a passage and its targets."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from itertools import permutations
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.chat.labels import labels_schema
from pipelines.chat.markup import without_markup
from pipelines.config.yaml_text import parse_yaml
from pipelines.hashing import fingerprint
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import Pair
    from pipelines.records import Label

FILE = "llm.yaml"
HINT = re.compile(r"\A\[On [^\[\]]*:\] ")
"""What the stage judge writes before a passage that lacks the target's name; the question has the name."""
LETTERS = ("A", "B", "C")
ORDERS = tuple(permutations(range(len(LETTERS))))
SPACES = re.compile(r"\s+")


class Question(NamedTuple):
    """One request: a passage, its actor, and one target or several."""

    passage: str
    actor: str
    targets: tuple[str, ...]

    @classmethod
    def of(cls, pairs: Sequence[Pair]) -> Question:
        """The question of pairs that have the same actor and passage."""
        passage = HINT.sub("", pairs[0].premise)
        targets = tuple(_plain(pair.target) for pair in pairs)
        return cls(_plain(passage), _plain(pairs[0].actor), targets)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the answer's labels."""
        return ("option",) if len(self.targets) == 1 else tuple(map(str, range(1, len(self.targets) + 1)))

    @property
    def singly(self) -> list[Question]:
        """The questions about each target by itself."""
        return [self._replace(targets=(target,)) for target in self.targets]

    @property
    def schema(self) -> dict[str, object]:
        """The JSON schema of the answer."""
        return labels_schema(self.keys, LETTERS)

    @property
    def order(self) -> tuple[int, ...]:
        """The place among LABELS of the label under each letter.

        It follows from the actor and the targets, so that a text that is written for many readers cannot name
        the letter of a label, and no letter, of which models have a favourite, is always the same label's.
        """
        return ORDERS[int(fingerprint(self.actor, self.targets), 16) % len(ORDERS)]

    def label(self, letter: str) -> Label:
        """The label under a letter."""
        return LABELS[self.order[LETTERS.index(letter)]]

    def by_label(self, by_letter: Sequence[float]) -> list[float]:
        """Numbers of the letters in the order of LABELS."""
        return [by_letter[self.order.index(place)] for place in range(len(LABELS))]

    @property
    def text(self) -> str:
        """The question as the model reads it; the passage is quoted as JSON, so that it cannot end itself."""
        is_one = len(self.targets) == 1
        wording = texts()["one" if is_one else "several"]
        names = {"actor": self.actor, "target": self.targets[0] if is_one else texts()["target"]}
        lines = [wording["question"], *(f"{x}: {texts()['options'][self.label(x)]}" for x in LETTERS)]
        targets: dict[str, object] = (
            {"target": self.targets[0]}
            if is_one
            else {"targets": dict(zip(self.keys, self.targets, strict=True))}
        )
        quoted = json.dumps({"actor": self.actor, **targets, "passage": self.passage}, ensure_ascii=False)
        options = "\n".join(line.format(**names) for line in lines)
        blocks = options, quoted, wording["end"].format(**names)
        return without_markup("\n\n".join(blocks))

    @property
    def messages(self) -> list[dict[str, str]]:
        """The messages of the request."""
        return [{"role": "system", "content": texts()["system"]}, {"role": "user", "content": self.text}]


@cache
def texts() -> dict[str, Any]:
    """The wordings, from `llm.yaml`."""
    wordings: dict[str, Any] = parse_yaml(files(__package__).joinpath(FILE).read_text("utf-8"), FILE)
    return wordings


def grouped(pairs: Sequence[Pair], at_once: int) -> list[list[int]]:
    """The places of the pairs, those with one actor and passage together, up to `at_once` of them."""
    groups: dict[tuple[str, str], list[int]] = {}
    for place, pair in enumerate(pairs):
        groups.setdefault((pair.actor, pair.sentence or pair.premise), []).append(place)
    return [
        group[start : start + at_once] for group in groups.values() for start in range(0, len(group), at_once)
    ]


def _plain(text: str) -> str:
    """A text in one line, without characters that show nothing: they can hide an instruction."""
    line = SPACES.sub(" ", text)
    return "".join(c for c in line if c.isprintable()).strip()
