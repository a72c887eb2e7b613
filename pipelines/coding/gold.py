"""Codes as gold for `polystance evaluate stance`, from articles that never correct a table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.coding.answers import NOT_ABOUT
from pipelines.coding.design import FOLDER, key_of, load_design, save_design
from pipelines.coding.population import load_population, surroundings
from pipelines.coding.reading import read_codes
from pipelines.errors import InputError
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

FILE = "gold.jsonl"
SHARE = 0.5
"""Share of the articles that an export takes for calibration by default: neither task is favoured."""


def export_gold(
    run_dir: Path, sheets: Sequence[Path] = (), share: float | None = None, output: Path | None = None
) -> tuple[Path, int]:
    """Write the codes of the articles that are for calibration as JSON Lines of gold.

    The first export chooses these articles by a hash of their ids and records the share in design.json. From
    then on their codes are of the part `calibration`, which no corrected table may use. A row's text and
    context are those in the pivot language, as the judge reads them. An item of several coders has the
    adjudicated code, else the first coder's; a passage that is not about its target is neutral, as the judge
    should find it; an unclear one is left out.

    Args:
        run_dir: the run's folder.
        sheets: files with codes; by default all in coding/.
        share: of the articles, in (0, 1); by default that of the first export, else SHARE.
        output: file to write; by default coding/gold.jsonl.

    Returns:
        The file, and the number of rows.

    Raises:
        InputError: the codes cannot be read, another share was recorded, or no row is left.
    """
    design = load_design(run_dir)
    if design.calibration and share is not None and share != design.calibration:
        cause = f"the first export took {design.calibration:g} of the articles"
        raise InputError("--share", cause, "Leave it out: a code that has corrected a table cannot calibrate")
    read_codes(run_dir, sheets)  # before anything is recorded: sheets that are refused change nothing
    if not design.calibration:
        save_design(design.model_copy(update={"calibration": share or SHARE}).weighed(), run_dir)
    rows = _gold_rows(run_dir, read_codes(run_dir, sheets))
    path = output or run_dir / FOLDER / FILE
    if not rows:
        raise InputError(str(run_dir), "no clear code is of an article for calibration", "Code more items")
    with whole(path) as temporary:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        temporary.write_text("".join(lines), encoding="utf-8")
    return path, len(rows)


def _gold_rows(run_dir: Path, codes: pd.DataFrame) -> list[dict[str, Any]]:
    design, population = load_design(run_dir), load_population(run_dir)
    items = {item.item: item for item in design.items}
    first = codes[codes["part"] == "calibration"].drop_duplicates("item")
    labels = dict(zip(first["item"], first["code"].replace(NOT_ABOUT, "neutral"), strict=True))
    texts = surroundings(run_dir, population.shards, [key_of(items[item]) for item in labels])
    wordings = {target.name: target.wording for target in population.config.targets}
    return [
        {
            "id": f"{items[item].article_id.replace('/', '_')}/{item}",
            "text": texts[key_of(items[item])][1].passage,
            "actor": items[item].actor,
            "target": wordings[items[item].target],
            "label": label,
            "context": " ".join(texts[key_of(items[item])][1]).strip(),
            "language": items[item].language,
            "text_language": population.config.pivot,
        }
        for item, label in labels.items()
        if label in LABELS
    ]
