"""The report as one self-contained HTML page, and as Markdown."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jinja2
import pandas as pd

from pipelines.atomic import whole
from pipelines.judge.controls import failed, undecided
from pipelines.report.narrow import markdown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipelines.compare.tables import Tables
    from pipelines.records import Rejection

SENTENCES_SHOWN = 60
"""Sentences for each actor and target. Not tuned; bounds the page, tables/evidence.csv has all."""
REJECTIONS_SHOWN = 100
"""Rejected articles on the page. Not tuned; rejected.csv has all."""
ROWS_SHOWN = 200
"""Rows of each table in report.md. Not tuned; the CSV files have all."""


def write_pages(
    tables: Tables,
    manifest: Mapping[str, Any],
    rejections: Sequence[Rejection],
    folder: Path,
    unchecked: str = "",
    corrected: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write report.html and report.md.

    The page shows each actor's net stance with its interval, and below it the sentences behind it; the CSV
    files have what the page omits for length.

    Args:
        tables: of the comparison.
        manifest: of the run, for counts, version and models.
        rejections: all of the run; the page shows the first.
        folder: existing folder to write to.
        unchecked: which numbers are the machine's alone; empty if none are.
        corrected: the corrected tables of a coded run in Markdown, by name; empty without codes.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines", "report"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": number, "signed": signed, "percent": percent, "position": position}
    environment.filters |= {"interval": interval, "percent_interval": percent_interval}
    environment.tests["known"] = pd.notna
    values = {
        "manifest": manifest,
        "unchecked": unchecked,
        "corrected": corrected,
        "blocks": _blocks(tables),
        "coverage": tables.coverage.to_dict("records"),
        "controls": tables.controls.to_dict("records"),
        "failed": failed(tables.controls),
        "undecided": undecided(tables.controls),
        "differences": tables.differences.to_dict("records"),
        "rejections": rejections[:REJECTIONS_SHOWN],
        "rejected": len(rejections),
        "markdown": {
            name: markdown(name, table, ROWS_SHOWN)
            for name, table in tables._asdict().items()
            if name != "evidence"
        },
    }
    for name in ("report.html", "report.md"):
        with whole(folder / name) as path:
            path.write_text(environment.get_template(f"{name}.j2").render(values), encoding="utf-8")


def _blocks(tables: Tables) -> list[dict[str, Any]]:
    """For each actor and target: its rows, and its evidence with the clearest sentences first."""
    blocks = []
    for (actor, target), rows in tables.stance.groupby(["actor", "target"], sort=False):
        evidence = tables.evidence
        of_pair = (evidence["actor"] == actor) & (evidence["target"] == target)
        mine = evidence[of_pair & (evidence["label"] != "")]
        certainty = mine[["supports", "opposes"]].max(axis=1)
        clearest = mine.loc[certainty.sort_values(ascending=False, kind="stable").index]
        blocks.append(
            {
                "actor": actor,
                "target": target,
                "rows": rows.to_dict("records"),
                "sentences": clearest.head(SENTENCES_SHOWN).astype(object).fillna("").to_dict("records"),
                "total": len(mine),
            }
        )
    return blocks


def number(value: Any) -> str:
    """Two decimals, or a dash if the value is unknown."""
    return "–" if pd.isna(value) else f"{value:.2f}"


def signed(value: Any) -> str:
    """Two decimals with a sign, or a dash."""
    return "–" if pd.isna(value) else f"{value:+.2f}".replace("-", "−")


def interval(row: Mapping[str, Any]) -> str:
    """A row's interval, or a dash."""
    return "–" if pd.isna(row["low"]) else f"{signed(row['low'])} … {signed(row['high'])}"


def percent(value: Any) -> str:
    """Whole percent of a share in [0, 1], or a dash."""
    return "–" if pd.isna(value) else f"{100 * value:.0f} %"


def percent_interval(row: Mapping[str, Any]) -> str:
    """A row's interval of a share, or a dash."""
    return "–" if pd.isna(row["low"]) else f"{percent(row['low'])} … {percent(row['high'])}"


def position(value: float) -> str:
    """Position of a net stance in [-1, 1] on a scale of 0 to 100."""
    return f"{50 * (1 + value):.1f}"
