"""What the tables say, as three to six sentences that are made by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.report.formats import plain, shown
from pipelines.report.labels import enumeration, group_name
from pipelines.report.links import evidence_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.compare.tables import Tables
    from pipelines.report.labels import Labels

MOST = 6
"""Sentences at the top of the page: what fits on a first screen."""
SIDES = 3
"""Of them on the side of an actor, so that there is room for comparisons."""
MENTIONS = 1
"""Of them on mention rates."""
TRUE = {"true", "yes", "1"}


class Finding(NamedTuple):
    """A sentence, and the view of the passages behind it."""

    text: str
    link: str


def is_validated(value: object) -> bool:
    """Whether a value of the column `validated` says that people have checked the group."""
    return str(value).strip().lower() in TRUE


def validation(tables: Tables) -> str:
    """`validated` if people have checked all groups that have an estimate, `partly`, or `unvalidated`."""
    estimated = tables.stance[tables.stance["net"].notna()]
    tested = tables.differences[tables.differences["difference"].notna()]
    checked = [is_validated(value) for value in (*estimated["validated"], *tested["validated"])]
    if checked and all(checked):
        return "validated"
    return "partly" if any(checked) else "unvalidated"


def findings(tables: Tables, labels: Labels) -> list[Finding]:
    """Sentences with their intervals and n: sides of actors, comparisons, mention rates.

    A difference is called one only if it is significant and people have validated both of its groups.
    """
    sides = list(_sides(tables.stance, labels))[:SIDES]
    mentions = list(_mentions(tables.coverage_differences, labels))[:MENTIONS]
    room = MOST - len(sides) - len(mentions)
    return [*sides, *list(_comparisons(tables.differences, labels))[:room], *mentions]


def _sides(stance: pd.DataFrame, labels: Labels) -> Iterator[Finding]:
    """The side of each actor in all articles, the clearest first."""
    rows = [row for row in stance.to_dict("records") if row["group_by"] == "all" and pd.notna(row["net"])]
    for row in sorted(rows, key=lambda row: -_distance(row)):
        clear = _distance(row) > 0
        machine = "" if is_validated(row["validated"]) else "machine_"
        side = labels[f"{machine}side_{'supports' if row['net'] > 0 else 'opposes'}"].format_map(
            _words(row, labels)
        )
        sentence = labels["side" if clear else "no_side"].format_map(_words(row, labels) | {"side": side})
        yield Finding(sentence + _fragile(row, labels), evidence_link(row))


def _comparisons(differences: pd.DataFrame, labels: Labels) -> Iterator[Finding]:
    """The significant comparisons of each grouping; of one without any, that it has none."""
    estimated = differences[differences["difference"].notna()]
    for by, every in estimated.groupby("group_by", sort=False):
        rows = every[every["p_value"].notna()]
        if rows.empty:
            yield _untested(every.to_dict("records"), labels)
            continue
        ordered = rows.sort_values("p_value", kind="stable").to_dict("records")
        clear = [row for row in ordered if row["significant"] is True or str(row["significant"]) == "True"]
        for row in clear:
            key = "differs" if is_validated(row["validated"]) else "machine_differs"
            yield Finding(
                labels[key].format_map(_words(row, labels)) + _fragile(row, labels), evidence_link(row)
            )
        if not clear:
            largest = max(ordered, key=lambda row: abs(row["difference"]))
            about = {"tests": len(rows), "by": labels["groupings"].get(by, by)}
            counts = largest["articles"] + largest["reference_articles"]
            words = _words(largest, labels) | about | {"n": f"{counts:.0f}"}
            yield Finding(labels["same_all"].format_map(words), evidence_link(largest))


def _untested(rows: Sequence[Mapping[Any, Any]], labels: Labels) -> Finding:
    """That no comparison of a grouping could be tested, and the largest gap."""
    largest = max(rows, key=lambda row: abs(row["difference"]))
    by = labels["groupings"].get(largest["group_by"], largest["group_by"])
    words = _words(largest, labels) | {"by": by, "note": str(largest["note"]) or "–"}
    return Finding(labels["untested"].format_map(words), evidence_link(largest))


def _mentions(differences: pd.DataFrame, labels: Labels) -> Iterator[Finding]:
    """Significant differences in mention rates, the largest first."""
    rows = [row for row in differences.to_dict("records") if str(row["significant"]) == "True"]
    for row in sorted(rows, key=lambda row: -abs(row["difference"])):
        points = {key: signed(100 * row[key], 0) for key in ("difference", "low", "high")}
        yield Finding(labels["mentions"].format_map(_words(row, labels) | points), evidence_link(row))


def _distance(row: Mapping[Any, Any]) -> float:
    """How far the interval is from 0; negative if it holds 0."""
    return float(max(row["low"], -row["high"]))


def _fragile(row: Mapping[Any, Any], labels: Labels) -> str:
    if not isinstance(row["fragile"], str) or not row["fragile"]:
        return ""
    choices = enumeration(
        labels, [f"with {name}" if name[:7] != "without" else name for name in row["fragile"].split(", ")]
    )
    return " " + str(labels["fragile"].format(choices=choices))


def _words(row: Mapping[Any, Any], labels: Labels) -> dict[str, str]:
    """The values of a row of stance, differences or coverage_differences as a sentence has them."""
    values = {key: plain(str(row[key])) for key in ("actor", "target") if key in row}
    for key in ("group", "reference"):
        if key in row:
            values[key] = group_name(labels, row["group_by"], plain(str(row[key])))
    values |= {key: signed(row[key]) for key in ("net", "low", "high", "difference") if key in row}
    values["n"] = f"{row['articles']:.0f}"
    if "reference_articles" in row:
        values["m"] = f"{row['reference_articles']:.0f}"
    if "q_value" in row and pd.notna(row["q_value"]):
        values["q"] = shown(row["q_value"], "p")
    return {"q": "–", **values}


def signed(value: Any, decimals: int = 2) -> str:
    """A number with its sign, or a dash if it is unknown."""
    return "–" if pd.isna(value) else f"{round(value, decimals) + 0.0:+.{decimals}f}".replace("-", "−")
