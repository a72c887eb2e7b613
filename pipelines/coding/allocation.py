"""How many units each stratum gives to a sample."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

STEPS = 60
"""Halvings of the search for the common share: the share is then exact to the last bit of a float."""

LEAST = 10
"""Units of each stratum at least, or all that there are: with fewer, one odd code moves a rare label's share
by more than a tenth."""
LEAST_IN_CELL = 2
"""The same if strata are divided further into cells: the least that has a variance."""


def strata_numbers(
    sizes: Mapping[str, int],
    cells: Mapping[str, str],
    drawn: Mapping[str, int],
    size: int,
    per_cell: int | None,
) -> dict[str, int]:
    """The units of each stratum that are drawn after one more sheet, those of earlier sheets included.

    Args:
        sizes: units in each stratum.
        cells: the cell that each stratum is a part of.
        drawn: units of each stratum that were drawn before.
        size: units to draw now; if fewer are left, all of them are drawn.
        per_cell: units wanted of each cell, or all that there are; None if nothing is wished of cells.

    Raises:
        InputError: all units are drawn, or the size is too small for the strata or the wish.
    """
    few = LEAST if per_cell is None else LEAST_IN_CELL
    parts: dict[str, dict[str, int]] = {}
    for name, cell in cells.items():
        parts.setdefault(cell, {})[name] = sizes[name]
    least = {name: max(drawn.get(name, 0), min(few, units)) for name, units in sizes.items()}
    of_cell = {cell: sum(strata.values()) for cell, strata in parts.items()}
    needed = {
        cell: max(sum(least[name] for name in strata), min(per_cell or 0, of_cell[cell]))
        for cell, strata in parts.items()
    }
    so_far, everything = sum(drawn.values()), sum(sizes.values())
    if so_far == everything:
        raise InputError("--size", f"all {everything} units are drawn", "Code the sheets that there are")
    total = min(everything, so_far + size)
    if sum(needed.values()) > total:
        cause = f"{size} are too few for {len(sizes)} strata" + (
            f" in {len(parts)} cells" if per_cell else ""
        )
        raise InputError("--size", cause, f"Give --size {sum(needed.values()) - so_far} or more")
    whole = allocate(of_cell, needed, total)
    numbers: dict[str, int] = {}
    for cell, strata in parts.items():
        numbers |= allocate(strata, {name: least[name] for name in strata}, whole[cell])
    return numbers


def allocate(sizes: Mapping[str, int], least: Mapping[str, int], total: int) -> dict[str, int]:
    """Divide a sample among strata, as near to proportional as the least of each allows.

    Every stratum gives the same share of its units, or its least if that is more; what is left by rounding
    goes to the largest remainders.

    Args:
        sizes: units in each stratum.
        least: units that each stratum gives at least, not more than its size.
        total: units of the sample, from the sum of `least` to the sum of `sizes`.

    Returns:
        The units of each stratum; their sum is `total`.

    Raises:
        ValueError: no such division exists.
    """
    if not sum(least.values()) <= total <= sum(sizes.values()):
        raise ValueError(f"{total} is not from {sum(least.values())} to {sum(sizes.values())}")
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        below = sum(max(least[name], middle * size) for name, size in sizes.items()) <= total
        low, high = (middle, high) if below else (low, middle)
    exact = {name: max(least[name], low * size) for name, size in sizes.items()}
    whole = {name: floor(value) for name, value in exact.items()}
    open_ = sorted(
        (name for name in sizes if whole[name] < sizes[name]), key=lambda n: (whole[n] - exact[n], n)
    )
    for name in open_[: total - sum(whole.values())]:
        whole[name] += 1
    return whole
