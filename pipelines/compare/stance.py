"""The stance of each actor toward each target in each group of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.compare.groups import Cell
from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Counts
    from pipelines.config import Compare

NO_PASSAGE: dict[str, Any] = {"passages": 0}


def stance_rows(evidence: pd.DataFrame, counts: Counts, settings: Compare) -> Iterator[dict[str, Any]]:
    """One row for each cell.

    Args:
        evidence: one row for each judgement, with a column for each grouping.
        counts: articles of each label in each cell.
        settings: minimum size, replicates and seed.
    """
    passages = _passages(evidence, {cell.group_by: None for cell in counts})
    for cell, labels in counts.items():
        decided, articles = labels[: len(LABELS)], int(labels.sum())
        row = cell._asdict() | {
            "articles": articles,
            "passages": passages.get(cell, NO_PASSAGE)["passages"],
            "unclear": labels[-1] / articles if articles else None,
        }
        if decided.sum() >= settings.minimum_articles:
            row |= passages[cell] | _estimate(cell, decided, settings)
        yield row


def _passages(evidence: pd.DataFrame, by: Iterable[str]) -> dict[Cell, dict[str, Any]]:
    """The number of passages in each cell that has any, their mean agreement and the share of suspect ones."""
    evidence = evidence.assign(suspect=evidence["flags"] != "")
    found: dict[Cell, dict[str, Any]] = {}
    for name in by:
        groups = evidence.groupby(["actor", "target", f"by_{name}"])
        rows = groups.agg(
            passages=("label", "size"),
            # Not "mean": its rounding depends on the pandas version, that of Series.mean does not.
            agreement=("agreement", lambda values: values.mean()),
            suspect=("suspect", "mean"),
        ).to_dict("index")
        found |= {Cell(actor, target, name, group): row for (actor, target, group), row in rows.items()}
    return found


def _estimate(cell: Cell, counts: NDArray[np.int64], settings: Compare) -> dict[str, Any]:
    net = float(net_stance(counts))
    rng = cell_rng(settings.seed, "stance", *cell)
    low, high = interval(bootstrap(counts, settings.replicates, rng), net)
    return dict(zip(LABELS, counts / counts.sum(), strict=True)) | {"net": net, "low": low, "high": high}
