"""polystance diff: what changed between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import Verbose, set_up

ROWS_SHOWN = 100  # changes on the terminal; --output has all


def diff(
    run_a: Annotated[
        str,
        typer.Argument(metavar="RUN_A", help="The folder or address of a finished run.", show_default=False),
    ],
    run_b: Annotated[
        str, typer.Argument(metavar="RUN_B", help="The folder or address of another one.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", metavar="FILE", help="Write the table to this CSV file too.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Show what changed between two runs: settings, models, counts, labels and estimates."""
    set_up(offline=True, verbose=verbose)
    from pipelines.job.staging import viewed
    from pipelines.report.diff import difference

    rows = difference(viewed(run_a), viewed(run_b))
    if output is not None:
        from pipelines.report.csv_files import write_csv

        write_csv("diff", rows, output)
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from cli.show import wide_console
    from pipelines.report.formats import plain

    console = wide_console()
    if rows.empty:
        console.print("no difference")
        return
    table = Table("what", "name", run_a, run_b, box=SIMPLE_HEAD, pad_edge=False)
    for row in rows.head(ROWS_SHOWN).itertuples(index=False):
        table.add_row(*(Text(plain(str(cell)), overflow="fold") for cell in row))
    console.print(table)
    if len(rows) > ROWS_SHOWN:
        console.print(f"{len(rows) - ROWS_SHOWN} more changes; --output FILE has all", highlight=False)
