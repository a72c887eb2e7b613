"""Rounding that makes up for its errors, and the export of what it gives."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from training.compensate import compensated
from training.quantise import BLOCK, _in_16_bits, block_scales
from training.rounding import rounded


def test_outputs_stay_closer_than_with_each_weight_rounded_by_itself() -> None:
    torch.manual_seed(0)
    inputs = torch.randn(500, 16) @ torch.randn(16, 4 * BLOCK) + 0.1 * torch.randn(500, 4 * BLOCK)
    weight = torch.randn(48, 4 * BLOCK)
    exact = inputs @ weight.T
    plain, made_up = (
        float(((inputs @ w.T - exact) ** 2).mean()) for w in (rounded(weight), compensated(weight, inputs))
    )
    assert made_up < plain / 3


def test_weights_on_the_grid_stay() -> None:
    torch.manual_seed(0)
    weight = rounded(torch.randn(8, 2 * BLOCK))
    assert torch.equal(compensated(weight, torch.randn(100, 2 * BLOCK)), weight)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(-8, 7), min_size=2 * BLOCK, max_size=2 * BLOCK), st.floats(1e-6, 1e3), st.booleans()
)
def test_the_scale_of_weights_on_a_grid_is_found_again(whole: list[int], scale: float, first: bool) -> None:
    [step] = _in_16_bits(np.array([scale], np.float32))
    weights = (np.array(whole, np.float32) * step).reshape(2, BLOCK)
    scales = block_scales(weights.T if first else weights, 0 if first else 1).reshape(2, 1)
    assert np.array_equal(np.clip(np.rint(weights / scales), -8, 7) * scales, weights)
