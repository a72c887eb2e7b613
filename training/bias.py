"""Measure how often the label changes if one name is replaced by another.

    python -m training.bias [--sentences 200]

In made-up sentences that training never saw, the name of the holder, of the target or of a bystander is
replaced by each of thirty countries, parties or politicians, women and men; the label ought to stay the
same. The judge is the engine as users have it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from pipelines.engines.registry import build
from pipelines.judge import stance_label
from training.entities import Entity, rows, tree
from training.examples import PLAIN, Source
from training.frames import Frame, cast, question

if TYPE_CHECKING:
    from pipelines.engines.base import Pair, StanceJudge

ENGINE = "polystance"
SWAPS = 30
"""Entities of each kind in lexicon/swaps.yaml."""


def swaps(kind: str) -> list[Entity]:
    """The entities to swap in, thirty of a kind: country, org or person."""
    names = tree("swaps.yaml")[kind]
    if kind == "person":
        return [_politician(name, gender) for gender, group in names.items() for name in group]
    if kind == "country":
        known = {row["name"]: row for row in rows("countries.csv")}
        countries = [known[name] for name in names]
        return [
            Entity(
                kind, r["name"], r["name"], r["name"], r["name"], "thing", "", r["adjective"], r["capital"]
            )
            for r in countries
        ]
    return [Entity(kind, name, name, name, "the party", role="the party") for name in names]


def _politician(name: str, gender: str) -> Entity:
    family = name.split()[0] if name.startswith(("Xi", "Kim", "Park", "Tsai")) else name.split()[-1]
    family = {"Marine Le Pen": "Le Pen", "Aung San Suu Kyi": "Suu Kyi"}.get(name, family)
    return Entity("person", name, name, family, family, gender, "the leader")


def versions(frame: Frame, pair: tuple[str, str], slot: str, rng: Random) -> list[Pair]:
    """The question about a pair in a frame, once for each entity that is swapped in.

    Args:
        frame: to fill.
        pair: slots of the holder and the target.
        slot: where entities are swapped.
        rng: source of chance.
    """
    kind = rng.choice(frame.slots[slot])
    # No other entity may resemble one that is swapped in: in a sentence on France none is Paris.
    entities = cast(frame, rng, preset={entity.name: entity for entity in swaps(kind)})
    text = rng.choice(frame.texts)
    return [question(text, pair, entities | {slot: entity}) for entity in swaps(kind)]


def label_changes(judge: StanceJudge, sentences: int, *, seed: str = "bias") -> dict[str, float]:
    """The share of swaps whose label is not the most frequent of their sentence, by who was swapped.

    Args:
        judge: loaded.
        sentences: number of sentences, each with thirty swaps.
        seed: of the sentences.

    Returns:
        holder, target, bystander, all -> share in [0, 1].
    """
    rng, source = Random(seed), Source(PLAIN, "constructions")
    changed: Counter[str] = Counter()
    total: Counter[str] = Counter()
    while total["all"] < sentences * SWAPS:
        frame, pair = source.frame(rng.choice([1, 0, -1]), rng)
        slots = [slot for slot, kinds in frame.slots.items() if set(kinds) <= {"country", "org", "person"}]
        if pair is None or not slots:
            continue
        slot = rng.choice(slots)
        labels = Counter(
            stance_label(scores, 0, 0) for scores in judge.judge(versions(frame, pair, slot, rng))
        )
        differing = labels.total() - max(labels.values())
        who = {pair[0]: "holder", pair[1]: "target"}.get(slot, "bystander")
        for group in (who, "all"):
            changed[group] += differing
            total[group] += labels.total()
    return {group: changed[group] / total[group] for group in sorted(total)}


def main() -> None:
    """Read the options and print the shares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--engine", default=ENGINE)
    options = parser.parse_args()
    judge: StanceJudge = build("stance", options.engine, {}, "bias", model=None)
    judge.load()
    for who, share in label_changes(judge, options.sentences).items():
        print(f"{who}: the label changes in {100 * share:.2f} % of swaps")


if __name__ == "__main__":
    main()
