"""Scores of a stance judge as tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from cli.show import wide_console

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "polarity": "polarity",
    "calibration_error": "calibration error",
    "risk": "risk at 80%",
}


def print_scores(report: Mapping[str, Any]) -> None:
    """Print measures of rows and baselines, each label with its confusions, and the risk-coverage curve."""
    console = wide_console()
    how = "five-fold out of fold" if "fitted" in report else "as calibrated"
    console.print(
        f"{report['judge']}, {report['rows']} rows, {how}; 95% intervals", highlight=False, markup=False
    )
    if report.get("in_sample"):
        files = ", ".join(report["in_sample"])
        note = (
            f"the calibration was fitted on {files}: these scores flatter it; --fit gives those out of fold"
        )
        console.print(note, highlight=False, markup=False, soft_wrap=True)
    console.print(_measures(report))
    console.print(_labels(report))
    console.print(_curve(report))
    clear, right = report["coverage"], report["accuracy_of_clear"]
    console.print(
        f"by the config's thresholds {clear:.1%} are clear, {right:.1%} of them right", highlight=False
    )
    if "fitted" in report:
        console.print(
            f"early decisions on clear pairs leave {report['shortcuts']['same']:.1%} of the labels the same",
            highlight=False,
        )
        console.print(f"{report['fitted']['numbers']} numbers fitted", highlight=False)
        console.print(report["fitted"]["file"], highlight=False, markup=False, soft_wrap=True)


def _measures(report: Mapping[str, Any]) -> Table:
    table = Table("", "rows", *MEASURES.values(), box=SIMPLE_HEAD, pad_edge=False)
    rows = {"all": report, **report.get("by_file", {}), **report.get("by_language", {})}
    for group in (rows, report["baselines"]):
        for name, scores in group.items():
            values = [_with_interval(scores.get(measure)) for measure in MEASURES]
            table.add_row(escape(name.rsplit("/", 1)[-1]), str(scores["rows"]), *values)
        table.add_section()
    return table


def _with_interval(score: Mapping[str, float] | None) -> str:
    return "" if score is None else f"{score['value']:.3f} ({score['low']:.3f}–{score['high']:.3f})"


def _labels(report: Mapping[str, Any]) -> Table:
    """Precision, recall and F1 of each label, and its confusions."""
    table = Table("label", "rows", "precision", "recall", "F1", box=SIMPLE_HEAD, pad_edge=False)
    for taken in ("supports", "opposes", "neutral"):
        table.add_column(f"as {taken}", justify="right")
    for label, scores in report["per_class"].items():
        numbers = (f"{scores[name]:.3f}" for name in ("precision", "recall", "f1"))
        taken_for = (str(count) for count in report["confusion"][label].values())
        table.add_row(label, str(scores["rows"]), *numbers, *taken_for)
    return table


def _curve(report: Mapping[str, Any]) -> Table:
    table = Table("coverage", "minimum_probability", "risk", box=SIMPLE_HEAD, pad_edge=False)
    for point in report["curve"]:
        table.add_row(
            f"{point['coverage']:.0%}", f"{point['minimum_probability']:.3f}", f"{point['risk']:.3f}"
        )
    return table
