"""The glossary: it explains every column of every table, and the guide says the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from pipelines.compare.tables import COLUMNS
from pipelines.report.formats import EXCEL
from pipelines.report.glossary import entry, glossary, guide

GUIDE = Path(__file__).parents[2] / "docs" / "guide.md"
BEGIN, END = "<!-- columns: begin -->\n", "<!-- columns: end -->"


@pytest.mark.parametrize("table", COLUMNS)
def test_every_column_of_every_table_is_explained(table: str) -> None:
    missing = [column for column in COLUMNS[table] if column not in glossary()[table].columns]
    assert not missing, f"add them to pipelines/report/glossary.yaml, under {table}"


@pytest.mark.parametrize("table", glossary())
def test_a_narrow_form_shows_columns_that_its_table_has(table: str) -> None:
    of = glossary()[table]
    shown = {*of.heading, *of.notes, *(part for parts in of.narrow.values() for part in parts)}
    assert shown <= of.columns.keys()


@pytest.mark.parametrize("table", glossary())
def test_every_column_has_a_meaning_a_unit_a_range_and_a_known_kind(table: str) -> None:
    for column in glossary()[table].columns.values():
        assert all((column.meaning, column.unit, column.range))
        assert column.kind in EXCEL or column.kind in {"text", "date", "flag"}


def test_the_guide_explains_the_same_columns(request: pytest.FixtureRequest) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    columns, _, after = rest.partition(END)
    if request.config.getoption("--update-golden"):
        GUIDE.write_text(f"{before}{BEGIN}\n{guide()}\n{END}{after}", encoding="utf-8")
        columns = f"\n{guide()}\n"
    assert columns == f"\n{guide()}\n", "write it anew: pytest tests/report --update-golden"


def test_a_column_that_the_glossary_lacks_is_taken_as_what_it_holds() -> None:
    table = pd.DataFrame({"actor": ["Putin"], "section": ["politics"], "words": [812]})
    columns = entry("evidence", table).columns
    assert [(column.name, column.kind) for column in columns.values()] == [
        ("actor", "text"), ("section", "text"), ("words", "number"),
    ]  # fmt: skip
