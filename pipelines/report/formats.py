"""How values are written for people: in a narrow table as text, in a workbook as a number format."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.report.glossary import Column

EXCEL = {
    "count": "#,##0",
    "share": "0.0%",
    "probability": "0.00",
    "net": "+0.00;-0.00;0.00",
    "difference": "+0.00;-0.00;0.00",
    "share_difference": "+0.00;-0.00;0.00",
    "p": "0.0000",
    "number": "0.00",
}
"""Number format of each kind of column; kinds without one are text."""
SIGNED = {"net", "difference", "share_difference"}
SMALLEST_P = 0.001
"""p-values below it are written as smaller than it: what journals ask for (APA, 7th edition, 6.36)."""
HIDDEN = {"Cf", "Cc", "Cs", "Co", "Zl", "Zp"}
"""Categories of characters without a form of their own: controls, direction marks, private use."""
JOINERS = "\u200c\u200d"
"""Characters of category Cf that Persian and Indic spelling needs."""


def shown(value: Any, kind: str) -> str:
    """A value as a narrow table shows it; empty if it is absent.

    Args:
        value: a number, a boolean, a text, or None or NaN. Text and booleans are shown as what they are,
            whatever the kind.
        kind: of the column, as in glossary.yaml.
    """
    if isinstance(value, str):
        return plain(value)
    if pd.isna(value):
        return ""
    if pd.api.types.is_bool(value):
        return "yes" if value else "no"
    return _number(float(value), kind) if kind in EXCEL else plain(str(value))


def shown_together(values: Sequence[Any], columns: Sequence[Column]) -> str:
    """The value of one column; of two, the two ends of an interval, or a grouping and its group."""
    texts = [shown(value, column.kind) for value, column in zip(values, columns, strict=True)]
    if len(set(texts)) == 1 and columns[0].kind not in EXCEL:
        return texts[0]
    known = [text for text in texts if text]
    return (" to " if columns[0].kind in EXCEL else " ").join(known)


def plain(text: str) -> str:
    """The text in one line, without characters that control a terminal or the direction of the line."""
    visible = "".join(
        character if character in JOINERS or unicodedata.category(character) not in HIDDEN
        # A control such as a tab or a line break separates words; a direction mark does not.
        else "" if unicodedata.category(character) == "Cf" else " "
        for character in text
    )  # fmt: skip
    return " ".join(visible.split())


def _number(value: float, kind: str) -> str:
    if kind == "share":
        return _percent(value)
    if kind == "p":
        return f"<{SMALLEST_P}" if value < SMALLEST_P else f"{value:.3f}"
    if kind == "count" and value.is_integer():
        return f"{value:.0f}"
    # Adding zero makes a negative zero positive.
    return f"{round(value, 2) + 0.0:{'+' if kind in SIGNED else ''}.2f}"


def _percent(share: float) -> str:
    """Whole percent; 0 % and 100 % only if it is none or all."""
    percent = round(100 * share)
    if percent == 0 and share > 0:
        return "<1%"
    if percent == 100 and share < 1:
        return ">99%"
    return f"{percent}%"
