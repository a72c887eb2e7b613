"""The card of a calibration: what it was fitted on, and how well it does."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pipelines
from pipelines.hashing import sha256
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration import Calibration
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipelines.engines.base import StanceJudge
    from pipelines.evaluate.gold import GoldRow

MEASURES = ("accuracy", "macro_f1", "polarity", "calibration_error", "class_bias", "risk")
HALF = "half"
FIRST = "first, by document"


def card(
    golds: Sequence[Path], rows: Sequence[GoldRow], report: Mapping[str, Any], numbers: int
) -> dict[str, Any]:
    """Describe a calibration.

    Args:
        golds: the files.
        rows: those of them that it was fitted on.
        report: of those rows out of fold, and under `half` of the untouched ones.
        numbers: count of fitted numbers.
    """
    fitted_on = []
    for gold in golds:
        counts = Counter(row.label for row in rows if row.source == str(gold))
        entry: dict[str, Any] = {"file": gold.name, "sha256": sha256(gold), HALF: FIRST}
        entry |= {label: counts[label] for label in LABELS if counts[label]}
        for key, part in (("out_of_fold", report), ("untouched_half", report[HALF])):
            scores = part.get("by_file", {str(golds[0]): part}).get(str(gold), {})
            entry[key] = {name: scores[name]["value"] for name in MEASURES if name in scores}
        fitted_on.append(entry)
    return {"fitted_on": fitted_on, "numbers": numbers, "polystance": pipelines.__version__}


def fitted_files(judge: StanceJudge, golds: Sequence[Path]) -> dict[Path, bool]:
    """The files that the judge's calibration was fitted on, and whether on their first half alone."""
    if not (isinstance(judge, CalibratedJudge) and isinstance(judge.rule, Calibration)):
        return {}
    entries = {entry["sha256"]: entry for entry in judge.rule.card.get("fitted_on", ())}
    digests = {gold: sha256(gold) for gold in golds}
    return {gold: HALF in entries[digest] for gold, digest in digests.items() if digest in entries}
