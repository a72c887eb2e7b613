"""Output at the end of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from cli.options import counted
from pipelines.compare.remarks import unchecked
from pipelines.job.mirror import shown_place
from pipelines.judge.controls import failed, undecided
from pipelines.report.narrow import narrow

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from pipelines.compare.tables import Tables
    from pipelines.report.narrow import Narrow
    from pipelines.run import Outcome

ROWS_SHOWN = 60
"""Rows of the stance table on the terminal. Not tuned; tables/stance.csv has all."""
FIRST_COLUMN = 20
"""Characters of the stance table's first column: a grouping and its group. Longer ones fold."""
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
    place = shown_place(outcome.folder)
    if quiet:
        print(place)
        return
    console = Console()
    if outcome.tables is not None:
        for line in _whose_numbers(outcome.tables, outcome.folder / "tables" / "corrected.csv"):
            console.print(Text(line, style="bold"))
        console.print(narrow_table("stance", outcome.tables.stance, console.width))
    counts = outcome.manifest["counts"]
    summary = ", ".join(
        counted(counts[name], name) for name in ("articles", "passages", "judgements", "rejected")
    )
    if counts["copies"]:
        summary = f"{summary}; copies of another article: {counts['copies']}"
    more = f"; see {place}/rejected.csv" if counts["rejected"] else ""
    Console(stderr=True).print(f"{summary}{more}", highlight=False, soft_wrap=True, markup=False)
    for line in (*outcome.remarks, *(_held_back(outcome.tables.stance) if outcome.tables else ())):
        Console(stderr=True).print(line, highlight=False, soft_wrap=True, markup=False)
    for line in _control_lines(outcome.tables.controls, verbose=verbose) if outcome.tables else ():
        Console(stderr=True).print(line, highlight=False, soft_wrap=True, markup=False)
    has_page = outcome.tables is not None and (outcome.folder / "report.html").is_file()
    console.print(
        f"{place}/report.html" if has_page else place, highlight=False, soft_wrap=True, markup=False
    )


def _whose_numbers(tables: Tables, corrected: Path) -> Iterator[str]:
    """Whether people have checked the numbers, and where those are that their codes make."""
    if warning := unchecked(tables):
        yield warning
    if corrected.is_file():
        yield f"These are the machine's labels; as people would have coded them: {corrected}"


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


def narrow_table(name: str, table: pd.DataFrame, width: int) -> Group:
    """The narrow form of a table, block by block, with the columns that the terminal has room for.

    Args:
        name: of the table, as in the glossary.
        table: any columns of it.
        width: of the terminal, in characters. Its last columns are left out, and named, until it fits.
    """
    form = narrow(name, table, ROWS_SHOWN)
    while len(form.heads) > 1 and _needed(form) > width:
        form = narrow(name, table, ROWS_SHOWN, form.heads[:-1])
    grid = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for head, number in zip(form.heads, form.numeric, strict=True):
        grid.add_column(Text(head), justify="right" if number else "left", no_wrap=number, overflow="fold")
    for block in form.blocks:
        if block.heading:
            grid.add_row(Text(" on ".join(block.heading), style="bold"))
        for first, *cells in block.rows:
            grid.add_row(Text(f"  {first}"), *map(Text, cells))
        grid.add_section()
    return Group(grid, *map(Text, (*form.notes, *form.omissions())))


def _needed(form: Narrow) -> int:
    """The width that a form needs if its first column folds."""
    numbers = list(zip(form.heads, *(row for block in form.blocks for row in block.rows), strict=True))[1:]
    # A blank after each column and one on either side of the table.
    return FIRST_COLUMN + 1 + sum(max(map(len, cells)) + 1 for cells in numbers) + 2
