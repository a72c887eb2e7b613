"""CSV files and the workbook: what Excel and pandas make of hostile text, of limits and of absent values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.report import workbook
from pipelines.report.csv_files import GUARDED, write_csv
from pipelines.report.workbook import write_workbook

FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "＝1"]
MISSING = ["NA", "None", "nan", "null", "N/A", "NaN", "#N/A", "<NA>", "NULL"]
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(
    lambda text: "\r" not in text and "\0" not in text
)


def rows(**columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(columns)


def reread(name: str, table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    write_csv(name, table, folder / "table.csv")
    return pd.read_csv(folder / "table.csv")


def sheets(folder: Path, **tables: pd.DataFrame) -> Any:
    write_workbook(tables, folder / "book.xlsx")
    return openpyxl.load_workbook(folder / "book.xlsx")


def test_a_csv_file_begins_with_the_mark_that_excel_knows_utf_8_by(tmp_path: Path) -> None:
    assert reread("stance", rows(actor=["Путин"]), tmp_path)["actor"].tolist() == ["Путин"]
    assert (tmp_path / "table.csv").read_bytes().startswith(b"\xef\xbb\xbfactor\n")


@pytest.mark.parametrize("word", MISSING)
def test_a_group_with_a_name_that_pandas_takes_for_a_missing_value_is_kept(tmp_path: Path, word: str) -> None:
    assert reread("stance", rows(group=[word, "en"]), tmp_path)["group"].tolist() == [f"'{word}", "en"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(TEXT)
def test_any_other_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    guarded = f"'{text}" if GUARDED.match(text) else text
    # The second row keeps pandas from taking digits for a column of numbers.
    assert reread("evidence", rows(title=[text, "x"], url=["a", "b"]), tmp_path)["title"].tolist() == [
        guarded,
        "x",
    ]


def test_line_ends_of_any_system_stay_within_their_cell(tmp_path: Path) -> None:
    found = reread("evidence", rows(source=["a\rb", "a\r\nb", "a\nb"]), tmp_path)
    assert found["source"].tolist() == ["a\nb"] * 3


def test_numbers_come_back_with_four_decimals_and_small_p_values_are_not_zero(tmp_path: Path) -> None:
    table = rows(
        articles=[12.0, None],
        difference=[0.123456, -1.0],
        p_value=[1.23456e-9, None],
        significant=[True, None],
    )
    found = reread("differences", table, tmp_path)
    assert found["p_value"].tolist()[0] == 1.235e-9
    assert found["difference"].tolist() == [0.1235, -1.0]
    assert (tmp_path / "table.csv").read_text("utf-8-sig").splitlines()[1:] == [
        "12,0.1235,1.235e-09,True",
        ",-1.0000,,",
    ]


@pytest.mark.parametrize(
    "text", [*FORMULAS, *MISSING, "https://example.org", "{=1}", "普京 Путин", "_x0041_", "\x01\x1f"]
)
def test_the_workbook_has_text_as_text(tmp_path: Path, text: str) -> None:
    cell = sheets(tmp_path, stance=rows(actor=[text], net=[-0.5]))["stance"]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert openpyxl.utils.escape.unescape(cell.value) == text


def test_the_workbook_formats_numbers_and_leaves_absent_ones_blank(tmp_path: Path) -> None:
    table = rows(
        actor=["a", "b"],
        articles=[1200, 3],
        supports=[0.123456, None],
        net=[-0.5, None],
        significant=[True, None],
    )
    sheet = sheets(tmp_path, stance=table)["stance"]
    assert [(cell.value, cell.number_format) for cell in sheet[2][1:4]] == [
        (1200, "#,##0"), (0.123456, "0.0%"), (-0.5, "+0.00;-0.00;0.00"),
    ]  # fmt: skip
    assert sheet["E2"].value is True
    assert [cell.value for cell in sheet[3]] == ["b", 3, None, None, None]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:E3")
    assert sheet.column_dimensions["A"].width >= 8


NET = "`supports` minus `opposes`: the mean over the articles of each article's mean over its passages"


def test_the_workbook_explains_every_column_that_it_has(tmp_path: Path) -> None:
    book = sheets(tmp_path, stance=rows(actor=["a"], net=[0.5]), coverage=rows(mention_rate=[0.5]))
    assert book.sheetnames == ["stance", "coverage", "columns"]
    found = [tuple(cell.value for cell in row) for row in book["columns"].iter_rows()]
    assert found == [
        ("table", "column", "meaning", "unit", "range"),
        ("stance", "actor", "the actor whose stance it is", "text", "any"),
        ("stance", "net", NET, "net stance", "-1 to 1"),
        (
            "coverage",
            "mention_rate",
            "share of the articles that have a passage of the actor",
            "share of articles",
            "0 to 1",
        ),
    ]


@pytest.mark.parametrize("character", ["x", "я", "😀"])
def test_a_text_beyond_a_cell_of_excel_is_cut_and_says_so(tmp_path: Path, character: str) -> None:
    text = sheets(tmp_path, evidence=rows(source=[character * 40_000]))["evidence"]["A2"].value
    assert len(text.encode("utf-16-le")) / 2 in (32_766, 32_767)
    assert text.startswith(character * 16_000)
    assert text.endswith(f"{character} [cut: all of it is in the CSV file of this table]")
    whole = character * (32_767 // (len(character.encode("utf-16-le")) // 2))
    assert sheets(tmp_path, evidence=rows(source=[whole]))["evidence"]["A2"].value == whole


def test_a_table_beyond_its_sheet_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "ROWS", 3)
    sheet = sheets(tmp_path, evidence=rows(article_id=list("abcde")))["evidence"]
    assert [cell.value for cell in sheet["A"]] == ["article_id", "a", "b", "c", "2 more rows in evidence.csv"]
