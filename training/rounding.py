"""Rounding of weights in training, so that a network learns to do without the bits that its export drops."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from training.quantise import BLOCK, INT4_MAX, SMALLEST_MATRIX, SMALLEST_SCALE

if TYPE_CHECKING:
    from collections.abc import Callable


def round_weights(network: torch.nn.Module, is_on: Callable[[], bool]) -> None:
    """Let the large matrices of a network compute with weights of 4 bits while a condition holds.

    Gradients pass as if nothing was rounded (Bengio et al. 2013, straight-through estimator); the weights
    themselves keep 32 bits.

    Args:
        network: whose linear layers are changed in place.
        is_on: asked at each step in training.
    """
    for module in network.modules():
        if isinstance(module, torch.nn.Linear) and module.weight.numel() >= SMALLEST_MATRIX:
            module.forward = partial(_forward, module, is_on)  # type: ignore[method-assign]


def rounded(weight: torch.Tensor) -> torch.Tensor:
    """Weights (outputs, inputs) in 4 bits, with a scale of 16 bits for each block of 32 inputs."""
    outputs, inputs = weight.shape
    blocks = weight.view(outputs, inputs // BLOCK, BLOCK)
    largest = blocks.abs().amax(-1, keepdim=True)
    scale = (largest / INT4_MAX).clamp(min=SMALLEST_SCALE).half().float()
    return ((blocks / scale).round().clamp(-INT4_MAX - 1, INT4_MAX) * scale).view(outputs, inputs)


def _forward(linear: torch.nn.Linear, is_on: Callable[[], bool], inputs: torch.Tensor) -> torch.Tensor:
    weight: torch.Tensor = linear.weight
    if linear.training and is_on():
        weight = weight + (rounded(weight.detach()) - weight.detach())
    return functional.linear(inputs, weight, linear.bias)
