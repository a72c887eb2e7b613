"""What more codes would buy: how narrow the intervals get, and which differences can be noticed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.coding.allocation import LEAST, allocate
from pipelines.coding.corrected import corpus_of
from pipelines.coding.design import load_design
from pipelines.coding.estimates import FEWEST_CODES
from pipelines.coding.estimator import NET, code_shares
from pipelines.coding.matching import answered, with_codes
from pipelines.coding.means import least_variance
from pipelines.coding.population import load_population
from pipelines.compare.clusters import clustered_variance
from pipelines.compare.differences import FEW_CLUSTERS
from pipelines.compare.estimates import FEWEST_CLUSTERS, TAIL
from pipelines.compare.units import frame_of
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.coding.means import Corpus
    from pipelines.config import Compare

SIZES = (50, 100, 200, 400)
"""Numbers of codes, of all languages, actors and targets together."""
DIFFERENCES = (0.1, 0.2, 0.4)
"""Differences in net stance whose power is reported."""
COLUMNS = [
    *("codes", "actor", "target", "language", "reference", "articles", "passages", "coded", "width"),
    *(f"power_{difference}" for difference in DIFFERENCES),
    "note",
]


class Outlook(NamedTuple):
    """What is expected of a group: codes in it, clusters, and the variance of its corrected mean."""

    coded: float
    clusters: int
    variance: float

    @property
    def degrees(self) -> float:
        """Degrees of freedom of its interval."""
        return min(self.coded, self.clusters) - 1


def plan(run_dir: Path, codes: pd.DataFrame | None = None) -> pd.DataFrame:
    """The plan of a finished run: one row for each number of codes, actor, target and language.

    Args:
        run_dir: the run's folder.
        codes: the codes so far, as `read_codes` gives them; None for none.

    Raises:
        ConfigError: the run's config cannot be read.
        InputError: the run is unfinished, or codes do not fit it.
    """
    population = load_population(run_dir)
    if codes is not None:
        codes = answered(codes, load_design(run_dir))
    return plan_table(population.articles, population.rows, codes, population.config.compare)


def plan_table(
    articles: pd.DataFrame,
    rows: pd.DataFrame,
    codes: pd.DataFrame | None,
    settings: Compare,
    sizes: Sequence[int] = SIZES,
) -> pd.DataFrame:
    """The expected width of each language's interval, and the power of its difference from the reference.

    Codes are taken to be drawn as for a coding sheet: in proportion to language and machine label, with a
    least number of each. What people would say of each label is taken from the codes so far or, without any,
    from the machine's probabilities, which are too sure of themselves if the calibration does not fit the
    run. Power leaves out that stories in both languages pair.

    Args:
        articles: one row each, as in `pipelines.coding.corrected.corrected_tables`.
        rows: the judged passages, with probabilities and label.
        codes: the codes so far; None for none.
        settings: reference and clusters. Without a reference language, it is the one with most articles.
        sizes: numbers of codes in all.

    Returns:
        A table with COLUMNS. `coded` is the expected number of codes in the group, `width` that of the 95 %
        interval in units of net stance, power in [0, 1].
    """
    import pandas as pd

    articles = articles.sort_values("id", kind="stable", ignore_index=True)
    rows = rows.sort_values(["article_id", "actor", "target", "start"], ignore_index=True)
    frame = frame_of(articles, [], settings)
    if codes is None or codes.empty:
        rows = rows.assign(code="", probability=math.nan, settled=False, gap=math.nan)
        corpus = corpus_of(rows, articles, frame)
        shares = _shares_of_machine(rows, corpus)
    else:
        rows = with_codes(rows, codes)
        corpus = corpus_of(rows, articles, frame)
        shares = code_shares(corpus.passages, corpus.outcomes.weights)
    table = [
        row
        for size in sorted({min(size, len(rows)) for size in sizes})
        for row in _rows_of_size(size, rows, corpus, shares, settings)
    ]
    return pd.DataFrame(table, columns=COLUMNS)


def _shares_of_machine(rows: pd.DataFrame, corpus: Corpus) -> NDArray[np.float64]:
    """What the machine's probabilities say of each language and label: float array (languages, 4, 5)."""
    at = (corpus.passages.language, corpus.passages.label)
    counts = np.zeros((int(at[0].max()) + 1, 4, 5))
    counts[..., : len(LABELS)] = 1e-9  # of a label that no passage has; any shares will do
    np.add.at(counts[..., : len(LABELS)], at, rows[list(LABELS)].to_numpy(float))
    shares: NDArray[np.float64] = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _rows_of_size(
    size: int, rows: pd.DataFrame, corpus: Corpus, shares: NDArray[np.float64], settings: Compare
) -> Iterator[dict[str, Any]]:
    probability, note = _probabilities(size, corpus)
    for (actor, target), of_pair in rows.groupby(["actor", "target"], sort=True):
        by_language = of_pair.groupby("language", sort=True).indices
        groups = {str(name): of_pair.index.to_numpy()[places] for name, places in by_language.items()}
        articles = {name: len(np.unique(corpus.article[places])) for name, places in groups.items()}
        chosen = settings.reference.get("language")
        reference = chosen if chosen in groups else max(articles, key=articles.__getitem__)
        outlooks = {} if note else {
            name: _outlook(corpus, places, shares, probability) for name, places in groups.items()
        }  # fmt: skip
        for name, places in groups.items():
            row = {
                "codes": size, "actor": actor, "target": target, "language": name,
                "reference": reference if name != reference else "",
                "articles": articles[name], "passages": len(places), "note": note,
            }  # fmt: skip
            if outlooks:
                row |= _promise(outlooks[name])
            if outlooks and name != reference and not row["note"]:
                shared = _clusters(corpus, np.concatenate([places, groups[reference]]))
                row |= _power(outlooks[name], outlooks[reference], shared)
            yield row


