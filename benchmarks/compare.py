"""CPU time of the comparison tables, beside a plain peer that filters the frames anew for each cell.

Usage: python benchmarks/compare.py [--quick]

The articles, passages and judgements are drawn at random. Both draw the same resamples with the same functions, so
that their rows must be equal to the last bit. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipelines.compare import compare
from pipelines.compare.differences import with_q_values
from pipelines.compare.evidence import NOT_ABOUT, article_labels, evidence_rows
from pipelines.compare.groups import with_groups
from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance, permutation_p_value
from pipelines.compare.tables import table
from pipelines.config import Compare
from pipelines.records import LABELS

SEED = 1
TARGETS_OF_A_PASSAGE = 2
UNCLEAR_BELOW = 0.45
"""Probability of the likeliest label below which a judgement is unclear: about 1 in 9."""
MEASURED = ("stance", "coverage", "differences")
SETTINGS = Compare(by=["language", "outlet", "month"])


class Case(NamedTuple):
    """How many of each there are."""

    articles: int
    judgements: int
    actors: int
    targets: int
    languages: int
    outlets: int
    months: int


TINY = Case(100, 200, 2, 2, 2, 2, 2)
QUICK = Case(2_000, 4_000, 4, 3, 8, 20, 12)
FULL = Case(10_000, 20_000, 10, 5, 8, 40, 12)


class Corpus(NamedTuple):
    """What compare takes."""

    articles: pd.DataFrame
    passages: pd.DataFrame
    judgements: pd.DataFrame
    actors: list[str]
    targets: list[str]


def made_up(case: Case) -> Corpus:
    """A corpus whose outlets publish in one language each, with the columns that comparing reads."""
    rng = np.random.default_rng(SEED)
    outlet = rng.integers(case.outlets, size=case.articles)
    articles = pd.DataFrame(
        {
            "id": [f"a{number:06d}" for number in rng.permutation(case.articles)],
            "language": [f"language {number % case.languages}" for number in outlet],
            "outlet": [f"outlet {number}" for number in outlet],
            "published": [f"2024-{m + 1:02d}-15" for m in rng.integers(case.months, size=case.articles)],
            "characters": rng.integers(500, 5_000, size=case.articles),
            "title": "",
            "url": "",
            "story": "",
        }
    )
    count = case.judgements // TARGETS_OF_A_PASSAGE
    actors, targets = (
        [f"{n} {i}" for i in range(c)] for n, c in (("actor", case.actors), ("target", case.targets))
    )
    passages = pd.DataFrame(
        {
            "id": [f"p{number:06d}" for number in range(count)],
            "article_id": rng.choice(articles["id"].to_numpy(), size=count),
            "actor": rng.choice(actors, size=count),
            "start": rng.integers(-1, 500, size=count),
            "voice": rng.choice(["quoted", "narrated"], size=count),
            "flags": [["cut"] if cut else [] for cut in rng.random(count) < 0.1],
            "source": "",
            "pivot": "",
            "context": "",
            "matched": "both",
        }
    )
    scores = rng.dirichlet([1, 1, 1], size=case.judgements)
    judgements = pd.DataFrame(scores, columns=list(LABELS)).assign(
        passage_id=passages["id"].repeat(TARGETS_OF_A_PASSAGE).to_numpy(),
        target=np.concatenate([rng.permutation(targets)[:TARGETS_OF_A_PASSAGE] for _ in range(count)]),
        label=np.where(
            scores.max(axis=1) < UNCLEAR_BELOW, "unclear", np.array(LABELS)[scores.argmax(axis=1)]
        ),
        agreement=rng.integers(1, 10, size=case.judgements) / 9,
    )
    judged = judgements["target"].to_numpy().reshape(count, TARGETS_OF_A_PASSAGE)
    passages["about"] = pd.Series([[(target, "named") for target in row] for row in judged])
    return Corpus(articles, passages, judgements, actors, targets)


def filtered(of: Corpus) -> list[pd.DataFrame]:
    """The peer: the measured tables, each row from frames that are filtered for it alone."""
    articles = with_groups(of.articles, SETTINGS.by)
    rows = evidence_rows(articles, of.passages, of.judgements, of.targets)
    evidence, held_back = rows[rows["label"] != ""], rows[rows["about"] == NOT_ABOUT]
    labels = article_labels(evidence).merge(articles, left_on="article_id", right_on="id")
    passages = of.passages.merge(articles, left_on="article_id", right_on="id")
    groups = [(by, group) for by in ["all", *SETTINGS.by] for group in sorted(articles[f"by_{by}"].unique())]
    pairs = [(*pair, *name) for *pair, name in product(of.actors, of.targets, groups)]
    stance = [stance_row(evidence, held_back, labels, *cell) for cell in pairs]
    coverage = [coverage_row(articles, passages, actor, *name) for actor, name in product(of.actors, groups)]
    differences = [difference_row(labels, *cell) for cell in pairs if cell[2] != "all"]
    return [
        table("stance", stance),
        table("coverage", coverage),
        with_q_values(table("differences", differences)),
    ]


def of_pair(frame: pd.DataFrame, actor: str, target: str) -> pd.DataFrame:
    """The rows of an actor and a target."""
    return frame[(frame["actor"] == actor) & (frame["target"] == target)]


def counts_of(labels: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Articles that support, oppose and are neutral: int array (3,)."""
    return np.array([(labels["label"] == label).sum() for label in LABELS])


