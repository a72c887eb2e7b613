"""CPU time of comparing, beside filtering the frames anew for each cell.

Usage: python benchmarks/compare.py [--quick]
"""
from __future__ import annotations

import numpy as np
import pandas as pd

from typing import NamedTuple

LABELS = ("supports", "opposes", "neutral", "unclear")


class Case(NamedTuple):
    articles: int
    judgements: int
    actors: int
    targets: int
    languages: int
    outlets: int
    months: int


FULL = Case(10_000, 20_000, 10, 5, 8, 40, 12)
QUICK = Case(1_000, 2_000, 3, 2, 4, 8, 6)
SEED = 1
TARGETS_OF_A_PASSAGE = 2


def corpus(case: Case) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Articles, passages and judgements drawn at random, with the columns that are stored."""
    rng = np.random.default_rng(SEED)
    outlet = rng.integers(case.outlets, size=case.articles)
    month = rng.integers(case.months, size=case.articles)
    articles = pd.DataFrame(
        {
            "id": [f"a{number:06d}" for number in rng.permutation(case.articles)],
            "language": [f"l{number % case.languages}" for number in outlet],
            "outlet": [f"outlet {number}" for number in outlet],
            "published": [f"2024-{number + 1:02d}-15" for number in month],
            "story": None,
            "url": None,
            "characters": rng.integers(500, 5_000, size=case.articles),
        }
    )
    count = case.judgements // TARGETS_OF_A_PASSAGE
    of = rng.integers(case.articles, size=count)
    ids = [f"p{number:06d}" for number in range(count)]
    passages = pd.DataFrame(
        {
            "id": ids,
            "article_id": articles["id"].to_numpy()[of],
            "actor": [f"actor {number}" for number in rng.integers(case.actors, size=count)],
            "start": rng.integers(-1, 500, size=count),
            "source": "source",
            "pivot": "pivot",
            "voice": rng.choice(["quoted", "narrated"], size=count),
            "flags": [["cut"] if cut else [] for cut in rng.random(count) < 0.1],
        }
    )
    chosen = np.concatenate([rng.permutation(case.targets)[:TARGETS_OF_A_PASSAGE] for _ in ids])
    scores = rng.dirichlet([1, 1, 1], size=len(chosen))
    judgements = pd.DataFrame(scores, columns=LABELS[:3]).assign(
        passage_id=np.repeat(ids, TARGETS_OF_A_PASSAGE),
        target=[f"target {number}" for number in chosen],
        label=np.where(scores.max(axis=1) < 0.45, "unclear", np.array(LABELS[:3])[scores.argmax(axis=1)]),
        agreement=rng.integers(1, 9, size=len(chosen)) / 9,
    )
    return articles, passages, judgements
