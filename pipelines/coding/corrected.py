"""The tables that codes correct: net stance and differences, with what the codes and the machine agree on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.coding.agreement import agreement_rows, confusion_rows
from pipelines.coding.cells import Cells
from pipelines.coding.estimator import Passages, pseudo_outcomes
from pipelines.coding.matching import code_numbers, read_evidence, with_codes
from pipelines.coding.means import Corpus
from pipelines.compare.differences import with_q_values
from pipelines.compare.groups import ALL, group_names, with_groups
from pipelines.config import load_config
from pipelines.report.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.config import Compare

COLUMNS = {
    "agreement": ["language", "between", "items", "coders", "alpha", "low", "high", "percent"],
    "confusion": ["language", "coded", "machine", "items", "share"],
    "corrected": [
        *("actor", "target", "group_by", "group", "articles", "passages", "clusters", "deff"),
        *("supports", "opposes", "neutral", "unclear", "not_about", "net", "low", "high"),
        *("machine_net", "coded", "method", "gain", "note"),
    ],
    "corrected_differences": [
        *("actor", "target", "group_by", "group", "reference", "articles", "reference_articles", "clusters"),
        *("paired_stories", "difference", "low", "high", "p_value", "q_value", "significant"),
        *("machine_difference", "coded", "reference_coded", "method", "gain", "note"),
    ],
}


class CorrectedTables(NamedTuple):
    """The tables of a coded run."""

    agreement: pd.DataFrame
    confusion: pd.DataFrame
    corrected: pd.DataFrame
    corrected_differences: pd.DataFrame


def write_tables(run_dir: Path, codes: pd.DataFrame) -> CorrectedTables:
    """Write agreement.csv, confusion.csv, corrected.csv and corrected_differences.csv of a finished run.

    Args:
        run_dir: holds config.yaml and tables/evidence.csv.
        codes: one row for each item and coder: item, coder, code (one of CODES, empty if skipped),
            article_id, actor, target, start, source_only, part and probability, that of having been drawn,
            in (0, 1].

    Returns:
        The tables as written.

    Raises:
        ConfigError: the run's config cannot be read.
        InputError: the run is unfinished, or codes do not fit it or each other.
    """
    settings = load_config(run_dir / "config.yaml").compare
    tables = corrected_tables(read_evidence(run_dir), codes, settings)
    for name, table in tables._asdict().items():
        write_csv(table, run_dir / "tables" / f"{name}.csv")
    return tables


def corrected_tables(rows: pd.DataFrame, codes: pd.DataFrame, settings: Compare) -> CorrectedTables:
    """The tables of the judged passages and their codes; the order of neither matters.

    Args:
        rows: one row for each judged passage: article_id, language, outlet, published, story, actor, target,
            start, label.
        codes: as in `write_tables`.
        settings: groupings, reference, minimum size and clusters.

    Raises:
        InputError: codes do not fit the passages or each other.
    """
    import pandas as pd

    rows = rows.sort_values(["article_id", "actor", "target", "start"], ignore_index=True)
    coded = with_codes(rows, codes)
    grouped = with_groups(coded, settings.by)
    groups = group_names(grouped, dict.fromkeys([ALL, *settings.by]))
    corpus = corpus_of(grouped, settings)
    estimates, differences = [], []
    for (actor, target), of_pair in grouped.groupby(["actor", "target"], sort=True):
        cells = Cells(corpus, of_pair, groups, settings, {"actor": actor, "target": target})
        estimates += list(cells.estimates())
        differences += list(cells.differences())
    return CorrectedTables(
        pd.DataFrame(list(agreement_rows(coded, codes)), columns=COLUMNS["agreement"]),
        pd.DataFrame(list(confusion_rows(coded, corpus.outcomes.weights)), columns=COLUMNS["confusion"]),
        pd.DataFrame(estimates, columns=COLUMNS["corrected"]),
        with_q_values(pd.DataFrame(differences, columns=COLUMNS["corrected_differences"])),
    )


def corpus_of(rows: pd.DataFrame, settings: Compare) -> Corpus:
    """The judged passages as arrays, with pseudo-outcomes made from the codes of all actors and targets."""
    import pandas as pd

    article, ids = pd.factorize(rows["article_id"])
    firsts = rows.drop_duplicates("article_id").set_index("article_id").loc[ids]
    clusterings = tuple(_clusters(firsts[name]) for name in cluster_names(firsts, settings))
    story = _clusters(firsts["story"]) if "story" in firsts else np.arange(len(ids))
    passages = Passages(
        pd.factorize(rows["language"], sort=True)[0].astype(np.int64),
        code_numbers(rows, "label"),
        code_numbers(rows, "code"),
        rows["probability"].to_numpy(float),
        story[article],
    )
    gap, settled = rows["gap"].to_numpy(float), rows["settled"].to_numpy(bool)
    return Corpus(passages, pseudo_outcomes(passages), article.astype(np.int64), gap, settled, clusterings)


def cluster_names(articles: pd.DataFrame, settings: Compare) -> Sequence[str]:
    """The columns whose articles are not independent: as in the config, else story if any article has one."""
    names: Sequence[str] | None = getattr(settings, "cluster", None)
    if names is not None:
        return names
    return ["story"] if "story" in articles and articles["story"].fillna("").ne("").any() else []


def _clusters(names: pd.Series[str]) -> NDArray[np.int64]:
    """A number for each name; an article without one is a cluster of its own."""
    import pandas as pd

    numbers = pd.factorize(names.where(names.fillna("") != ""))[0].astype(np.int64)
    alone = numbers < 0
    numbers[alone] = numbers.max(initial=-1) + 1 + np.arange(alone.sum())
    return numbers
