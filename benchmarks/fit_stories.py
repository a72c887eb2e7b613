"""The weights of the evidence that two articles report one event, as pipelines/stories/pairs.py has them.

Usage: python benchmarks/fit_stories.py

A logistic regression without negative weights (L2 penalty 0.1) on the pairs of articles that are compared, of
two made-up days (`made_news.py`, the kinds of events of `part: fit`) and of the samples of the quickstart; each
of the three counts alike. Prints the weights, the intercept, and B-cubed figures by threshold.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the grammar beside this script

from benchmarks.stories import SAMPLES, figures, joined, made_rows, rows_of
from pipelines.job.store import Store
from pipelines.job.stories import outlines_of
from pipelines.stages import STORIES
from pipelines.stories import clusters
from pipelines.stories.pairs import Described, evidence, scores

PENALTY = 0.1
THRESHOLDS = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5)


def fitted(sets: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The weights, and last the intercept.

    Args:
        sets: of each, the evidence of its pairs (pairs, kinds) and whether they are of one story (pairs,).
    """
    x = np.concatenate([of_pairs for of_pairs, _ in sets])
    sign = np.concatenate([2.0 * same - 1 for _, same in sets])
    weight = np.concatenate([np.full(len(same), 3000 / len(same)) for _, same in sets])

    def loss(p: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ p[:-1] + p[-1])
        slope = -weight * sign / (1 + np.exp(margin))
        value = float((weight * np.logaddexp(0, -margin)).sum() + PENALTY / 2 * (p[:-1] ** 2).sum())
        return value, np.append(x.T @ slope + PENALTY * p[:-1], slope.sum())

    bounds = [(0, None)] * x.shape[1] + [(None, None)]
    return np.asarray(minimize(loss, np.zeros(x.shape[1] + 1), jac=True, bounds=bounds, method="L-BFGS-B").x)


def pairs_of(rows: list[dict[str, Any]], folder: Path) -> tuple[Described, list[str], np.ndarray, np.ndarray]:
    """The articles of a run, their true stories, and the pairs that are compared."""
    joined(rows, folder)
    store, truth = Store(folder / "run"), {row["id"]: row["story"] for row in rows}
    reading = store.reading()
    assert reading is not None
    outlines = outlines_of(store.table(STORIES, reading.shards))
    described = Described.of(outlines)
    near = list(clusters.candidates(described, np.ones(len(outlines), bool)))
    places = np.unique(np.concatenate([np.stack(pair, 1) for pair in near]), axis=0)
    return described, [truth[outline.article_id] for outline in outlines], places[:, 0], places[:, 1]


def main() -> None:
    """Print the weights."""
    sets = [made_rows("fit", 2), made_rows("fit", 3), rows_of([SAMPLES / "en.jsonl", SAMPLES / "pt.jsonl"])]
    with tempfile.TemporaryDirectory() as temporary:
        each = [pairs_of(rows, Path(temporary) / str(number)) for number, rows in enumerate(sets)]
    known = [
        (evidence(of, a, b), np.array([truth[i] == truth[j] for i, j in zip(a, b, strict=True)]))
        for of, truth, a, b in each
    ]
    *weights, intercept = fitted(known).tolist()
    print("weights", [round(weight, 2) for weight in weights], "intercept", round(intercept, 2))
    for threshold in THRESHOLDS:
        clusters.THRESHOLD = threshold
        print(threshold, end="")
        for of, truth, a, b in each:
            made = clusters.Clusters([None] * len(truth))
            made.add(a, b, np.clip(scores(of, a, b), clusters.FLOOR, clusters.CEILING))
            result = figures(truth, made.merged())
            print(f" | {result.bcubed_precision:.3f} {result.bcubed_recall:.3f} {result.f1:.3f}", end="")
        print(flush=True)


if __name__ == "__main__":
    main()
