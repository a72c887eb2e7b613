"""Intervals and tests, against closed forms, other programs' results and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pipelines.compare.clusters import Side, clustered_variance, design_effect, difference_variance
from pipelines.compare.estimates import (
    NORMAL_BEYOND,
    SIDES,
    YES_NO,
    contrast,
    estimate,
    exact_interval,
)

VALUES = st.lists(st.sampled_from([1.0, -1.0, 0.0]), min_size=1, max_size=40)


def side(values: list[float], *clusterings: list[int]) -> Side:
    return Side(np.array(values), [np.array(codes) for codes in clusterings])


def test_the_exact_interval_is_that_of_the_enumerated_distribution() -> None:
    """Five draws of three values, all 243 outcomes one by one."""
    counts = np.array([2.0, 1.0, 2.0])
    p = (counts + 0.5) / 6.5
    outcomes = np.array(np.meshgrid(*[range(3)] * 5)).reshape(5, -1)
    weights = p[outcomes].prod(axis=0)
    sums = np.array(SIDES)[outcomes].sum(axis=0)
    chance = np.array([weights[sums == total].sum() for total in range(-5, 6)])
    middle = chance.cumsum() - chance / 2
    expected = np.interp([0.025, 0.975], middle, np.arange(-5, 6)) / 5
    assert exact_interval(counts / 5, 5, SIDES) == pytest.approx(tuple(expected))


def test_the_interval_of_a_rate_is_that_of_the_binomial_distribution() -> None:
    size, p = 50, 10.5 / 51
    middle = stats.binom.cdf(np.arange(size + 1), size, p) - stats.binom.pmf(np.arange(size + 1), size, p) / 2
    expected = np.interp([0.025, 0.975], middle, np.arange(size + 1)) / size
    assert exact_interval(np.array([0.2, 0.8]), size, YES_NO) == pytest.approx(tuple(expected))


def test_the_normal_interval_of_many_articles_joins_the_exact_one() -> None:
    shares = np.array([0.3, 0.1, 0.6])
    exact = exact_interval(shares, NORMAL_BEYOND, SIDES)
    normal = exact_interval(shares, NORMAL_BEYOND + 1, SIDES)
    assert exact == pytest.approx(normal, abs=0.01 * (exact[1] - exact[0]))


@given(VALUES)
def test_an_interval_holds_its_mean_has_a_width_and_stays_in_range(values: list[float]) -> None:
    found = estimate(side(values))
    assert -1 <= found.low <= found.mean <= found.high <= 1
    assert found.low < found.high


@given(VALUES, st.randoms())
def test_the_order_of_the_articles_changes_no_interval(values: list[float], rng: object) -> None:
    mixed = values.copy()
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    assert estimate(side(values))[1:] == estimate(side(mixed))[1:]


def test_articles_with_several_passages_have_a_t_interval_no_narrower_than_a_smoothed_one() -> None:
    same = estimate(side([1 / 3] * 10))
    assert same.low < 0.2 < 0.5 < same.high
    spread = estimate(side([-1.0, 1.0, 1 / 3, -1 / 3] * 10))
    values = np.array([-1.0, 1.0, 1 / 3, -1 / 3] * 10)
    half = stats.t.ppf(0.975, 40) * values.std(ddof=1) / math.sqrt(40)
    assert spread.high - spread.low == pytest.approx(2 * half, rel=0.05)


def test_copies_are_worth_one_article_and_independent_articles_their_number() -> None:
    copies = side([1.0] * 5 + [-1.0] * 5 + [0.0] * 5 + [1.0] * 5, [n // 5 for n in range(20)])
    effect, clusters = design_effect(copies)
    assert (effect, clusters) == (pytest.approx(1 + 4 * (4 + 0.5) / 5), 4)
    alone = side([1.0, -1.0, 0.0], [0, 1, 2])
    assert design_effect(alone) == (1.0, 3)


def test_clusters_of_which_nothing_can_be_learnt_count_as_half_alike() -> None:
    assert design_effect(side([1.0] * 10, [0] * 5 + [1] * 5))[0] == pytest.approx(3.0)
    assert design_effect(side([1.0, 0.0] * 5, [0] * 10))[0] == pytest.approx(5.5)


def test_the_cluster_robust_variance_is_the_textbooks() -> None:
    influence = np.array([1.0, 2.0, -1.0, -2.0, 0.5, -0.5])
    codes = np.array([0, 0, 1, 1, 2, 2])
    assert clustered_variance(influence, [codes]) == (3 / 2 * (9 + 9), 3, 2)
    assert clustered_variance(influence, [])[0] == pytest.approx(6 / 5 * 10.5)


def test_two_clusterings_add_up_less_what_they_share() -> None:
    influence = np.array([1.0, 2.0, -1.0, -2.0])
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    one, two = (clustered_variance(influence, [codes]).variance for codes in (first, second))
    both = clustered_variance(influence, [first, second])
    assert both.variance == pytest.approx(max(one + two - 4 / 3 * 10, one, two))
    assert both.clusters == 2


def test_cr2_is_that_of_matrices() -> None:
    """Against the definition of Bell and McCaffrey, with the hat matrix written out."""
    rng = np.random.default_rng(4)
    group = np.repeat([1, 0], [7, 9])
    codes = np.array([0, 0, 1, 1, 1, 2, 2, 0, 0, 0, 1, 3, 3, 3, 4, 4])
    values = rng.choice(SIDES, 16)
    design = np.column_stack([group, 1 - group]).astype(float)
    bread = np.linalg.inv(design.T @ design)
    hat = np.eye(16) - design @ bread @ design.T
    contrast_ = np.array([1.0, -1.0])
    sums, vectors = [], []
    for code in range(5):
        mine = codes == code
        eigenvalues, vectors_ = np.linalg.eigh(hat[np.ix_(mine, mine)])
        inverse = np.array([1 / math.sqrt(v) if v > 1e-9 else 0.0 for v in eigenvalues])
        adjusted = vectors_ @ np.diag(inverse) @ vectors_.T
        weights = adjusted @ design[mine] @ bread @ contrast_
        sums.append(float(weights @ (hat @ values)[mine]))
        vectors.append(hat[:, mine] @ weights)
    matrix = np.array([[a @ b for a in vectors] for b in vectors])
    degrees = np.trace(matrix) ** 2 / np.trace(matrix @ matrix)
    first, second = Side(values[group == 1], []), Side(values[group == 0], [])
    found = difference_variance(first, second, (1.0, 1.0), [codes])
    assert found.variance == pytest.approx(np.square(sums).sum())
    assert found.degrees == pytest.approx(degrees)


def test_independent_articles_have_welchs_test_where_smoothing_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.choice([1.0, -1.0], 400), rng.choice([1.0, -1.0], 900, p=[0.6, 0.4])
    found = contrast(Side(first, []), Side(second, []))
    expected = stats.ttest_ind(first, second, equal_var=False)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-6)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()), abs=1e-6)


def test_stories_told_on_both_sides_pair_themselves() -> None:
    rng = np.random.default_rng(3)
    story = rng.choice([1.0, -1.0, 0.0], 60)
    other = np.where(rng.random(60) < 0.2, 1.0, story)
    codes = np.arange(60)
    paired = contrast(Side(other, [codes]), Side(story, [codes]))
    unpaired = contrast(Side(other, []), Side(story, []))
    expected = stats.ttest_rel(other, story).pvalue
    assert paired.p_value < unpaired.p_value / 10
    assert math.log(paired.p_value) == pytest.approx(math.log(expected), rel=0.15)


def test_an_interval_leaves_out_zero_exactly_if_the_test_is_significant() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        first, second = (Side(rng.choice(SIDES, 12), [np.arange(12) // 3 + 9 * n]) for n in (0, 1))
        found = contrast(first, second)
        assert (found.low > 0 or found.high < 0) == (found.p_value < 0.05)


def test_too_few_clusters_have_a_difference_and_no_test() -> None:
    found = contrast(side([1.0] * 10, [0] * 5 + [1] * 5), side([-1.0] * 10, [2] * 5 + [3] * 5))
    assert (found.difference, found.clusters) == (2.0, 4)
    assert math.isnan(found.p_value)
    assert math.isnan(found.low)


@pytest.mark.parametrize(("first", "second", "reachable"), [(1, 20, False), (3, 3, True), (200, 200, True)])
def test_a_difference_is_reachable_if_total_separation_is_significant(
    first: int, second: int, *, reachable: bool
) -> None:
    found = contrast(side([1.0] * first), side([-1.0] * second))
    assert found.reachable == (found.p_value < 0.05) == reachable


def test_stories_that_all_differ_alike_leave_a_doubt() -> None:
    first, second = (side([*values], [*range(6)]) for values in ([1.0, 0.0] * 3, [0.0, -1.0] * 3))
    alike = contrast(first, second)
    assert alike.difference == 1.0
    assert 0 < alike.p_value < 0.05
    assert alike.low < 0.9 < 1.1 < alike.high
