"""How often the label moves when one name takes another's place.

    python -m training.bias [--sentences 200]

In made-up sentences that training never saw, the name of the holder, of the target or of a bystander is
swapped for each of thirty countries, parties or politicians, women and men; the label ought to stay. It is
asked of the engine as users have it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.judge import stance_label
from training.entities import Entity, rows, tree
from training.examples import PLAIN, Source
from training.frames import Frame, cast, fill_text

if TYPE_CHECKING:
    from pipelines.engines.base import StanceJudge

ENGINE = "polystance"


def swaps(kind: str) -> list[Entity]:
    """Thirty entities of a kind: country, org or person."""
    names = tree("swaps.yaml")[kind]
    if kind == "person":
        return [_politician(name, gender) for gender, group in names.items() for name in group]
    if kind == "country":
        known = {row["name"]: row for row in rows("countries.csv")}
        found = [known[name] for name in names]
        return [
            Entity(
                kind, r["name"], r["name"], r["name"], r["name"], "thing", "", r["adjective"], r["capital"]
            )
            for r in found
        ]
    return [Entity(kind, name, name, name, "the party", role="the party") for name in names]


def _politician(name: str, gender: str) -> Entity:
    family = name.split()[0] if name.startswith(("Xi", "Kim", "Park", "Tsai")) else name.split()[-1]
    family = {"Marine Le Pen": "Le Pen", "Aung San Suu Kyi": "Suu Kyi"}.get(name, family)
    return Entity("person", name, name, family, family, gender, "the leader")


def versions(frame: Frame, pair: tuple[str, str], slot: str, rng: Random) -> list[Pair]:
    """The question about the pair in the frame, once for each entity that may stand in the slot."""
    kind = rng.choice(frame.slots[slot])
    # No other in the sentence may resemble one that is swapped in: in a sentence on France none is Paris.
    entities = cast(frame, rng, given={entity.name: entity for entity in swaps(kind)})
    text = rng.choice(frame.texts)
    asked = []
    for entity in swaps(kind):
        swapped = entities | {slot: entity}
        holder, target = (swapped[s].name for s in pair)
        asked.append(Pair(fill_text(text, swapped), holder, target))
    return asked


def moved(judge: StanceJudge, sentences: int, seed: str = "bias") -> dict[str, float]:
    """The share, in [0, 1], of swaps whose label is not their sentence's commonest, by who was swapped."""
    rng, source = Random(seed), Source(PLAIN, "constructions")
    wrong: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    while asked["all"] < sentences * 30:
        frame, pair = source.frame(rng.choice([1, 0, -1]), rng)
        slots = [slot for slot, kinds in frame.slots.items() if set(kinds) <= {"country", "org", "person"}]
        if pair is None or not slots:
            continue
        slot = rng.choice(slots)
        labels = Counter(
            stance_label(scores, 0, 0) for scores in judge.judge(versions(frame, pair, slot, rng))
        )
        away = labels.total() - max(labels.values())
        who = {pair[0]: "holder", pair[1]: "target"}.get(slot, "bystander")
        for group in (who, "all"):
            wrong[group] += away
            asked[group] += labels.total()
    return {group: wrong[group] / asked[group] for group in sorted(asked)}


def main() -> None:
    """Reads the options, prints the shares."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sentences", type=int, default=200)
    parser.add_argument("--engine", default=ENGINE)
    options = parser.parse_args()
    judge: StanceJudge = build("stance", options.engine, {}, "bias", model=None)
    judge.load()
    for who, share in moved(judge, options.sentences).items():
        print(f"{who}: the label moves in {100 * share:.2f} % of swaps")


if __name__ == "__main__":
    main()
