"""polystance report: stages 5 and 6 again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Quiet, Verbose, set_up


def report(
    place: Annotated[
        str,
        typer.Argument(
            metavar="RUN_DIR", help="The folder or address of a finished run.", show_default=False
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...", help="Groupings, such as language,outlet,month; by default the run's own."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="DIR",
            help="Another folder for tables and report; with --by by default report-NAME-... in the run's.",
        ),
    ] = None,
    labels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The texts of the report in another language, as YAML."),
    ] = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Compare and report a run's judgements again; needs no model.

    With other groupings the run's own tables and report stay as they are.
    """
    set_up(offline=True, verbose=verbose)
    from pipelines.addresses import is_address, local_path
    from pipelines.config import load_config
    from pipelines.errors import InputError

    if is_address(place):
        from pipelines.job.staging import viewed

        run_dir = viewed(place)
    else:
        run_dir = Path(local_path(place)).expanduser()
    if not (run_dir / "config.yaml").is_file():
        raise InputError(place, "not the folder of a run", "Give a folder that `polystance run` wrote")
    config = load_config(run_dir / "config.yaml", [f"compare.by=[{by}]"] if by else [])
    if output and is_address(output):
        raise InputError(
            output, "no folder of this machine", "Leave --output out, and the run's place has it"
        )
    target = Path(output).resolve() if output else None
    if by and target is None:
        target = run_dir / re.sub(r"[^\w.]+", "-", f"report-{by}").strip("-")
    from cli.progress import ProgressBar
    from cli.show import show_outcome
    from pipelines import run as pipeline

    with ProgressBar(hidden=quiet) as progress:
        outcome = pipeline.report(
            config,
            run_dir,
            progress,
            output=target,
            translation=labels,
        )
    show_outcome(outcome, quiet=quiet, verbose=verbose)
