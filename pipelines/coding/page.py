"""sheet.html: one self-contained page to code with the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.atomic import whole
from pipelines.coding.answers import codes
from pipelines.coding.codebook import templates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_page(entries: Sequence[dict[str, Any]], guide: str, key: str, coders: int, folder: Path) -> None:
    """Write sheet.html, which keeps unsaved work in the browser and saves a CSV file for each coder.

    Texts are data of the page, put into it as text and never as markup; the page may ask no network.

    Args:
        entries: what a coder is shown of each item, in order.
        guide: as Markdown.
        key: under which the browser keeps the work, different for each sheet.
        coders: number of coders.
        folder: to write to.
    """
    data = {
        "entries": entries,
        "codes": [{"name": code.name, "key": code.key, "shown": code.shown} for code in codes()],
        "key": f"polystance:{key}",
    }
    page = templates().get_template("sheet.html.j2").render(data=data, guide=guide, coders=coders)
    with whole(folder / "sheet.html") as path:
        path.write_text(page, encoding="utf-8")
