"""Plots as SVG that takes its colours and font from the page, drawn by matplotlib."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from pipelines.report.formats import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from pipelines.report.labels import Labels

COLOURS = {
    "#000001": "var(--text)", "#000002": "var(--muted)", "#000003": "var(--grid)",
    "#000004": "var(--supports)",
    "#000005": "var(--opposes)", "#000006": "var(--neutral)", "#000007": "var(--unclear)",
    "#000008": "var(--band)",
    "#000009": "var(--page)",
}  # fmt: skip
"""Colours that nothing else has, and the variables of the page's style that take their place, so that a
plot is
light or dark with the page."""
TEXT, MUTED, GRID, SUPPORTS, OPPOSES, NEUTRAL, UNCLEAR, BAND, PAGE = COLOURS
LABELS = {"supports": SUPPORTS, "opposes": OPPOSES, "neutral": NEUTRAL, "unclear": UNCLEAR}
HATCHES = {"supports": "", "opposes": "////", "neutral": "", "unclear": ""}
"""So that the two sides differ without colour, too."""
WIDTH = 5.0
"""Inches: at 72 points each a plot fills a phone, and two of them a column of a desktop."""
ROW = 0.27
"""Inches of one group."""
LETTER = 0.0155
"""Of the width that a letter of a name takes; a wide one may take more and runs into the margin of the
page."""
NAME = 22
"""Characters of a group's name; longer ones are cut, and whole in the table below the plot."""
MOST = 30
"""Groups in one plot; the table has all."""
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "polystance", "text.parse_math": False, "font.size": 9,
    "axes.edgecolor": MUTED, "axes.labelcolor": MUTED, "xtick.color": MUTED, "ytick.color": TEXT,
    "text.color": TEXT,
    "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False, "ytick.left": False,
    "hatch.linewidth": 0.6, "axes.facecolor": "none", "figure.facecolor": "none",
}  # fmt: skip


def forest(rows: pd.DataFrame, labels: Labels) -> str:
    """Points with intervals, a line for each group; those with too few articles say so.

    Args:
        rows: of the table stance: group_by, group, articles, net, low, high, and `machine`, the machine's net
            where the estimate is another; at most MOST are drawn.
        labels: of the report.
    """
    figure, axes, places = _lines(rows)
    known = rows["net"].notna().to_numpy()
    drawn = rows[known]
    size = 12 + 60 * np.sqrt(drawn["articles"] / max(1, rows["articles"].max()))
    axes.hlines(places[known], drawn["low"], drawn["high"], color=TEXT, linewidth=1.4)
    axes.scatter(drawn["net"], places[known], s=size, color=TEXT, zorder=3)
    axes.scatter(drawn["machine"], places[known], s=size, facecolors="none", edgecolors=MUTED, zorder=2)
    for place, articles in zip(places[~known], rows.loc[~known, "articles"], strict=True):
        few = labels["few"].format(n=f"{articles:.0f}")
        axes.text(0.04, place, few, color=MUTED, va="center", fontsize=8)
    axes.axvline(0, color=MUTED, linewidth=0.8)
    axes.set(xlim=(-1.05, 1.05), xticks=[-1, -0.5, 0, 0.5, 1], xlabel=labels["net_axis"])
    return as_svg(figure)


def shares(rows: pd.DataFrame, labels: Labels) -> str:
    """Stacked bars of the labels' shares, a line for each group."""
    figure, axes, places = _lines(rows)
    left: NDArray[np.float64] = np.zeros(len(rows))
    for label in ("supports", "neutral", "unclear", "opposes"):
        width = rows[label].fillna(0).to_numpy(dtype=float)
        style: dict[str, Any] = {
            "color": LABELS[label],
            "hatch": HATCHES[label],
            "edgecolor": PAGE,
            "linewidth": 0.5,
        }
        axes.barh(places, width, left=left, height=0.72, label=labels["script"][label], **style)
        left += width
    axes.set(xlim=(0, 1), xticks=[0, 0.5, 1], xticklabels=["0 %", "50 %", "100 %"])
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=4,
        frameon=False,
        fontsize=8,
        borderpad=0,
        handlelength=1.2,
        columnspacing=1,
    )
    return as_svg(figure)


