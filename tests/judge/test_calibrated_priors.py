"""Shares of the classes are found again, though the probabilities were fitted to others."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.priors import adjust, estimate_priors

TRAINING = np.array([0.2, 0.3, 0.5])


def posteriors(shares: np.ndarray, rows: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Labels drawn by the shares, and what a classifier that was calibrated on TRAINING says of them."""
    rng = np.random.default_rng(0)
    labels = rng.choice(3, size=rows, p=shares)
    means = 2 * np.eye(3)
    seen = means[labels] + rng.normal(size=(rows, 3))
    likelihood = np.exp(-((seen[:, None] - means) ** 2).sum(axis=2) / 2)
    weighted = likelihood * TRAINING
    return labels, weighted / weighted.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("shares", [TRAINING, np.array([0.05, 0.05, 0.9]), np.array([0.4, 0.4, 0.2])])
def test_the_shares_that_rows_were_drawn_by_are_found(shares: np.ndarray) -> None:
    labels, three = posteriors(shares)
    adjusted = estimate_priors(three, TRAINING)
    assert adjusted.shares == pytest.approx(np.bincount(labels) / len(labels), abs=0.01)
    assert adjusted.probabilities.mean(axis=0) == pytest.approx(adjusted.shares, abs=1e-4)


def test_the_same_shares_leave_probabilities_as_they_are() -> None:
    three = posteriors(TRAINING)[1]
    assert adjust(three, TRAINING, TRAINING) == pytest.approx(three)


def test_probabilities_follow_bayes_rule() -> None:
    half = np.array([[0.5, 0.5]])
    adjusted = adjust(half, np.array([0.5, 0.5]), np.array([0.2, 0.8]))
    assert adjusted == pytest.approx(np.array([[0.2, 0.8]]))


@pytest.mark.parametrize(
    ("three", "training"), [(np.empty((0, 3)), TRAINING), (np.ones((1, 3)) / 3, np.array([0.0, 0.5, 0.5]))]
)
def test_nothing_is_estimated_of_no_rows_or_an_unknown_class(three: np.ndarray, training: np.ndarray) -> None:
    with pytest.raises(ValueError, match="needs rows"):
        estimate_priors(three, training)
