"""Stances toward targets that the passage names, refers to, or is not about.

Usage: python benchmarks/unnamed.py [FILE.jsonl] [--quick] [--network both|large|small]

The file (by default benchmarks/data/unnamed_targets.jsonl, written for this, see its README) holds passages with their
headline and the sentences around. Each becomes an article that runs through the stages find and judge as in a run. `recall` is
the share of stances that are found, by relation; `false` the share of passages without a stance toward the target that are
given one. The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from pipelines.config import Actor, Find, RunConfig, Target
from pipelines.find import find
from pipelines.job.models import Models
from pipelines.judge import judge
from pipelines.records import Article, Judgement, Sentence, TranslatedArticle

FILE = Path(__file__).parent / "data" / "unnamed_targets.jsonl"
QUICK = 60
"""Rows with --quick."""


def label_of(row: dict[str, Any], models: Models, judge_: Any) -> tuple[str, str]:
    """(about, label) of the passage; empty if there is none."""
    texts = [row["title"], *row["before"], row["text"], *row["after"]]
    sentences = tuple(Sentence(i, i + 1, text, text) for i, text in enumerate(texts))
    article = TranslatedArticle(Article(row["id"], "en", "\n".join(texts), title=row["title"]), sentences)
    actor = Actor(name=row["actor"], aliases=row["actor_aliases"])
    target = Target(name=row["target"], text=row["target_text"], aliases=row["target_aliases"], kind="policy")
    place = 1 + len(row["before"])
    passages = [p for p in find([article], [actor], [target], "en", Find(), models.near) if p.start == place]
    if not passages:
        return "", ""
    about = passages[0].about.get(target.name, "none")
    labels = [j.label for j in judge(passages, [target], judge_, 0.0, 0.0) if isinstance(j, Judgement)]
    return about, labels[0] if labels else ""


def main() -> None:
    """Print recall and false stances by relation, and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", type=Path, default=FILE)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--network", default="both", choices=("both", "large", "small"))
    parser.add_argument("--errors", action="store_true", help="print what is wrong")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.file.read_text("utf-8").splitlines()]
    rows = rows[: QUICK if options.quick else None]
    stance = {"engine": "polystance", "options": {"network": options.network}, "memory": False}
    config = {
        "name": "unnamed",
        "articles": {"path": "none"},
        "actors": [{"name": "A"}],
        "targets": [{"name": "T"}],
    }
    models = Models(RunConfig.model_validate({**config, "stance": stance}), offline=True)
    judge_ = models.held_judge()
    hits: dict[str, list[bool]] = defaultdict(list)
    false: dict[str, list[bool]] = defaultdict(list)
    for row in rows:
        about, label = label_of(row, models, judge_)
        if row["label"] == "neutral":
            false[row["relation"]].append(label in ("supports", "opposes"))
        else:
            hits[row["relation"]].append(label == row["label"])
        if options.errors and (label or "neutral") != row["label"]:
            print(
                f"{row['id']} {row['relation']} ({about}): {row['label']} taken for {label or 'nothing'}: {row['text']}"
            )
    figures: dict[str, float] = {"passages": len(rows)}
    print("| relation | recall of stances | false stances |\n| --- | ---: | ---: |")
    for relation in ("named", "referred", "other"):
        recall, wrong = (_share(values[relation]) for values in (hits, false))
        print(
            f"| {relation} | {'' if recall is None else f'{recall:.2f}'} | {'' if wrong is None else f'{wrong:.2f}'} |"
        )
        figures |= {f"recall_{relation}": recall or 0.0, f"false_{relation}": wrong or 0.0}
    figures["false"] = _share([value for values in false.values() for value in values]) or 0.0
    print(json.dumps(figures))


def _share(values: list[bool]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


if __name__ == "__main__":
    main()
