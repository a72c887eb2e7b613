"""The drawn rows as items: their names and order, who codes them, and what is shown of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.coding.design import Item
from pipelines.coding.identifiers import digest, item_name
from pipelines.coding.population import keys
from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipelines.coding.design import Design
    from pipelines.coding.population import Population


def new_items(
    design: Design,
    population: Population,
    stratum_of: Mapping[int, str],
    coders: int,
    overlap: int,
    source_only: float,
) -> tuple[Item, ...]:
    """The items of one more sheet in a random order; those of an article follow each other if it is a unit.

    Args:
        design: so far.
        population: that the rows are of.
        stratum_of: the stratum of each drawn row, by its number in the population.
        coders: number of coders. Units that not all of them code are divided evenly, within each stratum too.
        overlap: items that all coders code; whole units.
        source_only: share of the items in another language than the pivot that is shown without translation.

    Raises:
        InputError: two items have the same name.
    """
    of_row = dict(enumerate(keys(population.rows)))
    unit_of = {row: design.unit_of(of_row[row]) for row in stratum_of}
    names = {row: item_name(design.seed, *of_row[row]) for row in stratum_of}
    taken = {item.item for item in design.items}
    if len(taken | set(names.values())) < len(taken) + len(names):
        raise InputError("--seed", "two items have the same name by chance", "Give another --seed")

    def by_chance(rows: Iterable[int], choice: str) -> list[int]:
        return sorted(rows, key=lambda row: (digest(design.seed, choice, unit_of[row]), row))

    languages = population.rows["language"].tolist()
    foreign = by_chance(
        (row for row in stratum_of if languages[row] != population.config.pivot), "source only"
    )
    hidden = {unit_of[row] for row in foreign[: round(source_only * len(foreign))]}
    shared = {unit_of[row] for row in by_chance(stratum_of, "overlap")[:overlap]}
    alone = [row for row in by_chance(stratum_of, "coder") if unit_of[row] not in shared]
    alone.sort(key=lambda row: stratum_of[row])
    turns = {unit: turn for turn, unit in enumerate(dict.fromkeys(unit_of[row] for row in alone))}
    everybody = tuple(range(1, coders + 1))
    return tuple(
        Item(
            item=names[row],
            **of_row[row]._asdict(),
            language=languages[row],
            stratum=stratum_of[row],
            probability=0.0,  # known once all items are, see Design.weighed
            draw=design.draws + 1,
            coders=everybody if unit_of[row] in shared else (everybody[turns[unit_of[row]] % coders],),
            source_only=unit_of[row] in hidden,
            part="correction",
        )
        for row in by_chance(stratum_of, "sheet")
    )
