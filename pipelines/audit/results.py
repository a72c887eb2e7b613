"""What an audit leaves in a run's folder, and what the comparison reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.coding.results import judgements_digest
from pipelines.job.store import Store
from pipelines.report.csv_files import write_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipelines.audit.audit import Audit
    from pipelines.job.store import Shard

FOLDER = "audit"
FILE = f"{FOLDER}/audit.json"
PASSAGES = f"{FOLDER}/passages.csv"


def write_audit(run_dir: Path, of: Audit) -> Path:
    """Write the drawn passages with both translations and labels, and the rows that the comparison takes.

    Returns:
        The file of the passages.
    """
    store = Store(run_dir)
    reading = store.reading()
    assert reading is not None, "the run is finished"
    (run_dir / FOLDER).mkdir(exist_ok=True)
    write_csv("audit", of.passages, run_dir / PASSAGES)
    rows = of.rows.astype(object).where(of.rows.notna(), None).to_dict("records")
    store.write_json(FILE, {"judgements": judgements_digest(store, reading.shards), "rows": rows})
    return run_dir / PASSAGES


def stored_audit(store: Store, shards: Sequence[Shard]) -> list[dict[str, Any]] | None:
    """The rows of the last audit for the table of invariance; empty without one, None if it is out of date.

    Args:
        store: of the run.
        shards: of the run.
    """
    about = store.read_json(FILE)
    if not about:
        return []
    if about.get("judgements") != judgements_digest(store, shards):
        return None
    return list(about.get("rows", []))
