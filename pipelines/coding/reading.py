"""Codes read back from sheets: each with its item, or refused with its row."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from pipelines.coding.answers import accepted, code_of
from pipelines.coding.cells import DELIMITED, WORKBOOKS
from pipelines.coding.design import FILE, FOLDER, check_population, key_of, load_design
from pipelines.coding.identifiers import as_item
from pipelines.coding.matching import ADJUDICATED
from pipelines.coding.population import keys, load_population
from pipelines.coding.sheets import CLOSE, OPEN
from pipelines.coding.tables import sheet_rows
from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.coding.design import Design, Item
    from pipelines.coding.tables import SheetRow

COLUMNS = (
    *("item", "coder", "code", "article_id", "actor", "target", "start", "language", "stratum"),
    *("probability", "source_only", "part"),
)
MARKED = re.compile(rf".*{OPEN}(.*){CLOSE}.*", re.DOTALL)
"""The passage in its surroundings, as sheets mark it."""
ROWS_NAMED = 5
"""Rows of the same fault that an error names. Not tuned; bounds the line."""


class _Answer(NamedTuple):
    """A coder's code of an item, and the row that it is from."""

    code: str
    place: str


class _Fault(NamedTuple):
    """What is wrong with a row, and how to correct it."""

    place: str
    cause: str
    cure: str


def read_codes(run_dir: Path, sheets: Sequence[Path] = ()) -> pd.DataFrame:
    """The codes of all coders, from what people made of the sheets.

    Sheets may be sorted, shortened, merged, in several files, in CSV of any delimiter and of the encodings of
    Excel, or in a workbook; the item's name alone says which passage a code is of. The same code twice counts
    once. No code is guessed, left out or given to another item: what cannot be read is refused.

    Args:
        run_dir: the run's folder.
        sheets: files; by default all CSV files and workbooks in coding/.

    Returns:
        COLUMNS, one row for each item and coder with a code, in the order of the design and of the coders: an
        adjudicated code first, then coders by number, then by name. `code` is supports, opposes, neutral,
        unclear or not_about; `probability`, in (0, 1], is that of being drawn for its `part`, whether or not
        other drawn items have a code.

    Raises:
        InputError: a row cannot be read, is of no item of this run, or contradicts another; the sheets hold
            no code; or the run has other passages than when they were drawn.
    """
    paths = list(sheets) or found_sheets(run_dir)
    codes = _codes(run_dir, paths)
    if codes.empty:
        cure = "Fill the columns code_1 and code_2, or give the file that was coded"
        raise InputError(", ".join(map(str, paths)), "no cell has a code", cure)
    return codes


def codes_so_far(run_dir: Path) -> pd.DataFrame | None:
    """The codes of all sheets in coding/, as `read_codes` gives them; None if there is none yet.

    Raises:
        InputError: as `read_codes`, except that there need be no code.
    """
    if not (run_dir / FOLDER / FILE).is_file():
        return None
    codes = _codes(run_dir, found_sheets(run_dir))
    return None if codes.empty else codes


def _codes(run_dir: Path, paths: Sequence[Path]) -> pd.DataFrame:
    design, population = load_design(run_dir), load_population(run_dir)
    check_population(design, population, run_dir)
    items = {item.item: item for item in design.items}
    sources = dict(zip(keys(population.rows), population.rows["source"], strict=True))
    texts = {
        item.item: {"actor": item.actor, "target": item.target, "source": sources[key_of(item)]}
        for item in design.items
    }
    answers = _answers((row for path in paths for row in sheet_rows(path)), items, texts)
    return _table(design, answers)


def found_sheets(run_dir: Path) -> list[Path]:
    """The CSV files and workbooks in coding/, in order of their names.

    Raises:
        InputError: there is none.
    """
    endings = (*DELIMITED, *WORKBOOKS)
    files = (run_dir / FOLDER).rglob("*")
    sheets = sorted(p for p in files if p.suffix.lower() in endings and not p.name.startswith(("~", ".")))
    if not sheets:
        raise InputError(str(run_dir / FOLDER), "no sheets in this folder", "Name the files that were coded")
    return sheets


