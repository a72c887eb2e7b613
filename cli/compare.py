"""Measures the models of several configs, each in a process of its own, and prints them beside each other."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cli.options import set_up

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from pipelines.evaluate.compare import Measured
    from pipelines.evaluate.translation import Parallel

WITHOUT_MEMORIES = ("stance.memory=false", "translation.memory=false")
MEASURES = {
    "accuracy": ("accuracy", ".3f"),
    "macro_f1": ("macro-F1", ".3f"),
    "polarity": ("polarity", ".3f"),
    "calibration_error": ("calibration error", ".3f"),
    "risk": ("risk at 80%", ".3f"),
    "bleu": ("BLEU", ".2f"),
    "chrf": ("chrF", ".2f"),
}
"""The name of each measure in the table, and how it is written."""
KIBIBYTE, MEGABYTE = 1024, 1_000_000  # bytes


class Task(NamedTuple):
    """What each config is measured on."""

    gold: Path
    reference: Path | None
    language: str | None
    limit: int | None
    overrides: tuple[str, ...]
    offline: bool
    verbose: bool


def compare(configs: Sequence[Path], task: Task) -> dict[str, Any]:
    """Measure each config's judge or, if the task has a reference, its translator.

    Returns:
        `measured`: rows or segments. `models`: for each config its path, engine, model, measures with
        intervals, `difference` from the first, load_seconds, seconds, megabytes (None if the system does not
        say), and `fitted`, whether its calibration was fitted on this gold.

    Raises:
        ConfigError: fewer than two configs, or a config that cannot be read.
        InputError: the gold cannot be used.
        ModelError: a model cannot be loaded.
    """
    from pipelines.errors import ConfigError

    if len(configs) < 2:
        raise ConfigError("--config", f"{len(configs)} given", "Give two or more to compare")
    measured, megabytes = [], []
    for config in configs:
        typer.echo(f"{config} ...", err=True)
        with ProcessPoolExecutor(1, get_context("spawn"), set_up, (task.offline, task.verbose)) as pool:
            result, used = pool.submit(_measure, config, task).result()
        measured.append(result)
        megabytes.append(used)
    from pipelines.evaluate.compare import compared_judges, compared_translators

    results: list[Any] = [m.results for m in measured]
    parallel = _parallel(task)
    compared = compared_judges(results) if parallel is None else compared_translators(results, parallel)
    return {
        "measured": "rows" if parallel is None else "segments",
        "models": [
            {"config": str(config), "engine": m.engine, "model": m.model, "items": m.items}
            | scores
            | {
                "load_seconds": round(m.load, 2),
                "seconds": round(m.seconds, 2),
                "megabytes": used,
                "fitted": m.fitted,
            }
            for config, m, scores, used in zip(configs, measured, compared, megabytes, strict=True)
        ],
    }


def print_comparison(report: Mapping[str, Any]) -> None:
    """Print each model's measures and, below, its differences from the first."""
    from cli.show import wide_console

    console = wide_console()
    console.print(_table(report))
    if any(model["fitted"] for model in report["models"]):
        note = "* its calibration was fitted on this gold, which flatters it"
        console.print(note, highlight=False, markup=False)


def _table(report: Mapping[str, Any]) -> Table:
    """A column for each config; below each measure, the differences from the first."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    first, *_ = models = report["models"]
    table = Table("", box=SIMPLE_HEAD, pad_edge=False)
    for model in models:
        table.add_column(escape(Path(model["config"]).name))
    table.add_row("model", *(escape(f"{m['engine']}: {m['model']}{'*' * m['fitted']}") for m in models))
    for name, (title, how) in MEASURES.items():
        if name in first:
            table.add_row(title, *(_with_interval(m.get(name), how, "") for m in models))
            differences = (_with_interval(m["difference"].get(name), how, "+") for m in models)
            table.add_row("  less the first", *differences)
    unit = report["measured"].removesuffix("s")
    table.add_row(report["measured"], *(str(m["items"]) for m in models))
    table.add_row(f"ms / {unit}", *(f"{1000 * m['seconds'] / max(1, m['items']):.1f}" for m in models))
    table.add_row("seconds to load", *(f"{m['load_seconds']:.1f}" for m in models))
    table.add_row("MB", *("" if m["megabytes"] is None else str(m["megabytes"]) for m in models))
    return table


def _with_interval(score: Mapping[str, float] | None, how: str, sign: str) -> str:
    if score is None:
        return ""
    value, low, high = (format(score[key], sign + how) for key in ("value", "low", "high"))
    return f"{value} ({low} to {high})"


def _measure(config: Path, task: Task) -> tuple[Measured, int | None]:
    """Measure one config, and the megabytes in use by this process and by the largest of its own, at most."""
    from pipelines.config import load_config
    from pipelines.evaluate.compare import measure_judge, measure_translator
    from pipelines.job.models import Models
    from pipelines.progress import Silent

    settings = load_config(config, [*task.overrides, *WITHOUT_MEMORIES])
    models = Models(settings, offline=task.offline)
    parallel = _parallel(task)
    if parallel is None:
        measured = measure_judge(task.gold, models, Silent(), task.limit)
    else:
        measured = measure_translator(parallel, models, Silent())
    del models
    gc.collect()  # ends an engine's own processes, which count only then
    return measured, _megabytes()


def _parallel(task: Task) -> Parallel | None:
    """The segments to translate; None if the task is to judge."""
    from pipelines.errors import InputError
    from pipelines.evaluate.translation import read_parallel
    from pipelines.text.languages import normalise_language

    if task.reference is None:
        return None
    code = normalise_language(task.language or "")
    if code is None:
        raise InputError(
            "--language", f"'{task.language or ''}' is no language", "Give the source's, such as pt"
        )
    return read_parallel(task.gold, task.reference, code, task.limit)


def _megabytes() -> int | None:
    try:
        import resource
    except ImportError:  # on Windows
        return None
    used = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(used * (1 if sys.platform == "darwin" else KIBIBYTE) / MEGABYTE)
