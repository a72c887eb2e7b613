"""Text of PDF files, in reading order, without running heads and without hyphens at line ends."""

from __future__ import annotations

import io
from collections import Counter
from typing import TYPE_CHECKING, Any

import regex

from pipelines.read.documents import Unusable, articles_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.read.documents import Document

EDGE = 0.1
"""Share of a page's height, at top and bottom, in which a running head or page number is: an inch of letter
paper."""
SCANNED = 0.5
"""Least share of a page without text that a picture covers if the page is a scan."""
HEAD_PAGES = 2
"""Least pages with the same line at the edge, but for figures, if it is a running head."""
GUTTER = 5.0
"""Points between two columns at least; type of ten points has words three points apart."""
HEADER = 1024
"""Bytes at the beginning of a file in which readers of PDF look for its mark; without it pdfminer searches
all bytes for objects, in time that grows with the square."""
MOST_BOXES = 300
"""Boxes of a page whose columns are looked for; a page of a broadsheet has fifty. Bounds time."""
FIGURES = regex.compile(r"\d+")
PAGE_NUMBER = regex.compile(
    r"[-–—\s]*(?:page|seite|p\.)?\s*\d{1,4}(?:\s*(?:/|of|de|von)\s*\d{1,4})?[-–—\s]*",
    regex.IGNORECASE,
)
HYPHEN = regex.compile(r"(?<=\p{Ll})[-\u00ad‐]\n(?=\p{Ll})")


def pdf(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The article of a PDF file, or the articles of a database's export.

    Raises:
        Unusable: the content is no PDF, pages are scans, the file needs a password, or it has no text.
    """
    if b"%PDF-" not in document.content[:HEADER]:
        raise Unusable("not a PDF, or a damaged one")
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LAParams
    from pdfminer.pdfdocument import PDFPasswordIncorrect, PDFTextExtractionNotAllowed

    try:
        pages = list(extract_pages(io.BytesIO(document.content), laparams=LAParams(boxes_flow=None)))
    except (PDFPasswordIncorrect, PDFTextExtractionNotAllowed) as error:
        raise Unusable("a PDF that needs a password") from error
    boxes = [_boxes(page) for page in pages]
    scans = [n for n, page in enumerate(pages, start=1) if not boxes[n - 1] and _is_scan(page)]
    if scans or not any(boxes):
        which = (
            f"{len(scans)} of {len(pages)} pages are scans, without text" if scans else "a PDF without text"
        )
        raise Unusable(f"{which}. Recognise it first, for example with ocrmypdf")
    heads = _running_heads(pages, boxes)
    kept = [
        text
        for page, of_page in zip(pages, boxes, strict=True)
        for box, text in of_page
        if not (_at_edge(box, page) and (_key(text) in heads or PAGE_NUMBER.fullmatch(text)))
    ]
    return articles_of(_joined(kept))


def _boxes(page: Any) -> list[tuple[Any, str]]:
    """The boxes of text of a page and their text, in reading order."""
    from pdfminer.layout import LTTextBox

    boxes = [(box, text) for box in page if isinstance(box, LTTextBox) and (text := box.get_text().strip())]
    boxes.sort(key=lambda pair: (-pair[0].y1, pair[0].x0))
    return _in_reading_order(boxes) if len(boxes) <= MOST_BOXES else boxes


def _in_reading_order(boxes: list[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Columns from left to right, each from top to bottom, by cuts along white space (Nagy and Seth 1984)."""
    columns = _cut(boxes)
    if columns is not None:
        return _in_reading_order(columns[0]) + _in_reading_order(columns[1])
    for end in range(1, len(boxes)):
        above, below = boxes[:end], boxes[end:]
        is_free = min(box.y0 for box, _ in above) >= max(box.y1 for box, _ in below)
        if is_free and any(_cut(part) for part in (above, below)):
            return _in_reading_order(above) + _in_reading_order(below)
    return boxes


def _cut(boxes: list[tuple[Any, str]]) -> tuple[list[tuple[Any, str]], list[tuple[Any, str]]] | None:
    """The boxes left and right of the first gap between columns, in order; None if there is none."""
    ends = sorted((box.x0, box.x1) for box, _ in boxes)
    reach = ends[0][1] if ends else 0.0
    for start, end in ends[1:]:
        if start - reach >= GUTTER:
            return [pair for pair in boxes if pair[0].x1 <= reach], [
                pair for pair in boxes if pair[0].x1 > reach
            ]
        reach = max(reach, end)
    return None


def _is_scan(page: Any) -> bool:
    from pdfminer.layout import LTFigure, LTImage

    pictures = [item for item in page if isinstance(item, (LTFigure, LTImage))]
    return bool(sum(item.width * item.height for item in pictures) >= SCANNED * page.width * page.height)


def _at_edge(box: Any, page: Any) -> bool:
    return bool(box.y0 >= (1 - EDGE) * page.height or box.y1 <= EDGE * page.height)


def _key(text: str) -> str:
    return FIGURES.sub("0", text)


def _running_heads(pages: Sequence[Any], boxes: Sequence[Sequence[tuple[Any, str]]]) -> set[str]:
    counts = Counter(
        key
        for page, of_page in zip(pages, boxes, strict=True)
        for key in {_key(text) for box, text in of_page if _at_edge(box, page)}
    )
    return {key for key, count in counts.items() if count >= HEAD_PAGES}


def _joined(texts: Sequence[str]) -> str:
    """Boxes as paragraphs; a paragraph that a column or page cuts is joined again."""
    paragraphs: list[str] = []
    for text in texts:
        continues = (
            paragraphs
            and regex.search(r"[\p{Ll},\u00ad‐-]$", paragraphs[-1])
            and regex.match(r"\p{Ll}", text)
        )
        if continues:
            paragraphs[-1] += f"\n{text}"
        else:
            paragraphs.append(text)
    return "\n\n".join(HYPHEN.sub("", text) for text in paragraphs)
