"""Addresses of views of the passages: the part after # of the address of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEW = "#passages?"


def evidence_link(row: Mapping[Any, Any]) -> str:
    """The view of the passages behind a row of a table: its actor, target and group, where it has them."""
    filters = {key: row[key] for key in ("actor", "target") if key in row}
    if row.get("group_by", "all") != "all":
        filters[row["group_by"]] = row["group"]
    return VIEW + urlencode(filters)
