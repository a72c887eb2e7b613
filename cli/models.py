"""polystance models: the models that a config names, and those that it could name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import CONFIG, Config, Offline, OutputFile, Overrides, Verbose, set_up

if TYPE_CHECKING:
    from pipelines.config import RunConfig
    from pipelines.engines.base import ModelIdentity

MEGABYTE = 1_000_000  # bytes, as the model hub counts
app = typer.Typer(no_args_is_help=True, help="List, fetch, compare or export models.")


@app.command("list")
def list_models(
    config: Annotated[
        Path | None,
        typer.Argument(
            metavar=f"[{CONFIG}]",
            help="The YAML file of a run; without one, the published models of Firefox Translations.",
            show_default=False,
        ),
    ] = None,
    overrides: Overrides = None,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """List each model of a config with its revision, licence and size on disk, or the published ones."""
    set_up(offline, verbose)
    if config is None:
        _list_published()
        return
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


def _list_published() -> None:
    """Print the languages with a Firefox Translations model, and where the models are."""
    import langcodes
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cli.show import wide_console
    from pipelines.translate.firefox import PAGE, published_pairs

    table = Table("from", "to", "language", "models", box=SIMPLE_HEAD, pad_edge=False)
    for pair in published_pairs():
        other = pair.source if pair.target == "en" else pair.target
        name = langcodes.Language.get(other).display_name()
        table.add_row(pair.source, pair.target, name, pair.architectures.replace(" ", ", "))
    console = wide_console()
    console.print(table)
    lines = (
        "Models of Firefox Translations as of 2025, MPL-2.0; tiny: 17 MB; base-memory: 44 MB, better.",
        f"Newer ones, and the files of all: {PAGE}",
        "Put the files of a pair into a folder, and name it in the config:",
        "translation: {models: {uk: {engine: bergamot, model: FOLDER}}}",
    )
    console.print("\n".join(lines), highlight=False, markup=False, soft_wrap=True)


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


@app.command("compare")
def compare_models(
    gold: Annotated[
        Path,
        typer.Argument(
            metavar="GOLD",
            help="Labelled passages as for `evaluate stance`; with --reference, the source to translate.",
            show_default=False,
        ),
    ],
    configs: Annotated[
        list[Path],
        typer.Option(
            "--config",
            metavar=CONFIG,
            help="A YAML file that names models; give two or more.",
            show_default=False,
        ),
    ],
    reference: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Compare translators: the same in the pivot language, line by line."
        ),
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="The language of the source, such as pt.")
    ] = None,
    overrides: Overrides = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="Use only the first N rows.")] = None,
    output: OutputFile = None,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Compare the judges of configs on labelled passages, or their translators on translated text.

    Differences are from the first config, paired, with 95% intervals. Each model runs in a process of its
    own, without memories, so that seconds and memory are its own.
    """
    set_up(offline, verbose)
    import json

    from cli.compare import Task, compare, print_comparison

    task = Task(gold, reference, language, limit, tuple(overrides or ()), offline, verbose)
    report = compare(configs, task)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print_comparison(report)


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
    if model.engine == "llm":
        return "at its server"
    return "not fetched" if model.size is None else f"{model.size / MEGABYTE:.0f} MB"
