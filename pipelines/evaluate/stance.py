"""Evaluation of a judge on gold passages, with baselines; out of fold if a calibration is fitted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

import pipelines
from pipelines.blocks import blocks, guarded
from pipelines.errors import ConfigError, InputError
from pipelines.evaluate.baselines import baselines
from pipelines.evaluate.fit import FOLDS, WORDINGS, fit
from pipelines.evaluate.gold import read_gold
from pipelines.evaluate.out_of_fold import answers_of, examples_of, out_of_fold
from pipelines.evaluate.scores import risk_coverage, scores
from pipelines.hashing import sha256
from pipelines.judge import PAIRS_AT_A_TIME, stance_label
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration import Calibration
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
    from pipelines.evaluate.scores import Answers
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

    Args:
        golds: JSONL or CSV files; see `read_gold`.
        models: of a config, which names the judge and its thresholds.
        progress: receives the number of rows done.
        limit: number of rows to use of each file; None for all.
        fit_to: path for a calibration fitted on all rows; the scores are then five-fold out of fold.

    Returns:
        `scores` of all rows, their coverage under the config's thresholds, the same by file and by language
        if there are several, and of the baselines; all from every wording. `in_sample` names the files that
        the calibration in use was fitted on: scores on them flatter it. If a calibration is fitted,
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
        if isinstance(judge, CalibratedJudge):
            judge.use(judge.rule.without_steps())
        judged = _judge(judge, [row.pair for row in rows], progress)
        return _report(rows, judged, judge, thresholds, progress) | {"in_sample": _in_sample(judge, golds)}
    return _fit(rows, judge, golds, thresholds, fit_to, progress)


def _fit(
    rows: Sequence[GoldRow],
    judge: StanceJudge,
    golds: Sequence[Path],
    thresholds: Stance,
    fit_to: Path,
    progress: Progress,
) -> dict[str, Any]:
    """Scores out of fold; the calibration fitted on all rows is written to `fit_to`."""
    if not isinstance(judge, CalibratedJudge):
        cure = "Fit one for nli, nli_onnx or polystance"
        raise ConfigError("stance.engine", "it takes no calibration", cure)
    _check_fittable(rows, golds)
    readings = dict(_read(judge, [row.pair for row in rows], progress))
    examples = examples_of(rows, readings)
    judged, shortened = out_of_fold(rows, examples, judge.features, readings)
    calibration = fit(examples, judge.features)
    judge.use(calibration.without_steps())
    report = _report(rows, judged, judge, thresholds, progress)
    report["shortcuts"] = _shortcuts(rows, judged, shortened)
    report["fitted"] = {"numbers": calibration.numbers, "folds": FOLDS, "file": str(fit_to)}
    bound = _with_card(calibration, judge, golds, rows, report)
    fit_to.write_text(calibration_yaml(bound), encoding="utf-8")
    return report


def _in_sample(judge: StanceJudge, golds: Sequence[Path]) -> list[str]:
    """Names of the files whose hash is in the card of the judge's calibration."""
    card = (
        str(judge.rule.card)
        if isinstance(judge, CalibratedJudge) and isinstance(judge.rule, Calibration)
        else ""
    )
    return [gold.name for gold in golds if sha256(gold) in card]


def _check_fittable(rows: Sequence[GoldRow], golds: Sequence[Path]) -> None:
    """Raise InputError if a calibration fitted on the rows would mean nothing."""
    place, cure = ", ".join(map(str, golds)), "Give at least a few hundred rows, of all three labels"
    absent = [label for label in LABELS if all(row.label != label for row in rows)]
    if absent:
        raise InputError(place, f"no row is labelled {' or '.join(absent)}", cure)
    documents = len({row.document for row in rows})
    if documents < FOLDS:
        raise InputError(place, f"{documents} documents, too few for {FOLDS} folds", cure)


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


def _report(
    rows: Sequence[GoldRow],
    judged: Sequence[Scores],
    judge: StanceJudge,
    thresholds: Stance,
    progress: Progress,
) -> dict[str, Any]:
    answers = answers_of(rows, judged)
    report: dict[str, Any] = {"judge": judge.identity().name, "version": pipelines.__version__}
    report |= scores(answers) | _abstention(answers, judged, thresholds) | {"curve": risk_coverage(answers)}
    for key, names in (("by_language", [r.language for r in rows]), ("by_file", [r.source for r in rows])):
        if len(set(names)) > 1:
            array = np.array(names)
            report[key] = {name: scores(answers.only(array == name)) for name in sorted(set(names))}
    return report | {"baselines": baselines(rows, judge, answers, progress)}


def _abstention(answers: Answers, judged: Sequence[Scores], thresholds: Stance) -> dict[str, float]:
    """Coverage and accuracy under the config's thresholds."""
    minima = thresholds.minimum_probability, thresholds.minimum_agreement
    clear = np.array([stance_label(s, *minima) != "unclear" for s in judged])
    right = answers.expected == answers.predicted
    return {
        "coverage": round(float(clear.mean()), 4),
        "accuracy_of_clear": round(float(right[clear].mean()), 4) if clear.any() else 0.0,
    }


def _with_card(
    calibration: Calibration,
    judge: CalibratedJudge,
    golds: Sequence[Path],
    rows: Sequence[GoldRow],
    report: dict[str, Any],
) -> Calibration:
    """The calibration bound to its judge, with a card of the files that it was fitted on."""
    measured = report.get("by_file", {str(golds[0]): report})
    fitted_on = [
        {
            "file": gold.name,
            "sha256": sha256(gold),
            **{name: dict(Counter(r.label for r in rows if r.source == str(gold)))[name] for name in LABELS
               if any(r.label == name for r in rows if r.source == str(gold))},
            "out_of_fold": {
                name: measured[str(gold)][name]["value"]
                for name in ("accuracy", "macro_f1", "polarity", "calibration_error", "risk")
                if name in measured[str(gold)]
            },
        }
        for gold in golds
    ]  # fmt: skip
    card = {"fitted_on": fitted_on, "numbers": calibration.numbers, "polystance": pipelines.__version__}
    return calibration.of_judge(judge.name, judge.question_digest, card)
