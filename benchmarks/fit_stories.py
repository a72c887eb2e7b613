"""The weights of the evidence that two articles report one event, as pipelines/stories/pairs.py has them.

Usage: python benchmarks/fit_stories.py

A logistic regression without negative weights (L2 penalty 0.1) on the pairs of articles that are compared, of
six made-up days (`made_news.py`, the kinds of events of `part: fit`: two of 500 articles, two of 150 on one
topic, two small ones), which count alike, and of the samples of the quickstart, which count as three of them:
they are the only real news in it. Prints the weights and the intercept, then by threshold the B-cubed precision
and recall of each, and of a made-up month without dates, which no weight is fitted on.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the grammar beside this script

from benchmarks.stories import SAMPLES, figures, joined, made_rows, rows_of
from pipelines.job.store import Store
from pipelines.job.stories import outlines_of
from pipelines.stages import STORIES
from pipelines.stories import clusters
from pipelines.stories.pairs import Described, evidence

PENALTY = 0.1
SAMPLES_COUNT = 3
DAYS = {
    "day 2": {"seed": 2},
    "day 3": {"seed": 3},
    "topic 4": {"seed": 4, "articles": 150, "stories": 25, "twins": 8, "topic": True},
    "topic 5": {"seed": 5, "articles": 150, "stories": 25, "twins": 8, "topic": True},
    "small 6": {"seed": 6, "articles": 40, "stories": 6, "twins": 2},
    "small 7": {"seed": 7, "articles": 120, "stories": 15, "twins": 3},
}
MONTH = range(200, 230)
"""Seeds of the days of the month."""
THRESHOLDS = np.arange(-3, 3.5, 0.5)


class Pairs(NamedTuple):
    """The articles' true stories, the pairs that are compared, and their evidence."""

    truth: list[str]
    first: np.ndarray
    second: np.ndarray
    evidence: np.ndarray

    @property
    def same(self) -> np.ndarray:
        """Whether each pair is of one story."""
        truth = np.array(self.truth)
        return np.asarray(truth[self.first] == truth[self.second])


def fitted(sets: list[Pairs]) -> np.ndarray:
    """The weights, and last the intercept; the sets count alike."""
    x = np.concatenate([of.evidence for of in sets])
    sign = np.concatenate([2.0 * of.same - 1 for of in sets])
    weight = np.concatenate([np.full(len(of.same), 3000 / len(of.same)) for of in sets])

    def loss(p: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ p[:-1] + p[-1])
        slope = -weight * sign / (1 + np.exp(margin))
        value = float((weight * np.logaddexp(0, -margin)).sum() + PENALTY / 2 * (p[:-1] ** 2).sum())
        return value, np.append(x.T @ slope + PENALTY * p[:-1], slope.sum())

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    return np.asarray(minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x)


def pairs_of(rows: Sequence[dict[str, Any]], folder: Path) -> Pairs:
    """The pairs of a run's articles."""
    joined(rows, folder)
    store, truth = Store(folder / "run"), {row["id"]: row["story"] for row in rows}
    reading = store.reading()
    assert reading is not None
    outlines = outlines_of(store.table(STORIES, reading.shards))
    described = Described.of(outlines)
    near = list(clusters.candidates(described, np.ones(len(outlines), bool)))
    places = np.unique(np.concatenate([np.stack(pair, 1) for pair in near]), axis=0)
    first, second = places[:, 0], places[:, 1]
    return Pairs([truth[of.article_id] for of in outlines], first, second, evidence(described, first, second))


def undated_month() -> list[dict[str, Any]]:
    """The articles of a month, 100 a day, without their dates."""
    return [
        row | {"id": f"{seed}-{row['id']}", "story": f"{seed}-{row['story']}", "published": ""}
        for seed in MONTH
        for row in made_rows("fit", seed, articles=100, stories=12, twins=3)
    ]


def main() -> None:
    """Print the weights."""
    sets: dict[str, list[dict[str, Any]]] = {name: made_rows("fit", **size) for name, size in DAYS.items()}
    sets |= {"samples": rows_of([SAMPLES / "en.jsonl", SAMPLES / "pt.jsonl"]), "month": undated_month()}
    with tempfile.TemporaryDirectory() as temporary:
        each = {name: pairs_of(rows, Path(temporary) / name) for name, rows in sets.items()}
    parameters = fitted([each[name] for name in (*DAYS, *["samples"] * SAMPLES_COUNT)])
    *weights, intercept = parameters.tolist()
    print("weights", [round(weight, 2) for weight in weights], "intercept", round(intercept, 2))
    print("| threshold |", " | ".join(each), "|")
    print("| ---: |" + " --- |" * len(each))
    for threshold in THRESHOLDS.tolist():
        print(f"| {threshold}", end="")
        for of in each.values():
            odds = np.clip(of.evidence @ parameters[:-1] + intercept, clusters.FLOOR, clusters.CEILING)
            made = clusters.Clusters([None] * len(of.truth))
            made.add(of.first, of.second, odds)
            result = figures(of.truth, made.merged(threshold))
            print(f" | {result.bcubed_precision:.3f} {result.bcubed_recall:.3f}", end="")
        print(" |", flush=True)


if __name__ == "__main__":
    main()
