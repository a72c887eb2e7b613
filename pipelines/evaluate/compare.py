"""Judges, or translators, beside each other on one gold file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.blocks import blocks
from pipelines.errors import InputError
from pipelines.evaluate.card import fitted_files
from pipelines.evaluate.gold import read_gold
from pipelines.evaluate.out_of_fold import answers_of
from pipelines.evaluate.scores import REPLICATES, SEED, TAIL, differences, scores
from pipelines.evaluate.translation import Parallel, translated_segments
from pipelines.judge import PAIRS_AT_A_TIME

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.engines.base import Scores
    from pipelines.evaluate.answers import Answers
    from pipelines.job.models import Models
    from pipelines.progress import Progress

JUDGED = ("accuracy", "macro_f1", "polarity", "calibration_error", "risk")
"""The measures of a judge that are compared; see `scores`."""
TRANSLATED = ("bleu", "chrf")


class Measured(NamedTuple):
    """What one config's model gave for the gold, and what that took.

    Attributes:
        model: its name.
        engine: its name.
        results: a judge's answers, or a translator's segments.
        load: seconds of loading the model.
        seconds: of the work without loading; memories are not used.
        items: rows or segments.
        fitted: whether the judge's calibration was fitted on this gold, which flatters its scores.
    """

    model: str
    engine: str
    results: Answers | list[str]
    load: float
    seconds: float
    items: int
    fitted: bool = False


def measure_judge(gold: Path, models: Models, progress: Progress, limit: int | None) -> Measured:
    """A config's judge on gold passages, with its early decisions, as in a run.

    Args:
        gold: see `read_gold`.
        models: of the config.
        progress: not used by judges.
        limit: rows to use; None for all.

    Raises:
        InputError: a row lacks a field or has another label.
        ModelError: the model cannot be loaded.
    """
    rows = read_gold([gold], models, limit=limit)
    judge = models.judge
    start = time.perf_counter()
    judge.load()
    loaded = time.perf_counter()
    judged: list[Scores] = []
    for block in blocks([row.pair for row in rows], lambda _: 1, PAIRS_AT_A_TIME):
        judged += judge.judge(block)
        progress.advance(len(block))
    end = time.perf_counter()
    identity, fitted = judge.identity(), bool(fitted_files(judge, [gold]))
    answers = answers_of(rows, judged)
    return Measured(identity.name, identity.engine, answers, loaded - start, end - loaded, len(rows), fitted)


def measure_translator(parallel: Parallel, models: Models, progress: Progress) -> Measured:
    """A config's translator on segments that people have translated.

    Args:
        parallel: the segments.
        models: of the config.
        progress: receives the number of segments done.

    Raises:
        InputError: no model translates the language.
        ModelError: the model cannot be loaded.
    """
    translator = models.translator(parallel.language)
    if translator is None:
        cause = f"no model translates {parallel.language} to {models.config.pivot}"
        raise InputError(parallel.path, cause, "Give one as translation.models")
    start = time.perf_counter()
    translator.load()
    loaded = time.perf_counter()
    segments = translated_segments(parallel, translator, progress)
    end = time.perf_counter()
    identity = translator.identity()
    return Measured(identity.name, identity.engine, segments, loaded - start, end - loaded, len(segments))


def compared_judges(answers: Sequence[Answers]) -> list[dict[str, Any]]:
    """Measures of each judge and, as `difference`, its less the first one's on the same resampled documents.

    Args:
        answers: of two judges or more, to the same rows.

    Returns:
        For each judge, name -> {value, low, high} of JUDGED, in [0, 1]; differences in [-1, 1].
    """
    first = answers[0]
    return [
        {name: value for name, value in scores(own).items() if name in JUDGED}
        | {"difference": differences(own, first) if own is not first else {}}
        for own in answers
    ]


def compared_translators(systems: Sequence[Sequence[str]], parallel: Parallel) -> list[dict[str, Any]]:
    """BLEU and chrF of each translator and, as `difference`, its less the first one's, by a paired bootstrap.

    Whole articles are drawn (Koehn 2004, Statistical Significance Tests for Machine Translation Evaluation),
    as the segments of one are not independent.

    Args:
        systems: segments of two translators or more.
        parallel: their sources, with the references.

    Returns:
        For each, `bleu` and `chrf` -> {value, low, high}, 0 to 100.
    """
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    numbers = np.unique(parallel.documents, return_inverse=True)[1]
    draws = np.random.default_rng(SEED).multinomial(
        numbers.max() + 1, np.full(numbers.max() + 1, 1 / (numbers.max() + 1)), size=REPLICATES
    )
    weights = np.vstack([np.ones(len(numbers), int), draws[:, numbers]])
    results: list[dict[str, Any]] = [{"difference": {}} for _ in systems]
    for name, metric in zip(TRANSLATED, (BLEU(), CHRF()), strict=True):
        of_system = [_replicates(metric, segments, parallel.references, weights) for segments in systems]
        for result, own in zip(results, of_system, strict=True):
            result[name] = _interval(own)
            if own is not of_system[0]:
                result["difference"][name] = _interval(own - of_system[0])
    return results


def _replicates(
    metric: Any, segments: Sequence[str], references: Sequence[str], weights: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The corpus score with each row of weights, float array (rows,), by the statistics of sacrebleu."""
    statistics = np.array(metric._extract_corpus_statistics(segments, [references]))
    return np.array([metric._compute_score_from_stats(list(total)).score for total in weights @ statistics])


def _interval(replicates: NDArray[np.float64]) -> dict[str, float]:
    low, high = np.percentile(replicates[1:], [TAIL, 100 - TAIL])
    return {
        "value": round(float(replicates[0]), 2),
        "low": round(float(low), 2),
        "high": round(float(high), 2),
    }
