"""polystance evaluate: stance and translation measured on gold data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import ConfigOption, Offline, OutputFile, Overrides, Verbose, set_up

if TYPE_CHECKING:
    from pipelines.job.models import Models

app = typer.Typer(no_args_is_help=True, help="Measure stance or translation on gold data.")


@app.command("stance")
def evaluate_stance(
    gold: Annotated[
        list[Path],
        typer.Argument(
            metavar="GOLD",
            help="JSON Lines or CSV: text, actor, target, label; optional context, language, id.",
            show_default=False,
        ),
    ],
    config: ConfigOption,
    overrides: Overrides = None,
    fit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Fit a calibration on half of the documents and write it here; the rest stays untouched.",
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Use only the first N rows of each file.")
    ] = None,
    output: OutputFile = None,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Judge gold passages and print accuracy, calibration, bias and the cost of abstaining."""
    settings = _settings(config, overrides, offline, verbose)
    _make_folder_of(output)
    from cli.progress import ProgressBar
    from cli.scores import print_scores
    from pipelines.evaluate import evaluate_stance as evaluate

    with ProgressBar() as progress:
        scores = evaluate(gold, settings, progress, limit=limit, fit_to=fit)
    if output is not None:
        output.write_text(_json(scores) + "\n", encoding="utf-8")
    print_scores(scores)


@app.command("translation")
def evaluate_translation(
    source: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="Articles as JSON Lines, or plain text, one segment a line.",
            show_default=False,
        ),
    ],
    reference: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="The same in the pivot language, line by line.", show_default=False
        ),
    ],
    language: Annotated[
        str,
        typer.Option(metavar="CODE", help="The language of the source, such as pt.", show_default=False),
    ],
    config: ConfigOption,
    overrides: Overrides = None,
    output: OutputFile = None,
    offline: Offline = False,
    verbose: Verbose = False,
) -> None:
    """Translate a source and score it against a reference: BLEU and chrF of sacrebleu, with signatures."""
    settings = _settings(config, overrides, offline, verbose)
    _make_folder_of(output)
    from cli.progress import ProgressBar
    from pipelines.evaluate import evaluate_translation as evaluate

    with ProgressBar() as progress:
        _show(evaluate(source, reference, language, settings, progress), output)


def _settings(config: Path, overrides: list[str] | None, offline: bool, verbose: bool) -> Models:
    set_up(offline, verbose)
    from pipelines.config import load_config

    settings = load_config(config, overrides or [])
    from pipelines.job.models import Models

    return Models(settings, offline=offline)


def _make_folder_of(output: Path | None) -> None:
    """Make it before the work, so that an unwritable folder is reported before and not after it."""
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)


def _show(result: dict[str, Any], output: Path | None) -> None:
    if output is not None:
        output.write_text(_json(result) + "\n", encoding="utf-8")
    typer.echo(_json(result))


def _json(result: dict[str, Any]) -> str:
    return json.dumps(result, indent=2, ensure_ascii=False)
