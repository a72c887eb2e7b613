"""What changed between two runs: settings, versions, models, counts, labels and estimates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from pipelines.errors import InputError
from pipelines.report.findings import signed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

COLUMNS = ["what", "name", "a", "b"]
SMALLEST = 0.005
"""Of a net stance or a difference that counts as a change: two decimals are shown."""
CELL = ["actor", "target", "group_by", "group"]
PASSAGE = ["article_id", "actor", "target", "source"]
WHERE = {"path", "name"}
"""Last keys of settings that say where files are, not what is done."""


class Run(NamedTuple):
    """What is compared of a run."""

    manifest: Mapping[str, Any]
    stance: pd.DataFrame
    differences: pd.DataFrame
    evidence: pd.DataFrame


def difference(a: Path, b: Path) -> pd.DataFrame:
    """One row for each change, with the columns of COLUMNS; no rows if the runs are the same.

    Args:
        a: folder of a finished run.
        b: folder of another one.

    Raises:
        InputError: a folder holds no finished run.
    """
    first, second = _run(a), _run(b)
    rows = [*_manifests(first.manifest, second.manifest), *_labels(first.evidence, second.evidence)]
    rows += _estimates("net", first.stance, second.stance, CELL, "net")
    key = [*CELL, "reference"]
    rows += _estimates("difference", first.differences, second.differences, key, "difference")
    rows += _verdicts(first.differences, second.differences, key)
    return pd.DataFrame(rows, columns=COLUMNS)


def _run(folder: Path) -> Run:
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        stance, differences = (
            pd.read_csv(folder / f"tables/{name}.csv") for name in ("stance", "differences")
        )
        text = dict.fromkeys([*PASSAGE, "label"], str)
        path = folder / "tables/evidence.csv"
        evidence = pd.read_csv(
            path, usecols=list(text), dtype=text, keep_default_na=False, encoding="utf-8-sig"
        )
    except (OSError, ValueError) as error:
        cure = "Give the folder of a run that has ended"
        raise InputError(str(folder), "no finished run in this folder", cure) from error
    return Run(manifest, stance, differences, evidence)


def _manifests(a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for what in ("version", "options", "versions", "counts"):
        first, second = dict(_flat(a.get(what))), dict(_flat(b.get(what)))
        for name in [*first, *(name for name in second if name not in first)]:
            if first.get(name) != second.get(name) and name.rpartition(".")[2] not in WHERE:
                yield what, name, first.get(name, ""), second.get(name, "")
    models = [
        {f"{m['role']} {m['language'] or ''}".strip(): _model(m) for m in of.get("models", ())}
        for of in (a, b)
    ]
    for name in sorted({*models[0], *models[1]}):
        if models[0].get(name) != models[1].get(name):
            yield "model", name, models[0].get(name, ""), models[1].get(name, "")


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The values of nested mappings and lists by dotted names."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        yield name, "" if value is None else str(value)
        return
    for key, below in inner:
        yield from _flat(below, f"{name}.{key}" if name else str(key))


def _model(model: Mapping[str, Any]) -> str:
    return f"{model['name']} {model['revision'] or ''} {(model['sha256'] or '')[:12]}".strip()


def _labels(a: pd.DataFrame, b: pd.DataFrame) -> Iterator[tuple[str, ...]]:
    """Articles and passages that only one run has, and how many labels changed from what to what."""
    articles = set(a["article_id"]), set(b["article_id"])
    if articles[0] != articles[1]:
        yield (
            "articles",
            "only in one",
            str(len(articles[0] - articles[1])),
            str(len(articles[1] - articles[0])),
        )
    joined = a.drop_duplicates(PASSAGE).merge(
        b.drop_duplicates(PASSAGE), on=PASSAGE, how="outer", suffixes=("_a", "_b"), indicator="side"
    )
    only = joined["side"].value_counts()
    if only["left_only"] or only["right_only"]:
        yield "passages", "only in one", str(only["left_only"]), str(only["right_only"])
    both = joined[(joined["side"] == "both") & (joined["label_a"] != joined["label_b"])]
    for (first, second), rows in both.groupby(["label_a", "label_b"]):
        yield (
            "labels",
            f"{len(rows)} of {only['both']} passages",
            str(first or "not judged"),
            str(second or "not judged"),
        )


def _estimates(
    what: str, a: pd.DataFrame, b: pd.DataFrame, key: list[str], column: str
) -> Iterator[tuple[str, ...]]:
    joined = a[[*key, column]].merge(
        b[[*key, column]], on=key, how="outer", suffixes=("_a", "_b"), sort=False
    )
    first, second = joined[f"{column}_a"], joined[f"{column}_b"]
    changed = ((first - second).abs() >= SMALLEST) | (first.isna() != second.isna())
    for row in joined[changed].to_dict("records"):
        yield what, _name(row, key), signed(row[f"{column}_a"]), signed(row[f"{column}_b"])


def _verdicts(a: pd.DataFrame, b: pd.DataFrame, key: list[str]) -> Iterator[tuple[str, ...]]:
    """Differences that are significant in one run only."""
    joined = a[[*key, "significant"]].merge(
        b[[*key, "significant"]], on=key, how="outer", suffixes=("_a", "_b")
    )
    for row in joined.to_dict("records"):
        first, second = (str(row[f"significant_{side}"]) == "True" for side in "ab")
        if first != second:
            yield "significant", _name(row, key), "yes" if first else "no", "yes" if second else "no"


def _name(row: Mapping[Any, Any], key: list[str]) -> str:
    group = f"{row['group_by']} {row['group']}" if row["group_by"] != row["group"] else str(row["group"])
    reference = f" – {row['reference']}" if "reference" in key else ""
    return f"{row['actor']} on {row['target']}, {group}{reference}"
