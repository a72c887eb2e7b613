"""What a reader must know about the comparison as a whole, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipelines.compare.estimates import FEWEST_CLUSTERS
from pipelines.compare.groups import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.compare.tables import Tables
    from pipelines.config import Compare

Clustering = Literal["story", "outlet"]
SHOWN = 10
"""Groups named in a line. Not tuned; keeps it readable."""
MANY: dict[Clustering, float] = {"story": 1.5, "outlet": 5.0}
"""Mean size of an article's cluster from which its correlation cannot be passed over: at 0.8 for stories and
0.2 for outlets (docs/method.md, Intervals) the variance is 1.4 and 1.8 times that of independent articles."""


def reference_remarks(
    sizes: Mapping[str, Mapping[str, int]], references: Mapping[str, str], minimum: int
) -> Iterator[str]:
    """References of the config that no article has, or too few.

    Args:
        sizes: for each grouping the articles of each of its groups.
        references: from grouping to the name of its reference group.
        minimum: articles of a group that is estimated.
    """
    for by, reference in references.items():
        if by not in sizes:
            continue
        articles = sizes[by].get(reference, 0)
        if articles >= minimum:
            continue
        number = f"only {articles} articles are, fewer than {minimum}" if articles else "no article is"
        there = ", ".join([name for name in sizes[by] if name != UNKNOWN][:SHOWN]) or "none"
        yield (
            f"compare.reference: {number} of the reference {by} '{reference}', so nothing is compared. "
            f"Groups: {there}"
        )


def cluster_remarks(
    members: Mapping[Clustering, Sequence[int]], cluster: Sequence[str] | None
) -> Iterator[str]:
    """What articles share that makes them dependent, and `compare.cluster` leaves out.

    Args:
        members: articles of each story, and of each outlet; without those that have none.
        cluster: of the config; None for the default.
    """
    used = [*cluster] if cluster is not None else ["story"] if members["story"] else []
    missing = [name for name, least in MANY.items() if name not in used and _shared(members[name]) >= least]
    advice = ", ".join(name for name in MANY if name in (*used, *missing))
    for name in missing:
        line = (
            f"compare.cluster: an article shares its {name} with {_shared(members[name]) - 1:.0f} others on "
            f"average, which are not independent of it; without compare.cluster: [{advice}], "
            "intervals are too narrow"
        )
        few = f". Of {len(members[name])}, differences are estimated and not tested"
        yield f"{line}{few}" if len(members[name]) < FEWEST_CLUSTERS else line


def _shared(members: Sequence[int]) -> float:
    """The mean size of an article's cluster, itself included; 0 without articles."""
    return sum(size * size for size in members) / max(1, sum(members))


def unchecked(tables: Tables) -> str:
    """Which numbers are the machine's alone; empty if people have coded enough to check all of them.

    Args:
        tables: of the comparison.
    """
    shown = tables.stance[tables.stance["net"].notna()]
    validated = shown["validated"].astype(bool)
    if shown.empty or validated.all():
        return ""
    which = "The rows whose `validated` is False" if validated.any() else "The numbers"
    return (
        f"{which} are the machine's alone: people have not coded enough passages to check them. "
        "What differs may be its errors, which are not the same in all languages (polystance code sheet)."
    )


def remarks(tables: Tables, settings: Compare) -> list[str]:
    """What the tables leave out: references that are absent or too small, copies that count as one.

    Args:
        tables: of the comparison.
        settings: references and minimum size.
    """
    sizes = {
        str(by): dict(zip(rows["group"], rows["articles"].astype(int), strict=True))
        for by, rows in tables.coverage.drop_duplicates(["group_by", "group"]).groupby("group_by", sort=False)
    }
    lines = list(reference_remarks(sizes, settings.reference, settings.minimum_articles))
    minimum, small = settings.minimum_articles, []
    rows = tables.stance[["group_by", "group", "actor", "target", "articles"]]
    for by, group, actor, target, articles in rows.itertuples(index=False, name=None):
        if settings.reference.get(by) == group and 0 < articles < minimum:
            small.append(f"{actor} on {target} {articles}")
    if small:
        shown = ", ".join(small[:SHOWN]) + (f" and {len(small) - SHOWN} more" if len(small) > SHOWN else "")
        lines.append(f"no differences, since the reference has fewer than {minimum} articles: {shown}")
    return lines
