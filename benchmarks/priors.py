"""Probabilities fitted to one mixture of classes, adjusted to another mixture without labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

ITERATIONS = 1000
"""Most steps; the gain of a step shrinks geometrically. Not tuned."""
TOLERANCE = 1e-6
"""Largest change of a share in the last step. Not tuned; far below a share's sampling error."""


class Adjusted(NamedTuple):
    """Estimated shares of the classes, float array (classes,), and probabilities under them."""

    shares: NDArray[np.float64]
    probabilities: NDArray[np.float64]


def estimate_priors(probabilities: NDArray[np.float64], training_shares: NDArray[np.float64]) -> Adjusted:
    """Estimate the shares of the classes by the expectation maximisation of Saerens et al. (2002).

    It takes for granted that only the shares differ from the training rows, and not how a passage of a class
    reads; and that the probabilities are calibrated.

    Saerens, Latinne and Decaestecker (2002): Adjusting the outputs of a classifier to new a priori
    probabilities. Neural Computation 14(1), 21-41.

    Args:
        probabilities: float array (rows, classes), each row sums to 1.
        training_shares: float array (classes,) above 0 that sum to 1: the mixture that they were fitted to.

    Raises:
        ValueError: no rows, or a training share that is not above 0.
    """
    if not len(probabilities) or (training_shares <= 0).any():
        raise ValueError("needs rows, and training shares above 0")
    shares = training_shares
    for _ in range(ITERATIONS):
        before, shares = shares, adjust(probabilities, training_shares, shares).mean(axis=0)
        if np.abs(shares - before).max() < TOLERANCE:
            break
    return Adjusted(shares, adjust(probabilities, training_shares, shares))


def adjust(
    probabilities: NDArray[np.float64], training_shares: NDArray[np.float64], shares: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probabilities under other shares of the classes, by Bayes' rule: float array (rows, classes).

    Args:
        probabilities: float array (rows, classes), each row sums to 1.
        training_shares: float array (classes,), the mixture that they were fitted to.
        shares: float array (classes,), the mixture to adjust to.
    """
    weighted = probabilities * (shares / training_shares)
    adjusted: NDArray[np.float64] = weighted / weighted.sum(axis=1, keepdims=True)
    return adjusted