def _answers(
    rows: Iterator[SheetRow], items: Mapping[str, Item], texts: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], _Answer]:
    """The answer of each item and coder.

    Raises:
        InputError: a row has a fault; the first is named with its place, others of its cause with theirs.
    """
    answers: dict[tuple[str, str], _Answer] = {}
    faults: list[_Fault] = []
    for row in rows:
        codes = {coder: cell for coder, cell in row.codes.items() if cell}
        if not codes and (not row.item or as_item(row.item)):
            continue
        fault = _item_fault(row, items, texts)
        for coder, cell in codes.items() if fault is None else ():
            item, code = as_item(row.item) or "", code_of(cell)
            before = answers.setdefault((item, coder), _Answer(code or "", row.place))
            if code is None:
                cure = f"Write one of: {accepted()}"
                fault = _Fault(row.place, f"'{cell}' in column code_{coder} is no code", cure)
            elif before.code != code:
                cause = f"code_{coder} of item {item} is {code} here, and {before.code} in {before.place}"
                fault = _Fault(row.place, cause, "Keep one, or name the other coder's column code_2")
        if fault is not None:
            faults.append(fault)
    if faults:
        raise _refusal(faults)
    return answers


def _item_fault(
    row: SheetRow, items: Mapping[str, Item], texts: Mapping[str, Mapping[str, str]]
) -> _Fault | None:
    """What is wrong with the item of a row."""
    item = as_item(row.item)
    restore = "Copy the cell from the sheet as it was written, or delete the row"
    if not row.item:
        return _Fault(row.place, "a code without an item", restore)
    if item is None:
        return _Fault(row.place, f"'{row.item}' is no item: a letter is wrong or missing", restore)
    if item not in items:
        return _Fault(row.place, f"item {item} was not drawn from this run", "Give the sheets of this run")
    for column, text in texts[item].items():
        written = MARKED.sub(r"\1", row.texts.get(column, ""))
        if written and not _words(text) <= _words(written):
            cause = f"the column {column} is not that of item {item}: columns were sorted apart, or edited"
            return _Fault(row.place, cause, "Take the sheet from before that, or put the cell back")
    return None


def _words(text: str) -> set[str]:
    """The words that every encoding of a spreadsheet keeps: those of ASCII characters alone."""
    return {word for word in re.split(r"[ \t\r\n]+", text.casefold().strip("'")) if word.isascii()} - {""}


def _refusal(faults: Sequence[_Fault]) -> InputError:
    """The first fault as an error, with the rows of the others."""
    place, cause, cure = faults[0]
    others = [fault.place.rpartition("row ")[2] for fault in faults[1:] if fault.place != place]
    if others:
        named = ", ".join(others[:ROWS_NAMED]) + (", ..." if len(others) > ROWS_NAMED else "")
        cure += f" ({len(others)} more rows with a fault: {named})"
    return InputError(place, cause, cure)


def _table(design: Design, answers: Mapping[tuple[str, str], _Answer]) -> pd.DataFrame:
    of_item: dict[str, list[str]] = {}
    for item, coder in answers:
        of_item.setdefault(item, []).append(coder)
    rows = [
        {"coder": coder, "code": answers[item.item, coder].code, **item.model_dump(include=set(COLUMNS))}
        for item in design.items
        for coder in sorted(of_item.get(item.item, ()), key=_rank)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rank(coder: str) -> tuple[bool, bool, int, str]:
    return coder != ADJUDICATED, not coder.isdigit(), int(coder) if coder.isdigit() else 0, coder


def missing_codes(design: Design, codes: pd.DataFrame) -> Counter[str]:
    """For each language, the number of drawn items that nobody gave a code."""
    coded = set(codes["item"])
    return Counter(item.language for item in design.items if item.item not in coded)
