"""The rows of `narration.csv`: authors' own attitude toward actors and targets, from narrated sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.estimates import estimate
from pipelines.compare.units import OUTCOMES, Units, grouped, side, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from pipelines.compare.units import Frame

SHARES = ("favourable", "unfavourable", "neutral", "unclear")
"""Columns of the shares of OUTCOMES; other words than those of an actor's stance, so that none is taken for
the other."""


def narration_rows(
    narrations: pd.DataFrame, subjects: Sequence[tuple[str, str]], frame: Frame, minimum: int
) -> Iterator[dict[str, Any]]:
    """One row for each subject and group of articles with a narrated sentence that names it.

    Args:
        narrations: one row each: about, subject, article (place in the frame), supports, opposes, label.
        subjects: name and kind (actor or target), in the order of the rows.
        frame: groups, clusters and copies of the articles.
        minimum: articles below which a group has no estimate.
    """
    judged = narrations.rename(columns={"about": "actor", "subject": "target"})
    labels = np.array([OUTCOMES.index(label) for label in judged["label"]], dtype=np.int64)
    every = units(judged, labels)
    for about, subject in subjects:
        of = every.get((about, subject))
        if of is None:
            continue
        for grouping in frame.groupings:
            for group, mine in grouped(of, grouping, frame):
                row = {"about": about, "subject": subject, "group_by": grouping.by}
                yield row | {"group": grouping.names[group]} | _row(mine, frame, minimum)


def _row(of: Units, frame: Frame, minimum: int) -> dict[str, Any]:
    counts = {"articles": len(of.article), "sentences": int(of.passages.sum())}
    if len(of.article) < minimum:
        return counts | {"note": f"{len(of.article)} articles, fewer than {minimum}"}
    shares = dict(zip(SHARES, of.shares.mean(axis=0).tolist(), strict=True))
    result = estimate(side(of, frame))
    return counts | shares | {
        "net": result.mean, "low": result.low, "high": result.high, "clusters": result.clusters,
    }  # fmt: skip
