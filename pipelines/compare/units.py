"""Articles as the units of comparison: what each says of one actor and target, over its passages."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.clusters import Side
from pipelines.compare.frames import EVENT
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Grouping
    from pipelines.config import Compare

OUTCOMES = (*LABELS, "unclear")
"""The labels of a passage, in the order of the columns of `Units.shares`."""


class Units(NamedTuple):
    """The articles with a judged passage about one actor and target, sorted by article.

    `article` int array (n,), places in the frame of articles; `passages` int array (n,); `shares` float array
    (n, 4), of the article's passages with each of OUTCOMES; `copies` int array (n,), articles that were
    folded into this one; `probable` float array (n,), the mean of P(supports) - P(opposes).
    """

    article: NDArray[np.int64]
    passages: NDArray[np.int64]
    shares: NDArray[np.float64]
    copies: NDArray[np.int64]
    probable: NDArray[np.float64]

    @property
    def net(self) -> NDArray[np.float64]:
        """Each article's share of passages that support minus that of passages that oppose, in [-1, 1]."""
        net: NDArray[np.float64] = self.shares[:, 0] - self.shares[:, 1]
        return net

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> Units:
        """The units of a part, in the order of `chosen` if it holds their places."""
        return Units._make(column[chosen] for column in self)


class Values(NamedTuple):
    """What estimates need of units, in a third of their memory; see `Units`."""

    article: NDArray[np.int64]
    net: NDArray[np.float64]
    probable: NDArray[np.float64]

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Values:
        """The values of a part; see `Units.only`."""
        return Values._make(column[chosen] for column in self)


class Frame(NamedTuple):
    """What is the same for all actors and targets: groups, clusters and copies of the articles.

    `clusterings` are int arrays (articles,); `copy_of` is an int array (articles,), equal for copies, or None
    if nothing is folded; `stories` is an int array (articles,), -1 without a story, or None if no article has
    one; `validated` is a bool array (articles,), whether people have coded enough of the article's language,
    or None if of none.
    """

    groupings: Sequence[Grouping]
    clusterings: Sequence[NDArray[np.int64]] = ()
    copy_of: NDArray[np.int64] | None = None
    stories: NDArray[np.int64] | None = None
    validated: NDArray[np.bool_] | None = None

    def all_validated(self, articles: NDArray[np.int64]) -> bool:
        """Whether people have coded enough of the languages of all these articles."""
        return self.validated is not None and bool(self.validated[articles].all())


def frame_of(
    articles: pd.DataFrame,
    groupings: Sequence[Grouping],
    settings: Compare,
    validated: Collection[str] = (),
) -> Frame:
    """What the articles share: their clusters by the config's rule, their copies and stories.

    Args:
        articles: one row each: story, outlet, and perhaps copy_of, the id of the article that each copies,
            and EVENT, which then stands for the story wherever articles of one are not independent.
        groupings: of the articles.
        settings: clusters, and whether copies are folded.
        validated: languages of which people have coded enough passages.
    """
    codes = codes_of(articles["story"])
    stories = codes if (codes >= 0).any() else None
    events = articles[EVENT].to_numpy() if EVENT in articles else codes
    shared = {"story": events, "outlet": codes_of(articles["outlet"])}
    cluster = settings.cluster if settings.cluster is not None else ["story"] * bool((events >= 0).any())
    copy_of = None
    if settings.duplicates == "fold" and "copy_of" in articles and not articles["copy_of"].is_unique:
        copy_of = codes_of(articles["copy_of"])
    clusterings = [_alone(shared[name]) for name in cluster]
    coded = articles["language"].isin(validated).to_numpy(dtype=bool) if validated else None
    return Frame(groupings, clusterings, copy_of, stories, coded)


def codes_of(names: pd.Series[str]) -> NDArray[np.int64]:
    """A number for each name; -1 for none."""
    import pandas as pd

    codes, known = pd.factorize(names, sort=True)
    empty = int(len(known) > 0 and known[0] == "")  # the first in order
    return codes.astype(np.int64) - np.where(codes >= 0, empty, 0)


def _alone(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Codes in which each article without a cluster is a cluster of its own."""
    return np.where(codes >= 0, codes, int(codes.max(initial=-1)) + 1 + np.arange(len(codes)))


def units(evidence: pd.DataFrame, labels: NDArray[np.integer[Any]]) -> dict[tuple[str, str], Units]:
    """The units of each actor and target; a pair without a passage is absent.

    Args:
        evidence: one row for each judgement: actor, target, article (place in the frame), probabilities.
        labels: int array (rows,), places in OUTCOMES.
    """
    if evidence.empty:
        return {}
    pairs = evidence.groupby(["actor", "target"], sort=False, observed=True)
    order = pairs["article"].first().index.to_list()
    keys = pairs.ngroup().to_numpy()
    del pairs
    articles = int(evidence["article"].max()) + 1
    keys = keys * articles + evidence["article"].to_numpy()
    keys, rows = np.unique(keys, return_inverse=True)
    counts = np.bincount(rows * len(OUTCOMES) + labels, minlength=len(keys) * len(OUTCOMES))
    counts = counts.reshape(len(keys), len(OUTCOMES))
    passages = counts.sum(axis=1)
    shares = counts / passages[:, None]
    del counts
    probable = np.bincount(rows, (evidence["supports"] - evidence["opposes"]).to_numpy()) / passages
    del rows
    owner, article = np.divmod(keys, articles)
    every = Units(article, passages, shares, np.zeros_like(passages), probable)
    ends = np.searchsorted(owner, np.arange(len(order) + 1))
    return {names: every.only(slice(*part)) for names, part in zip(order, pairwise(ends), strict=True)}


def folded(of: Units, group: NDArray[np.int64], copy_of: NDArray[np.int64]) -> Units:
    """Units in which the copies of a text within a group are one, with the mean of their shares.

    Args:
        of: the units.
        group: int array (articles,), the group of each article.
        copy_of: int array (articles,), the same number for articles that carry one text.
    """
    keys = group[of.article] * (int(copy_of.max()) + 1) + copy_of[of.article]
    _, first, rows, sizes = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    if len(first) == len(keys):
        return of
    shares = np.stack([np.bincount(rows, column) for column in of.shares.T], axis=1) / sizes[:, None]
    passages = np.bincount(rows, of.passages).astype(np.int64)
    probable = np.bincount(rows, of.probable) / sizes
    merged = Units(of.article[first], passages, shares, sizes - 1, probable)
    return merged.only(np.argsort(merged.article, kind="stable"))


def grouped(of: Units, grouping: Grouping, frame: Frame) -> Iterator[tuple[int, Units]]:
    """The units of each group that has any, copies folded unless outlets are what is compared."""
    if frame.copy_of is not None and "outlet" not in grouping.parts:
        of = folded(of, grouping.codes, frame.copy_of)
    codes = grouping.codes[of.article]
    order = np.argsort(codes, kind="stable")
    present, starts = np.unique(codes[order], return_index=True)
    for code, chosen in zip(present.tolist(), np.split(order, starts[1:]), strict=True):
        yield code, of.only(chosen)


def side(of: Units | Values, frame: Frame, *, probable: bool = False) -> Side:
    """The values of units, and their clusters, as estimates take them.

    Args:
        of: the units of a group.
        frame: for their clusters.
        probable: take mean probabilities for the values, not labels.
    """
    return Side(of.probable if probable else of.net, [codes[of.article] for codes in frame.clusterings])
