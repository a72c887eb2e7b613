"""How often, how early and in whose words articles have each actor, and how groups differ in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.clusters import Side
from pipelines.compare.differences import rate_difference, reference_name
from pipelines.compare.estimates import YES_NO, estimate
from pipelines.compare.groups import ALL, comparisons

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Grouping
    from pipelines.compare.units import Frame
    from pipelines.config import Compare


class Mentions:
    """Which articles have which actor.

    Args:
        articles: one row each.
        passages: one row each: actor, article (place in the frame of articles).
        frame: groups, clusters and copies of the articles.
    """

    def __init__(self, articles: pd.DataFrame, passages: pd.DataFrame, frame: Frame) -> None:
        self._frame, self._size = frame, len(articles)
        self._articles = {
            actor: np.unique(codes.to_numpy()) for actor, codes in passages.groupby("actor")["article"]
        }

    def side(self, actor: str, grouping: Grouping, chosen: NDArray[np.bool_]) -> Side:
        """For each article of a part whether it has the actor, copies within a group counted once.

        Args:
            actor: a name.
            grouping: of the table; if outlets are compared, copies count.
            chosen: bool array (articles,).
        """
        has = np.zeros(self._size)
        has[self._articles.get(actor, [])] = 1.0
        places = np.flatnonzero(chosen)
        values = has[places]
        copy_of = self._frame.copy_of
        if copy_of is not None and "outlet" not in grouping.parts:
            keys = grouping.codes[places] * (int(copy_of.max()) + 1) + copy_of[places]
            _, first, rows, sizes = np.unique(
                keys, return_index=True, return_inverse=True, return_counts=True
            )
            places, values = places[first], np.bincount(rows, values) / sizes
        return Side(values, [codes[places] for codes in self._frame.clusterings])


def coverage_rows(
    mentions: Mentions,
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    actors: Sequence[str],
    frame: Frame,
) -> Iterator[dict[str, Any]]:
    """One row for each actor and group of articles.

    Args:
        mentions: of the same articles.
        articles: one row each: characters.
        passages: one row each, with the fields of `Passage` and `article`, the place in the frame; perhaps
            `letters` and `quoted_letters` of the source.
        actors: names, in the order of the table.
        frame: groups, clusters and copies.
    """
    counted = _Counted(articles["characters"].to_numpy(), passages)
    each = {grouping.by: counted.rows(grouping) for grouping in frame.groupings}
    for actor in actors:
        for grouping in frame.groupings:
            named, voices = each[grouping.by]
            for code, group in enumerate(grouping.names):
                chosen = grouping.codes == code
                side = mentions.side(actor, grouping, chosen)
                rate = estimate(side, YES_NO)
                row = named.get((actor, code), {"passages": 0})
                share = row.get("quoted", 0) / voices[code] if voices[code] else None
                yield {
                    "actor": actor, "group_by": grouping.by, "group": group, "articles": side.size,
                    "copies": int(chosen.sum()) - side.size,
                    "articles_with_actor": np.count_nonzero(side.values), "mention_rate": rate.mean,
                    "low": rate.low, "high": rate.high, "clusters": rate.clusters,
                    "share_of_voice": share, **row,
                }  # fmt: skip


class _Counted:
    """The passages of each actor, to be counted by groups of articles.

    Args:
        characters: int array (articles,), the length of each article.
        passages: see `coverage_rows`.
    """

    def __init__(self, characters: NDArray[np.int64], passages: pd.DataFrame) -> None:
        import pandas as pd

        self._article = passages["article"].to_numpy()
        self._actor, self._actors = pd.factorize(passages["actor"])
        self._quoted = (passages["voice"] == "quoted").to_numpy()
        names = passages.columns.intersection(["quoted_letters", "letters"], sort=False)
        self._letters = {name: passages[name].to_numpy() for name in names}
        # A title that is not part of the text is at -1.
        position = passages["start"].clip(lower=0).to_numpy() / characters[self._article]
        order = np.lexsort((position, self._actor, self._article))
        is_first = np.ones(len(order), dtype=np.bool_)
        is_first[1:] = np.diff(self._article[order]).astype(bool) | np.diff(self._actor[order]).astype(bool)
        self._first = order[is_first]
        self._position = position[self._first]

    def rows(self, grouping: Grouping) -> tuple[dict[tuple[str, int], dict[str, Any]], list[int]]:
        """Counts and means of each actor and group with a passage; and the quoted passages of each group."""
        groups = len(grouping.names)
        pair = self._actor * groups + grouping.codes[self._article]
        most = len(self._actors) * groups
        passages, quoted = (np.bincount(of, minlength=most) for of in (pair, pair[self._quoted]))
        columns = {"passages": passages, "quoted": quoted, "quoted_share": quoted / passages.clip(1)}
        if self._letters:
            sums = {name: np.bincount(pair, own, minlength=most) for name, own in self._letters.items()}
            columns["quoted_text"] = sums["quoted_letters"] / sums["letters"].clip(1)
        first = pair[self._first]
        articles = np.bincount(first, minlength=most)
        columns["first_position"] = np.bincount(first, self._position, minlength=most) / articles.clip(1)
        rows = {
            (self._actors[number // groups], number % groups): {
                name: column[number].item() for name, column in columns.items()
            }
            for number in np.flatnonzero(passages).tolist()
        }
        return rows, quoted.reshape(len(self._actors), groups).sum(axis=0).tolist()


def coverage_difference_rows(
    mentions: Mentions, actors: Sequence[str], frame: Frame, settings: Compare
) -> Iterator[dict[str, Any]]:
    """One row for each actor and comparison of groups: the difference of their mention rates.

    Args:
        mentions: of the articles.
        actors: names, in the order of the table.
        frame: groups, clusters and copies.
        settings: references, and the minimum size.
    """
    for actor in actors:
        for grouping in frame.groupings:
            if grouping.by == ALL:
                continue
            for pair in comparisons(grouping, settings.reference):
                inside = grouping.codes == pair.group
                other = ~inside if pair.reference is None else grouping.codes == pair.reference
                group, reference = (mentions.side(actor, grouping, part) for part in (inside, other))
                if reference.size < settings.minimum_articles:
                    continue
                row = {
                    "actor": actor, "group_by": grouping.by, "group": grouping.names[pair.group],
                    "reference": reference_name(grouping, pair), "articles": group.size,
                    "reference_articles": reference.size,
                }  # fmt: skip
                if group.size < settings.minimum_articles:
                    yield row | {"note": f"{group.size} articles, fewer than {settings.minimum_articles}"}
                    continue
                row |= rate_difference(group, reference, YES_NO)
                yield row | _absence(group, reference, row)


def _absence(group: Side, reference: Side, row: dict[str, Any]) -> dict[str, Any]:
    """A note if only one side mentions the actor at all."""
    here, there = bool(group.values.any()), bool(reference.values.any())
    if here == there:
        return {}
    note = "mentioned, and never in the reference" if here else "never mentioned, only in the reference"
    return {"note": "; ".join(part for part in (note, row.get("note")) if part)}
