"""What a run left out, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.report.formats import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.compare.tables import Tables
    from pipelines.records import Rejection
    from pipelines.report.labels import Labels

PAIRS = 12
"""Actors and targets that the sentence on passages that were not judged names."""


def left_out(
    tables: Tables, counts: Mapping[str, int], rejections: Sequence[Rejection], labels: Labels
) -> list[str]:
    """Articles rejected and folded, passages not judged, unclear or suspect; each with its number.

    Args:
        tables: of the comparison.
        counts: of the manifest.
        rejections: all of the run.
        labels: of the report.
    """
    lines = [labels["counts"].format_map({**counts, "rejected": len(set(rejections))})]
    lines.append(
        labels["rejected_some"].format(number=len(set(rejections))) if rejections else labels["rejected_none"]
    )
    if counts.get("copies"):
        lines.append(labels["copies"].format(number=counts["copies"]))
    every = tables.stance[(tables.stance["group_by"] == "all") & (tables.stance["held_back"] > 0)]
    if len(every):
        pairs = [
            plain(f"{row.actor} – {row.target}: {row.held_back:.0f}")
            for row in every.head(PAIRS).itertuples()
        ]
        lines.append(labels["held_back"].format(pairs=", ".join(pairs)))
    judged = tables.evidence["label"] != ""
    number, unclear = int(judged.sum()), int((tables.evidence["label"] == "unclear").sum())
    lines.append(labels["unclear"].format(number=unclear, judgements=number))
    flags = tables.evidence.loc[judged, "flags"].value_counts()
    suspect = sum(of for text, of in flags.items() if set(str(text).split()) - {"repaired"})
    lines.append(labels["suspect"].format(number=suspect, passages=number))
    return lines
