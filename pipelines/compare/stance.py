"""The stance of each actor toward each target in each group of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.groups import Cell
from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Counts
    from pipelines.config import Compare

NO_ROWS = np.array([], dtype=np.intp)


def stance_rows(
    evidence: pd.DataFrame, held_back: pd.DataFrame, counts: Counts, settings: Compare
) -> Iterator[dict[str, Any]]:
    """One row for each cell.

    Args:
        evidence: one row for each judgement, with a column for each grouping.
        held_back: the same for passages that are about none of the target.
        counts: for each cell int array (4,): articles that support, oppose, are neutral and are unclear.
        settings: minimum size, replicates and seed.
    """
    passages = _passages(evidence, {cell.group_by for cell in counts})
    not_judged = _passages(held_back, {cell.group_by for cell in counts})
    agreement, suspect = evidence["agreement"].to_numpy(), (evidence["flags"] != "").to_numpy()
    for cell, labels in counts.items():
        decided, articles = labels[: len(LABELS)], int(labels.sum())
        rows = passages.get(cell, NO_ROWS)
        row = cell._asdict() | {
            "articles": articles,
            "passages": len(rows),
            "held_back": len(not_judged.get(cell, NO_ROWS)),
            "unclear": labels[-1] / articles if articles else None,
        }
        if decided.sum() >= settings.minimum_articles:
            row |= _estimate(cell, decided, settings)
            known = agreement[rows][~np.isnan(agreement[rows])]  # one wording has no agreement
            row |= {"agreement": known.mean() if len(known) else None, "suspect": suspect[rows].mean()}
        yield row


def _passages(evidence: pd.DataFrame, by: Iterable[str]) -> dict[Cell, NDArray[np.intp]]:
    """The positions of each cell's rows in the evidence, in their order; cells without rows are absent."""
    rows: dict[Cell, NDArray[np.intp]] = {}
    for name in by:
        groups: Any = evidence.groupby(["actor", "target", f"by_{name}"]).indices
        rows |= {Cell(actor, target, name, group): place for (actor, target, group), place in groups.items()}
    return rows


def _estimate(cell: Cell, counts: NDArray[np.int64], settings: Compare) -> dict[str, Any]:
    net = float(net_stance(counts))
    rng = cell_rng(settings.seed, "stance", *cell)
    low, high = interval(bootstrap(counts, settings.replicates, rng), net)
    return dict(zip(LABELS, counts / counts.sum(), strict=True)) | {"net": net, "low": low, "high": high}
