"""What a group covers less than its share: stories, utterances, actors and targets.

Each group's articles are compared with all others by Fisher's exact test, one-sided, since most items are in
few articles and many groups have none; q-values are Benjamini and Hochberg's over all tests that could have
been significant. Articles of one group count as independent of each other.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.differences import SIGNIFICANT
from pipelines.compare.evidence import article_places, distinct_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Grouping
    from pipelines.compare.renderings import Rendering

NORMAL = 1.959964
"""The quantile of the normal distribution that leaves out 2.5 %."""


class Items(NamedTuple):
    """What may be left out: the articles, sorted by id, and what they contain.

    `passages` have actor, about, and article_id or article, the place of the article; `titles` are of the
    stories; `quotations` are the rows of that table.
    """

    articles: pd.DataFrame
    passages: pd.DataFrame
    utterances: Mapping[str, Sequence[Rendering]]
    titles: Mapping[str, str]
    quotations: Sequence[Mapping[str, Any]]


class Item(NamedTuple):
    """One of them: the articles that might have it, and those that have it; int arrays of places."""

    kind: str
    name: str
    title: str
    among: NDArray[np.int64]
    having: NDArray[np.int64]


def omissions(items: Items, groupings: Sequence[Grouping]) -> list[dict[str, Any]]:
    """The rows in which a group has less than its share, the surest first, then the largest.

    Args:
        items: of the run.
        groupings: of the articles, aligned with them.
    """
    tested = [_Tested(grouping) for grouping in groupings]
    rows = [row for item in _items(items) for of in tested for row in of.rows(item)]
    if rows:
        from scipy.stats import false_discovery_control

        q_values = false_discovery_control([row["p_value"] for row in rows])
        for row, q in zip(rows, q_values.tolist(), strict=True):
            row |= {"q_value": q, "significant": q < SIGNIFICANT}
    less = [row for row in rows if row["covered"] < row["expected"]]
    return sorted(
        less,
        key=lambda row: (
            not row["significant"], row["covered"] - row["expected"], row["kind"], row["item"],
            row["group_by"], row["group"],
        ),
    )  # fmt: skip


def _items(items: Items) -> Iterator[Item]:
    articles = items.articles
    everywhere = np.arange(len(articles))
    quoted = {row["story"]: everywhere[:0] for row in items.quotations}
    for story, having in places_by(articles["story"]):
        if story in quoted:
            quoted[story] = having
        yield Item("story", story, items.titles.get(story, ""), everywhere, having)
    ids = articles.loc[np.concatenate([everywhere[:0], *quoted.values()]), "id"]
    place = dict(zip(ids, ids.index, strict=True))
    of_quotation = {row["first_article"] + row["wording"]: row for row in items.quotations}
    for row in of_quotation.values():
        renderings = items.utterances[row["wording_of"].utterance]
        having = np.unique([place[of.article_id] for of in renderings])
        yield Item("quotation", row["quotation"], row["wording"], quoted[row["story"]], having)
    at = article_places(articles, items.passages)
    passages, at = items.passages[at >= 0], at[at >= 0]
    actors = passages["actor"].to_numpy(dtype=object)
    for actor in sorted(set(actors)):
        yield Item("actor", str(actor), "", everywhere, np.unique(at[actors == actor]))
    about, distinct = distinct_values(passages["about"])
    for target in sorted({target for of in distinct for target, _ in of}):
        is_about = np.array([target in dict(of) for of in distinct])
        yield Item("target", target, "", everywhere, np.unique(at[is_about[about]]))


def places_by(names: pd.Series[str]) -> Iterator[tuple[str, NDArray[np.int64]]]:
    """Each name, sorted, and the places that have it, in order: int array (places,).

    One after the other: pandas' `groupby(...).indices` would hold an array for each of them.
    """
    import pandas as pd

    codes, known = pd.factorize(names, sort=True)
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(len(known) + 1))
    for name, (start, end) in zip(known, pairwise(ends.tolist()), strict=True):
        yield str(name), order[start:end]


class _Tested:
    """A grouping whose groups may have less than their share of an item.

    Most items are stories of few articles among all: what depends on their number alone is computed once.
    """

    def __init__(self, grouping: Grouping) -> None:
        self.grouping = grouping
        self._every = self._counts(np.arange(len(grouping.codes)))
        self._telling = cache(lambda having: self._silent(self._every, len(grouping.codes), having))

    def rows(self, item: Item) -> Iterator[dict[str, Any]]:
        """The groups whose silence would mean something: without any, they would have p < 0.05."""
        from scipy.stats import hypergeom

        every, having = len(item.among), len(item.having)
        is_whole = every == len(self.grouping.codes)
        articles = self._every if is_whole else self._counts(item.among)
        telling = self._telling(having) if is_whole else self._silent(articles, every, having)
        covered = self._counts(item.having) if len(telling) else ()
        for code in telling:
            n, k = int(articles[code]), int(covered[code])
            rest, rest_k = every - n, having - k
            low, high = _interval(k, n, rest_k, rest)
            yield {
                "kind": item.kind, "item": item.name, "title": item.title, "group_by": self.grouping.by,
                "group": self.grouping.names[code], "articles": n, "covered": k,
                "expected": n * rest_k / rest, "rate": k / n, "rest_articles": rest,
                "rest_covered": rest_k, "rest_rate": rest_k / rest,
                "difference": k / n - rest_k / rest, "low": low, "high": high,
                "p_value": float(min(1.0, hypergeom.cdf(k, every, having, n))),
                "note": f"none of {n} articles" if k == 0 else "",
            }  # fmt: skip

    def _counts(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.bincount(self.grouping.codes[places], minlength=len(self.grouping.names))

    def _silent(self, articles: NDArray[np.int64], every: int, having: int) -> NDArray[np.int64]:
        from scipy.stats import hypergeom

        silence = hypergeom.cdf(0, every, having, articles)
        return np.flatnonzero((silence < SIGNIFICANT) & (articles < every))


def _interval(k: int, n: int, other_k: int, other_n: int) -> tuple[float, float]:
    """The 95 % interval of a difference of two shares, from Wilson's of each (Newcombe 1998, method 10)."""
    first, second = k / n, other_k / other_n
    low, high = _wilson(k, n)
    other_low, other_high = _wilson(other_k, other_n)
    below = np.hypot(first - low, other_high - second)
    above = np.hypot(high - first, second - other_low)
    return float(first - second - below), float(first - second + above)


def _wilson(k: int, n: int) -> tuple[float, float]:
    square = NORMAL**2
    centre = (k + square / 2) / (n + square)
    half = NORMAL / (n + square) * np.sqrt(k * (n - k) / n + square / 4)
    return float(centre - half), float(centre + half)
