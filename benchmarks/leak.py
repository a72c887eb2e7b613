"""How often the judge gives a stance toward a target that the passage has nothing to do with.

Usage: python benchmarks/leak.py GOLD.jsonl... [--quick] [--network both|large|small]

For each gold row with a stance, the judge is asked about the target of another document that the text does not name, drawn
with a fixed seed: first as it is asked in a run about a passage that was taken to be about the target, with the hint
`[On TARGET:]` before the text, then without the hint. `leak` is the share given a stance without the hint; `leak_hinted`,
with it; `leak_run`, the share in a run, which asks only about targets that a passage names or refers back to. `recall` is the
share of the true pairs that are given their stance. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from pathlib import Path

from pipelines.config import Target
from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.evaluate.gold import documents, gold_pair
from pipelines.find.targets import TargetFinder
from pipelines.judge import PAIRS_AT_A_TIME, about_prefix
from pipelines.records import LABELS, Sentence

QUICK = 150
"""Rows of each file with --quick: under two minutes on two cores."""


def foreign_pairs(path: Path, limit: int | None, rng: random.Random) -> list[tuple[Pair, Pair, str]]:
    """(pair with a foreign target, true pair, label) of the rows with a stance."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    names = documents([str(row.get("id") or "") for row in rows], [row["text"] for row in rows])
    polar = [(row, name) for row, name in zip(rows, names, strict=True) if row["label"] in LABELS[:2]]
    pairs = []
    for row, name in rng.sample(polar, min(limit or len(polar), len(polar))):
        others = [
            other["target"]
            for other, document in polar
            if document != name and not _shares_a_word(other["target"], row["text"] + " " + row["target"])
        ]
        text, context = row["text"], str(row.get("context") or "")
        foreign, true = (
            gold_pair(text, row["actor"], target, context, 1, "en")
            for target in (rng.choice(others), row["target"])
        )
        pairs.append((foreign, true, row["label"]))
    return pairs


def _shares_a_word(target: str, text: str) -> bool:
    words = {word.strip(".,'’\"").casefold() for word in target.split() if len(word) > 2}
    return any(word in text.casefold() for word in words)


def _labels(judge: object, pairs: Sequence[Pair]) -> list[str]:
    blocks = [pairs[i : i + PAIRS_AT_A_TIME] for i in range(0, len(pairs), PAIRS_AT_A_TIME)]
    return [str(score.label) for block in blocks for score in judge.judge(block)]  # type: ignore[attr-defined]


def _in_run(pair: Pair) -> bool:
    """Whether a run would take the sentence to name the target."""
    target = Target(name=pair.target)
    text = pair.sentence or pair.premise
    return bool(TargetFinder([target], "en", "en").named(Sentence(0, len(text), text, text)))


def main() -> None:
    """Print a row for each file, and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("gold", nargs="+", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--network", default="both", choices=("both", "large", "small"))
    options = parser.parse_args()
    judge = build("stance", "polystance", {"network": options.network}, "stance")
    rng = random.Random(1)
    pairs = [p for path in options.gold for p in foreign_pairs(path, QUICK if options.quick else None, rng)]
    foreign = [pair for pair, _, _ in pairs]
    hint = [about_prefix(pair.sentence or "", pair.target) for pair in foreign]
    bare = [p._replace(premise=p.premise.removeprefix(h)) for p, h in zip(foreign, hint, strict=True)]
    with_hint, without = _labels(judge, foreign), _labels(judge, bare)
    true = _labels(judge, [pair for _, pair, _ in pairs])
    is_asked = [_in_run(pair) for pair in foreign]
    figures = {
        "pairs": len(pairs),
        "leak": _share(label != "neutral" for label in without),
        "leak_hinted": _share(label != "neutral" for label in with_hint),
        "leak_run": _share(label != "neutral" and a for label, a in zip(with_hint, is_asked, strict=True)),
        "recall": _share(label == gold for label, (_, _, gold) in zip(true, pairs, strict=True)),
    }
    print("| " + " | ".join(figures) + " |\n|" + " ---: |" * len(figures))
    print("| " + " | ".join(str(value) for value in figures.values()) + " |")
    print(json.dumps(figures))


def _share(hits: object) -> float:
    values = list(hits)  # type: ignore[call-overload]
    return round(float(sum(values)) / len(values), 4)


if __name__ == "__main__":
    main()
