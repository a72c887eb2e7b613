"""Output at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipelines.judge.controls import failed, undecided

if TYPE_CHECKING:
    from pipelines.run import Outcome

ROWS_SHOWN = 60
"""Rows of the stance table on the terminal. Not tuned; tables/stance.csv has all."""
FILE_WIDTH = 140
"""Columns of output to a file: enough for a model's name in a table."""


def wide_console() -> Console:
    """A console of the terminal's width; if the output goes to a file, of a fixed width."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_WIDTH)


def show_outcome(outcome: Outcome, *, quiet: bool, verbose: bool = False) -> None:
    """Print the stance table and the path of the run to stdout, and the counts to stderr.

    Args:
        outcome: of the run.
        quiet: print the path alone.
        verbose: print the controls of the judge that are undecided, too.
    """
    if quiet:
        print(outcome.folder)
        return
    console = Console()
    if outcome.tables is not None:
        console.print(_stance_table(outcome.tables.stance))
    counts = outcome.manifest["counts"]
    summary = ", ".join(
        f"{counts[name]} {name}" for name in ("articles", "passages", "judgements", "rejected")
    )
    if counts["copies"]:
        summary = f"{summary}; copies of another article: {counts['copies']}"
    more = f"; see {outcome.folder / 'rejected.csv'}" if counts["rejected"] else ""
    Console(stderr=True).print(f"{summary}{more}", highlight=False, soft_wrap=True, markup=False)
    for line in _held_back(outcome.tables.stance) if outcome.tables else ():
        Console(stderr=True).print(line, highlight=False, soft_wrap=True, markup=False)
    for line in _control_lines(outcome.tables.controls, verbose=verbose) if outcome.tables else ():
        Console(stderr=True).print(line, highlight=False, soft_wrap=True, markup=False)
    page = outcome.folder / "report.html"
    shown = page if outcome.tables is not None and page.is_file() else outcome.folder
    console.print(str(shown), highlight=False, soft_wrap=True, markup=False)


def _held_back(stance: pd.DataFrame) -> list[str]:
    """How many passages of each actor were not judged toward each target, since they are not about it."""
    every = stance[(stance["group_by"] == "all") & (stance["held_back"] > 0)]
    pairs = [f"{row.actor} on {row.target} {row.held_back}" for row in every.itertuples()]
    return [f"passages that are not about the target, and not judged: {', '.join(pairs)}"] if pairs else []


def _control_lines(controls: pd.DataFrame, *, verbose: bool) -> list[str]:
    """A warning for each control that failed; if verbose, a line for each undecided one."""
    lines = [f"warning: control of the judge failed: {line}" for line in failed(controls)]
    if verbose:
        lines += [f"control of the judge undecided: {line}" for line in undecided(controls)]
    return lines


def _stance_table(stance: pd.DataFrame) -> Table:
    """The table: one block for each actor and target, narrow enough for 80 columns."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("shares of articles", overflow="fold", min_width=20)
    for column in ("n", "supp.", "opp.", "neut.", "uncl.", "net", "95% interval"):
        table.add_column(column, justify="right", no_wrap=True)
    for (actor, target), rows in stance.head(ROWS_SHOWN).groupby(["actor", "target"], sort=False):
        heading = Text(f"{actor} on {target}", style="bold")
        table.add_row(heading)
        for row in rows.to_dict("records"):
            group = row["group"] if row["group_by"] == "all" else f"{row['group_by']} {row['group']}"
            shares = [_percent(row[name]) for name in ("supports", "opposes", "neutral", "unclear")]
            known = not pd.isna(row["net"])
            net = f"{row['net']:+.2f}" if known else ""
            interval = f"{row['low']:+.2f} {row['high']:+.2f}" if known else ""
            table.add_row(f"  {escape(group)}", str(row["articles"]), *shares, net, interval)
        table.add_section()
    if len(stance) > ROWS_SHOWN:
        table.caption = f"{len(stance) - ROWS_SHOWN} more rows in tables/stance.csv"
    return table


def _percent(share: float) -> str:
    return "" if pd.isna(share) else f"{100 * share:.0f}%"
