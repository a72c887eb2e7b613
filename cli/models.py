"""polystance models: the models that a config names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Config, Offline, Overrides, Verbose, set_up

if TYPE_CHECKING:
    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity

MEGABYTE = 1_000_000  # bytes, as the model hub counts
app = typer.Typer(no_args_is_help=True, help="List or fetch the models that a config names.")


@app.command("list")
def list_models(
    config: Config, overrides: Overrides = None, offline: Offline = False, verbose: Verbose = False
) -> None:
    """List each model with its revision, licence and size on disk."""
    set_up(offline, verbose)
    from pipelines.config import load_config

    settings = load_config(config, overrides or [])
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cli.show import wide_console
    from pipelines.job.models import Models
    from pipelines.job.plan import named_models

    table = Table("for", "engine", "model", "revision", "licence", "size", box=SIMPLE_HEAD, pad_edge=False)
    models = named_models(Models(settings, offline=offline), named_languages(settings))
    for role, model in ((role, engine.identity()) for role, engine in models.items()):
        table.add_row(
            role, model.engine, model.name, model.revision or "", model.licence, size_on_disk(model)
        )
    wide_console().print(table)


@app.command("pull")
def pull_models(config: Config, overrides: Overrides = None) -> None:
    """Fetch every model that is not on this machine yet; a second call resumes the first."""
    set_up(verbose=True)
    from pipelines.config import load_config

    settings = load_config(config, overrides or [])
    from pipelines.job.models import Models
    from pipelines.job.plan import named_models

    for model in named_models(Models(settings, offline=False), named_languages(settings)).values():
        typer.echo(f"{model.identity().name} ...", err=True)
        model.fetch()
        typer.echo(f"{model.identity().name}: {size_on_disk(model.identity())}")


@app.command("export")
def export_model(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="Hub id, id@revision or local folder.", show_default=False)
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder to write to.", show_default=False)
    ],
    exact: Annotated[bool, typer.Option("--exact", help="Keep 32-bit weights instead of int8.")] = False,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Export an NLI checkpoint to ONNX, in int8, for the engine nli_onnx."""
    set_up(offline, verbose)
    from pipelines.judge.export import export

    typer.echo(str(export(model, folder, int8=not exact, offline=offline)))


def named_languages(config: RunConfig) -> list[str]:
    """The languages other than the pivot that a config names in its models and aliases."""
    named = {*config.translation.models, *(code for actor in config.actors for code in actor.aliases)}
    return sorted(named - {"all", config.pivot})


def size_on_disk(model: ModelIdentity) -> str:
    """The size of a model's weights as text, such as `301 MB`."""
    return "not fetched" if model.size is None else f"{model.size / MEGABYTE:.0f} MB"
