"""The evidence as it is, and as it would be under other choices, for the column `fragile`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.compare.units import OUTCOMES, units

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.units import Units, Values

SHIFT = 0.1
"""By which both thresholds of the judge are moved: as far as people commonly disagree on where to set one."""
NO_SUSPICION = frozenset({"repaired"})
"""Flags of a passage that do not make it suspect: a repaired translation passed the checks."""
UNCLEAR = OUTCOMES.index("unclear")


COUNTED = ("actor", "target", "article", "supports", "opposes")
"""What of the evidence units are made from."""
COLUMNS = (*COUNTED, "label", "choice", "confidence", "agreement", "flags", "matched")
"""What of the evidence the views need."""


class View(NamedTuple):
    """One way to read the evidence, and what a unit's value is: a label, or probabilities."""

    name: str
    probable: bool = False


class Views:
    """The evidence as it is, and then under each other choice.

    The others leave out suspect passages, or those that do not name the actor; move the judge's thresholds by
    0.1 down or up; or take probabilities instead of labels. The units of an actor and target are made when
    they are asked for: those of all would take more memory than the evidence.

    Args:
        evidence: one row for each passage and target: COLUMNS.
        minima: probability and agreement below which a label is unclear; None if they are not known.
    """

    def __init__(self, evidence: pd.DataFrame, minima: tuple[float, float] | None) -> None:
        self._evidence = evidence
        self._judged = (evidence["label"] != "").to_numpy()
        self._labels = codes_of(evidence["label"])
        self._kept: dict[str, NDArray[np.bool_]] = {}
        for name, kept in (
            ("suspect", ~suspect(evidence["flags"])),
            ("resolved", (evidence["matched"] != "resolved").to_numpy()),
        ):
            if not kept[self._judged].all():
                self._kept[f"without {name}"] = kept
        known = minima is not None and bool(evidence["choice"].notna().to_numpy()[self._judged].all())
        self._minima = minima if known else None

    def units(self) -> dict[tuple[str, str], Units]:
        """The units of each actor and target in the evidence as it is; a pair without a passage is absent."""
        return units(self._evidence.loc[self._judged, [*COUNTED]], self._labels[self._judged])

    def of(self, actor: str, target: str) -> Iterator[tuple[View, Units | None]]:
        """The units of one actor and target in each view, None without any."""
        chosen = (self._evidence["actor"] == actor) & (self._evidence["target"] == target)
        rows = np.flatnonzero(chosen.to_numpy() & self._judged)
        evidence, labels = self._evidence[[*COUNTED]].iloc[rows], self._labels[rows]
        every = units(evidence, labels).get((actor, target))
        yield View(""), every
        for name, kept in self._kept.items():
            here = kept[rows]
            yield View(name), units(evidence[here], labels[here]).get((actor, target))
        if self._minima is not None:
            for name, shift in (("lower", -SHIFT), ("higher", SHIFT)):
                moved = units(evidence, _labels_at(self._evidence, rows, self._minima, shift))
                yield View(f"{name} thresholds"), moved.get((actor, target))
        yield View("probabilities", probable=True), every


def codes_of(labels: pd.Series[str]) -> NDArray[np.int8]:
    """The place of each label in OUTCOMES; -1 for none of them."""
    of = labels.astype("category").cat
    places = {label: number for number, label in enumerate(OUTCOMES)}
    numbers = np.array([*(places.get(name, -1) for name in of.categories), -1], dtype=np.int8)
    return numbers[of.codes.to_numpy()]


def suspect(flags: pd.Series[str]) -> NDArray[np.bool_]:
    """Whether a passage's flags, one text, hold any but those of NO_SUSPICION."""
    known = {text: bool(set(text.split()) - NO_SUSPICION) for text in flags.unique()}
    return flags.map(known).to_numpy(dtype=bool)


def _labels_at(
    evidence: pd.DataFrame, rows: NDArray[np.int64], minima: tuple[float, float], shift: float
) -> NDArray[np.int8]:
    """The labels of some rows if both thresholds were moved."""
    confidence, agreement = (evidence[name].to_numpy()[rows] for name in ("confidence", "agreement"))
    unclear = (confidence < minima[0] + shift) | (agreement < minima[1] + shift)
    labels = codes_of(evidence["choice"].iloc[rows])
    labels[unclear] = UNCLEAR
    return labels


def same(first: Units | Values | None, second: Units | Values | None) -> bool:
    """Whether two readings of a group give the same estimate from labels."""
    if first is None or second is None:
        return first is second
    return np.array_equal(first.article, second.article) and np.array_equal(first.net, second.net)


def fragile(state: int, others: Sequence[tuple[str, int | None]]) -> str:
    """The names of the choices under which an estimate changes sign, is no longer significant, or is now.

    Args:
        state: 1 or -1 for an estimate that is significantly above or below 0, else 0.
        others: for each other choice its name and state; None if it leaves no estimate.
    """
    changed = [f"{name} (no estimate)" if other is None else name for name, other in others if other != state]
    return ", ".join(changed)
