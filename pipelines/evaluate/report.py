"""The figures of a judge on gold passages: of all, by language, by file and at the thresholds of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.evaluate.abstention import at_thresholds, risk_coverage
from pipelines.evaluate.out_of_fold import answers_of
from pipelines.evaluate.scores import scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import Stance
    from pipelines.engines.base import Scores
    from pipelines.evaluate.gold import GoldRow


def figures(rows: Sequence[GoldRow], judged: Sequence[Scores], thresholds: Stance) -> dict[str, Any]:
    """Measure the judge on all rows, and by language and file if there are several.

    Args:
        rows: labelled passages.
        judged: their scores, aligned.
        thresholds: minimum probability and agreement of a run.

    Returns:
        `scores` before abstaining; under `at_thresholds` those of a run (see `at_thresholds`); the `curve` of
        risk and coverage; `by_language` and `by_file`, name -> scores and at_thresholds.
    """
    report = _scores(rows, judged, thresholds) | {"curve": risk_coverage(answers_of(rows, judged))}
    for key, names in (("by_language", [r.language for r in rows]), ("by_file", [r.source for r in rows])):
        if len(set(names)) > 1:
            array = np.array(names)
            report[key] = {
                name: _scores(*only(array == name, rows, judged), thresholds) for name in sorted(set(names))
            }
    return report


def only(
    chosen: np.ndarray[Any, np.dtype[np.bool_]], rows: Sequence[GoldRow], judged: Sequence[Scores]
) -> tuple[list[GoldRow], list[Scores]]:
    """The chosen rows, and their scores.

    Args:
        chosen: bool array (rows,).
        rows: labelled passages.
        judged: their scores, aligned.
    """
    numbers = np.flatnonzero(chosen).tolist()
    return [rows[n] for n in numbers], [judged[n] for n in numbers]


def _scores(rows: Sequence[GoldRow], judged: Sequence[Scores], thresholds: Stance) -> dict[str, Any]:
    answers = answers_of(rows, judged)
    return scores(answers) | {"at_thresholds": at_thresholds(answers, judged, thresholds)}
