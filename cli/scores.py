"""The scores of a stance judge, as tables for a person."""

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


def print_scores(told: Mapping[str, Any]) -> None:
    """Prints measures of rows and baselines, each label with its confusions, and the risk-coverage curve."""
    console = wide_console()
    how = "five-fold out of fold" if "fitted" in told else "as calibrated"
    console.print(
        f"{told['judge']}, {told['rows']} rows, {how}; 95% intervals", highlight=False, markup=False
    )
    console.print(_measures(told))
    console.print(_labels(told))
    console.print(_curve(told))
    clear, right = told["coverage"], told["accuracy_of_clear"]
    console.print(
        f"by the config's thresholds {clear:.1%} are clear, {right:.1%} of them right", highlight=False
    )
    if "fitted" in told:
        console.print(f"{told['fitted']['numbers']} numbers fitted", highlight=False)
        console.print(told["fitted"]["file"], highlight=False, markup=False, soft_wrap=True)


def _measures(told: Mapping[str, Any]) -> Table:
    table = Table("", "rows", *MEASURES.values(), box=SIMPLE_HEAD, pad_edge=False)
    rows = {"all": told, **told.get("by_file", {}), **told.get("by_language", {})}
    for group in (rows, told["baselines"]):
        for name, scores in group.items():
            values = [_with_interval(scores.get(measure)) for measure in MEASURES]
            table.add_row(escape(name.rsplit("/", 1)[-1]), str(scores["rows"]), *values)
        table.add_section()
    return table


def _with_interval(score: Mapping[str, float] | None) -> str:
    return "" if score is None else f"{score['value']:.3f} ({score['low']:.3f}–{score['high']:.3f})"


def _labels(told: Mapping[str, Any]) -> Table:
    """Precision, recall and F1 of each label, and what it was taken for."""
    table = Table("label", "rows", "precision", "recall", "F1", box=SIMPLE_HEAD, pad_edge=False)
    for taken in ("supports", "opposes", "neutral"):
        table.add_column(f"as {taken}", justify="right")
    for label, scores in told["per_class"].items():
        numbers = (f"{scores[name]:.3f}" for name in ("precision", "recall", "f1"))
        taken_for = (str(count) for count in told["confusion"][label].values())
        table.add_row(label, str(scores["rows"]), *numbers, *taken_for)
    return table


def _curve(told: Mapping[str, Any]) -> Table:
    table = Table("coverage", "minimum_probability", "risk", box=SIMPLE_HEAD, pad_edge=False)
    for point in told["curve"]:
        table.add_row(
            f"{point['coverage']:.0%}", f"{point['minimum_probability']:.3f}", f"{point['risk']:.3f}"
        )
    return table
