"""Rounding to 4 bits that keeps a network's answers: later weights make up for the errors of earlier ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from training import quantise
from training.examples import Source
from training.quantise import BLOCK, INT4_MAX, SMALLEST_SCALE
from training.rounding import rounded

if TYPE_CHECKING:
    from pathlib import Path

QUESTIONS = 250
"""Made-up questions from whose tokens the errors are measured. Not tuned."""
TOKENS = 96
"""Of a question, at most: all questions pass the network as one batch."""
DAMPING = 0.01
"""Of the mean square of an input, added to each input's own, as Frantar et al. do."""
SHARES = (1.0, 0.92)
"""Of the scale at which no weight of a block is cut off; the one with the least error is taken."""


def write_compensated(model_dir: Path, folder: Path) -> None:
    """Write a trained model with its large matrices rounded to 4 bits, measured on made-up questions.

    Args:
        model_dir: of the trained model.
        folder: to write model and tokenizer to.
    """
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    tokenizer.save_pretrained(folder)  # before it is told to cut and pad, which it would write too
    network = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
    rng, source = Random("rounding"), Source()
    examples = [source.draw(rng) for _ in range(QUESTIONS)]
    inputs = tokenizer(
        [example.premise for example in examples], [example.hypothesis for example in examples],
        truncation="only_first", max_length=TOKENS, padding=True, return_tensors="pt",
    )  # fmt: skip
    compensate(network, inputs)
    network.save_pretrained(folder)


def compensate(network: torch.nn.Module, inputs: Any) -> None:
    """Round the large linear layers of a network in place, each just before it computes for the first time.

    So each sees the inputs that it gets from the layers before, which are rounded already.

    Args:
        network: as it answers, not as in training.
        inputs: of the network, one batch, with its attention mask (questions, tokens).
    """
    is_token = inputs["attention_mask"].bool()

    def round_first(linear: torch.nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        values = given[0]
        seen = values[is_token] if values.shape[:-1] == is_token.shape else values.flatten(0, -2)
        weight: Any = linear.weight
        if not torch.equal(weight, rounded(weight)):  # as it is in layers that training left as they were
            weight.copy_(compensated(weight, seen))

    hooks = [
        module.register_forward_pre_hook(round_first)
        for module in network.modules()
        if isinstance(module, torch.nn.Linear) and module.weight.numel() >= quantise.SMALLEST_MATRIX
    ]
    with torch.no_grad():
        network(**inputs)
    for hook in hooks:
        hook.remove()


def compensated(weight: torch.Tensor, inputs: torch.Tensor) -> torch.Tensor:
    """Weights in 4 bits, with a scale per block of 32 inputs, whose outputs are close to the exact ones.

    GPTQ (Frantar et al. 2023): columns are rounded in order, and each one's error is made up for in the
    columns not yet rounded, as far as their inputs go with its own.

    Args:
        weight: (outputs, inputs).
        inputs: what the layer gets (tokens, inputs).
    """
    squares = inputs.T @ inputs
    squares.diagonal().add_(DAMPING * squares.diagonal().mean())
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(squares))
    ties = torch.linalg.cholesky(inverse, upper=True)
    left = weight.T.contiguous().clone()  # a column of the weights is a row here, in one piece of memory
    done = torch.empty_like(left)
    for start in range(0, len(left), BLOCK):
        block = slice(start, start + BLOCK)
        errors = torch.empty_like(left[block])
        scale = _scale(left[block], ties.diagonal()[block] ** -2)
        for column in range(start, block.stop):
            done[column] = _round(left[column], scale)
            errors[column - start] = (left[column] - done[column]) / ties[column, column]
            left[column : block.stop] -= ties[column, column : block.stop].outer(errors[column - start])
        left[block.stop :] -= ties[block, block.stop :].T @ errors
    return done.T.contiguous()


def _scale(block: torch.Tensor, importance: torch.Tensor) -> torch.Tensor:
    """The scale (outputs,) of a block (32, outputs), of 16 bits, with the least error by column's weight."""
    largest = block.abs().amax(0) / INT4_MAX
    scales = torch.stack([(largest * share).clamp(min=SMALLEST_SCALE).half().float() for share in SHARES])
    errors = torch.stack([importance @ (block - _round(block, scale)) ** 2 for scale in scales])
    return scales.gather(0, errors.argmin(0, keepdim=True))[0]


def _round(weights: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    return (weights / scale).round().clamp(-INT4_MAX - 1, INT4_MAX) * scale
