"""Rows of the table of invariance: how the labels of a second translation agree with those of the run's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.invariance import EVERY, TRANSLATIONS, agreement
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

CODES = {"supports": 1, "opposes": -1, "neutral": 0, "unclear": 2}
"""A number for each label; those of the stances are their nets."""


def audit_rows(passages: pd.DataFrame, missing: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """For each language and second translation a row of all its passages, then one for each actor and target.

    A pair is a passage with an actor and a target, in both translations; `lean` is the mean net stance in the
    run's translation minus that in the second one. Intervals take the passages of one article for dependent.

    Args:
        passages: as `audit` draws them.
        missing: languages without a second translation, and why.
    """
    for (language, way), of_language in passages.groupby(["language", "way"], sort=True):
        about = {"compared": TRANSLATIONS, "language": language, "reference": way}
        yield about | {"actor": EVERY, "target": EVERY} | _agreement(of_language)
        for (actor, target), rows in of_language.groupby(["actor", "target"], sort=True):
            yield about | {"actor": actor, "target": target} | _agreement(rows)
    for language, reason in sorted(missing.items()):
        yield {
            "compared": TRANSLATIONS, "actor": EVERY, "target": EVERY, "language": language, "reference": "",
            "stories": 0, "pairs": 0, "note": reason,
        }  # fmt: skip


def _agreement(rows: pd.DataFrame) -> dict[str, Any]:
    known = rows[rows["label"].isin(CODES) & rows["again"].isin(CODES)]
    lost = len(rows) - len(known)
    same = int((known["pivot"] == known["pivot_again"]).sum())
    remarks = {
        "same text in both": (same, len(known)),
        "actor not found in the second translation": (lost, len(rows)),
    }
    note = "; ".join(f"{remark}: {number} of {of}" for remark, (number, of) in remarks.items() if number)
    if known.empty:
        return {"stories": 0, "pairs": 0, "note": note}
    labels = known[["label", "again"]].map(CODES.__getitem__).to_numpy(dtype=np.int64)
    nets = np.where(known[["label", "again"]].isin(LABELS[:2]), labels, 0)
    _, articles = np.unique(known["article_id"].to_numpy(dtype=str), return_inverse=True)
    apart = (nets[:, 0] - nets[:, 1]).astype(float)
    return agreement(labels, apart, articles.astype(np.int64)) | {"note": note}
