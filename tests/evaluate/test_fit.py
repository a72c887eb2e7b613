"""A calibration fitted on made-up readings finds again what they were made from."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.evaluate.fit import NUMBERS, Examples, fit, folds
from pipelines.judge.calibrated import probabilities

FEATURES = ("supports", "opposes")


def made_up(rows: int, sided: bool = False, seed: int = 0) -> Examples:
    """Rows whose log-odds of a stance are its feature minus the other's, less 1; without neutrals where sided."""
    rng = np.random.default_rng(seed)
    means = rng.normal(0, 2, size=(rows, 2))
    difference = means[:, 0] - means[:, 1]
    three = probabilities(np.stack([difference, -difference], axis=1) - 1)
    if sided:
        three[:, 2] = 0
    labels = np.array([rng.choice(3, p=p / p.sum()) for p in three])
    readings = means[:, None, :] + rng.normal(0, 0.1, size=(rows, 6, 2))
    return Examples(readings, labels, np.full(rows, sided), [str(n // 2) for n in range(rows)])


def joined(*parts: Examples) -> Examples:
    return Examples(
        np.concatenate([part.readings for part in parts]),
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.sided for part in parts]),
        [name for part in parts for name in part.documents],
    )


def test_the_weights_that_the_labels_were_drawn_by_are_found() -> None:
    weights = fit(made_up(4000), FEATURES).linear.weights
    assert weights == pytest.approx(np.array([[1, -1], [-1, 1], [0, 0], [-1, -1]]), abs=0.3)


def test_rows_of_a_file_without_neutrals_do_not_make_stances_likelier() -> None:
    alone = fit(made_up(2000), FEATURES)
    with_sided = fit(joined(made_up(2000), made_up(2000, sided=True, seed=1)), FEATURES)
    readings = np.zeros((1, 6, 2))
    assert probabilities(with_sided.log_odds(readings)) == pytest.approx(
        probabilities(alone.log_odds(readings)), abs=0.05
    )


def test_steps_leave_nearly_all_labels_as_they_are() -> None:
    examples = made_up(1000)
    calibration = fit(examples, FEATURES)
    full = calibration.tilted(calibration.log_odds(examples.readings)).argmax(axis=1)
    assert calibration.steps
    for step in calibration.steps:
        tilted = calibration.tilted(step.log_odds(examples.readings[:, : step.wordings]))
        ranked = np.sort(tilted, axis=1)
        clear = ranked[:, 2] - ranked[:, 1] > step.margin
        assert clear.mean() > 0.3
        assert (tilted.argmax(axis=1) == full)[clear].mean() > 0.98


def test_each_mean_probability_is_the_share_of_its_class_however_common() -> None:
    examples = made_up(4000)
    rare = (examples.labels != 0) | (np.arange(4000) % 4 == 0)  # three of four supports left out
    skewed = examples.only(rare)
    for chosen in (skewed, joined(skewed, made_up(1000, sided=True, seed=1))):
        three = probabilities(fit(chosen, FEATURES).log_odds(skewed.readings[:, :3]))
        shares = np.bincount(skewed.labels) / len(skewed.labels)
        assert three.mean(axis=0) == pytest.approx(shares, abs=1e-4)


@pytest.mark.parametrize("wordings", [1, 2, 3])
def test_a_wording_alone_has_the_share_of_each_class_too(wordings: int) -> None:
    examples = made_up(1000)
    levels = np.array([0.0, -2.0, 3.0])[:wordings, None]  # one wording is entailed more often than another
    examples = examples._replace(readings=examples.readings[:, :wordings] + levels)
    calibration = fit(examples, FEATURES)
    shares = np.bincount(examples.labels) / 1000
    assert len(calibration.wording_shifts) == wordings
    for odds in calibration.each_wording(examples.readings).swapaxes(0, 1):
        assert probabilities(odds).mean(axis=0) == pytest.approx(shares, abs=1e-4)


def test_no_more_than_forty_numbers_are_fitted() -> None:
    examples = made_up(200)
    many = np.concatenate([examples.readings] * 6, axis=-1)
    names = [f"feature {n}" for n in range(12)]
    assert fit(examples._replace(readings=many), names).numbers <= NUMBERS


def test_rows_of_one_document_are_in_one_fold() -> None:
    documents = [f"document {n // 3}" for n in range(60)]
    assigned = folds(documents)
    assert set(assigned.tolist()) == {0, 1, 2, 3, 4}
    assert all(len(set(assigned[n : n + 3])) == 1 for n in range(0, 60, 3))
