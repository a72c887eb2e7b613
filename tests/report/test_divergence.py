"""The plots of two languages over time, and what they say in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipelines.compare.tables import COLUMNS
from pipelines.report.divergence import divergences
from pipelines.report.labels import load_labels


def timeline(periods: int, **more: Any) -> pd.DataFrame:
    """A series whose difference falls by 0.5 with its fourth period."""
    steps = np.where(np.arange(periods) < 3, 0.25, -0.25)
    rows = pd.DataFrame({
        "actor": "Putin", "target": "deployment", "language": "pt", "reference": "en",
        "period": [f"2024-{month + 1:02}" for month in range(periods)], "articles": 9, "stories": 5,
        "net": 0.5 + steps, "reference_net": 0.5, "difference": steps, "low": steps - 0.2, "high": steps + 0.2,
        "change": np.where(np.arange(periods) == 3, -0.5, np.nan), "note": "",
    })  # fmt: skip
    return rows.reindex(columns=COLUMNS["timeline"]).assign(**more)


def test_a_series_has_a_plot_that_its_caption_says_in_words() -> None:
    section = divergences(timeline(8), load_labels())
    (plot,) = section.plots
    assert plot.caption == (
        "Putin toward deployment, pt and en. The difference is +0.25 in 2024-01 and -0.25 in 2024-08. "
        "It changes by -0.50 from 2024-04 on."
    )
    assert plot.svg.startswith("<svg ")
    assert "var(--opposes)" in plot.svg  # the line of the change
    assert len(section.table.rows) == 8


def test_without_a_change_there_is_no_line_and_the_caption_says_so() -> None:
    (plot,) = divergences(timeline(8, change=np.nan), load_labels()).plots
    assert plot.caption.endswith("No significant change.")
    assert "var(--opposes)" not in plot.svg


def test_periods_without_an_estimate_leave_a_gap_and_two_are_no_series() -> None:
    rows = timeline(8)
    rows.loc[2:5, ["net", "difference", "low", "high"]] = np.nan
    assert len(divergences(rows, load_labels()).plots) == 1
    assert divergences(timeline(2), load_labels()).plots == []
    assert divergences(timeline(0), load_labels()) == divergences(timeline(0), load_labels())


def test_names_from_a_config_cannot_leave_the_plot() -> None:
    hostile = "<script>alert(1)</script>"
    (plot,) = divergences(timeline(4, language=hostile, period=hostile), load_labels()).plots
    assert "<script>" not in plot.svg
