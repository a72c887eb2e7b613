"""Evaluation of a judge on gold passages, with baselines; by halves if a calibration is fitted."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import pipelines
from pipelines.blocks import blocks, guarded
from pipelines.errors import ConfigError, InputError
from pipelines.evaluate.baselines import baselines
from pipelines.evaluate.card import card, fitted_files
from pipelines.evaluate.fit import FOLDS, WORDINGS, fit
from pipelines.evaluate.gold import read_gold
from pipelines.evaluate.out_of_fold import (
    StoredJudge,
    answers_of,
    examples_of,
    in_first_half,
    out_of_fold,
)
from pipelines.evaluate.report import figures, only
from pipelines.evaluate.scores import scores
from pipelines.judge import PAIRS_AT_A_TIME
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration_file import calibration_yaml
from pipelines.records import LABELS
from pipelines.stages import JUDGE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.config import Stance
    from pipelines.engines.base import Pair, Scores, StanceJudge
    from pipelines.evaluate.gold import GoldRow
    from pipelines.job.models import Models
    from pipelines.progress import Progress

Answer = TypeVar("Answer")


def evaluate_stance(
    golds: Sequence[Path],
    models: Models,
    progress: Progress,
    *,
    limit: int | None = None,
    fit_to: Path | None = None,
) -> dict[str, Any]:
    """Score the config's judge on gold passages.

    A calibration is fitted on the first half of the documents, and the second stays untouched by every fit.

    Args:
        golds: JSONL or CSV files; see `read_gold`.
        models: of a config, which names the judge and its thresholds.
        progress: receives the number of rows done.
        limit: number of rows to use of each file; None for all.
        fit_to: path for a calibration fitted on the first half; the scores are then five-fold out of fold on
            that half, and `half` has those of the fitted calibration on the untouched half.

    Returns:
        `figures` of all rows, or of the first half if a calibration is fitted; all from every wording.
        `baselines`, with the judge's difference from each; of the untouched half if a calibration is fitted.
        `in_sample` names the files that the calibration in use was fitted on: scores on them flatter it;
        `half` then has the figures of their untouched half, if they have one. If a calibration is fitted,
        `shortcuts` reports the effect of early decisions. Shares in [0, 1].

    Raises:
        ConfigError: a calibration is to be fitted for an engine that takes none.
        InputError: a row lacks a field, has another label or cannot be judged, or a calibration is to be
            fitted on rows without one of the labels or of fewer documents than folds.
    """
    if fit_to is not None:
        fit_to.parent.mkdir(parents=True, exist_ok=True)
    rows = read_gold(golds, models, limit=limit)
    judge, thresholds = models.judge, models.config.stance
    judge.load()
    if fit_to is None:
        report = _as_calibrated(rows, judge, golds, thresholds, progress)
    else:
        report = _fit(rows, judge, golds, thresholds, fit_to, progress)
    return {"judge": judge.identity().name, "version": pipelines.__version__} | report


def _as_calibrated(
    rows: Sequence[GoldRow],
    judge: StanceJudge,
    golds: Sequence[Path],
    thresholds: Stance,
    progress: Progress,
) -> dict[str, Any]:
    """Scores with the calibration in use."""
    if isinstance(judge, CalibratedJudge):
        judge.use(judge.rule.without_steps())
    judged = _judge(judge, [row.pair for row in rows], progress)
    report = figures(rows, judged, thresholds)
    fitted = fitted_files(judge, golds)
    report["in_sample"] = [gold.name for gold in fitted]
    halved = [str(gold) for gold, first_half_alone in fitted.items() if first_half_alone]
    untouched = ~in_first_half(rows) & np.array([row.source in halved for row in rows])
    if untouched.any():
        report["half"] = figures(*only(untouched, rows, judged), thresholds)
    return report | {"baselines": baselines(rows, judge, answers_of(rows, judged), progress)}


def _fit(
    rows: Sequence[GoldRow],
    judge: StanceJudge,
    golds: Sequence[Path],
    thresholds: Stance,
    fit_to: Path,
    progress: Progress,
) -> dict[str, Any]:
    """Scores out of fold and on the untouched half; the calibration is written to `fit_to`."""
    if not isinstance(judge, CalibratedJudge):
        cure = "Fit one for nli, nli_onnx, polystance or llm"
        raise ConfigError("stance.engine", "it takes no calibration", cure)
    first = in_first_half(rows)
    fitted, untouched = (list(compress(rows, half.tolist())) for half in (first, ~first))
    _check_fittable(fitted, untouched, golds)
    readings = dict(_read(judge, [row.pair for row in rows], progress))
    examples = examples_of(fitted, readings)
    judged, shortened = out_of_fold(fitted, examples, judge.features, readings)
    calibration = fit(examples, judge.features)
    judge.use(calibration.without_steps())
    stored = StoredJudge(judge.features, readings, judge.rule)
    on_untouched = stored.judge([row.pair for row in untouched])
    report = figures(fitted, judged, thresholds)
    report["half"] = figures(untouched, on_untouched, thresholds)
    report["shortcuts"] = _shortcuts(fitted, judged, shortened)
    report["fitted"] = {"numbers": calibration.numbers, "folds": FOLDS, "file": str(fit_to)}
    about = card(golds, fitted, report, calibration.numbers)
    bound = calibration.of_judge(judge.name, judge.question_digest, about)
    fit_to.write_text(calibration_yaml(bound), encoding="utf-8")
    return report | {"baselines": baselines(untouched, judge, answers_of(untouched, on_untouched), progress)}


def _check_fittable(fitted: Sequence[GoldRow], untouched: Sequence[GoldRow], golds: Sequence[Path]) -> None:
    """Raise InputError if a calibration fitted on the rows of the first half would mean nothing."""
    place, cure = ", ".join(map(str, golds)), "Give at least a few hundred rows, of all three labels"
    absent = [label for label in LABELS if all(row.label != label for row in fitted)]
    if absent:
        raise InputError(place, f"no row is labelled {' or '.join(absent)}", cure)
    documents = len({row.document for row in fitted})
    if documents < FOLDS:
        raise InputError(place, f"{documents} documents to fit on, too few for {FOLDS} folds", cure)
    if not untouched:
        raise InputError(place, "no document is left over in the second half", cure)


def _judge(judge: StanceJudge, pairs: Sequence[Pair], progress: Progress) -> list[Scores]:
    progress.begin(JUDGE, len(pairs))
    judged: list[Scores] = []
    for block in blocks(pairs, lambda _: 1, PAIRS_AT_A_TIME):
        judged += _answers(block, judge.judge)
        progress.advance(len(block))
    return judged


def _read(
    judge: CalibratedJudge, pairs: Sequence[Pair], progress: Progress
) -> Iterator[tuple[Pair, NDArray[np.float64]]]:
    """Pairs with their readings, of as many wordings as a fit uses."""
    wordings = min(judge.wordings, WORDINGS)
    progress.begin(JUDGE, len(pairs))
    for block in blocks(pairs, lambda _: 1, PAIRS_AT_A_TIME):
        yield from zip(
            block, _answers(block, lambda pairs: list(judge.readings(pairs, wordings))), strict=True
        )
        progress.advance(len(block))


def _answers(block: Sequence[Pair], work: Callable[[Sequence[Pair]], Sequence[Answer]]) -> list[Answer]:
    """The judge's answers; raises InputError for a pair that it cannot judge."""
    answers = []
    for pair, answer in zip(block, guarded(block, work), strict=True):
        if isinstance(answer, Exception):
            place = f"gold row '{pair.premise[:60]}' on '{pair.target[:60]}'"
            raise InputError(place, f"cannot be judged ({answer})", "Fix or remove it") from answer
        answers.append(answer)
    return answers


def _shortcuts(
    rows: Sequence[GoldRow], full: Sequence[Scores], shortened: Sequence[Scores]
) -> dict[str, float]:
    """The share of labels that early decisions leave the same, and the scores with them."""
    measured = scores(answers_of(rows, shortened))
    same = [a.label == b.label for a, b in zip(full, shortened, strict=True)]
    return {"same": round(float(np.mean(same)), 4)} | {
        name: measured[name]["value"] for name in ("macro_f1", "polarity") if name in measured
    }
