"""polystance run: the whole job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Configs, Offline, Overrides, Quiet, Verbose, set_up
from pipelines.errors import ConfigError
from pipelines.stages import STAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.config import RunConfig

REJECTED = 3  # exit code under --strict
STAGE_NAMES = [stage.name for stage in STAGES]


def _known_stage(name: str) -> str:
    if name not in STAGE_NAMES:
        raise typer.BadParameter(f"'{name}' is not one of {', '.join(STAGE_NAMES)}.")
    return name


def run(
    configs: Configs,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            metavar="DIR",
            help="The run's folder or address (s3://bucket/run), of one config; by default outputs/NAME.",
        ),
    ] = None,
    overrides: Overrides = None,
    limit: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Use only N articles, some of each language and outlet."),
    ] = None,
    until: Annotated[
        str,
        typer.Option(
            metavar="STAGE", callback=_known_stage, help=f"The last stage to run: {', '.join(STAGE_NAMES)}."
        ),
    ] = STAGE_NAMES[-1],
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start anew: remove what an earlier run left in the folder.")
    ] = False,
    offline: Offline = False,
    executor: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What runs the shards: local, ray or my_module:MyExecutor."),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 if articles were rejected.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Read, translate, find, join stories, judge, compare and report.

    A second run of the same config resumes: it does only what is not done yet. Several configs run one
    after the other, once all of them are checked. Messages go to stderr, the stance table and the path of
    the run to stdout.
    """
    set_up(offline, verbose)
    if executor:
        overrides = [*(overrides or []), f"execution.executor={executor}"]
    runs = _checked(configs, overrides or [], output, offline)
    from cli.progress import ProgressBar
    from cli.show import show_outcome
    from pipelines import run as pipeline
    from pipelines.job.staging import staged

    rejected = 0
    for settings in runs:
        folder = staged(output or Path("outputs") / settings.name)
        with ProgressBar(hidden=quiet) as progress:
            outcome = pipeline.run(
                settings,
                folder,
                limit=limit,
                until=until,
                fresh=fresh,
                offline=offline,
                progress=progress,
            )
        show_outcome(outcome, quiet=quiet, verbose=verbose)
        rejected += outcome.manifest["counts"]["rejected"]
    return REJECTED if strict and rejected else 0


def _checked(
    paths: Sequence[Path], overrides: Sequence[str], output: str | None, offline: bool
) -> list[RunConfig]:
    """The configs; several are all checked first, so that none runs if another is wrong.

    Raises:
        ConfigError: a config is wrong, or several would write to one folder.
    """
    if output is not None and len(paths) > 1:
        cure = "Leave it out, and each goes to outputs/NAME; or run the configs one by one"
        raise ConfigError(f"--output {output}", f"one folder for {len(paths)} configs", cure)
    from pipelines.config import load_config

    runs = [load_config(path, overrides) for path in paths]
    if len(runs) == 1:
        return runs  # the run checks its engines itself
    named: dict[str, Path] = {}
    for path, settings in zip(paths, runs, strict=True):
        other = named.setdefault(settings.name, path)
        if other is not path:
            cause = f"'{settings.name}' is also the name of {other}, and both would write to one folder"
            raise ConfigError(f"{path}: name", cause, "Give each config its own name")
    from pipelines.job.models import Models

    for settings in runs:
        Models(settings, offline=offline).check()
    return runs