def stance_row(
    evidence: pd.DataFrame, held_back: pd.DataFrame, labels: pd.DataFrame, *cell: str
) -> dict[str, Any]:
    """A row of the stance table."""
    *pair, by, group = cell
    rows, others, mine = (
        of_pair(frame, *pair)[lambda f: f[f"by_{by}"] == group] for frame in (evidence, held_back, labels)
    )
    row: dict[str, Any] = dict(zip(("actor", "target", "group_by", "group"), cell, strict=True))
    row |= {"articles": len(mine), "passages": len(rows), "held_back": len(others)}
    row |= {"unclear": (mine["label"] == "unclear").mean()}
    counts = counts_of(mine)  # type: ignore[arg-type]
    if counts.sum() < SETTINGS.minimum_articles:
        return row
    net = float(net_stance(counts))
    replicates = bootstrap(counts, SETTINGS.replicates, cell_rng(SETTINGS.seed, "stance", *cell))
    low, high = interval(replicates, net)
    row |= dict(zip(LABELS, counts / counts.sum(), strict=True)) | {"net": net, "low": low, "high": high}
    return row | {"agreement": rows["agreement"].mean(), "suspect": (rows["flags"] != "").mean()}


def coverage_row(
    articles: pd.DataFrame, passages: pd.DataFrame, actor: str, by: str, group: str
) -> dict[str, Any]:
    """A row of the coverage table."""
    members = articles[articles[f"by_{by}"] == group]
    mine = passages[(passages["actor"] == actor) & (passages[f"by_{by}"] == group)]
    position = mine["start"].clip(lower=0) / mine["characters"]
    named = mine["article_id"].nunique()
    return {
        "actor": actor, "group_by": by, "group": group, "articles": len(members), "articles_with_actor": named,
        "mention_rate": named / len(members), "passages": len(mine),
        "quoted_share": (mine["voice"] == "quoted").mean(),
        "first_position": position.groupby(mine["article_id"]).min().mean(),
    }  # fmt: skip


def difference_row(labels: pd.DataFrame, *cell: str) -> dict[str, Any]:
    """A row of the table of differences."""
    *pair, by, group = cell
    mine = of_pair(labels, *pair)
    sides = [counts_of(mine[inside]) for inside in (mine[f"by_{by}"] == group, mine[f"by_{by}"] != group)]
    row = dict(zip(("actor", "target", "group_by", "group"), cell, strict=True)) | {"reference": "rest"}
    row |= {"articles": sides[0].sum(), "reference_articles": sides[1].sum()}
    if min(side.sum() for side in sides) < SETTINGS.minimum_articles:
        return row
    rng = cell_rng(SETTINGS.seed, "difference", *cell)
    difference = float(net_stance(sides[0]) - net_stance(sides[1]))
    first, second = (bootstrap(side, SETTINGS.replicates, rng) for side in sides)
    low, high = interval(first - second, difference)
    p_value = permutation_p_value(sides[0], sides[1], SETTINGS.replicates, rng)
    return row | {"difference": difference, "low": low, "high": high, "p_value": p_value}


def grouped(of: Corpus) -> list[pd.DataFrame]:
    """The measured tables of polystance."""
    tables = compare(*of, SETTINGS)
    return [getattr(tables, name) for name in MEASURED]


def timed(make: Callable[[Corpus], list[pd.DataFrame]], of: Corpus) -> tuple[list[pd.DataFrame], float]:
    """The tables and the CPU seconds that they took."""
    start = time.process_time()
    tables = make(of)
    return tables, time.process_time() - start


def main() -> None:
    """Prints the table and the line of JSON."""
    case = QUICK if "--quick" in sys.argv[1:] else FULL
    for make in (grouped, filtered):
        make(made_up(TINY))  # loads the libraries
    of = made_up(case)
    ours, seconds = timed(grouped, of)
    theirs, peer_seconds = timed(filtered, of)
    rows = sum(map(len, ours))
    same = all(a.equals(b) for a, b in zip(ours, theirs, strict=True))
    print(f"{case}\n\n| comparing | rows | CPU seconds |\n| --- | ---: | ---: |")
    print(f"| polystance, each group counted once | {rows} | {seconds:.2f} |")
    print(f"| frames filtered for each row | {sum(map(len, theirs))} | {peer_seconds:.2f} |\n")
    figures = {"cpu_seconds": round(seconds, 3), "peer_cpu_seconds": round(peer_seconds, 3)}
    print(json.dumps(figures | {"ratio": round(peer_seconds / seconds, 2), "rows": rows, "same_rows": same}))


if __name__ == "__main__":
    main()
