"""How far two languages are apart on the same stories, period by period: the rows of `timeline.csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.change_points import Change, change_point
from pipelines.compare.differences import SIGNIFICANT, estimates, with_q_values
from pipelines.compare.estimates import contrast
from pipelines.compare.groups import UNKNOWN, Grouping, grouping
from pipelines.compare.units import Units, grouped, side
from pipelines.config.types import CROSSING, TIME_UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.coverage import Mentions
    from pipelines.compare.units import Frame
    from pipelines.config import Compare

    Row = dict[str, Any]

WEEKS_BELOW = 92
"""Days; articles of less than three months are cut into weeks, others into months."""


class Calendar(NamedTuple):
    """The languages and periods of the articles, and the two crossed: code language * periods + period."""

    language: Grouping
    period: Grouping
    crossed: Grouping


def calendar(articles: pd.DataFrame, by: Sequence[str]) -> Calendar:
    """The languages and periods of articles.

    Args:
        articles: one row each: language, published, and perhaps further columns.
        by: groupings of the config; the longest unit of time among them is that of the periods.
    """
    parts = {part for name in by for part in name.split(CROSSING)} - {*articles.columns}
    named = [unit for unit in TIME_UNITS if unit in parts]  # from the shortest
    unit = named[-1] if named else _unit(articles["published"])
    language, period = grouping(articles, "language"), grouping(articles[["published"]], unit)
    names = [f"{first}{CROSSING}{then}" for first in language.names for then in period.names]
    codes = language.codes * len(period.names) + period.codes
    return Calendar(language, period, Grouping(f"language{CROSSING}{unit}", names, codes))


def _unit(published: pd.Series[str]) -> str:
    import pandas as pd

    days = pd.to_datetime(published.fillna("").str[:10], format="%Y-%m-%d", errors="coerce").dropna()
    if days.empty:
        return "month"
    # Of dates, since centuries are more nanoseconds than fit.
    return "week" if (days.max().date() - days.min().date()).days < WEEKS_BELOW else "month"


def timeline_rows(
    units: Mapping[tuple[str, str], Units],
    mentions: Mentions,
    frame: Frame,
    time: Calendar,
    settings: Compare,
    pivot: str,
) -> list[Row]:
    """One row for each actor, target, language and period with a judged article on a shared story.

    A language is compared with the reference; without one in the config, with the pivot, or if no article is
    in the pivot with the first language. A story is shared in a period if it has articles of both in it.

    Args:
        units: of each actor and target, in the order of the rows.
        mentions: of the same articles.
        frame: clusters, copies and stories of the articles; without stories there are no rows.
        time: of the same articles.
        settings: the reference, and the minimum size.
        pivot: language code of the translations.
    """
    names = [name for name in time.language.names if name != UNKNOWN]
    reference = settings.reference.get("language") or (pivot if pivot in names else next(iter(names), ""))
    if frame.stories is None or reference not in names:
        return []
    rows: list[Row] = []
    changes: list[tuple[Row, Change]] = []
    for name in names:
        if name == reference:
            continue
        pair = _Pair(mentions, frame, time, (name, reference), settings.minimum_articles)
        for (actor, target), of in units.items():
            each = list(pair.rows(of, {"actor": actor, "target": target}))
            rows += (row for _, row in each)
            change = pair.change(of)
            if change:
                changes.append((dict(each)[change.period], change))
    _add_changes(changes)
    return rows


def _add_changes(changes: Sequence[tuple[Row, Change]]) -> None:
    """Write the changes that are significant among all series into the rows that they begin with."""
    import pandas as pd

    tested = pd.DataFrame({"p_value": [change.p_value for _, change in changes], "note": ""})
    tested = with_q_values(tested.assign(q_value=np.nan, significant=None))
    for (row, change), q_value in zip(changes, tested["q_value"].tolist(), strict=True):
        if q_value < SIGNIFICANT:
            row |= {"change": change.difference, "change_q_value": q_value}


class _Pair:
    """A language and its reference.

    Args:
        mentions, frame, time: see `timeline_rows`.
        names: the language and its reference.
        least: articles below which a value is left empty.
    """

    def __init__(
        self, mentions: Mentions, frame: Frame, time: Calendar, names: tuple[str, str], least: int
    ) -> None:
        assert frame.stories is not None
        self._mentions, self._frame, self._time, self._names = mentions, frame, time, names
        self._least, self._periods = least, len(time.period.names)
        self._languages = [time.language.names.index(name) for name in names]
        # A story in a period has a number of its own; so has none, which is not shared.
        self._story = frame.stories * self._periods + time.period.codes
        dated = np.array(time.period.names, dtype=object)[time.period.codes] != UNKNOWN
        usable = dated & (frame.stories >= 0)
        both = [self._story[usable & (time.language.codes == code)] for code in self._languages]
        self._both = np.intersect1d(*both)
        self._kept = usable & np.isin(self._story, self._both) & np.isin(time.language.codes, self._languages)
        self._stories = np.bincount(self._both % self._periods, minlength=self._periods)
        self._rates: dict[tuple[str, int], float | None] = {}
        self._sizes: dict[int, int] = {}

    def _sides(self, of: Units) -> dict[int, tuple[Units | None, Units | None]]:
        """The units on shared stories of the two languages, by period."""
        kept = of.only(self._kept[of.article])
        groups = dict(grouped(kept, self._time.crossed, self._frame)) if len(kept.article) else {}
        present = sorted({code % self._periods for code in groups})
        first, second = (language * self._periods for language in self._languages)
        return {period: (groups.get(first + period), groups.get(second + period)) for period in present}

    def rows(self, of: Units, named: Row) -> Iterator[tuple[int, Row]]:
        """Each period and its row; `named` has the actor and the target."""
        language, reference = self._names
        for period, sides in self._sides(of).items():
            row = named | {
                "language": language, "reference": reference, "period": self._time.period.names[period],
                "stories": int(self._stories[period]),
            }  # fmt: skip
            for prefix, code, units in zip(("", "reference_"), self._languages, sides, strict=True):
                row |= {prefix + key: value for key, value in self._side(named, code, period, units).items()}
            yield period, row | self._difference(*sides)

    def _side(self, named: Row, language: int, period: int, of: Units | None) -> Row:
        rate, size = self._mentioned(named["actor"], language * self._periods + period)
        number = 0 if of is None else len(of.article)
        net = float(of.net.mean()) if of is not None and number >= self._least else None
        return {"story_articles": size, "mention_rate": rate, "articles": number, "net": net}

    def _mentioned(self, actor: str, code: int) -> tuple[float | None, int]:
        """The share of the articles on shared stories that have an actor, and their number."""
        if (actor, code) not in self._rates:
            chosen = self._kept & (self._time.crossed.codes == code)
            values = self._mentions.side(actor, self._time.crossed, chosen).values
            self._sizes[code] = len(values)
            self._rates[actor, code] = float(values.mean()) if len(values) >= self._least else None
        return self._rates[actor, code], self._sizes[code]

    def _difference(self, first: Units | None, second: Units | None) -> Row:
        size = min(0 if of is None else len(of.article) for of in (first, second))
        if first is None or second is None or size < self._least:
            return {"note": f"{size or 'no'} articles of a language, fewer than {self._least}"}
        outcome = contrast(side(first, self._frame), side(second, self._frame))
        coded = all(self._frame.all_validated(of.article) for of in (first, second))
        return estimates(outcome) | {"validated": coded}

    def change(self, of: Units) -> Change | None:
        """The point of change of the differences of stories that have judged articles in both languages."""
        values: list[NDArray[np.float64]] = []
        periods: list[NDArray[np.int64]] = []
        for period, (first, second) in self._sides(of).items():
            if first is None or second is None:
                continue
            means = [self._story_means(units) for units in (first, second)]
            _, *places = np.intersect1d(means[0][0], means[1][0], return_indices=True)
            values.append(means[0][1][places[0]] - means[1][1][places[1]])
            periods.append(np.full(len(places[0]), period))
        if not values:
            return None
        return change_point(np.concatenate(values), np.concatenate(periods), self._least)

    def _story_means(self, of: Units) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The stories of the articles, and the mean net of each."""
        stories, places = np.unique(self._story[of.article], return_inverse=True)
        return stories, np.bincount(places, of.net) / np.bincount(places)
