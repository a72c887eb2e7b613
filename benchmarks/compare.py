"""CPU time of the comparison tables, beside a plain peer that filters the frames anew for each cell.

Usage: python benchmarks/compare.py [--quick]

The articles, passages and judgements are drawn at random. Both estimate with the same functions, so that the columns
that the peer has must be equal, but for errors of rounding. Without --quick also the time of all tables and files of a large
run. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.compare import compare
from pipelines.compare.clusters import Side
from pipelines.compare.estimates import contrast, estimate
from pipelines.compare.evidence import evidence_rows
from pipelines.compare.groups import comparisons, groupings
from pipelines.config import Compare
from pipelines.records import LABELS
from pipelines.report import write_tables

SEED = 1
TARGETS_OF_A_PASSAGE = 2
UNCLEAR_BELOW = 0.45
"""Probability of the likeliest label below which a judgement is unclear: about 1 in 9."""
SETTINGS = Compare(by=["language", "outlet", "month"])
LARGE_SETTINGS = Compare(by=["language", "outlet", "month", "language x month"])
CELL = ("actor", "target", "group_by", "group")
STANCE = [*CELL, "articles", "net", "low", "high"]
DIFFERENCES = [*CELL, "articles", "reference_articles", "difference", "p_value"]

Values = NDArray[np.float64]


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
LARGE = Case(80_000, 200_000, 10, 5, 8, 40, 12)
"""For the time of a whole report: 50 pairs of actor and target, four groupings."""


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
    """The peer: rows without remarks on fragility, each from frames that are filtered for it alone."""
    articles = of.articles.sort_values("id", ignore_index=True)
    evidence = evidence_rows(articles, of.passages, of.judgements, of.targets)
    groups = groupings(articles, SETTINGS.by)
    stance, differences = [], []
    for actor, target, partition in product(of.actors, of.targets, groups):
        judged = evidence[
            (evidence["actor"] == actor) & (evidence["target"] == target) & (evidence["label"] != "")
        ]
        for code, name in enumerate(partition.names):
            row = dict(zip(CELL, (actor, target, partition.by, name), strict=True))
            values = nets(judged[partition.codes[judged["article"]] == code])
            stance.append(row | estimated(values))
        for group, reference in comparisons(partition, {}):
            sides = [
                nets(judged[inside])
                for inside in (
                    partition.codes[judged["article"]] == group,
                    partition.codes[judged["article"]] == reference
                    if reference is not None
                    else partition.codes[judged["article"]] != group,
                )
            ]
            if len(sides[1]) >= SETTINGS.minimum_articles:
                row = dict(zip(CELL, (actor, target, partition.by, partition.names[group]), strict=True))
                differences.append(row | differing(*sides))
    return [pd.DataFrame(stance, columns=STANCE), pd.DataFrame(differences, columns=DIFFERENCES)]


def nets(judged: pd.DataFrame) -> Values:
    """The mean over each article's passages, +1 for support and -1 for opposition."""
    leaning = (judged["label"] == "supports").astype(float) - (judged["label"] == "opposes")
    return np.asarray(leaning.groupby(judged["article"]).mean(), dtype=np.float64)


def estimated(values: Values) -> dict[str, Any]:
    """The columns of an estimate."""
    row: dict[str, Any] = {"articles": len(values)}
    if len(values) < SETTINGS.minimum_articles:
        return row
    result = estimate(Side(values, []))
    return row | {"net": result.mean, "low": result.low, "high": result.high}


def differing(group: Values, reference: Values) -> dict[str, Any]:
    """The columns of a difference."""
    row: dict[str, Any] = {"articles": len(group), "reference_articles": len(reference)}
    if len(group) < SETTINGS.minimum_articles:
        return row
    result = contrast(Side(group, []), Side(reference, []))
    return row | {"difference": result.difference, "p_value": result.p_value}


def grouped(of: Corpus) -> list[pd.DataFrame]:
    """The same columns of polystance's tables, which have more."""
    tables = compare(*of, SETTINGS)
    return [tables.stance[STANCE], tables.differences[DIFFERENCES]]


def reported(of: Corpus) -> float:
    """CPU seconds of all tables and their files."""
    start = time.process_time()
    tables = compare(*of, LARGE_SETTINGS)
    with TemporaryDirectory() as folder:
        write_tables(tables, Path(folder))
    return time.process_time() - start


def equal(first: pd.DataFrame, second: pd.DataFrame) -> bool:
    """Whether two tables are the same, but for errors of rounding."""
    try:
        pd.testing.assert_frame_equal(first, second, check_dtype=False, rtol=0, atol=1e-9)
    except AssertionError:
        return False
    return True


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
    same = all(equal(a, b) for a, b in zip(ours, theirs, strict=True))
    print(f"{case}\n\n| comparing | rows | CPU seconds |\n| --- | ---: | ---: |")
    print(f"| polystance, each group counted once | {rows} | {seconds:.2f} |")
    print(f"| frames filtered for each row | {sum(map(len, theirs))} | {peer_seconds:.2f} |\n")
    figures = {"cpu_seconds": round(seconds, 3), "peer_cpu_seconds": round(peer_seconds, 3)}
    figures["report_cpu_seconds"] = round(reported(made_up(TINY if case is QUICK else LARGE)), 1)
    print(json.dumps(figures | {"ratio": round(peer_seconds / seconds, 2), "rows": rows, "same_rows": same}))


if __name__ == "__main__":
    main()
