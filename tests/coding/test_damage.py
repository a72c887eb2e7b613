"""Sheets as people hand them in: each is read rightly, or refused in one line with its row."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from pipelines.coding import load_design
from pipelines.coding.identifiers import LETTERS, item_name
from pipelines.errors import InputError
from tests.coding.sheets import as_read, codes_of, filled, saved

LETTER = {"supports": "s", "opposes": "O", "neutral": " n ", "unclear": "?", "not_about": "X"}
SIGN = {"supports": "+", "opposes": "–", "neutral": "0", "unclear": "U", "not_about": "Not about  it"}
NUMBER = {"supports": 1, "opposes": -1, "neutral": 0, "unclear": "unclear", "not_about": "not about it"}
Damage = Callable[[Path, Path], list[Path]]
"""Writes a damaged sheet of a run into a folder; the files to read."""


def excel_semicolons(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run), to / "a.csv", sep=";", encoding="cp1252", errors="replace")]


def russian_windows(run: Path, to: Path) -> list[Path]:
    table = filled(run).assign(note="смотри «здесь»")
    return [saved(table, to / "a.csv", sep=";", encoding="cp1251", errors="replace")]


def unicode_text(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run), to / "a.txt", sep="\t", encoding="utf-16")]


def separator_line(run: Path, to: Path) -> list[Path]:
    path = saved(filled(run), to / "a.csv", sep=";", encoding="utf-8-sig")
    path.write_text("sep=;\r\n" + path.read_text("utf-8-sig"), encoding="utf-8-sig")
    return [path]


def old_macintosh(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run), to / "a.csv", lineterminator="\r")]


def sorted_rows(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run).sort_values(["actor", "item"]), to / "a.csv")]


def moved_columns(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run).iloc[:, ::-1], to / "a.csv")]


def lost_columns(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run)[["code_2", "item", "code_1"]], to / "a.csv")]


def letters(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run, LETTER.__getitem__), to / "a.csv")]


def signs(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run, SIGN.__getitem__), to / "a.csv", encoding="utf-8-sig")]


def signs_in_cp1252(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run, SIGN.__getitem__), to / "a.csv", encoding="cp1252", errors="replace")]


def shouting(run: Path, to: Path) -> list[Path]:
    table = filled(run, str.upper).rename(columns=str.upper).rename(columns={"CODE_1": "Code 1"})
    table["ITEM"] = table["ITEM"].map(lambda item: f" {item[:5].upper()} {item[5:].upper()}")
    return [saved(table, to / "a.csv")]


def two_files(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    return [
        saved(table.drop(columns="code_2"), to / "a.csv"),
        saved(table.drop(columns="code_1"), to / "b.csv", sep=";"),
    ]


def one_below_the_other(run: Path, to: Path) -> list[Path]:
    first, second = two_files(run, to)
    text = pd.read_csv(second, sep=";", dtype=str, keep_default_na=False).to_csv(index=False)
    first.write_text(first.read_text("utf-8") + "\n\ufeff" + text, encoding="utf-8")
    return [first]


def stacked(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    return [saved(pd.concat([table.assign(code_1=""), table.assign(code_2="")]), to / "a.csv")]


def twice(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run), to / "a.csv"), saved(filled(run, LETTER.__getitem__), to / "b.csv")]


def blank_rows(run: Path, to: Path) -> list[Path]:
    path = saved(filled(run), to / "a.csv")
    path.write_text("\n\nCodes of March\n" + path.read_text("utf-8") + "\n,,,,\n\n", encoding="utf-8")
    return [path]


def decomposed_and_mojibake(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    table["source"] = table["source"].map(lambda text: text.encode().decode("latin-1"))
    return [saved(table, to / "a.csv")]


def workbook(run: Path, to: Path) -> list[Path]:
    book = openpyxl.load_workbook(run / "coding" / "sheet.xlsx")
    sheet = book["sheet"]
    names = [cell.value for cell in sheet[1]]
    codes = codes_of(run)
    for row in sheet.iter_rows(min_row=2):
        for coder in ("1", "2"):
            if (row[0].value, coder) in codes:
                row[names.index(f"code_{coder}")].value = NUMBER[codes[row[0].value, coder]]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Coded in March"
    book.save(to / "a.xlsx")
    return [to / "a.xlsx"]


READ = (
    excel_semicolons, russian_windows, unicode_text, separator_line, old_macintosh, sorted_rows, moved_columns,
    lost_columns, letters, signs, signs_in_cp1252, shouting, two_files, one_below_the_other, stacked, twice,
    blank_rows, decomposed_and_mojibake, workbook,
)  # fmt: skip


@pytest.mark.parametrize("damage", READ, ids=lambda damage: damage.__name__)
def test_every_code_is_read_and_is_of_its_own_item(sheet_run: Path, tmp_path: Path, damage: Damage) -> None:
    assert as_read(sheet_run, *damage(sheet_run, tmp_path)) == codes_of(sheet_run)


def test_of_deleted_rows_and_skipped_cells_only_these_codes_are_missing(
    sheet_run: Path, tmp_path: Path
) -> None:
    table = filled(sheet_run).drop(index=[0, 5, 7])
    table.loc[table.index[40:], "code_1"] = " "
    gone = {(item, coder) for item in filled(sheet_run)["item"].iloc[[0, 5, 7]] for coder in "12"}
    gone |= {(item, "1") for item in table["item"].iloc[40:]}
    whole = codes_of(sheet_run)
    assert as_read(sheet_run, saved(table, tmp_path / "a.csv")) == {
        key: code for key, code in whole.items() if key not in gone
    }


def test_a_third_coder_and_the_last_word_have_columns_of_their_own(sheet_run: Path, tmp_path: Path) -> None:
    table = filled(sheet_run)[["item"]].assign(**{"Code_Anna": "s", "code_adjudicated": "o"})
    codes = as_read(sheet_run, saved(table, tmp_path / "a.csv"))
    assert {coder for _, coder in codes} == {"anna", "adjudicated"}


def changed(column: str, row: int, value: str) -> Damage:
    """One cell is changed; its row in a spreadsheet is two more than its number here."""

    def damage(run: Path, to: Path) -> list[Path]:
        table = filled(run)
        table.loc[row, column] = value
        return [saved(table, to / "a.csv")]

    return damage


def mistyped_item(run: Path, to: Path) -> list[Path]:
    item = load_design(run).items[3].item
    other = LETTERS[(LETTERS.index(item[4]) + 1) % len(LETTERS)]
    return changed("item", 3, item[:4] + other + item[5:])(run, to)


def swapped_letters(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    row = next(n for n, item in enumerate(table["item"]) if n > 2 and item[2] != item[3])
    table = table.iloc[row:].reset_index(drop=True)
    item = str(table.loc[0, "item"])
    table.loc[0, "item"] = item[:2] + item[3] + item[2] + item[4:]
    return [saved(table, to / "a.csv")]


def other_code_below(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    again = table.iloc[[0]].assign(code_1="supports", code_2="")
    table.loc[0, "code_1"] = "opposes"
    return [saved(pd.concat([table, again]), to / "a.csv")]


def other_code_in_another_file(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    one = table[["item"]].assign(code_1="s")
    return [
        saved(one, to / "a.csv"),
        saved(one.assign(code_1=["s"] * 8 + ["o"] * (len(one) - 8)), to / "b.csv"),
    ]


def empty(run: Path, to: Path) -> list[Path]:
    (to / "a.csv").touch()
    return [saved(filled(run), to / "b.csv"), to / "a.csv"]


def no_header(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run), to / "a.csv", header=False)]


def no_items(run: Path, to: Path) -> list[Path]:
    return [saved(filled(run).drop(columns="item"), to / "a.csv")]


def renamed(**names: str) -> Damage:
    return lambda run, to: [saved(filled(run).rename(columns=names), to / "a.csv")]


def codes_sorted_apart(run: Path, to: Path) -> list[Path]:
    table = filled(run)
    table["item"] = sorted(table["item"])
    return [saved(table, to / "a.csv")]


def unclosed_quotation(run: Path, to: Path) -> list[Path]:
    lines = (
        saved(filled(run)[["item", "code_1", "code_2", "note"]], to / "a.csv").read_text("utf-8").splitlines()
    )
    lines[4] += '"see below'
    lines[9] += '"'
    (to / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    return [to / "a.csv"]


def unquoted(run: Path, to: Path) -> list[Path]:
    table = filled(run)[["item", "code_1", "code_2"]].assign(note="first, second")
    lines = [",".join(row) for row in [list(table), *table.to_numpy().tolist()]]
    (to / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    return [to / "a.csv"]


def as_drawn(run: Path, to: Path) -> list[Path]:
    return [run / "coding" / "sheet.csv", run / "coding" / "sheet.xlsx"]


def no_workbook(run: Path, to: Path) -> list[Path]:
    (to / "a.xlsx").write_bytes(b"<html><table><tr><td>item</td></tr></table></html>")
    return [to / "a.xlsx"]


def made_a_date(run: Path, to: Path) -> list[Path]:
    book = openpyxl.load_workbook(run / "coding" / "sheet.xlsx")
    book["sheet"]["L6"] = "s"
    book["sheet"]["L7"] = datetime(2024, 10, 24)
    book.save(to / "a.xlsx")
    return [to / "a.xlsx"]


def binary(run: Path, to: Path) -> list[Path]:
    (to / "a.csv").write_bytes(bytes(range(256)))
    return [to / "a.csv"]


REFUSED = {
    "mistyped item": (mistyped_item, r"a\.csv: row 5: '\w+' is no item: a letter is wrong or missing\. Copy"),
    "swapped letters": (swapped_letters, r"a\.csv: row 2: '\w+' is no item"),
    "item of another run": (
        changed("item", 7, item_name(99, "x")),
        r"row 9: item \w+ was not drawn from this run\. Give",
    ),
    "item made a number": (changed("item", 7, "1.2E+10"), r"row 9: '1\.2E\+10' is no item"),
    "code without an item": (changed("item", 7, ""), r"row 9: a code without an item\. Copy"),
    "a line of text": (changed("item", 7, "so far on Monday"), r"row 9: 'so far on Monday' is no item"),
    "code in other words": (
        changed("code_2", 4, "pro"),
        r"row 6: 'pro' in column code_2 is no code\. Write one of: supports or s; ",
    ),
    "two codes in a cell": (changed("code_1", 4, "s/n"), r"row 6: 's/n' in column code_1 is no code"),
    "another code below": (other_code_below, r"row 92: code_1 of item \w+ is supports here, and opposes in .*row 2\."),
    "another code in another file": (
        other_code_in_another_file,
        r"b\.csv: row 10: .* opposes here, and supports in .*a\.csv: row 10\. Keep one.*81 more rows.*: 11, 12, 13, ",
    ),
    "an empty file": (empty, r"a\.csv: the file is empty\. "),
    "no header": (no_header, r"a\.csv: no row has the column names item and code_1\. Put"),
    "no items": (no_items, r"a\.csv: no row has the column names item"),
    "codes under a name": (renamed(code_1="Anna"), r"row \d+: the column 'anna' holds '\w+', a code\. Call it code_1"),
    "codes under no name": (renamed(code_2=""), r"row \d+: the column '.*' holds '\w+', a code\. Call it"),
    "codes of nobody": (renamed(code_1="code"), r"row 1: the column 'code' names no coder\. Call it"),
    "a coder twice": (renamed(code_2="Code-1"), r"row 1: the column 'code_1' appears twice\. Give"),
    "no codes": (renamed(code_1="a", code_2="b"), r"row 1: no column with codes\. Call"),
    "columns sorted apart": (codes_sorted_apart, r"row \d+: the column \w+ is not that of item \w+: columns were sorted"),
    "an actor changed": (changed("actor", 6, "Macron"), r"row 8: the column actor is not that of item"),
    "unclosed quotation": (unclosed_quotation, r"row 5: a cell holds the row of item '\w+'\. Close"),
    "texts split by commas": (unquoted, r"row \d+: \d+ cells under 4 columns\. A delimiter"),
    "nobody coded": (as_drawn, r"sheet\.csv, .*sheet\.xlsx: no cell has a code\. Fill"),
    "no workbook": (no_workbook, r"a\.xlsx: cannot be read \(.+\)\. Open"),
    "made a date": (
        made_a_date,
        r"a\.xlsx: sheet 'sheet', row 7: '2024-10-24' in column code_1 is no code"),
    "no text": (binary, r"a\.csv: not a text file"),
    "no such file": (lambda run, to: [to / "a.csv"], r"a\.csv: no such file\. "),
    "a document": (lambda run, to: [run / "coding" / "codebook.md"], r"codebook\.md: '\.md' is no sheet\. Known"),
}  # fmt: skip


@pytest.mark.parametrize(("damage", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_matched_is_refused_in_one_line_with_its_row(
    sheet_run: Path, tmp_path: Path, damage: Damage, message: str
) -> None:
    with pytest.raises(InputError) as refused:
        as_read(sheet_run, *damage(sheet_run, tmp_path))
    assert re.search(message, str(refused.value))
    assert "\n" not in str(refused.value)
