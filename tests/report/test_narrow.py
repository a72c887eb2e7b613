"""The narrow form: values as people read them, notes, and what is left out."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from cli.show import narrow_table
from pipelines.report.formats import plain, shown
from pipelines.report.glossary import glossary
from pipelines.report.narrow import markdown, narrow


def stance(*rows: dict[str, Any]) -> pd.DataFrame:
    same = {"actor": "Putin", "target": "aid", "group_by": "language", "group": "ru", "articles": 9, "net": -0.5,
            "low": -0.75, "high": 0.25, "supports": 0.25, "opposes": 0.75, "neutral": 0.0, "unclear": 0.0, "deff": 1.5}  # fmt: skip
    return pd.DataFrame([same | row for row in rows])


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (0.0, "share", "0%"), (0.004, "share", "<1%"), (0.5, "share", "50%"), (0.999, "share", ">99%"), (1, "share", "100%"),
        (-0.001, "net", "+0.00"), (-0.5, "net", "-0.50"), (0.0004, "p", "<0.001"), (0.04, "p", "0.040"), (12.0, "count", "12"),
        (None, "net", ""), (float("nan"), "share", ""), (True, "flag", "yes"), (False, "text", "no"), ("a\tb\u202e", "text", "a b"),
        ("=1", "share", "=1"), (3, "text", "3"),
    ],
)  # fmt: skip
def test_a_value_is_written_for_people(value: object, kind: str, text: str) -> None:
    assert shown(value, kind) == text


@given(st.text())
def test_no_text_of_a_cell_controls_a_terminal_or_ends_its_line(text: str) -> None:
    line = plain(text)
    assert line.isprintable() or not set(line) & set("\x1b\n\r\t\u202e\u2066\u200f")
    assert len(line.splitlines()) <= 1
    assert plain(line) == line


def test_an_interval_and_a_group_are_each_one_cell() -> None:
    (block,) = narrow("stance", stance({}, {"group_by": "all", "group": "all"})).blocks
    assert block.heading == ("Putin", "aid")
    assert [row[:4] for row in block.rows] == [
        ["language ru", "9", "-0.50", "-0.75 to +0.25"],
        ["all", "9", "-0.50", "-0.75 to +0.25"],
    ]


def test_columns_and_rows_that_are_left_out_are_named() -> None:
    form = narrow("stance", stance({}, {}, {}), rows=2)
    assert form.omissions() == [
        "columns left out: deff; all are in tables/stance.csv",
        "1 more rows in tables/stance.csv",
    ]


@pytest.mark.parametrize("name", glossary())
def test_every_column_is_shown_or_named_as_left_out(name: str) -> None:
    of = glossary()[name]
    form = narrow(name, pd.DataFrame([{column: f"<{column}>" for column in of.columns}]))
    text = " ".join(form.blocks[0].heading + tuple(form.blocks[0].rows[0]) + tuple(form.notes))
    assert {column for column in of.columns if f"<{column}>" in text} | set(
        form.left_out
    ) == of.columns.keys()
    assert not {column for column in form.left_out if f"<{column}>" in text}


def test_a_table_without_the_columns_of_its_form_shows_all_that_it_has() -> None:
    assert narrow("stance", pd.DataFrame({"section": ["politics"]})).heads == ["section"]


def test_notes_are_marked_and_listed_once() -> None:
    small = {"note": "fewer than 5 articles", "net": None, "low": None, "high": None}
    text = markdown("stance", stance(small, {"fragile": "thresholds"}, small, {"note": ""}))
    assert text.count(r"language ru \[1\] |") == 2
    assert r"language ru \[2\] |" in text
    assert "\n\n\\[1\\] fewer than 5 articles\n\n\\[2\\] fragile: thresholds\n" in text


@pytest.mark.parametrize("width", [30, 45, 60, 80, 140])
def test_a_terminal_shows_whole_columns_and_names_all_others(width: int) -> None:
    console = Console(width=width, record=True, file=None, quiet=False)
    with console.capture() as capture:
        console.print(narrow_table("stance", stance({}, {"group": "\x1b[31m" + "long name " * 5}), width))
    lines = capture.get().splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    columns = {"articles": "n", "net": "net", "low": "interval", "supports": "supp.", "unclear": "uncl."}
    left_out = text.partition("columns left out: ")[2].partition(";")[0].split(", ")
    for column, head in columns.items():
        assert (head in text.partition("columns left out")[0].split()) is (column not in left_out)
    assert "deff" in left_out
    assert "…" not in text
    assert "\x1b" not in text
