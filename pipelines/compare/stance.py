"""The stance of each actor toward each target in each group of articles."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.compare.clusters import clustered_variance
from pipelines.compare.estimates import Estimate, estimate
from pipelines.compare.evidence import NOT_ABOUT
from pipelines.compare.groups import ALL
from pipelines.compare.units import OUTCOMES, Units, grouped, side
from pipelines.compare.views import fragile, same, suspect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd

    from pipelines.compare.groups import Grouping
    from pipelines.compare.units import Frame
    from pipelines.compare.views import View, Views
    from pipelines.config import Compare


class Cell(NamedTuple):
    """The actor, target and group of articles of one row of a table."""

    actor: str
    target: str
    group_by: str
    group: str


Groups = dict[int, "Units"]
"""The units of each group that has any, by the group's place in its grouping."""


class Block(NamedTuple):
    """One actor, target and grouping: the units of its groups in each view, the evidence as it is first.

    `views` are made anew each time that they are asked for, one after the other: all of them at once would
    take more memory than the evidence.
    """

    actor: str
    target: str
    grouping: Grouping
    views: Iterable[tuple[View, Groups]]

    def cell(self, group: int) -> Cell:
        """The row of a group."""
        return Cell(self.actor, self.target, self.grouping.by, self.grouping.names[group])


class _Grouped:
    """The groups of one actor, target and grouping in each view; see `Block`."""

    def __init__(self, views: Views, actor: str, target: str, grouping: Grouping, frame: Frame) -> None:
        self._views, self._pair, self._grouping, self._frame = views, (actor, target), grouping, frame

    def __iter__(self) -> Iterator[tuple[View, Groups]]:
        for view, units in self._views.of(*self._pair):
            yield view, {} if units is None else dict(grouped(units, self._grouping, self._frame))


def blocks(views: Views, frame: Frame, actors: Sequence[str], targets: Sequence[str]) -> Iterator[Block]:
    """The blocks of rows, in the order of actors, targets and groupings."""
    for actor, target, grouping in product(actors, targets, frame.groupings):
        yield Block(actor, target, grouping, _Grouped(views, actor, target, grouping, frame))


def stance_rows(
    block: Block, frame: Frame, counts: Counts, settings: Compare, language: Grouping
) -> Iterator[dict[str, Any]]:
    """One row for each group of articles.

    Args:
        block: an actor, target and grouping.
        frame: groupings, clusters and copies.
        counts: of the passages of each cell.
        settings: pooling, and the minimum size.
        language: the grouping by language, for pooling.
    """

    def net(view: View, of: Units | None) -> Estimate | None:
        if of is None or len(of.article) < settings.minimum_articles:
            return None
        if block.grouping.by == ALL and settings.pool == "languages":
            return by_language(of, frame, language)
        return estimate(side(of, frame, probable=view.probable))

    readings = iter(block.views)
    view, main = next(readings)
    results = {group: net(view, main.get(group)) for group in range(len(block.grouping.names))}
    others: dict[int, list[tuple[str, int | None]]] = {group: [] for group in results}
    for view, groups in readings:
        for group, states in others.items():
            of = groups.get(group)
            if results[group] is not None and (view.probable or not same(of, main.get(group))):
                other = net(view, of)
                states.append((view.name, None if other is None else _state(other)))
    for group, result in results.items():
        cell, of = block.cell(group), main.get(group)
        row = cell._asdict() | counts.of(cell) | _counts(of)
        if of is None or result is None:
            yield row | _too_few(of, settings.minimum_articles)
        else:
            yield row | {
                "net": result.mean, "low": result.low, "high": result.high, "clusters": result.clusters,
                "deff": result.deff, "fragile": fragile(_state(result), others[group]),
                "validated": frame.all_validated(of.article),
            }  # fmt: skip


