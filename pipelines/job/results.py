"""The tables and pages of a run: what they were made from, and what becomes of old ones."""

from __future__ import annotations

import shutil
import warnings
from typing import TYPE_CHECKING

from pipelines.errors import InputError
from pipelines.job.manifest import options_fingerprint
from pipelines.stages import COMPARE, JUDGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.config import RunConfig
    from pipelines.job.store import Reading, Store

MADE_FROM = f"{COMPARE.folder}/made_from.json"
"""Says which options (the manifest's fingerprint) and which parts the tables were made from; the last of them
to be written."""
STALE = "stale"
"""The folder that tables are moved to once the run is of other options or articles."""
CONTROLS = "controls.json"


def result_files(tables: Iterable[str]) -> list[str]:
    """Paths of the tables and pages of a run, relative to its folder, whether they exist or not.

    Args:
        tables: their names.
    """
    narrow = [f"{COMPARE.folder}/{name}{suffix}" for name in tables for suffix in (".csv", ".md", ".tex")]
    return [
        *narrow,
        f"{COMPARE.folder}/comparison.xlsx",
        MADE_FROM,
        "report.html",
        "report.md",
    ]


def begin_results(store: Store, files: Iterable[str]) -> None:
    """Make room for the results: they are incomplete from now on, until they are marked.

    Args:
        store: of the run.
        files: see `result_files`.
    """
    (store.folder / MADE_FROM).unlink(missing_ok=True)
    for path in (store.folder / name for name in files):
        if path.is_dir():
            store.set_aside(path)


def mark_results(store: Store, config: RunConfig, reading: Reading) -> None:
    """Mark the results as complete, and as made from these options and the present parts."""
    store.write_json(MADE_FROM, _made_from(store, config, reading))


def move_stale_results(store: Store, config: RunConfig, reading: Reading, files: Sequence[str]) -> None:
    """Move results that were made from other options or parts to the folder STALE, and say so.

    Args:
        store: of the run.
        config: of the run as it is now.
        reading: of its articles.
        files: see `result_files`.
    """
    if store.read_json(MADE_FROM) == _made_from(store, config, reading):
        return
    present = [name for name in files if (store.folder / name).is_file()]
    for name in present:
        target = store.folder / STALE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(store.folder / name, target)  # to another disk, if a folder is a link
    if present:
        cause = "its tables are of other settings or articles"
        warnings.warn(f"{store.folder}: {cause}; moved to {STALE}/", stacklevel=1)


def judged_reading(store: Store) -> Reading:
    """The reading of a run whose judgements are complete, and made from the passages beside them.

    Raises:
        InputError: there are none.
    """
    reading = store.reading()
    cure = "Finish it first: polystance run CONFIG"
    if reading is None or len(store.parts(JUDGE, reading.shards)) < len(reading.shards):
        raise InputError(str(store.folder), "no finished run in this folder", cure)
    judged = store.read_json(CONTROLS)
    # A run of an earlier version has not stored what its judgements were made from.
    is_old = "fingerprint" in judged and "parts" not in judged
    if not is_old and judged.get("parts") != store.state(reading):
        cause = (
            "no finished run in this folder: parts of it are missing, damaged or newer than its judgements"
        )
        raise InputError(str(store.folder), cause, cure)
    return reading


def _made_from(store: Store, config: RunConfig, reading: Reading) -> dict[str, str]:
    return {"fingerprint": options_fingerprint(config), "parts": store.state(reading)}
