"""The report as one page that works from a disk and asks for nothing, and as Markdown."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jinja2
import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from pipelines.atomic import whole
from pipelines.judge.controls import failed
from pipelines.report import overview, plots
from pipelines.report.corrected import as_people_code
from pipelines.report.divergence import divergences
from pipelines.report.findings import findings, validation
from pipelines.report.formats import plain
from pipelines.report.labels import load_labels
from pipelines.report.left_out import left_out
from pipelines.report.methods import methods
from pipelines.report.narrow import grid, in_markdown, markdown
from pipelines.report.page_tables import as_share, page_table
from pipelines.report.passages import INSIDE, blocks, index, packed, passages_of, write_files
from pipelines.report.quotations import quotation_page
from pipelines.report.script_texts import FOLDER, script_texts
from pipelines.report.stories import story_page
from pipelines.report.word_groups import word_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipelines.compare.tables import Tables
    from pipelines.records import Rejection
    from pipelines.report.evidence import Texts
    from pipelines.report.labels import Labels
    from pipelines.report.stories import Stories

SCRIPTS = ("store.js", "choose.js", "show.js", "lists.js", "view.js", "page.js")
STYLES = ("page.css", "lists.css")
PLOTTED = 12
"""Actors and targets with plots; each takes a second. The tables have all."""
TIMES = ("day", "week", "month", "quarter", "year")
SECTIONS = ("findings", "matrix", "stance", "comparisons", "coverage", "controls", "left-out", "methods")


def write_pages(
    tables: Tables,
    manifest: Mapping[str, Any],
    rejections: Sequence[Rejection],
    folder: Path,
    texts: Texts | None = None,
    translation: Path | None = None,
    corrected: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    stories: Stories | None = None,
) -> None:
    """Write report.html and report.md, and report_files/ if there are more than INSIDE passages.

    The page is the same for the same run: it has no time of day.

    Args:
        tables: of the comparison.
        manifest: of the run, for counts, settings, version and models.
        rejections: all of the run.
        folder: existing folder to write to.
        texts: of the passages; None if the evidence has them.
        translation: labels in another language; None for English.
        corrected: the tables that codes of people make of the run, by name; empty without codes.
        stories: what was said of which story; None if none were looked for.

    Raises:
        InputError: the translation is missing or has an unknown key.
    """
    labels = load_labels(translation)
    shown = as_people_code(tables, corrected)
    values = _values(tables, manifest, rejections, labels, shown.stance)
    values["findings"] = findings(shown, labels)
    values |= _views(tables, stories, labels)
    values["corrected"] = {name: markdown(name, table) for name, table in corrected.items()}
    passages = passages_of(tables.evidence, texts)
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    inside = len(passages) <= INSIDE
    packed_index = packed(index(passages))
    if not inside:
        write_files(packed_index, blocks(passages), folder / FOLDER)
    values["packed"] = {"index": packed_index, **dict(enumerate(blocks(passages)))} if inside else {}
    values["folder"] = "" if inside else FOLDER
    environment = _environment()
    content_in_markdown = values | {"matrix": _matrix_in_markdown(values["matrix"])}
    for name, content in (("report.html", values), ("report.md", content_in_markdown)):
        with whole(folder / name) as path, path.open("w", encoding="utf-8") as stream:
            stream.writelines(environment.get_template(f"{name}.j2").generate(content))


@cache
def _environment() -> jinja2.Environment:
    """The templates of this package, each compiled once."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipelines", "report"),
        autoescape=jinja2.select_autoescape(["html.j2"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["md"] = in_markdown
    return environment


def _values(
    tables: Tables,
    manifest: Mapping[str, Any],
    rejections: Sequence[Rejection],
    labels: Labels,
    stance: pd.DataFrame,
) -> dict[str, Any]:
    """Everything that the templates show but the passages; matrix and plots are of `stance`."""
    options = manifest.get("options", {})
    scope = overview.scope(tables.coverage, tables.evidence, manifest["counts"]["articles"], labels)
    style, script = ("".join(map(_file, names)) for names in (STYLES, SCRIPTS))
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    wrong = labels["controls_failed"].format(controls="; ".join(failed(tables.controls)))
    pairs, rates = _pairs(tables.stance, stance, labels), _rates(tables.coverage, labels)
    return {
        "t": labels, "name": manifest["name"], "version": manifest["version"],
        "question": overview.question(options, tables.stance, labels), "scope": scope,
        "validation": validation(tables), "failed": wrong if failed(tables.controls) else "",
        "pivot": options.get("pivot", "en"), "minimum": options.get("compare", {}).get("minimum_articles", 1),
        "matrix": overview.matrix(stance, labels), "legend": overview.legend(labels), "pairs": pairs,
        "without_plots": PLOTTED if len(pairs) > PLOTTED else 0, "rates": rates,
        "contents": _contents(tables, labels), "divergence": _divergence(tables.timeline, labels),
        **{name: page_table(name, getattr(tables, name)) for name in ("differences", "coverage",
        "coverage_differences", "narration", "invariance", "controls")},
        "rejected": page_table("rejected", pd.DataFrame(sorted(set(rejections)), columns=["article_id",
        "stage", "reason"]), labels["left_out"]),
        "left_out": left_out(tables, manifest["counts"], rejections, labels),
        "methods": methods(tables, manifest, rejections, scope, labels),
        "style": Markup(style), "script": Markup(script), "digest": _digest(script),  # noqa: S704  (files of the package)
        "texts": Markup(script_texts(options, labels)),  # noqa: S704  (has no <)
    }  # fmt: skip


def _views(tables: Tables, stories: Stories | None, labels: Labels) -> dict[str, Any]:
    """The pages with lists of their own; `views` are those that have something to show."""
    empty: dict[str, Any] = {"all": [], "more": 0}
    values = {
        "stories": story_page(stories, labels) if stories else empty,
        "quotations": quotation_page(stories, labels) if stories else empty,
        "words": word_page(tables.words, labels),
    }
    return values | {"views": [name for name, value in values.items() if value["all"]]}


def _divergence(timeline: pd.DataFrame, labels: Labels) -> dict[str, Any]:
    of = divergences(timeline, labels)
    return {"plots": [_plot(*item) for item in of.plots], "more": of.more, "table": of.table}


def _contents(tables: Tables, labels: Labels) -> list[dict[str, str]]:
    titles = {"matrix": "overview", "left-out": "left_out"}
    shown = [name for name in SECTIONS if name != "controls" or len(tables.controls)]
    return [{"id": name, "title": labels[titles.get(name, name)]} for name in shown]


def _pairs(machine: pd.DataFrame, shown: pd.DataFrame, labels: Labels) -> list[dict[str, Any]]:
    """The plots of each actor and target, as people code it where they did; and the machine's table."""
    drawn = shown.assign(machine=machine["net"].where(shown["net"].ne(machine["net"])))
    pairs = []
    for number, ((actor, target), rows) in enumerate(drawn.groupby(["actor", "target"], sort=False)):
        words = {"actor": plain(str(actor)), "target": plain(str(target))}
        title = labels["of_pair"].format_map(words)
        plotted = number < PLOTTED and rows["net"].notna().any()
        made = _plots(rows, words, number, labels) if plotted else []
        table = page_table("stance", machine.loc[rows.index], title)
        pairs.append({"title": title, "plots": made, "table": table})
    return pairs


def _plots(rows: pd.DataFrame, words: Mapping[str, str], number: int, labels: Labels) -> list[dict[str, Any]]:
    by_time = rows["group_by"].isin(TIMES)
    crossed = rows["group_by"].str.contains(" x ", regex=False)
    groups = plots.first_groups(rows[~by_time & ~crossed])
    kind = "forest_corrected" if groups["machine"].notna().any() else "forest"
    made = [(kind, plots.forest(groups, labels), ""), ("shares", plots.shares(groups, labels), "")]
    for time, part in rows[by_time & (rows["group"] != "unknown")].groupby("group_by", sort=False):
        made.append(("timeline", plots.timeline(part, labels), str(time)))
    for crossing, part in rows[crossed].groupby("group_by", sort=False):
        made.append(("crossed", _crossed(part), str(crossing)))
    return [
        _plot(svg, labels[kind].format(by=by, **words), f"{kind}-{number + 1}{'-' * bool(by)}{plain(by)}")
        for kind, svg, by in made
    ]


def _crossed(rows: pd.DataFrame) -> str:
    parts = rows["group"].str.rsplit(" x ", n=1, expand=True)
    rows = rows.assign(row=parts[0], column=parts[1])
    counts = zip(rows["net"].astype(float).tolist(), rows["articles"].tolist(), strict=True)
    rows["text"] = [f"– ({n:.0f})" if np.isnan(net) else f"{net:+.2f} ({n:.0f})" for net, n in counts]
    rows = rows[
        rows["row"].isin(rows["row"].unique()[: plots.MOST])
        & rows["column"].isin(rows["column"].unique()[:6])
    ]
    values = rows.pivot_table(index="row", columns="column", values="net", dropna=False)
    texts = rows.pivot(index="row", columns="column", values="text").fillna("")
    return plots.heat(values.reindex_like(texts), texts, diverging=True)


def _rates(coverage: pd.DataFrame, labels: Labels) -> list[dict[str, Any]]:
    """A heat map of mention rates for each grouping: groups down, actors across."""
    made = []
    for by, rows in coverage[coverage["group_by"] != "all"].groupby("group_by", sort=False):
        shown = rows[rows["group"].isin(rows.groupby("group")["articles"].max().nlargest(plots.MOST).index)]
        shown = shown[shown["actor"].isin(shown["actor"].unique()[:8])]
        values = shown.pivot_table(
            index="group", columns="actor", values="mention_rate", sort=False, dropna=False
        )
        svg = plots.heat(values, values.map(as_share), diverging=False)
        made.append(_plot(svg, f"{labels['rates']} ({by})", f"mentions-{plain(str(by))}"))
    return made


def _plot(svg: str, caption: str, name: str) -> dict[str, Any]:
    """A plot with ids of its own, since all plots are in one page."""
    own = re.sub(
        r'(id="|#)([mph][0-9a-f]{8,})',
        lambda match: f"{match[1]}{re.sub('[^a-z0-9]', '', name)}-{match[2]}",
        svg,
    )
    named = own.replace("<svg ", f'<svg role="img" aria-label="{escape(caption)}" ', 1)
    return {"svg": Markup(named), "caption": caption, "name": re.sub(r"[^\w-]+", "_", name)}  # noqa: S704  (drawn here)


def _matrix_in_markdown(matrix: Mapping[str, Any]) -> str:
    heads = ["", *matrix["columns"]]
    rows = [
        [
            f"{row['actor']}: {row['target']}",
            *(f"{c.net} ({c.interval}), n = {c.n}" if c else "" for c in row["cells"]),
        ]
        for row in matrix["rows"]
    ]
    return grid(heads, rows)


def _file(name: str) -> str:
    return files(__package__).joinpath("page_files", name).read_text("utf-8")


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