def _counts(of: Units | None) -> dict[str, Any]:
    if of is None:
        return {"articles": 0, "copies": 0, "passages": 0}
    shares = dict(zip(OUTCOMES, of.shares.mean(axis=0).tolist(), strict=True))
    supports, opposes = of.shares[:, 0] > 0, of.shares[:, 1] > 0
    return shares | {
        "articles": len(of.article), "copies": int(of.copies.sum()), "passages": int(of.passages.sum()),
        "passages_per_article": of.passages.sum() / (len(of.article) + of.copies.sum()),
        "any_supports": supports.mean(), "any_opposes": opposes.mean(), "mixed": (supports & opposes).mean(),
    }  # fmt: skip


def _too_few(of: Units | None, minimum: int) -> dict[str, Any]:
    """A row without an estimate, and without the shares of so few."""
    hidden = dict.fromkeys(("any_supports", "any_opposes", "mixed", *OUTCOMES))
    number = 0 if of is None else len(of.article)
    return hidden | {"note": f"{number or 'no'} articles, fewer than {minimum}"}


def _state(of: Estimate) -> int:
    """Whether the interval is above (1) or below 0 (-1), or holds it (0)."""
    return int(of.low > 0) - int(of.high < 0)


def by_language(of: Units, frame: Frame, language: Grouping) -> Estimate:
    """The mean over languages of the means over their articles, each language weighing the same."""
    codes = language.codes[of.article]
    present = [of.only(codes == code) for code in np.unique(codes)]
    every = Units._make(np.concatenate(columns) for columns in zip(*present, strict=True))
    # All of these are in the order of `every`: language by language.
    weights = np.concatenate([np.full(len(p.article), 1 / (len(p.article) * len(present))) for p in present])
    influence = weights * np.concatenate([part.net - part.net.mean() for part in present])
    robust = clustered_variance(influence, [codes[every.article] for codes in frame.clusterings])
    mean = float(np.mean([part.net.mean() for part in present]))
    # The interval of as many articles as have this variance; weights alone make fewer of them (Kish 1965).
    plain = estimate(side(every, frame._replace(clusterings=[])))
    spread = max(float(np.square(every.net - every.net.mean()).mean()), 1e-9)
    deff = max(robust.variance * len(weights) / spread, len(weights) * float(np.square(weights).sum()))
    half = (plain.high - plain.low) / 2 * np.sqrt(deff)
    return Estimate(mean, max(mean - half, -1.0), min(mean + half, 1.0), robust.clusters, float(deff))


class Counts:
    """The passages behind each cell that no estimate rests on: suspect, held back, of the actor at all.

    Args:
        evidence: one row for each passage and target: article (place in the frame), actor, target, label,
            agreement, flags.
        frame: for the groups.
    """

    def __init__(self, evidence: pd.DataFrame, frame: Frame) -> None:
        import pandas as pd

        self._of: dict[Cell, dict[str, Any]] = {}
        self._articles: dict[tuple[str, str, str], int] = {}
        judged = (evidence["label"] != "").to_numpy()
        rows = evidence[["actor", "target", "article"]].assign(
            held_back=(evidence["about"] == NOT_ABOUT).to_numpy(),
            suspect=np.where(judged, suspect(evidence["flags"]), np.nan),
            agreement=np.where(judged, evidence["agreement"], np.nan),
        )
        for grouping in frame.groupings:
            names = np.array(grouping.names, dtype=object)
            group = pd.Series(names[grouping.codes[rows["article"]]], index=rows.index, dtype=object)
            by = [rows["actor"], rows["target"], group]
            means = rows.groupby(by).agg({"held_back": "sum", "suspect": "mean", "agreement": "mean"})
            counts: Any = means.to_dict("index")
            for (actor, target, name), row in counts.items():
                self._of[Cell(actor, target, grouping.by, name)] = row
            distinct = rows["article"].groupby([rows["actor"], group]).nunique()
            self._articles |= {
                (actor, grouping.by, name): n
                for (actor, name), n in zip(distinct.index, distinct, strict=True)
            }

    def of(self, cell: Cell) -> dict[str, Any]:
        """articles_with_actor, held_back, suspect and agreement of a cell."""
        row = self._of.get(cell, {"held_back": 0})
        articles = self._articles.get((cell.actor, cell.group_by, cell.group), 0)
        return {"articles_with_actor": articles} | row
