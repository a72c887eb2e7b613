"""How well the author's own attitude is read from narrated sentences.

Usage: python benchmarks/narration.py [--quick] [--network both|large|small] [--part measure|develop|choose]

Each sentence of `benchmarks/data/narration.jsonl` is an article of its own, run through what a run with `stance.narration`
asks: is it narrated, and what does its author say of the actor or target? `precision` is the share right of those called favourable or
unfavourable, `recall` the share of the favourable and unfavourable ones that are called so; `negatives` the share of all others
that are called neither, by kind in the table. Sentences of the part `choose` chose the wording of the question. `precision_bare`
is the precision if every sentence is asked about, quotations and reports too. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from pipelines.config import Actor, Target
from pipelines.config.models import Find
from pipelines.engines.base import StanceJudge
from pipelines.engines.registry import build
from pipelines.judge import stance_label
from pipelines.narrate import narrate, question_of
from pipelines.records import Article, Sentence, TranslatedArticle

DATA = Path(__file__).parent / "data" / "narration.jsonl"
MINIMA = (0.5, 0.5)
"""Probability and agreement, as in a run by default."""
NAMES = {"supports": "favourable", "opposes": "unfavourable", "neutral": "neutral", "unclear": "neutral"}


def main() -> None:
    """Print a row for each kind of sentence, and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="the same: all of it takes under a minute")
    parser.add_argument("--network", default="both", choices=("both", "large", "small"))
    parser.add_argument("--part", default="measure", choices=("measure", "develop", "choose"))
    options = parser.parse_args()
    judge = build("stance", "polystance", {"network": options.network}, "stance")
    assert isinstance(judge, StanceJudge)
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    rows = [row for row in rows if row["part"] == options.part]
    answers = [asked(row, judge) for row in rows]
    pairs = [question_of("", sentence(row), Target(name=row["about"]), row["subject"]).pair for row in rows]
    scores = judge.judge(pairs)
    bare = [NAMES[stance_label(score, *MINIMA)] for score in scores]
    table = Counter(
        (row["subject"], row["kind"], row["label"], answer) for row, answer in zip(rows, answers, strict=True)
    )
    print("| about | kind | label | answer | sentences |\n| --- | --- | --- | --- | ---: |")
    for (subject, kind, label, answer), number in sorted(table.items()):
        print(f"| {subject} | {kind} | {label} | {answer} | {number} |")
    figures = figures_of(rows, answers)
    of_targets = [pair for pair in zip(rows, answers, strict=True) if pair[0]["subject"] == "target"]
    figures |= (
        {"precision_targets": figures_of(*map(list, zip(*of_targets, strict=True)))["precision"]}
        if of_targets
        else {}
    )
    print(json.dumps(figures | {"precision_bare": figures_of(rows, bare)["precision"]}))


def sentence(row: dict[str, str]) -> Sentence:
    """The row as a sentence."""
    return Sentence(0, len(row["text"]), row["text"], row["text"])


def asked(row: dict[str, str], judge: StanceJudge) -> str:
    """What a run makes of an article of this sentence: `not asked` if it is not taken for narrated."""
    article = TranslatedArticle(Article("a", "en", row["text"]), (sentence(row),))
    is_actor = row["subject"] == "actor"
    actors, targets = [Actor(name=row["about"])] * is_actor, [Target(name=row["about"])] * (not is_actor)
    narrations = list(narrate([article], actors, targets, judge, MINIMA, "en", Find()))
    return NAMES[narrations[0].label] if narrations else "not asked"  # type: ignore[union-attr]


def figures_of(rows: list[dict[str, str]], answers: list[str]) -> dict[str, float]:
    """Precision, recall, and the negatives that are called neither."""
    both = list(zip((row["label"] for row in rows), answers, strict=True))
    polar = [label == answer for label, answer in both if answer in ("favourable", "unfavourable")]
    true = [label == answer for label, answer in both if label != "neutral"]
    negative = [answer in ("neutral", "not asked") for label, answer in both if label == "neutral"]
    names = {"precision": polar, "recall": true, "negatives": negative}
    return {"sentences": len(rows)} | {name: round(sum(v) / max(1, len(v)), 3) for name, v in names.items()}


if __name__ == "__main__":
    main()
