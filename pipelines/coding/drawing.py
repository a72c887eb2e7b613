"""Draws items for coding: at random within strata, each sheet only items that none before it had.

Each stratum is put in one random order, by a hash of the seed and the row, and what is drawn is the beginning
of it. So a later sheet goes further in the same order, and drawn units divided by units stays the probability
of selection, as if all sheets had been drawn at once. If strata are divided further, what was drawn of each
part is the beginning of its order, too.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from pipelines.coding.allocation import strata_numbers
from pipelines.coding.design import (
    FILE,
    FOLDER,
    Design,
    Stratum,
    Unit,
    check_population,
    key_of,
    load_design,
    save_design,
)
from pipelines.coding.identifiers import digest
from pipelines.coding.items import new_items
from pipelines.coding.population import keys, load_population
from pipelines.coding.sheets import write_sheets
from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from pipelines.coding.population import Population

CELLS = ("language", "outlet", "actor", "target")
"""Columns that a wish for so many per cell may name."""
CONSTANT = ("language", "outlet")
"""Those that are the same in a whole article."""
PASSAGE_STRATA, ARTICLE_STRATA = ("language", "label"), ("language",)


class Wish(NamedTuple):
    """What a sheet should hold.

    `size` passages or articles are drawn, at least `least` of them of each combination of the columns `per`;
    `overlap` of the items, or the whole articles that hold as many, have all coders; of the items in another
    language than the pivot, the share `source_only` is shown without translation.
    """

    size: int = 200
    coders: int = 2
    overlap: int = 50
    per: tuple[str, ...] = ()
    least: int = 0
    unit: Unit = "passage"
    seed: int | None = None
    source_only: float = 0.25


class _Frame(NamedTuple):
    """The units of each stratum in their random order, and the rows of each unit."""

    units: Mapping[str, list[str]]
    values: Mapping[str, dict[str, str]]
    rows: Mapping[str, list[int]]


def draw_sheet(run_dir: Path, wish: Wish) -> Path:
    """Draw items that no sheet had yet, and write their sheets, the guide and the design.

    Args:
        run_dir: folder of a finished run.
        wish: what the sheet should hold; if fewer units are left, all that are left are drawn.

    Returns:
        The folder of the sheets.

    Raises:
        InputError: no finished run, all items are drawn, or the wish cannot be met.
    """
    run_dir = run_dir.resolve()
    population = load_population(run_dir)
    design = _begun(run_dir, population, wish)
    design = drawn_further(design, population, wish)
    new = [item for item in design.items if item.draw == design.draws]
    folder = run_dir / FOLDER if design.draws == 1 else run_dir / FOLDER / f"draw_{design.draws}"
    write_sheets(run_dir, folder, design, new, population, wish.coders)
    save_design(design, run_dir)
    return folder


def drawn_further(design: Design, population: Population, wish: Wish) -> Design:
    """The design with the new items of one more sheet.

    Raises:
        InputError: all items are drawn, or the wish cannot be met.
    """
    by = tuple(dict.fromkeys((*design.strata_by, *wish.per)))
    labels = [tuple(values) for values in _texts(population.rows, by)]
    frame = _frame(population.rows, labels, by, design)
    before = _drawn_before(design, population, labels)
    sizes = {name: len(units) for name, units in frame.units.items()}
    cells = {name: _name(tuple(frame.values[name][column] for column in wish.per)) for name in sizes}
    numbers = strata_numbers(sizes, cells, before, wish.size, wish.least if wish.per else None)
    _check_order(frame, design, before)
    strata = tuple(
        Stratum(name=name, values=frame.values[name], size=len(units), drawn=numbers[name])
        for name, units in sorted(frame.units.items())
    )
    named = dict(zip(keys(population.rows), map(_name, labels), strict=True))
    kept = tuple(item.model_copy(update={"stratum": named[key_of(item)]}) for item in design.items)
    chosen = [
        row
        for name, units in frame.units.items()
        for unit in units[before[name] : numbers[name]]
        for row in frame.rows[unit]
    ]
    stratum_of = {row: _name(labels[row]) for row in chosen}
    new = new_items(design, population, stratum_of, wish.coders, wish.overlap, wish.source_only)
    both = {"strata_by": by, "strata": strata, "items": kept + new}
    return design.model_copy(update=both).weighed()


def _begun(run_dir: Path, population: Population, wish: Wish) -> Design:
    """The design so far, or an empty one.

    Raises:
        InputError: the run has changed since the first sheet, the wish contradicts it, or it is missing.
    """
    place = run_dir / FOLDER / FILE
    unknown = [column for column in wish.per if column not in (CONSTANT if wish.unit == "article" else CELLS)]
    if unknown:
        known = ", ".join(CONSTANT if wish.unit == "article" else CELLS)
        raise InputError("--per", f"cannot be by '{unknown[0]}'", f"Known for --unit {wish.unit}: {known}")
    if place.is_file():
        design = load_design(run_dir)
        check_population(design, population, run_dir)
        if design.labels != population.label_digest:
            cause = "the machine's labels have changed since the first sheet, and the strata are made of them"
            raise InputError(str(place), cause, "Draw all sheets before the run is judged again")
        for name, given, stored in (("--unit", wish.unit, design.unit), ("--seed", wish.seed, design.seed)):
            if given is not None and given != stored:
                raise InputError(name, f"the first sheet was drawn with {stored}", f"Give {name} {stored}")
        return design
    left = [path for path in (run_dir / FOLDER).glob("*") if path.suffix in {".csv", ".xlsx", ".html"}]
    if left:
        cause = f"no such file, and {left[0].name} may hold codes"
        raise InputError(str(place), cause, "Restore it, or move the folder away")
    return Design(
        run=population.config.name,
        fingerprint=population.manifest["fingerprint"],
        population=population.digest,
        labels=population.label_digest,
        seed=1 if wish.seed is None else wish.seed,
        unit=wish.unit,
        strata_by=ARTICLE_STRATA if wish.unit == "article" else PASSAGE_STRATA,
        calibration=0.0,
        strata=(),
        items=(),
    )


def _frame(
    rows: pd.DataFrame, labels: Sequence[tuple[str, ...]], by: Sequence[str], design: Design
) -> _Frame:
    units: dict[str, list[str]] = {}
    values: dict[str, dict[str, str]] = {}
    of_unit: dict[str, list[int]] = {}
    for row, (key, label) in enumerate(zip(keys(rows), labels, strict=True)):
        unit = design.unit_of(key)
        if unit not in of_unit:
            units.setdefault(_name(label), []).append(unit)
            values[_name(label)] = dict(zip(by, label, strict=True))
        of_unit.setdefault(unit, []).append(row)
    for of_stratum in units.values():
        of_stratum.sort(key=lambda unit: digest(design.seed, "order", unit))
    return _Frame(units, values, of_unit)


def _drawn_before(design: Design, population: Population, labels: Sequence[tuple[str, ...]]) -> Counter[str]:
    """The number of units that earlier sheets drew of each stratum."""
    named = dict(zip(keys(population.rows), map(_name, labels), strict=True))
    units = {(named[key_of(item)], design.unit_of(key_of(item))) for item in design.items}
    return Counter(name for name, _ in units)


def _check_order(frame: _Frame, design: Design, before: Mapping[str, int]) -> None:
    """Refuse a design whose items are not the beginning of their strata, as no sheet can have drawn them."""
    first = {unit for name, units in frame.units.items() for unit in units[: before[name]]}
    if first != {design.unit_of(key_of(item)) for item in design.items}:
        raise InputError(FILE, "its items are not those that its seed draws", "Restore the file")


def _texts(rows: pd.DataFrame, columns: Sequence[str]) -> list[list[str]]:
    values: list[list[str]] = rows[list(columns)].astype(object).fillna("unknown").astype(str).values.tolist()
    return values


def _name(values: tuple[str, ...]) -> str:
    return " | ".join(values)
