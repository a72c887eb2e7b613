"""What a group covers less than its share: stories, utterances, actors and targets.

Each group's articles are compared with all others by Fisher's exact test, one-sided, since most items are in
few articles and many groups have none; q-values are Benjamini and Hochberg's over all tests that could have
been significant. Articles of one group count as independent of each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.differences import SIGNIFICANT

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

    `titles` are of the stories; `quotations` are the rows of that table.
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
    rows = [row for item in _items(items) for grouping in groupings for row in _rows(item, grouping)]
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
    place = {id_: number for number, id_ in enumerate(articles["id"])}
    everywhere = np.arange(len(articles))
    stories = articles.groupby("story").indices
    for story, having in stories.items():
        yield Item("story", str(story), items.titles.get(str(story), ""), everywhere, np.sort(having))
    of_quotation = {row["first_article"] + row["wording"]: row for row in items.quotations}
    for row in of_quotation.values():
        renderings = items.utterances[row["wording_of"].utterance]
        having = np.unique([place[of.article_id] for of in renderings])
        yield Item("quotation", row["quotation"], row["wording"], np.sort(stories[row["story"]]), having)
    known = items.passages[items.passages["article_id"].isin(place)]
    for actor, of in known.groupby("actor"):
        yield Item("actor", str(actor), "", everywhere, np.unique(of["article_id"].map(place)))
    targets: dict[str, set[int]] = {}
    for article, about in zip(known["article_id"], known["about"], strict=True):
        for target, _ in about:
            targets.setdefault(target, set()).add(place[article])
    for target, having_it in sorted(targets.items()):
        yield Item("target", target, "", everywhere, np.array(sorted(having_it)))


def _rows(item: Item, grouping: Grouping) -> Iterator[dict[str, Any]]:
    """The groups whose silence would mean something: without any, they would have p < 0.05."""
    from scipy.stats import hypergeom

    size = len(grouping.names)
    articles = np.bincount(grouping.codes[item.among], minlength=size)
    covered = np.bincount(grouping.codes[item.having], minlength=size)
    every, having = len(item.among), len(item.having)
    silence = hypergeom.cdf(0, every, having, articles)
    for code in np.flatnonzero((silence < SIGNIFICANT) & (articles < every)):
        n, k = int(articles[code]), int(covered[code])
        rest, rest_k = every - n, having - k
        low, high = _interval(k, n, rest_k, rest)
        yield {
            "kind": item.kind, "item": item.name, "title": item.title, "group_by": grouping.by,
            "group": grouping.names[code], "articles": n, "covered": k, "expected": n * rest_k / rest,
            "rate": k / n, "rest_articles": rest, "rest_covered": rest_k, "rest_rate": rest_k / rest,
            "difference": k / n - rest_k / rest, "low": low, "high": high,
            "p_value": float(min(1.0, hypergeom.cdf(k, every, having, n))),
            "note": f"none of {n} articles" if k == 0 else "",
        }  # fmt: skip


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
