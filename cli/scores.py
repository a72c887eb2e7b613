"""Scores of a stance judge as tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from cli.show import wide_console

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MEASURES = {
    "accuracy": "accuracy",
    "macro_f1": "macro-F1",
    "polarity": "polarity",
    "calibration_error": "calibration error",
    "class_bias": "class bias",
    "risk": "risk at 80%",
}
LABELS = ("supports", "opposes", "neutral")


def print_scores(report: Mapping[str, Any]) -> None:
    """Print measures of rows and baselines, labels with bias and confusions, and the risk-coverage curve."""
    console = wide_console()
    fitted = "fitted" in report
    how = "half of the documents, five-fold out of fold" if fitted else "as calibrated"
    console.print(
        f"{report['judge']}, {report['rows']} rows, {how}; 95% intervals", highlight=False, markup=False
    )
    if report.get("in_sample"):
        files = ", ".join(report["in_sample"])
        cure = "see the untouched half" if "half" in report else "--fit gives those out of fold"
        note = f"the calibration was fitted on {files}: these scores flatter it; {cure}"
        console.print(note, highlight=False, markup=False, soft_wrap=True)
    console.print(_measures(report))
    console.print(_baselines(report["baselines"], "untouched half" if fitted else "all"))
    for name, scores in _parts(report):
        console.print(_labels(name, scores))
    console.print(_curve(report))
    if fitted:
        console.print(
            f"early decisions on clear pairs leave {report['shortcuts']['same']:.1%} of the labels the same",
            highlight=False,
        )
        console.print(f"{report['fitted']['numbers']} numbers fitted", highlight=False)
        console.print(report["fitted"]["file"], highlight=False, markup=False, soft_wrap=True)


def _parts(report: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Names and scores: of all rows, by file and language, and the same of the untouched half."""
    for prefix, part in (("", report), ("untouched half", report.get("half"))):
        if part is not None:
            yield prefix or "all", part
            for name, scores in {**part.get("by_file", {}), **part.get("by_language", {})}.items():
                yield ": ".join(filter(None, (prefix, name.rsplit("/", 1)[-1]))), scores


def _measures(report: Mapping[str, Any]) -> Table:
    """Before abstaining, and of the labels that are clear at the thresholds of a run."""
    table = Table("", "rows", *MEASURES.values(), "debiased", box=SIMPLE_HEAD, pad_edge=False)
    for name, scores in _parts(report):
        table.add_row(escape(name), *_values(scores))
    table.add_section()
    for name, scores in _parts(report):
        at = scores["at_thresholds"]
        shown = f"{escape(name)}: {at['coverage']:.1%} clear at the thresholds"
        table.add_row(shown, *(_values(at) if "rows" in at else ()))
    return table


def _values(scores: Mapping[str, Any]) -> list[str]:
    debiased = scores.get("calibration_error_debiased")
    return [
        str(scores["rows"]),
        *(_with_interval(scores.get(measure)) for measure in MEASURES),
        f"{debiased['value']:.3f}" if debiased else "",
    ]


def _with_interval(score: Mapping[str, float] | None) -> str:
    return "" if score is None else f"{score['value']:.3f} ({score['low']:.3f}–{score['high']:.3f})"


def _baselines(baselines: Mapping[str, Any], rows: str) -> Table:
    """Each baseline, and the judge's difference from it on the same rows."""
    table = Table(f"baseline ({rows})", "rows", *MEASURES.values(), box=SIMPLE_HEAD, pad_edge=False)
    for name, scores in baselines.items():
        table.add_row(escape(name), *_values(scores)[:-1])
        differences = (_with_interval(scores["difference"].get(measure)) for measure in MEASURES)
        table.add_row("  judge less this", "", *differences)
    return table


def _labels(name: str, scores: Mapping[str, Any]) -> Table:
    """Precision, recall and F1 of each label, its bias, and its confusions."""
    columns = (
        "rows",
        "precision",
        "recall",
        "F1",
        "given too often",
        "probability too high",
        "recall, clear",
    )
    table = Table(escape(name), *columns, box=SIMPLE_HEAD, pad_edge=False)
    for label in LABELS:
        table.add_column(f"as {label}", justify="right")
    for label, values in scores["per_class"].items():
        bias = scores["bias"][label]
        probability = f"{bias['probability']:+.3f}" if "probability" in bias else ""
        table.add_row(
            label,
            str(values["rows"]),
            *(f"{values[measure]:.3f}" for measure in ("precision", "recall", "f1")),
            f"{bias['label']:+.3f}",
            probability,
            f"{scores['at_thresholds']['recall_of_all'][label]:.3f}",
            *(str(count) for count in scores["confusion"][label].values()),
        )
    return table


def _curve(report: Mapping[str, Any]) -> Table:
    table = Table("coverage", "minimum_probability", "risk", box=SIMPLE_HEAD, pad_edge=False)
    for point in report["curve"]:
        table.add_row(
            f"{point['coverage']:.0%}", f"{point['minimum_probability']:.3f}", f"{point['risk']:.3f}"
        )
    return table
