"""The first screen: the question in words, and the matrix of actors, targets and languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from pipelines.report.findings import signed
from pipelines.report.formats import plain
from pipelines.report.labels import date_in_words, enumeration, group_name, language_name
from pipelines.report.links import evidence_link
from pipelines.report.passages import DATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.report.labels import Labels

ROWS, COLUMNS = 60, 15
"""Most of the matrix: tables/stance.csv has all."""
NAMED = 8
"""Languages, actors or targets that a sentence names."""
SMALLEST, LARGEST = 0.6, 2.0
"""Diameter of a cell's dot, in units of the text's size; its area grows with the articles."""


class Cell(NamedTuple):
    """A cell of the matrix; `size` and `strength`, in [0, 1], are how its dot is drawn."""

    net: str
    interval: str
    n: int
    classes: str
    size: float
    strength: float
    link: str
    label: str


def question(options: Mapping[str, Any], stance: pd.DataFrame, labels: Labels) -> str:
    """Who is asked about, and toward what."""
    actors = [plain(str(name)) for name in stance["actor"].unique()]
    wordings = {t["name"]: t.get("text") or t["name"] for t in options.get("targets", ())}
    targets = [plain(str(wordings.get(name, name))) for name in stance["target"].unique()]
    key = "question_one" if len(actors) == 1 else "question"
    return str(labels[key].format(actors=_several(labels, actors), targets=_several(labels, targets)))


def scope(coverage: pd.DataFrame, evidence: pd.DataFrame, articles: int, labels: Labels) -> str:
    """How many articles, in which languages, from how many outlets, from when to when."""

    def names(by: str) -> list[str]:
        known = coverage.loc[coverage["group_by"] == by, "group"]
        values = known if len(known) else evidence[by].dropna()
        return sorted({plain(str(name)) for name in values if str(name)})

    languages, outlets = names("language"), names("outlet")
    days = sorted(
        {
            match.group()
            for text in evidence["published"].dropna().unique()
            if (match := DATE.match(str(text)))
        }
    )
    period = ""
    if days:
        first, last = date_in_words(labels, days[0]), date_in_words(labels, days[-1])
        period = labels["period_one" if first == last else "period"].format(first=first, last=last)
    count = labels["outlets_one"] if len(outlets) == 1 else labels["outlets_many"].format(number=len(outlets))
    known = [language_name(labels, code) for code in languages]
    spoken = (
        enumeration(labels, known)
        if len(known) <= NAMED
        else labels["languages_many"].format(number=len(known))
    )
    return str(labels["scope"].format(articles=articles, languages=spoken, outlets=count, period=period))


def matrix(stance: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    """Columns, rows and `more` for the page: all articles, and each language or other first grouping."""
    groupings = [by for by in stance["group_by"].unique() if by != "all"]
    by = "language" if "language" in groupings else next(iter(groupings), "all")
    groups = list(stance.loc[(stance["group_by"] == by) & (by != "all"), "group"].unique())[:COLUMNS]
    columns = [("all", "all"), *((by, group) for group in groups)]
    cells = {(r["actor"], r["target"], r["group_by"], r["group"]): r for r in stance.to_dict("records")}
    pairs = list(dict.fromkeys(zip(stance["actor"], stance["target"], strict=True)))
    most = max((row["articles"] for row in cells.values()), default=1)
    rows = []
    for actor, target in pairs[:ROWS]:
        estimates = [cells.get((actor, target, *column)) for column in columns]
        drawn = [_cell(row, most, labels) if row else None for row in estimates]
        rows.append({"actor": plain(str(actor)), "target": plain(str(target)), "cells": drawn})
    heads = [labels["everything"], *(group_name(labels, by, plain(str(group))) for group in groups)]
    return {"columns": heads, "rows": rows, "more": max(0, len(pairs) - ROWS)}


def legend(labels: Labels) -> list[dict[str, Any]]:
    """What the dots of the matrix say."""
    drawn = {"opposes": "opposes", "supports": "supports", "uncertain": "opposes uncertain", "few": "few"}
    return [
        {"classes": classes, "size": 1, "strength": 0.8, "text": labels[f"legend_{name}"]}
        for name, classes in drawn.items()
    ]


def _cell(row: Mapping[Any, Any], most: float, labels: Labels) -> Cell:
    n = int(row["articles"])
    size = round(SMALLEST + (LARGEST - SMALLEST) * float(np.sqrt(n / max(1, most))), 2)
    known = pd.notna(row["net"])
    words: dict[str, Any] = {
        "actor": plain(str(row["actor"])), "target": plain(str(row["target"])), "n": n,
        "group": labels["everything"] if row["group_by"] == "all" else group_name(labels, row["group_by"],
        plain(str(row["group"]))),
        "net": signed(row["net"]), "low": signed(row["low"]), "high": signed(row["high"]),
    }  # fmt: skip
    label = labels["cell" if known else "cell_few"].format_map(words)
    if not known:
        return Cell("–", labels["legend_few"], n, "few", size, 0, evidence_link(row), label)
    side = "" if row["net"] == 0 else "supports" if row["net"] > 0 else "opposes"
    uncertain = " uncertain" if row["low"] <= 0 <= row["high"] else ""
    net, interval = str(words["net"]), f"{words['low']} to {words['high']}"
    return Cell(
        net,
        interval,
        n,
        side + uncertain,
        size,
        round(abs(row["net"]), 2),
        evidence_link(row),
        label,
    )


def _several(labels: Labels, names: Sequence[str]) -> str:
    if len(names) <= NAMED:
        return enumeration(labels, names)
    return f"{', '.join(names[:NAMED])} (+ {len(names) - NAMED})"
