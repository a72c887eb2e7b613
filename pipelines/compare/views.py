"""The evidence as it is, and as it would be under other choices, for the column `fragile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.compare.units import OUTCOMES, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.units import Units

SHIFT = 0.1
"""By which both thresholds of the judge are moved: as far as people commonly disagree on where to set one."""
NO_SUSPICION = frozenset({"repaired"})
"""Flags of a passage that do not make it suspect: a repaired translation passed the checks."""
UNCLEAR = OUTCOMES.index("unclear")


COLUMNS = (
    *("actor", "target", "article", "label", "choice", "confidence", "agreement"),
    *("supports", "opposes", "flags", "matched"),
)
"""What of the evidence the views need."""


class View(NamedTuple):
    """One way to read the evidence: the units of each actor and target, and what a unit's value is."""

    name: str
    units: dict[tuple[str, str], Units]
    probable: bool = False


def views(evidence: pd.DataFrame, minima: tuple[float, float] | None) -> Iterator[View]:
    """The evidence as it is, and then under each other choice.

    The others leave out suspect passages, or those that do not name the actor; move the judge's thresholds by
    0.1 down or up; or take probabilities instead of labels.

    Args:
        evidence: one row for each judgement.
        minima: probability and agreement below which a label is unclear; None if they are not known.
    """
    labels = codes_of(evidence["label"])
    every = units(evidence, labels)
    yield View("", every)
    for name, kept in (
        ("suspect", ~suspect(evidence["flags"])),
        ("resolved", (evidence["matched"] != "resolved").to_numpy()),
    ):
        if not kept.all():
            yield View(f"without {name}", units(evidence[kept], labels[kept]))
    if minima is not None and evidence["choice"].notna().all():
        for name, shift in (("lower", -SHIFT), ("higher", SHIFT)):
            yield View(f"{name} thresholds", units(evidence, _labels_at(evidence, minima, shift)))
    yield View("probabilities", every, probable=True)


def codes_of(labels: pd.Series[str]) -> NDArray[np.int64]:
    """The place of each label in OUTCOMES."""
    places = {label: number for number, label in enumerate(OUTCOMES)}
    return np.asarray(labels.map(places), dtype=np.int64)


def suspect(flags: pd.Series[str]) -> NDArray[np.bool_]:
    """Whether a passage's flags, one text, hold any but those of NO_SUSPICION."""
    known = {text: bool(set(text.split()) - NO_SUSPICION) for text in flags.unique()}
    return flags.map(known).to_numpy(dtype=bool)


def _labels_at(evidence: pd.DataFrame, minima: tuple[float, float], shift: float) -> NDArray[np.int64]:
    """The labels if both thresholds were moved."""
    unclear = (evidence["confidence"] < minima[0] + shift) | (evidence["agreement"] < minima[1] + shift)
    return np.where(unclear, UNCLEAR, codes_of(evidence["choice"]))


def same(first: Units | None, second: Units | None) -> bool:
    """Whether two readings of a group are the same."""
    if first is None or second is None:
        return first is second
    return len(first.article) == len(second.article) and np.array_equal(first.shares, second.shares)


def fragile(state: int, others: Sequence[tuple[str, int | None]]) -> str:
    """The names of the choices under which an estimate changes sign, is no longer significant, or is now.

    Args:
        state: 1 or -1 for an estimate that is significantly above or below 0, else 0.
        others: for each other choice its name and state; None if it leaves no estimate.
    """
    changed = [f"{name} (no estimate)" if other is None else name for name, other in others if other != state]
    return ", ".join(changed)
