"""Web archives: the pages of a WARC file."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipelines.read.documents import Unusable
from pipelines.read.pages import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.read.documents import Document

PAGES = ("text/html", "application/xhtml+xml")
"""Types of what is an article; pictures and styles are not counted."""


def warc(document: Document) -> Iterator[Mapping[str, Any] | Unusable]:
    """The article of each page, with its address; without a site's name, its host is the outlet."""
    from warcio.archiveiterator import ArchiveIterator

    for record in ArchiveIterator(io.BytesIO(document.content)):
        headers = record.http_headers or record.rec_headers
        status = record.http_headers.get_statuscode() if record.http_headers else "200"
        kind = (headers.get_header("Content-Type") or "").partition(";")[0].strip().casefold()
        if record.rec_type not in ("response", "resource") or status != "200" or kind not in PAGES:
            continue
        address = record.rec_headers.get_header("WARC-Target-URI") or ""
        try:
            articles = page(record.content_stream().read())
        except Unusable as error:
            yield Unusable(f"{address}: {error}")
            continue
        for article in articles:
            if isinstance(article, Unusable):
                yield article
            else:
                host = urlsplit(address).hostname
                yield {
                    **article,
                    "url": article.get("url") or address,
                    "outlet": article.get("outlet") or host,
                }
