"""Groups of articles, and which of them are compared with which."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.config.types import CROSSING, TIME_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

ALL = "all"
"""The grouping, and its only group, of all articles."""
UNKNOWN = "unknown"
"""The group of articles without the field that they are grouped by."""
REST = "rest"
"""The reference of a group that is compared with all articles outside it."""


class Grouping(NamedTuple):
    """A partition of the articles.

    `names` are its groups, sorted; `codes`, an int array (articles,), are each article's place in `names`.
    """

    by: str
    names: list[str]
    codes: NDArray[np.int64]

    @property
    def parts(self) -> list[str]:
        """What is crossed, or the one thing that articles are grouped by."""
        return self.by.split(CROSSING)


class Comparison(NamedTuple):
    """A group, and the group that it is compared with, as places in the names; None for all the rest."""

    group: int
    reference: int | None


def groupings(articles: pd.DataFrame, by: Sequence[str]) -> list[Grouping]:
    """The partitions: that of all articles, and those that are named.

    Args:
        articles: one row each: language, outlet, story, published, and further columns.
        by: columns, units of time, or two of them crossed.
    """
    return [grouping(articles, name) for name in (ALL, *by)]


def grouping(articles: pd.DataFrame, by: str) -> Grouping:
    """The partition by a column, a unit of time, or two of them crossed."""
    import pandas as pd

    parts = [_values(articles, part) for part in by.split(CROSSING)]
    groups = parts[0]
    for part in parts[1:]:
        groups = groups + CROSSING + part
    codes, names = pd.factorize(groups, sort=True)
    return Grouping(by, [str(name) for name in names], codes.astype(np.int64))


def _values(articles: pd.DataFrame, name: str) -> pd.Series[str]:
    """Each article's group in one column, or one unit of time."""
    import pandas as pd

    if name == ALL:
        return pd.Series(ALL, index=articles.index)
    if name in TIME_UNITS and name not in articles:
        return _periods(articles["published"], name)
    return articles[name].fillna("").astype(str).replace("", UNKNOWN)


def _periods(published: pd.Series[str], unit: str) -> pd.Series[str]:
    """The day, ISO week, month, quarter or year of ISO 8601 dates, which may be partial, as names that sort
    by time."""
    import pandas as pd

    days = published.fillna("").astype(str).str[:10]
    if unit in ("month", "quarter", "year"):  # a date may be a month; a year, only a year
        days = days.where(~days.str.fullmatch(r"\d{4}-\d{2}"), days + "-01")
    if unit == "year":
        days = days.where(~days.str.fullmatch(r"\d{4}"), days + "-01-01")
    time = pd.to_datetime(days.where(days.str.fullmatch(r"\d{4}-\d{2}-\d{2}")), errors="coerce")
    if unit == "week":
        iso = time.dt.isocalendar()
        names = iso["year"].astype("string") + "-W" + iso["week"].astype("string").str.zfill(2)
    elif unit == "quarter":
        names = (
            time.dt.year.astype("Int64").astype("string")
            + "-Q"
            + time.dt.quarter.astype("Int64").astype("string")
        )
    else:
        names = time.dt.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[unit])
    return names.astype(object).where(time.notna(), UNKNOWN)


def comparisons(of: Grouping, references: Mapping[str, str]) -> Iterator[Comparison]:
    """Which groups are compared: with the config's reference, a period with the one before, or with the rest.

    In a crossed grouping one part stays the same: Portuguese in October with English in October, or English
    in October with English in September. Two groups without a reference are one comparison. A reference that
    does not occur gives none.

    Args:
        of: any partition but that of all articles.
        references: from grouping, or part of a crossed one, to the name of its reference group.
    """
    names = of.names
    if of.by in references:
        reference = references[of.by]
        if reference in names:
            yield from (
                Comparison(n, names.index(reference)) for n in range(len(names)) if names[n] != reference
            )
        return
    parts = of.parts
    for place, part in enumerate(parts):
        if len(parts) > 1 and part in references:
            yield from _within(names, place, references[part])
            return
    for place, part in enumerate(parts):
        if part in TIME_UNITS:
            yield from _periods_before(names, place)
            return
    if len(names) == 2:
        yield Comparison(0, 1)
    elif len(names) > 2:
        yield from (Comparison(number, None) for number in range(len(names)))


def _within(names: Sequence[str], place: int, reference: str) -> Iterator[Comparison]:
    """Each group of a crossed grouping with the one that differs in one part, where that is the reference."""
    numbers = {name: number for number, name in enumerate(names)}
    for name, number in numbers.items():
        parts = name.split(CROSSING)
        other = CROSSING.join([*parts[:place], reference, *parts[place + 1 :]])
        if other in numbers and other != name:
            yield Comparison(number, numbers[other])


def _periods_before(names: Sequence[str], place: int) -> Iterator[Comparison]:
    """Each period with the one before it that has articles, the other part of a crossing being the same."""
    by_rest: dict[tuple[str, ...], list[int]] = {}
    for number, name in enumerate(names):
        parts = name.split(CROSSING)
        if parts[place] != UNKNOWN:
            by_rest.setdefault((*parts[:place], *parts[place + 1 :]), []).append(number)
    for numbers in by_rest.values():
        yield from (Comparison(later, earlier) for earlier, later in pairwise(numbers))
