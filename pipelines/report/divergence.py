"""How far two languages are apart, period by period: plots with their captions, and the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.report.formats import plain
from pipelines.report.page_tables import page_table
from pipelines.report.plots import BAND, MUTED, OPPOSES, TEXT, as_svg, blank, short_name

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from pipelines.report.labels import Labels
    from pipelines.report.page_tables import PageTable

FEWEST_PERIODS = 3
"""With an estimate on both sides; with fewer, two numbers of the table say as much."""
SERIES = 12
"""Plots on the page, those with most articles; each takes half a second. The table has all."""
SERIES_OF = ("actor", "target", "language", "reference")
TICKS = 6
"""Names of periods below a plot: as many as a phone has room for."""


class Divergence(NamedTuple):
    """A plot as SVG, its caption, which says in words what it shows, and a name for its file."""

    svg: str
    caption: str
    name: str


class Section(NamedTuple):
    """The plots; the number of series that have none for lack of room; and all rows."""

    plots: list[Divergence]
    more: int
    table: PageTable


def divergences(timeline: pd.DataFrame, labels: Labels) -> Section:
    """The plots of the series that have FEWEST_PERIODS or more, and the table.

    Args:
        timeline: the table.
        labels: of the report.
    """
    series = [
        (dict(zip(SERIES_OF, key, strict=True)), rows)
        for key, rows in timeline.groupby(list(SERIES_OF), sort=False)
        if (rows["net"].notna() & rows["reference_net"].notna()).sum() >= FEWEST_PERIODS
    ]
    series.sort(key=lambda of: -of[1]["articles"].sum())
    plots = [
        Divergence(plot(rows, labels), caption(named, rows, labels), f"divergence-{number + 1}")
        for number, (named, rows) in enumerate(series[:SERIES])
    ]
    return Section(plots, max(0, len(series) - SERIES), page_table("timeline", timeline))


def caption(named: dict[str, Any], rows: pd.DataFrame, labels: Labels) -> str:
    """What a plot shows, in words: its first and last difference, and its changes."""
    texts = labels["divergence"]
    known = rows[rows["difference"].notna()]
    words = {name: plain(str(value)) for name, value in named.items()}
    parts = [texts["caption"].format_map(words)]
    if len(known):
        first, last = known.iloc[0], known.iloc[-1]
        ends = {"first": f"{first['difference']:+.2f}", "last": f"{last['difference']:+.2f}"}
        parts.append(texts["ends"].format(**ends, start=first["period"], end=last["period"]))
    for _, row in rows[rows["change"].notna()].iterrows():
        parts.append(texts["change"].format(change=f"{row['change']:+.2f}", period=row["period"]))
    if rows["change"].isna().all():
        parts.append(texts["no_change"])
    return " ".join(parts)


def plot(rows: pd.DataFrame, labels: Labels) -> str:
    """Net stance of both languages above, and their difference with its interval as a band below.

    Args:
        rows: of one series of the table, in order of time; periods without an estimate leave a gap.
        labels: of the report.
    """
    figure = blank(3.6)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1, 1])
    places = np.arange(len(rows))
    of = {name: rows[name].to_numpy(dtype=float) for name in ("net", "reference_net", "difference")}
    low, high = (rows[name].to_numpy(dtype=float) for name in ("low", "high"))
    names = (plain(str(rows[name].iloc[0])) for name in ("language", "reference"))
    for values, name, line, marker in zip(
        (of["net"], of["reference_net"]), names, ("-", "--"), ("o", "s"), strict=True
    ):
        above.plot(places, values, line, color=TEXT, marker=marker, markersize=4, linewidth=1.2, label=name)
    above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=8, borderpad=0)
    below.fill_between(places, low, high, color=BAND, linewidth=0)
    below.vlines(places, low, high, color=MUTED, linewidth=0.8)
    below.plot(places, of["difference"], color=TEXT, marker="o", markersize=4, linewidth=1.2)
    _axis(above, labels["divergence"]["net_axis"], 1)
    _axis(below, labels["divergence"]["difference_axis"], 2)
    for place in places[rows["change"].notna().to_numpy()]:
        for axes in (above, below):
            axes.axvline(place - 0.5, color=OPPOSES, linewidth=1.6, linestyle=":")
    shown = places[:: max(1, -(-len(rows) // TICKS))]
    below.set_xticks(shown, [short_name(rows["period"].iloc[place]) for place in shown])
    figure.subplots_adjust(left=0.14, right=0.97, top=0.92, bottom=0.08, hspace=0.14)
    return as_svg(figure)


def _axis(axes: Axes, name: str, most: int) -> None:
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.set(ylim=(-1.05 * most, 1.05 * most), yticks=[-most, 0, most], ylabel=name)
    axes.set_yticklabels([f"−{most}", "0", f"+{most}"])
