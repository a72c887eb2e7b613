"""The files of a report: what opens them, and that no text in them is taken for code."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from markupsafe import escape

from pipelines.compare.tables import COLUMNS, Tables
from pipelines.records import Rejection
from pipelines.report import write_pages, write_rejected, write_tables
from pipelines.report.narrow import markdown

FROM_ARTICLES = [name for name in Tables._fields if name != "controls"]  # which hold no text of theirs
FORMULAS = ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"]
SCRIPT = "<script>alert('x')</script>"


def frame(table: str, **values: Any) -> pd.DataFrame:
    """A table of one row, with None where no value is given."""
    return pd.DataFrame([values], columns=COLUMNS[table])


def tables(text: str = "Putin", net: float | None = -0.5) -> Tables:
    """Tables of one row each, with `text` wherever text of the articles or the config can stand."""
    named = {"actor": text, "target": text}
    group = {"group_by": "outlet", "group": text}
    low, high = (None, None) if net is None else (-0.875, 0.125)
    estimate = {"low": low, "high": high}
    return Tables(
        stance=frame("stance", **named, **group, articles=8, passages=9, unclear=0.0, net=net, **estimate),
        coverage=frame("coverage", actor=text, **group, articles=9, articles_with_actor=8, mention_rate=8 / 9, passages=9),
        differences=frame("differences", **named, **group, reference="rest", difference=net, **estimate),
        coverage_differences=frame("coverage_differences", actor=text, **group, reference="rest", difference=0.25, low=0.0, high=0.5),
        invariance=frame("invariance", **named, language="pt", reference="en", stories=7, pairs=7, agreement=0.5),
        words=frame("words", **group, actor=text, reference="rest", kind="word", word=text, articles=8, occurrences=9, log_odds=0.5),
        timeline=frame("timeline", **named, language="pt", reference="en", period="2024-10", stories=7, difference=net, **estimate),
        narration=frame("narration", about=text, subject="actor", **group, articles=8, sentences=9, net=net, **estimate),
        controls=frame(
            "controls", control="same with another actor", judgements=9, share=0.5, low=0.25, high=0.75,
            acceptable="at most 50%", met=True,
        ),
        evidence=frame(
            "evidence", article_id=text, language="en", outlet=text, published=text, **named, label="opposes",
            supports=0.25, opposes=0.5, neutral=0.25, voice="quoted", source=text, pivot=text, flags=text,
        ),
    )  # fmt: skip


def cells(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [cell for row in csv.reader(stream) for cell in row]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_of_a_csv_file_begins_as_a_formula(tmp_path: Path, formula: str) -> None:
    write_tables(tables(formula), tmp_path)
    for name in FROM_ARTICLES:
        found = cells(tmp_path / f"{name}.csv")
        assert "'" + formula.replace("\r", "\n") in found
        risky = [cell for cell in found if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        assert [cell for cell in risky if cell not in {"-0.5000", "-0.8750"}] == []


def test_the_reason_of_a_rejection_does_not_begin_as_a_formula(tmp_path: Path) -> None:
    write_rejected([Rejection("=a", "read", "@b")], tmp_path / "rejected.csv")
    assert cells(tmp_path / "rejected.csv") == ["article_id", "stage", "reason", "'=a", "read", "'@b"]


def test_each_rejection_is_listed_once_and_in_order(tmp_path: Path) -> None:
    twice = Rejection("b", "read", "empty text")
    write_rejected([twice, Rejection("a", "judge", "x"), twice], tmp_path / "rejected.csv")
    assert pd.read_csv(tmp_path / "rejected.csv")["article_id"].tolist() == ["a", "b"]


@pytest.mark.parametrize("text", ["Putin", 'a "quoted", text\nof two lines', "普京 Путин é", "a;b\tc"])
def test_a_csv_file_opens_in_pandas_with_its_columns_and_values(tmp_path: Path, text: str) -> None:
    write_tables(tables(text), tmp_path)
    for name in FROM_ARTICLES:
        found = pd.read_csv(tmp_path / f"{name}.csv")
        assert found.columns.tolist() == COLUMNS[name]
        assert found["about" if name == "narration" else "actor"].tolist() == [text]
    assert pd.read_csv(tmp_path / "stance.csv")["net"].tolist() == [-0.5]


def test_an_absent_estimate_is_an_empty_cell(tmp_path: Path) -> None:
    write_tables(tables(net=None), tmp_path)
    assert pd.read_csv(tmp_path / "stance.csv")["net"].isna().all()
    assert "nan" not in (tmp_path / "stance.csv").read_text().lower()
    assert "nan" not in (tmp_path / "stance.md").read_text().lower()


def test_a_table_without_rows_has_its_header(tmp_path: Path) -> None:
    write_tables(Tables(*(pd.DataFrame(columns=COLUMNS[name]) for name in Tables._fields)), tmp_path)
    for name in Tables._fields:
        assert cells(tmp_path / f"{name}.csv") == COLUMNS[name]
    assert openpyxl.load_workbook(tmp_path / "comparison.xlsx").sheetnames == [*Tables._fields, "columns"]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a|b", r"a\|b"),
        ("a\\|b", r"a\\\|b"),
        ("two\nlines", "two lines"),
        (SCRIPT, "&lt;script>alert('x')&lt;/script>"),
    ],
)
def test_text_stays_in_its_cell_of_a_markdown_table(text: str, cell: str) -> None:
    lines = markdown("a table", pd.DataFrame({"group": [text], "n": [1]})).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith(f"| {cell} ")


@pytest.mark.parametrize("text", ["0012", "1.125", "1e5", "1234567890123e45"])
def test_text_of_digits_is_not_rounded_as_a_number_in_markdown(text: str) -> None:
    table = markdown("a table", pd.DataFrame({"article_id": [text], "net": [0.123]}))
    assert table.splitlines()[2].replace(" ", "") == f"|{text}|0.12|"


def test_markdown_tells_how_many_rows_it_leaves_out() -> None:
    text = markdown("stance", pd.DataFrame({"articles": range(5)}), rows=2)
    assert text.count("\n|") == 3
    assert "3 more rows in tables/stance.csv" in text


MANIFEST = {
    "name": SCRIPT, "version": "1", "started": SCRIPT, "finished": "2024-10-24",
    "counts": {"articles": 1, "copies": 0, "sentences": 2, "passages": 3, "judgements": 4},
    "models": [{"role": "stance", "language": None, "engine": SCRIPT, "name": SCRIPT, "revision": SCRIPT, "licence": SCRIPT, "sha256": None}],
}  # fmt: skip


@pytest.mark.parametrize("text", [SCRIPT, '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_the_page_shows_hostile_text_as_text(tmp_path: Path, text: str) -> None:
    write_pages(tables(text), MANIFEST, [Rejection(text, "read", text)], tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count(str(escape(text))) >= 12
    assert page.count("<script") == page.count("</script>") == 4  # labels, index, one block, program
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "{{" not in page or text == "{{ 7*7 }}"


def test_the_page_needs_nothing_from_outside(tmp_path: Path) -> None:
    write_pages(tables("https://example.org/a.js"), MANIFEST, [], tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"<(?:link|img|iframe|object|embed|base)|<script[^>]* src=|@import|url\((?!#)", page)
    assert set(re.findall(r' href="([^#"])', page)) == set()
    assert "default-src 'none'" in page


@pytest.mark.parametrize(("net", "shown"), [(-0.5, "<b>−0.50</b>"), (None, "<b>–</b>")])
def test_the_page_shows_an_estimate_with_its_sign_or_a_dash(
    tmp_path: Path, net: float | None, shown: str
) -> None:
    of = tables(net=net)
    write_pages(of._replace(stance=of.stance.assign(group_by="all", group="all")), MANIFEST, [], tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert shown in page
    assert ">nan" not in page.lower()
    assert ("<figure>" in page) is True


def test_the_same_tables_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_pages(tables(), MANIFEST | {"finished": name, "started": name}, [], tmp_path / name)
    for file in ("report.html", "report.md"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_the_markdown_report_keeps_hostile_text_in_its_cells(tmp_path: Path) -> None:
    write_pages(tables(f"a|b {SCRIPT}"), MANIFEST | {"name": "small"}, [], tmp_path)
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "<script" not in report
    assert "a\\|b" in report