def _probabilities(size: int, corpus: Corpus) -> tuple[NDArray[np.float64], str]:
    """The probability of selection of each passage, or why this number of codes cannot be drawn."""
    names = corpus.passages.language * len(NET) + corpus.passages.label
    sizes = {str(name): count for name, count in zip(*np.unique(names, return_counts=True), strict=True)}
    least = {name: min(LEAST, count) for name, count in sizes.items()}
    if size < sum(least.values()):
        return np.zeros(0), f"{len(sizes)} strata need {sum(least.values())} codes or more"
    drawn = allocate(sizes, least, min(size, len(names)))
    return np.array([drawn[str(name)] / sizes[str(name)] for name in names]), ""


def _outlook(
    corpus: Corpus, places: NDArray[np.int64], shares: NDArray[np.float64], probability: NDArray[np.float64]
) -> Outlook:
    """The expected variance: of the articles that the run has, and of the codes that it lacks."""
    of_passage = shares[corpus.passages.language[places], corpus.passages.label[places]]
    expected = of_passage @ NET
    spread = of_passage @ np.square(NET) - np.square(expected)
    articles, number = np.unique(corpus.article[places], return_inverse=True)
    passages = np.bincount(number)
    means = np.bincount(number, weights=expected) / passages
    clusterings = [clusters[articles] for clusters in corpus.clusterings]
    of_articles = clustered_variance((means - means.mean()) / len(means), clusterings)
    weight = 1 / (len(articles) * passages[number])
    of_codes = float((np.square(weight) * spread / probability[places]).sum())
    variance = max(of_articles.variance + of_codes, least_variance(of_articles.clusters))
    return Outlook(float(probability[places].sum()), of_articles.clusters, variance)


def _clusters(corpus: Corpus, places: NDArray[np.int64]) -> int:
    """The number of clusters that these passages are in."""
    articles = np.unique(corpus.article[places])
    return min([len(np.unique(codes[articles])) for codes in corpus.clusterings] or [len(articles)])


def _promise(group: Outlook) -> dict[str, Any]:
    from scipy.special import stdtrit

    row: dict[str, Any] = {"coded": round(group.coded)}
    if group.coded < FEWEST_CODES:
        return row | {"note": f"fewer than {FEWEST_CODES} codes in this group"}
    if group.clusters > 1:
        row["width"] = min(2 * float(stdtrit(group.degrees, 1 - TAIL)) * math.sqrt(group.variance), 2.0)
    return row


def _power(group: Outlook, reference: Outlook, clusters: int) -> dict[str, Any]:
    """The power for each of DIFFERENCES; none if the clusters of both sides are too few for a test."""
    from scipy.special import ndtr, stdtrit

    if reference.coded < FEWEST_CODES:
        return {}
    if clusters < FEWEST_CLUSTERS:
        return {"note": FEW_CLUSTERS.format(clusters)}
    error = math.sqrt(group.variance + reference.variance)
    bar = float(stdtrit(max(group.degrees + reference.degrees, 1), 1 - TAIL))
    return {
        f"power_{size}": float(ndtr(size / error - bar) + ndtr(-size / error - bar)) for size in DIFFERENCES
    }
