"""polystance run: the whole job."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.options import Config, Offline, Overrides, Quiet, Verbose, set_up


class Stage(StrEnum):
    """The stages, in order."""

    READ = "read"
    TRANSLATE = "translate"
    FIND = "find"
    JUDGE = "judge"
    COMPARE = "compare"
    REPORT = "report"


def run(
    config: Config,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="The run's folder; by default outputs/NAME."),
    ] = None,
    overrides: Overrides = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Read only so many articles.")] = None,
    until: Annotated[Stage, typer.Option(help="The last stage to run.")] = Stage.REPORT,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew: remove what the folder's run left.")
    ] = False,
    offline: Offline = False,
    executor: Annotated[str | None, typer.Option(help="local or my_module:MyExecutor.")] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 3 where articles were rejected.")
    ] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Read, translate, find, judge, compare and report.

    A second run of the same config does only what is not done yet. Messages go to stderr, the stance
    table and the path of the run to stdout.
    """
    set_up(offline, verbose)
    from cli.progress import ProgressBar
    from cli.show import show_outcome
    from pipelines import run as pipeline
    from pipelines.config import load_config

    settings = load_config(
        config, [*(overrides or []), *([f"execution.executor={executor}"] if executor else [])]
    )
    folder = (output or Path("outputs") / settings.name).resolve()
    with ProgressBar(hidden=quiet) as progress:
        outcome = pipeline.run(
            settings, folder, limit=limit, until=until.value, fresh=fresh, offline=offline, progress=progress
        )
    show_outcome(outcome, quiet=quiet)
    return 3 if strict and outcome.manifest["counts"]["rejected"] else 0
