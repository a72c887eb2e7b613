"""A judge's answers to labelled passages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Answers(NamedTuple):
    """A judge's answers to labelled passages.

    Attributes:
        expected: int array (rows,) of indices into LABELS.
        predicted: int array (rows,) of indices into LABELS, before abstention.
        probabilities: float array (rows, 3); None for a baseline that has none.
        documents: document of each row; whole documents are resampled.
        confidence: float array (rows,), how sure the judge is of its label; None for the label's
            probability.
    """

    expected: NDArray[np.int64]
    predicted: NDArray[np.int64]
    probabilities: NDArray[np.float64] | None
    documents: Sequence[str]
    confidence: NDArray[np.float64] | None = None

    def only(self, chosen: NDArray[np.bool_]) -> Answers:
        """The chosen rows.

        Args:
            chosen: bool array (rows,).
        """
        return Answers(
            self.expected[chosen],
            self.predicted[chosen],
            None if self.probabilities is None else self.probabilities[chosen],
            [name for name, wanted in zip(self.documents, chosen, strict=True) if wanted],
            None if self.confidence is None else self.confidence[chosen],
        )

    @property
    def sided(self) -> bool:
        """True if no row is neutral: then only the side of a stance can be right or wrong."""
        return not (self.expected == 2).any()

    @property
    def sureness(self) -> NDArray[np.float64]:
        """How sure the judge is of each label, float array (rows,): what a minimum probability applies to."""
        if self.confidence is not None:
            return self.confidence
        assert self.probabilities is not None
        return self.probabilities[np.arange(len(self.predicted)), self.predicted]

    @property
    def known_probabilities(self) -> NDArray[np.float64]:
        """Probabilities of the classes in the gold: float array (rows, 3), or (rows, 2) if sided."""
        assert self.probabilities is not None
        if not self.sided:
            return self.probabilities
        two = self.probabilities[:, :2]
        conditional: NDArray[np.float64] = two / two.sum(axis=1, keepdims=True)
        return conditional
