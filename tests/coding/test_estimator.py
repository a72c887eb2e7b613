"""Pseudo-outcomes, beside ppi-python and closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.coding.estimator import CODES, NET, UNCODED, Passages, power, pseudo_outcomes

SUPPORTS, OPPOSES, NEUTRAL = 0, 1, 2


def passages(truth: np.ndarray, label: np.ndarray, drawn: np.ndarray, probability: np.ndarray) -> Passages:
    """One language, each passage an article."""
    code = np.where(drawn, truth, UNCODED)
    return Passages(np.zeros(len(truth), dtype=int), label, code, probability, np.arange(len(truth)))


def simulated(size: int, coded: int, seed: int) -> Passages:
    """A plain sample of the passages of a machine that misses a third of the stances."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, size, p=[0.2, 0.5, 0.3])
    label = np.where(rng.random(size) < 0.67, truth, NEUTRAL)
    drawn = np.isin(np.arange(size), rng.choice(size, coded, replace=False))
    return passages(truth, label, drawn, np.full(size, coded / size))


@pytest.mark.parametrize("seed", range(4))
def test_equal_probabilities_give_the_estimate_and_interval_of_ppi_python(seed: int) -> None:
    ppi_py = pytest.importorskip("ppi_py")
    sample = simulated(1000, 100, seed)
    coded = sample.coded
    codes, labels, rest = NET[sample.code[coded]], NET[sample.label[coded]], NET[sample.label[~coded]]
    outcomes = pseudo_outcomes(sample)
    net = outcomes.values @ NET
    assert outcomes.method == "ppi++"
    assert net.mean() == pytest.approx(ppi_py.ppi_mean_pointestimate(codes, labels, rest).item(), abs=1e-6)
    low, high = ppi_py.ppi_mean_ci(codes, labels, rest, alpha=0.05)
    assert 1.96 * net.std() / np.sqrt(len(net)) == pytest.approx((high.item() - low.item()) / 2, abs=1e-3)


def test_lambda_is_its_closed_form_and_stays_between_0_and_1() -> None:
    codes, labels = np.array([1.0, 0, -1, 0]), np.array([1.0, 0, -1, -1])
    rest = np.array([1.0, -1, 0, 0, -1, 1])
    every = np.concatenate([labels, rest])
    closed = np.cov(codes, labels, ddof=0)[0, 1] / ((1 + 4 / 6) * np.var(every, ddof=1))
    assert power(codes, labels, rest) == pytest.approx(closed, abs=1e-12)
    assert power(codes, -labels, rest) == 0
    assert power(5 * codes, labels, rest) == 1
    assert power(codes, np.zeros(4), np.zeros(6)) == 0


def test_unequal_probabilities_give_the_stratified_mean() -> None:
    rng = np.random.default_rng(0)
    truth, label = rng.choice(3, 2000), np.repeat([SUPPORTS, OPPOSES, NEUTRAL], [200, 600, 1200])
    drawn, probability = np.zeros(2000, dtype=bool), np.zeros(2000)
    for name, number in ((SUPPORTS, 60), (OPPOSES, 60), (NEUTRAL, 80)):
        places = np.flatnonzero(label == name)
        drawn[rng.choice(places, number, replace=False)] = True
        probability[places] = number / len(places)
    outcomes = pseudo_outcomes(passages(truth, label, drawn, probability))
    stratified = sum(
        share * NET[truth[drawn & (label == name)]].mean() for name, share in ((0, 0.1), (1, 0.3), (2, 0.6))
    )
    assert outcomes.method == "dsl"
    assert (outcomes.values @ NET).mean() == pytest.approx(stratified, abs=5e-4)
    assert outcomes.values.sum(axis=1) == pytest.approx(1)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=30))
@settings(max_examples=50, deadline=None)
def test_if_everything_is_coded_the_outcomes_are_the_codes(pairs: list[tuple[int, int]]) -> None:
    truth, label = np.array(pairs).T
    everything = np.ones(len(pairs), dtype=bool)
    outcomes = pseudo_outcomes(passages(truth, label, everything, np.ones(len(pairs))))
    assert outcomes.values == pytest.approx(np.eye(len(CODES))[truth], abs=1e-9)


def with_unequal_probabilities(sample: Passages) -> Passages:
    """The same, as if opposing labels had been drawn twice as often."""
    return replace(sample, probability=sample.probability * np.where(sample.label == OPPOSES, 2, 1))


def test_what_is_expected_of_a_passage_does_not_depend_on_its_cluster() -> None:
    sample = with_unequal_probabilities(simulated(400, 60, seed=1))
    first, second = np.flatnonzero(sample.coded)[:2]
    sample.cluster[second] = sample.cluster[first]
    other = replace(sample, code=sample.code.copy())
    other.code[[first, second]] = (sample.code[[first, second]] + 1) % 3
    for place in (first, second):
        expected = [
            pseudo_outcomes(each).values[place] @ NET - pseudo_outcomes(each).corrections[place]
            for each in (sample, other)
        ]
        assert expected[0] == pytest.approx(expected[1], abs=1e-12)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_the_order_of_passages_does_not_matter(random: object) -> None:
    sample = with_unequal_probabilities(simulated(200, 40, seed=2))
    order = np.array(random.sample(range(200), 200))  # type: ignore[attr-defined]
    shuffled = Passages(
        sample.language[order],
        sample.label[order],
        sample.code[order],
        sample.probability[order],
        sample.cluster[order],
    )
    assert pseudo_outcomes(shuffled).values == pytest.approx(pseudo_outcomes(sample).values[order], abs=1e-9)


def test_codes_stand_for_all_passages_even_if_coders_skip_half() -> None:
    sample = with_unequal_probabilities(simulated(400, 80, seed=3))
    kept = np.where(np.arange(400) % 2, sample.code, UNCODED)
    outcomes = pseudo_outcomes(replace(sample, code=kept))
    for label in (SUPPORTS, OPPOSES, NEUTRAL):
        of_label = sample.label == label
        assert outcomes.weights[of_label].sum() == pytest.approx(of_label.sum())


def test_passages_of_a_label_that_nobody_coded_are_not_represented() -> None:
    sample = with_unequal_probabilities(simulated(400, 80, seed=4))
    kept = np.where(sample.label == SUPPORTS, UNCODED, sample.code)
    represented = pseudo_outcomes(replace(sample, code=kept)).represented
    assert not represented[sample.label == SUPPORTS].any()
    assert represented[sample.label != SUPPORTS].all()
