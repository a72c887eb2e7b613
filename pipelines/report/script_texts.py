"""What the script of the page needs of a run: labels, and the names to mark."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.report.labels import Labels

FOLDER = "report_files"
"""Beside the page, for passages that are not in it."""


def script_texts(options: Mapping[str, Any], labels: Labels) -> str:
    """Labels and names as JSON in which no tag can begin.

    Args:
        options: of the run.
        labels: of the report.
    """
    actors = {
        a["name"]: _joined(a["aliases"] or {"all": [a["name"]]}, a.get("epithets", {}))
        for a in options.get("actors", ())
    }
    targets = {
        t["name"]: _joined(t.get("aliases", {}), t.get("terms", {}))
        or {options.get("pivot", "en"): [t["name"]]}
        for t in options.get("targets", ())
    }
    content = {
        "script": labels["script"], "flags": labels["flags"], "languages": labels["language_names"],
        "copied": labels["copied"], **{name: labels["pages"][name] for name in ("elsewhere", "fewer")},
        "pivot": options.get("pivot", "en"), "folder": FOLDER,
        "names": {"actors": actors, "targets": targets},
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _joined(*lists: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    languages = dict.fromkeys(language for of in lists for language in of)
    return {language: [name for of in lists for name in of.get(language, ())] for language in languages}
