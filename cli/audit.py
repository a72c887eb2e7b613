"""polystance audit: passages of a run judged again in a second translation."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import Offline, Overrides, Verbose, set_up


def audit(
    place: Annotated[
        str,
        typer.Argument(
            metavar="RUN_DIR", help="The folder or address of a finished run.", show_default=False
        ),
    ],
    sample: Annotated[
        int, typer.Option(metavar="N", min=1, help="Judged passages to draw of each language.")
    ] = 200,
    overrides: Overrides = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the draw.")] = 1,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Translate passages a second way, judge them again, and print how far the labels stay.

    The second translator is the one that --set names (translation.models.ru=MODEL), else the fallback that
    the config has for the language, else the run's translation is translated back and forth again.
    """
    set_up(offline, verbose)
    from pipelines.audit import audit as audited
    from pipelines.audit import write_audit
    from pipelines.config import load_config
    from pipelines.errors import InputError
    from pipelines.job.staging import opened

    with opened(place) as run_dir:
        if not (run_dir / "config.yaml").is_file():
            raise InputError(place, "not the folder of a run", "Give a folder that `polystance run` wrote")
        config = load_config(run_dir / "config.yaml")
        other = load_config(run_dir / "config.yaml", overrides or [])
        result = audited(config, run_dir, other, size=sample, seed=seed, offline=offline)
        path = write_audit(run_dir, result)
    from cli.show import narrow_table, wide_console

    console = wide_console()
    console.print(narrow_table("invariance", result.rows, console.width))
    typer.echo(f"polystance report {place} puts these rows into tables/invariance.csv", err=True)
    typer.echo(path)
