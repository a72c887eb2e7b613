"""Documents of word processors: .docx and .rtf."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from pipelines.read.documents import Unusable, articles_of
from pipelines.read.exports.layout import WRAPPED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.read.documents import Document

HEADINGS = ("Title", "Heading 1")
"""Styles of a paragraph that is the title, if it is the first."""


def docx(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The article of a .docx file, or the articles of a database's export; tables are read row by row."""
    import docx as word

    opened = word.Document(io.BytesIO(document.content))
    blocks = [(text.strip(), style) for text, style in _paragraphs(opened) if text.strip()]
    title = blocks[0][0] if len(blocks) > 1 and blocks[0][1] in HEADINGS else None
    text = "\n\n".join(text for text, _ in blocks)
    articles = list(articles_of(text))
    if title and len(articles) == 1 and articles[0] == {"text": text}:
        return [{"text": text.removeprefix(title).strip(), "title": title}]
    return articles


def rtf(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The article of an .rtf file, or the articles of a database's export."""
    from striprtf.striprtf import rtf_to_text

    source = document.content.decode("cp1252", "replace")
    text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    text = text.strip()
    if any(len(line) > WRAPPED for line in text.splitlines()):
        text = "\n\n".join(line for line in text.splitlines() if line.strip())
    return articles_of(text)


def _paragraphs(opened: Any) -> Iterator[tuple[str, str]]:
    """The text and style of each paragraph, in the order of the document; of a table, of each row."""
    for block in opened.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = dict.fromkeys(cell.text.strip() for cell in row.cells)
                yield "\t".join(cells), "Table"
        else:
            yield block.text, (block.style.name if block.style is not None else "")
