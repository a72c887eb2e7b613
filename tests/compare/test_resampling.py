"""Intervals and p-values, against numbers that can be worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance, permutation_p_value

COUNTS = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).filter(any).map(np.array)


@pytest.mark.parametrize(
    ("counts", "net"),
    [((3, 1, 0), 0.5), ((0, 2, 2), -0.5), ((4, 0, 0), 1.0), ((0, 0, 7), 0.0), ((1, 1, 0), 0.0)],
)
def test_net_stance_is_supports_minus_opposes_of_all(counts: tuple[int, int, int], net: float) -> None:
    assert net_stance(np.array(counts)) == net


def test_net_stance_of_several_groups_is_taken_row_by_row() -> None:
    assert net_stance(np.array([[3, 1, 0], [0, 2, 2]])).tolist() == [0.5, -0.5]


@settings(deadline=None)
@given(COUNTS)
def test_an_interval_holds_the_estimate_lies_in_range_and_is_never_of_width_zero(
    counts: np.ndarray,
) -> None:
    net = float(net_stance(counts))
    low, high = interval(bootstrap(counts, 500, cell_rng(1, "cell")), net)
    assert -1 <= low <= net <= high <= 1
    assert low < high


def test_an_interval_narrows_as_the_root_of_the_number_of_articles() -> None:
    widths = []
    for times in (1, 100):
        counts = np.array([50, 30, 20]) * times
        low, high = interval(bootstrap(counts, 4000, cell_rng(1, "cell")), 0.2)
        widths.append(high - low)
    standard_error = math.sqrt((0.8 - 0.2**2) / 100)  # the variance of +1, -1 and 0 with shares 5 : 3 : 2
    assert widths[0] == pytest.approx(2 * 1.96 * standard_error, rel=0.1)
    assert widths[1] == pytest.approx(widths[0] / 10, rel=0.1)


def test_an_interval_is_widened_to_an_estimate_outside_the_replicates() -> None:
    assert interval(np.array([0.1, 0.2]), 0.5) == (pytest.approx(0.1025), 0.5)


def test_two_groups_with_the_same_shares_do_not_differ() -> None:
    assert permutation_p_value(np.array([2, 2, 2]), np.array([2, 2, 2]), 200, cell_rng(1, "cell")) == 1.0


def test_the_p_value_is_the_share_of_deals_that_differ_as_much() -> None:
    five_against_five = np.array([5, 0, 0]), np.array([0, 5, 0])
    p_value = permutation_p_value(*five_against_five, 20_000, cell_rng(1, "cell"))
    assert p_value == pytest.approx(2 / math.comb(10, 5), rel=0.2)


@settings(deadline=None)
@given(COUNTS, COUNTS)
def test_a_p_value_is_above_zero_and_at_most_one(group: np.ndarray, other: np.ndarray) -> None:
    assert 0 < permutation_p_value(group, other, 100, cell_rng(1, "cell")) <= 1


def test_the_randomness_of_a_cell_depends_on_its_seed_and_names_alone() -> None:
    def draw(seed: int, *cell: str) -> int:
        return int(cell_rng(seed, *cell).integers(2**60))

    assert draw(1, "Putin", "en") == draw(1, "Putin", "en")
    assert (
        len({draw(1, "Putin", "en"), draw(2, "Putin", "en"), draw(1, "Putinen"), draw(1, "en", "Putin")}) == 4
    )
