"""The tables that codes correct: net stance and differences, with what the codes and the machine agree on."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.coding.agreement import agreement_rows, confusion_rows
from pipelines.coding.estimates import Estimates
from pipelines.coding.estimator import Passages, pseudo_outcomes
from pipelines.coding.matching import code_numbers, with_codes
from pipelines.coding.means import Corpus
from pipelines.compare.differences import with_q_values
from pipelines.compare.groups import groupings
from pipelines.compare.units import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from pipelines.coding.population import Population
    from pipelines.compare.units import Frame
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


def corrected_of(population: Population, codes: pd.DataFrame) -> CorrectedTables:
    """The tables of a run and the codes of it; see `corrected_tables`."""
    config = population.config
    pairs = product([actor.name for actor in config.actors], [target.name for target in config.targets])
    return corrected_tables(population.articles, population.rows, codes, config.compare, pairs)


def corrected_tables(
    articles: pd.DataFrame,
    rows: pd.DataFrame,
    codes: pd.DataFrame,
    settings: Compare,
    pairs: Iterable[tuple[str, str]],
) -> CorrectedTables:
    """The tables of the judged passages and their codes; the order of neither matters.

    Args:
        articles: one row each: id, language, outlet, published, story, and perhaps copy_of and further
            columns.
        rows: one row for each judged passage: article_id, actor, target, start, language, label.
        codes: one row for each item and coder: item, coder, code (one of CODES, empty if skipped),
            article_id, actor, target, start, source_only, part and probability, that of having been drawn,
            in (0, 1].
        settings: groupings, references, minimum size, clusters, copies.
        pairs: actors and targets, in the order of the tables; one without passages has no rows.

    Raises:
        InputError: codes do not fit the passages or each other.
    """
    import pandas as pd

    articles = articles.sort_values("id", kind="stable", ignore_index=True)
    rows = rows.sort_values(["article_id", "actor", "target", "start"], ignore_index=True)
    frame = frame_of(articles, groupings(articles, settings.by), settings)
    coded = with_codes(rows, codes)
    corpus = corpus_of(coded, articles, frame)
    estimates, differences = [], []
    for actor, target in pairs:
        places = np.flatnonzero((coded["actor"] == actor) & (coded["target"] == target))
        if len(places):
            of_pair = Estimates(corpus, places, frame, settings, {"actor": actor, "target": target})
            estimates += list(of_pair.estimates())
            differences += list(of_pair.differences())
    return CorrectedTables(
        pd.DataFrame(list(agreement_rows(coded, codes)), columns=COLUMNS["agreement"]),
        pd.DataFrame(list(confusion_rows(coded, corpus.outcomes.weights)), columns=COLUMNS["confusion"]),
        pd.DataFrame(estimates, columns=COLUMNS["corrected"]),
        with_q_values(pd.DataFrame(differences, columns=COLUMNS["corrected_differences"])),
    )


def corpus_of(rows: pd.DataFrame, articles: pd.DataFrame, frame: Frame) -> Corpus:
    """The judged passages as arrays, with pseudo-outcomes made from the codes of all actors and targets.

    Args:
        rows: one row for each judged passage, as `with_codes` makes them.
        articles: of the frame, in its order.
        frame: clusters and stories of the articles.
    """
    import pandas as pd

    place = pd.Index(articles["id"]).get_indexer(rows["article_id"]).astype(np.int64)
    alone = len(articles) + np.arange(len(articles))
    stories = alone if frame.stories is None else np.where(frame.stories >= 0, frame.stories, alone)
    passages = Passages(
        pd.factorize(rows["language"], sort=True)[0].astype(np.int64),
        code_numbers(rows, "label"),
        code_numbers(rows, "code"),
        rows["probability"].to_numpy(float),
        stories[place],
    )
    gap, settled = rows["gap"].to_numpy(float), rows["settled"].to_numpy(bool)
    return Corpus(passages, pseudo_outcomes(passages), place, gap, settled, tuple(frame.clusterings))
