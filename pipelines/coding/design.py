"""coding/design.json: which items were drawn for coding, from what, and with which probability."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.atomic import whole
from pipelines.coding.identifiers import item_name, share_of
from pipelines.coding.population import Key, keys
from pipelines.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.coding.population import Population

FOLDER = "coding"
FILE = "design.json"
Unit = Literal["passage", "article"]
Purpose = Literal["correction", "calibration"]


class _Stored(BaseModel):
    """A part of the file; an unknown or a missing key is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stratum(_Stored):
    """Units of one kind, from which a random part was drawn."""

    name: str
    values: dict[str, str]
    """The value of each column that divides the population."""
    size: int
    """Units in the population: judged rows, or articles if whole articles are drawn."""
    drawn: int
    """Units drawn so far, by all sheets."""


class Item(_Stored):
    """A judged row that was drawn.

    `probability` is that of being drawn for its part: drawn units of the part divided by all units of the
    stratum. If `source_only`, coders see no translation. `coders` are those whom the sheet asks.
    """

    item: str
    article_id: str
    actor: str
    target: str
    start: int
    language: str
    stratum: str
    probability: float
    draw: int
    coders: tuple[int, ...]
    source_only: bool
    part: Purpose


class Design(_Stored):
    """All that was drawn of a run so far.

    Args:
        run: the run's name.
        fingerprint: of the run's options, from its manifest, when the first sheet was drawn.
        population: fingerprint of the judged passages; codes of another population are refused.
        labels: fingerprint of the passages and the machine's labels, which the strata are made of.
        seed: of every random choice.
        unit: what was drawn.
        strata_by: columns that divide the population.
        calibration: share of the articles whose codes are gold for a calibration and never correct; 0 until
            the first export.
        strata: sorted by name.
        items: in the order of the sheets.
    """

    run: str
    fingerprint: str
    population: str
    labels: str
    seed: int
    unit: Unit
    strata_by: tuple[str, ...]
    calibration: float
    strata: tuple[Stratum, ...]
    items: tuple[Item, ...]

    @property
    def draws(self) -> int:
        """The number of sheets drawn so far."""
        return max((item.draw for item in self.items), default=0)

    def part_of(self, article_id: str) -> Purpose:
        """What the codes of an article are for: all of them for the same, chosen by a hash of its id."""
        calibrates = share_of(self.seed, "part", article_id) < self.calibration
        return "calibration" if calibrates else "correction"

    def weighed(self) -> Design:
        """The same design, each item's part and probability as they follow from what was drawn.

        A part takes articles at random, so within a stratum each unit has the same chance to be drawn for it.
        """
        units = {
            (item.stratum, self.unit_of(key_of(item)), self.part_of(item.article_id)) for item in self.items
        }
        drawn = Counter((stratum, part) for stratum, _, part in units)
        sizes = {stratum.name: stratum.size for stratum in self.strata}
        items = []
        for item in self.items:
            part = self.part_of(item.article_id)
            probability = drawn[item.stratum, part] / sizes[item.stratum]
            items.append(item.model_copy(update={"part": part, "probability": probability}))
        return self.model_copy(update={"items": tuple(items)})

    def unit_of(self, key: Key) -> str:
        """The name of the unit that a judged row is drawn with: its item or its article."""
        return item_name(self.seed, *key) if self.unit == "passage" else key.article_id


def key_of(item: Item) -> Key:
    """The key of the judged row that an item is."""
    return Key(item.article_id, item.actor, item.target, item.start)


def load_design(run_dir: Path) -> Design:
    """The design of a run's coding.

    Raises:
        InputError: nothing was drawn yet, or the file is damaged.
    """
    path = run_dir / FOLDER / FILE
    if not path.is_file():
        raise InputError(str(path), "no such file", f"Draw a sheet first: polystance code sheet {run_dir}")
    try:
        return Design.model_validate_json(path.read_bytes())
    except ValidationError as error:
        cause = f"damaged ({error.errors()[0]['msg']})"
        raise InputError(str(path), cause, "Restore it; without it no code can be weighed") from error


def save_design(design: Design, run_dir: Path) -> None:
    """Write design.json whole or not at all."""
    with whole(run_dir / FOLDER / FILE) as path:
        path.write_text(design.model_dump_json(indent=1) + "\n", encoding="utf-8")


def check_population(design: Design, population: Population, run_dir: Path) -> None:
    """Refuse a run that has other judged passages than when its sheets were drawn.

    Raises:
        InputError: it has.
    """
    if design.population != population.digest:
        present = set(keys(population.rows))
        missing = sum(key_of(item) not in present for item in design.items)
        cause = f"the run's passages have changed since the sheet was drawn ({missing} items are gone)"
        raise InputError(
            str(run_dir / FOLDER / FILE), cause, "Restore the run, or move the folder away and draw anew"
        )
