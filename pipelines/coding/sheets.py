"""The sheets that people code in: CSV, Excel, and one page for the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from pipelines.atomic import whole
from pipelines.coding.answers import accepted, codes
from pipelines.coding.codebook import codebook
from pipelines.coding.design import FOLDER, key_of
from pipelines.coding.page import write_page
from pipelines.coding.population import keys, surroundings
from pipelines.report.csv_files import write_csv
from pipelines.report.workbook import CREATED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.coding.design import Design, Item
    from pipelines.coding.population import Population, Surroundings

OPEN, CLOSE = ">>>", "<<<"
"""Marks of the passage in its surroundings: ASCII, so that no spreadsheet's encoding loses them."""
CELL = 32_000
"""Characters of a cell: Excel takes 32,767, and the rest of a longer text is of no use to a coder."""
WIDTHS = {"source": 70, "pivot": 70, "headline": 30, "actor": 14, "target": 20, "note": 30}
"""Widths of columns in Excel's unit, a digit; others have 13. Chosen to fit a screen of 1,920 pixels."""
WIDTH, GUIDE_WIDTH = 13, 120


def write_sheets(
    run_dir: Path, folder: Path, design: Design, items: Sequence[Item], population: Population, coders: int
) -> None:
    """Write sheet.csv, sheet.xlsx and sheet.html, a CSV file for each of several coders, and the guide.

    The machine's labels are in none of them.

    Args:
        run_dir: the run's folder.
        folder: of the sheets.
        design: that the items are in.
        items: to be coded, in the order of the rows.
        population: that they were drawn from.
        coders: number of coders.
    """
    entries = _entries(run_dir, items, population)
    guide = codebook(population.config)
    table = pd.DataFrame(list(map(_row, entries)))
    names = [f"code_{coder}" for coder in range(1, coders + 1)]
    full = table.assign(**dict.fromkeys((*names, "note"), ""))
    write_csv("sheet", full, folder / "sheet.csv")
    for coder, name in enumerate(names, start=1) if coders > 1 else ():
        own = table[[coder in item.coders for item in items]].drop(columns="coders")
        write_csv("sheet", own.assign(**{name: "", "note": ""}), folder / f"sheet_{coder}.csv")
    with whole(folder / "sheet.xlsx") as path:
        _write_workbook(full, names, guide, path)
    write_page(entries, guide, f"{design.fingerprint}:{design.population}:{design.draws}", coders, folder)
    with whole(run_dir / FOLDER / "codebook.md") as path:
        path.write_text(guide, encoding="utf-8")


def _entries(run_dir: Path, items: Sequence[Item], population: Population) -> list[dict[str, Any]]:
    """What a coder is shown of each item; `source` and `pivot` are `Surroundings`, or None if not shown."""
    row_of = {key: row for row, key in enumerate(keys(population.rows))}
    texts = surroundings(run_dir, population.shards, [key_of(item) for item in items])
    wordings = {target.name: target.wording for target in population.config.targets}
    about = population.rows[["outlet", "published", "title"]].astype(object).fillna("")
    entries = []
    for item in items:
        outlet, published, title = about.iloc[row_of[key_of(item)]]
        source, pivot = texts[key_of(item)]
        shown = item.language != population.config.pivot and not item.source_only
        entries.append(
            {
                "item": item.item,
                "article_id": item.article_id,
                "language": item.language,
                "outlet": outlet,
                "published": published,
                "headline": title,
                "actor": item.actor,
                "target": item.target,
                "wording": wordings[item.target],
                "source": source,
                "pivot": pivot if shown else None,
                "coders": item.coders,
            }
        )
    return entries


def _row(entry: dict[str, Any]) -> dict[str, str]:
    """The cells of an item, without those that coders fill."""
    texts = {name: _marked(entry[name]) for name in ("source", "pivot")}
    coders = {"coders": " and ".join(map(str, entry["coders"]))}
    return {name: value for name, value in (entry | texts | coders).items() if name != "wording"}


def _marked(text: Surroundings | None) -> str:
    if text is None:
        return ""
    return f"{text.before} {OPEN} {text.passage} {CLOSE} {text.after}".strip()[:CELL]


def _write_workbook(table: pd.DataFrame, names: Sequence[str], guide: str, path: Path) -> None:
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with path.open("wb") as stream, xlsxwriter.Workbook(stream, options) as workbook:
        workbook.set_properties({"created": CREATED})
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        formats = wrapped, workbook.add_format({"bg_color": "#dddddd"})
        sheet = workbook.add_worksheet("sheet")
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
        for column, name in enumerate(map(str, table)):
            sheet.set_column(column, column, WIDTHS.get(name, WIDTH))
            sheet.write_string(0, column, name)
            if name in names:
                _write_codes(
                    sheet, column, [name.removeprefix("code_") in c for c in table["coders"]], formats
                )
            else:
                for row, cell in enumerate(table[name], start=1):
                    sheet.write_string(row, column, cell[:CELL], wrapped)
        page = workbook.add_worksheet("guide")
        page.set_column(0, 0, GUIDE_WIDTH)
        for row, line in enumerate(guide.splitlines()):
            page.write_string(row, 0, line, wrapped)


def _write_codes(sheet: Any, column: int, asked: Sequence[bool], formats: tuple[Any, Any]) -> None:
    """Write a coder's column: empty cells with a list of the codes, grey if the coder is not asked."""
    for row, is_asked in enumerate(asked, start=1):
        sheet.write_blank(row, column, None, formats[0 if is_asked else 1])
    rule = {
        "validate": "list",
        "source": [code.shown for code in codes()],
        "error_type": "warning",  # a letter is read as well
        "error_title": "Not in the list",
        "error_message": "Codes may also be " + accepted(),
    }
    sheet.data_validation(1, column, len(asked), column, rule)
