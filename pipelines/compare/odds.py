"""Words that one body of text uses more than another: weighted log-odds with an informative Dirichlet prior.

Monroe, Colaresi and Quinn 2008, Fightin' Words, equations 15, 16 and 22. Their variance takes each word for
an independent draw; here those of an article are one, since an article that uses a word uses it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float64]


class Use(NamedTuple):
    """How one side uses each word.

    `counts` float array (words,), occurrences, each times the weight of its article; `squares` float array
    (words,), the sum over the articles of their squared weighted counts.
    """

    counts: Values
    squares: Values


class Odds(NamedTuple):
    """The difference of two sides in the log-odds of each word, and its standard error, each (words,)."""

    difference: Values
    error: Values

    @property
    def z(self) -> Values:
        """The difference in standard errors, by which words are ranked."""
        z: Values = self.difference / self.error
        return z


def log_odds(first: Use, second: Use, common: Values, prior_words: float) -> Odds:
    """The log-odds of each word on the first side minus those on the second.

    Args:
        first: the group.
        second: what it is compared with.
        common: float array (words,), how often each word occurs in all texts; above 0.
        prior_words: words that the prior is worth, spread as they are in all texts.
    """
    prior = prior_words * common / common.sum()
    odds, variance = [], np.zeros(len(common))
    for side in (first, second):
        counts = side.counts + prior
        odds.append(np.log(counts) - np.log(counts.sum() - counts))
        # Of independent words, which have squares equal to their counts, this is 1 / (counts + prior).
        variance += (side.squares + prior) / np.square(counts)
    return Odds(odds[0] - odds[1], np.sqrt(variance))
