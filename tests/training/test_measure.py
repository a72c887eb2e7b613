"""Models are measured on what they never saw, and by the figures that are named."""

from __future__ import annotations

import random

import numpy as np
import pytest

from training.bias import versions
from training.frames import parse_frame
from training.measure import figures


def test_figures_of_four_rows() -> None:
    # Supports, neutral, opposes: right, right, neutral for supports (but on its side), supports for opposes.
    scores = np.array([[3.0, 0, 0], [0, 3, 0], [1, 2, 0], [3, 0, 1]])
    found = figures(scores, np.array([0, 1, 0, 2]))
    assert found.accuracy == 0.5
    assert found.polarity == pytest.approx(2 / 3)
    assert found.macro_f1 == pytest.approx((1 / 2 + 2 / 3 + 0) / 3)


def test_a_name_is_not_swapped_for_one_that_stands_in_the_sentence_already() -> None:
    frame = parse_frame("A=country B=country\n{A} praised {B}.\nA>B +")
    for seed in range(20):
        asked = versions(frame, ("A", "B"), "A", random.Random(seed))
        assert len({pair.actor for pair in asked}) == 30
        assert asked[0].target not in {pair.actor for pair in asked}