def timeline(rows: pd.DataFrame, labels: Labels) -> str:
    """Net stance by period with its interval as a band, and the number of articles below.

    Args:
        rows: of the table stance, of one grouping by time, in order.
        labels: of the report.
    """
    figure = blank(3.0)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    places = np.arange(len(rows))
    net, low, high = (rows[name].to_numpy(dtype=float) for name in ("net", "low", "high"))
    above.fill_between(places, low, high, color=BAND, linewidth=0)
    # Where one period stands between two without an estimate, a band has no width.
    above.vlines(places, low, high, color=MUTED, linewidth=0.8)
    above.plot(places, net, color=TEXT, marker="o", markersize=4, linewidth=1.2)
    above.axhline(0, color=MUTED, linewidth=0.8)
    above.set(ylim=(-1.05, 1.05), yticks=[-1, 0, 1], yticklabels=["−1", "0", "+1"])
    below.bar(places, rows["articles"], color=MUTED, width=0.7)
    below.set_ylabel(labels["articles_axis"])
    shown = places[:: max(1, len(rows) // 6)]
    below.set_xticks(shown, [short_name(rows["group"].iloc[place]) for place in shown])
    below.tick_params(axis="y", colors=MUTED)
    figure.subplots_adjust(left=0.11, right=0.97, top=0.97, bottom=0.1, hspace=0.12)
    return as_svg(figure)


def heat(values: pd.DataFrame, texts: pd.DataFrame, *, diverging: bool) -> str:
    """A matrix of cells with their numbers in them.

    Args:
        values: in [0, 1], or with `diverging` in [-1,
        1]; absent cells stay empty. Rows and columns are named.
        texts: what each cell says, of the same shape.
        diverging: whether negative values have the colour of opposing.
    """
    rows, columns = values.shape
    figure = blank(0.6 + ROW * 1.4 * rows)
    axes = figure.subplots()
    for row in range(rows):
        for column in range(columns):
            value: Any = values.iat[row, column]
            if pd.notna(value):
                colour = OPPOSES if diverging and value < 0 else SUPPORTS
                axes.barh(
                    row,
                    1,
                    left=column,
                    height=1,
                    color=colour,
                    alpha=round(0.55 * abs(value), 3),
                    edgecolor=PAGE,
                )
            axes.text(column + 0.5, row, str(texts.iat[row, column]), ha="center", va="center", fontsize=8)
    axes.set(xlim=(0, columns), ylim=(rows - 0.5, -0.5))
    axes.set_yticks(range(rows), [short_name(name) for name in values.index])
    slanted: dict[str, Any] = {"rotation": 35, "ha": "left", "rotation_mode": "anchor"} if columns > 4 else {}
    axes.set_xticks(
        np.arange(columns) + (0.1 if slanted else 0.5), [short_name(n, 14) for n in values.columns], **slanted
    )
    axes.tick_params(axis="x", length=0, top=False, labeltop=True, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    figure.subplots_adjust(
        left=0.3, right=0.94, bottom=0.02, top=1 - (0.62 if slanted else 0.3) / figure.get_figheight()
    )
    return as_svg(figure)


def _lines(rows: pd.DataFrame) -> tuple[Figure, Axes, NDArray[np.float64]]:
    """A figure with a line for each group, and the lines' places from top to bottom."""
    figure = blank(0.72 + ROW * len(rows))
    axes = figure.subplots()
    new = (rows["group_by"] != rows["group_by"].shift()).to_numpy()
    places: NDArray[np.float64] = np.arange(len(rows)) + 0.45 * np.cumsum(new)
    names = [f"{short_name(row.group)}, n = {row.articles:.0f}" for row in rows.itertuples()]
    axes.set_yticks(places, names)
    axes.set_ylim(places[-1] + 0.7, places[0] - 0.7)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    height = figure.get_figheight()
    figure.subplots_adjust(
        left=min(0.42, 0.04 + LETTER * max(map(len, names))),
        right=0.97,
        bottom=0.42 / height,
        top=1 - 0.24 / height,
    )
    return figure, axes, places


def short_name(group: Any, length: int = NAME) -> str:
    """A group's name, cut to a length in characters."""
    text = plain(str(group))
    return text if len(text) <= length else text[: length - 1] + "…"


def blank(height: float) -> Figure:
    """An empty figure.

    Args:
        height: in inches; all plots are WIDTH wide.
    """
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams.update(SETTINGS)  # type: ignore[arg-type]
    return Figure(figsize=(WIDTH, height))


def as_svg(figure: Figure) -> str:
    """The figure as an SVG element without anything that varies or reaches beyond it."""
    stream = io.StringIO()
    with warnings.catch_warnings():
        # A font without a glyph measures it wrongly; the page draws it with its own fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(
            stream, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = stream.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<style type.*?</style>", "", text, flags=re.DOTALL)
    text = re.sub(
        r'<svg [^>]*width="[^"]*" height="[^"]*" (viewBox="[^"]*")[^>]*>',
        r'<svg \1 xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">',
        text,
        count=1,
    )
    text = re.sub(
        r"""font(-family)?: ([\d.]+px )?(?:'[^"]*?)?sans-serif""",
        lambda m: f"font-size: {m[2].strip()}" if m[2] else "font-family: inherit",
        text,
    )
    text = re.sub(r'<g id="[^"]*">', "<g>", text)
    for colour, variable in COLOURS.items():
        text = text.replace(colour, variable)
    return re.sub(r"\s*\n\s*", "\n", text)


def first_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that a plot has room for: of each grouping those with the most articles, in their order."""
    if len(rows) <= MOST:
        return rows
    groupings: Sequence[Any] = [part for _, part in rows.groupby("group_by", sort=False)]
    room = max(2, MOST // len(groupings))
    kept = [part.nlargest(room, "articles").index for part in groupings]
    return rows[rows.index.isin(np.concatenate(kept))]
