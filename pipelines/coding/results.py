"""What codes make of a run: corrected tables, and the languages in which people have checked the machine."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.coding.corrected import COLUMNS, CorrectedTables, corrected_of
from pipelines.coding.design import FOLDER, load_design
from pipelines.coding.matching import CORRECTION, answered
from pipelines.coding.population import load_population
from pipelines.hashing import fingerprint
from pipelines.job.store import Store
from pipelines.report.corrected import read_corrected
from pipelines.report.tables import write_table
from pipelines.stages import COMPARE, JUDGE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from pipelines.coding.population import Population
    from pipelines.job.store import Shard

FILE = f"{FOLDER}/validated.json"
LEAST_CODES = 100
"""Coded passages of a language that check the machine there: a share of a half is then known to within 0.1
(half a 95 % interval), and fewer cannot tell a difference of 0.2 from none. A language with fewer passages
than that is checked if all of them are coded."""


class Results(NamedTuple):
    """What an earlier reading of codes has left.

    `languages` are those in which people have checked the machine; `tables` are the tables of their codes, by
    name. If `stale`, the run was judged again since, and both are empty.
    """

    languages: frozenset[str] = frozenset()
    tables: Mapping[str, pd.DataFrame] = MappingProxyType({})
    stale: bool = False


def write_results(run_dir: Path, codes: pd.DataFrame) -> CorrectedTables:
    """Write agreement, confusion, corrected and corrected_differences, and which languages are checked.

    Args:
        run_dir: the run's folder.
        codes: as `read_codes` gives them; only those of the part `correction` are used.

    Returns:
        The tables as written.

    Raises:
        ConfigError: the run's config cannot be read.
        InputError: the run is unfinished, or codes do not fit it or each other.
    """
    population = load_population(run_dir)
    tables = corrected_of(population, answered(codes, load_design(run_dir)))
    store = Store(run_dir)
    (run_dir / FILE).unlink(missing_ok=True)  # the tables are those of the codes only once it is there again
    for name, table in tables._asdict().items():
        write_table(name, table, run_dir / COMPARE.folder)
    counts = coded_counts(population, codes)
    about = {"judgements": judgements_digest(store, population.shards), "languages": counts}
    store.write_json(FILE, about)
    return tables


def coded_counts(population: Population, codes: pd.DataFrame) -> dict[str, dict[str, int]]:
    """For each language the judged passages, and those of them that are coded and correct."""
    correcting = codes[codes["part"] == CORRECTION].drop_duplicates("item")["language"].value_counts()
    return {
        str(language): {"passages": int(number), "coded": int(correcting.get(language, 0))}
        for language, number in population.rows["language"].value_counts(sort=False).items()
    }


def stored_results(store: Store, shards: Sequence[Shard]) -> Results:
    """What was read of codes; tables that are older than the run's judgements are removed.

    Args:
        store: of the run.
        shards: of the run.
    """
    about = store.read_json(FILE)
    if not about:
        return Results()
    folder = store.folder / COMPARE.folder
    tables = read_corrected(folder)
    if not tables or about.get("judgements") != judgements_digest(store, shards):
        for path in (folder / f"{name}{form}" for name in COLUMNS for form in (".csv", ".md", ".tex")):
            path.unlink(missing_ok=True)
        return Results(stale=True)
    languages = {name for name, counts in about.get("languages", {}).items() if _is_checked(counts)}
    return Results(frozenset(languages), tables)


def _is_checked(counts: Mapping[str, Any]) -> bool:
    return bool(counts["coded"] >= min(LEAST_CODES, counts["passages"]))


def judgements_digest(store: Store, shards: Sequence[Shard]) -> str:
    """A fingerprint of everything that the judgements depend on."""
    return fingerprint([part.fingerprint for part in store.parts(JUDGE, shards)])
