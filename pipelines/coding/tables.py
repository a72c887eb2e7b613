"""The rows of a sheet under its header, whatever became of its columns and of the order of its rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pipelines.coding.answers import code_of
from pipelines.coding.cells import SAVE_AS, read_cells
from pipelines.coding.identifiers import as_item
from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

from pipelines.coding.cells import Cells

CODER = re.compile(r"code[ _-]*(?P<coder>[1-9][0-9]?)|code[ _-]+(?P<name>[^\W\d_][\w.-]*)")
"""Names of columns with codes: code_1, Code 2, code-3, code_anna, code_adjudicated."""
NAMING = "Call it code_1, code_2, or code_ and a name"
ITEM = "item"
OTHERS = {
    *("article_id", "language", "outlet", "published", "headline", "actor", "target", "source", "pivot"),
    *("coders", "note"),
}
"""Columns of a sheet that hold no codes. Others may be there, too, unless codes are in them."""


class SheetRow(NamedTuple):
    """A row of a sheet.

    `item` and the cells are as written; `codes` has the cell of each coder, `texts` those of other columns.
    """

    place: str
    item: str
    codes: dict[str, str]
    texts: dict[str, str]


class _Header(NamedTuple):
    """The columns of a table: those of codes with their coder, and the others by name."""

    item: int
    coders: dict[int, str]
    others: dict[int, str]
    width: int


def sheet_rows(path: Path) -> Iterator[SheetRow]:
    """Yield the rows of all tables in a file that have a header with `item`; a workbook's guide has none.

    Raises:
        InputError: no table has such a header, or one has two columns of one name.
    """
    headers = 0
    for table in read_cells(path):
        header: _Header | None = None
        for row in table:
            if any(_column(cell) == ITEM for cell in row.cells):
                header = _header(row)  # again in the middle, if two files were put one below the other
                headers += 1
            elif header is not None and any(row.cells):
                yield _sheet_row(row, header)
    if not headers:
        raise InputError(str(path), "no row has the column names item and code_1", "Put the first row back")


def _column(cell: str) -> str:
    return cell.strip("\ufeff\u200b \t'\"").casefold()


def _header(row: Cells) -> _Header:
    names = [_column(cell) for cell in row.cells]
    coders: dict[int, str] = {}
    for number, name in enumerate(names):
        match = CODER.fullmatch(name)
        if match:
            coders[number] = match["coder"] or match["name"]
        elif re.match(r"code(?!rs$|book$)", name):
            cause = f"the column '{row.cells[number]}' names no coder"
            raise InputError(row.place, cause, NAMING)
    if not coders:
        raise InputError(row.place, "no column with codes", NAMING)
    repeated = [name for name in (*coders.values(), ITEM) if [*coders.values(), *names].count(name) > 1]
    if repeated:
        name = repeated[0] if repeated[0] == ITEM else f"code_{repeated[0]}"
        raise InputError(row.place, f"the column '{name}' appears twice", "Give each column its own name")
    others = {n: name for n, name in enumerate(names) if n not in coders and name != ITEM}
    return _Header(names.index(ITEM), coders, others, len(names))


def _sheet_row(row: Cells, header: _Header) -> SheetRow:
    if any(row.cells[header.width :]):
        cause = f"{len(row.cells)} cells under {header.width} columns"
        raise InputError(row.place, cause, f"A delimiter in a text has split it. {SAVE_AS}")
    swallowed = next(filter(None, map(_swallowed, row.cells)), None)
    if swallowed:
        cause = f"a cell holds the row of item '{swallowed}'"
        raise InputError(row.place, cause, "Close the quotation mark that was opened there")
    cells = row.cells + [""] * (header.width - len(row.cells))
    for number, name in header.others.items():
        if name not in OTHERS and not name.startswith("note") and cells[number] and code_of(cells[number]):
            cause = f"the column '{name}' holds '{cells[number]}', a code"
            raise InputError(row.place, cause, f"{NAMING}; or note_ and a name")
    return SheetRow(
        row.place,
        cells[header.item],
        {coder: cells[number] for number, coder in header.coders.items()},
        {name: cells[number] for number, name in header.others.items()},
    )


def _swallowed(cell: str) -> str | None:
    """The item of a row that an unclosed quotation mark made a part of a cell."""
    lines: Sequence[str] = cell.splitlines()[1:] if "\n" in cell or "\r" in cell else ()
    return next(filter(None, (as_item(re.split(r"[,;\t|]", line)[0]) for line in lines)), None)
