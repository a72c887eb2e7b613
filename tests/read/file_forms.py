"""Files of every form, made from text or from articles."""

from __future__ import annotations

import csv
import html
import io
import json
import sqlite3
import zipfile
from pathlib import Path

from tests.read.export_forms import News


def as_docx(text: str, title: str | None = None) -> bytes:
    from docx import Document

    document = Document()
    if title:
        document.add_heading(title, level=1)
    for line in text.splitlines():
        document.add_paragraph(line.strip())
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_rtf(text: str) -> bytes:
    escaped = "".join(
        f"\\u{ord(mark) if ord(mark) < 32768 else ord(mark) - 65536}?" if ord(mark) > 127
        else f"\\{mark}" if mark in "\\{}" else "\\par\n" if mark == "\n" else "\\tab " if mark == "\t" else mark
        for mark in text
    )  # fmt: skip
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Arial;}}\\f0\\fs20 " + escaped + "}").encode(
        "ascii"
    )


def as_html(text: str) -> bytes:
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{paragraphs}</body></html>".encode()
    )


def as_pdf(text: str, head: str | None = None, columns: int = 1) -> bytes:
    """Pages with, if `head` is given, this above and a page number below."""
    from fpdf import FPDF

    class Pages(FPDF):
        def header(self) -> None:
            if head:
                self.set_y(8)
                self.cell(0, 5, f"{head} {self.page_no()}", align="C")
                self.ln(20)

        def footer(self) -> None:
            if head:
                self.set_y(-12)
                self.cell(0, 5, str(self.page_no()), align="C")

    pages = Pages(format=(148, 210) if columns == 1 else "A4")
    pages.set_font("Helvetica", size=10)
    pages.set_top_margin(25)
    pages.set_auto_page_break(auto=True, margin=25)
    pages.add_page()
    paragraphs = [line for line in text.splitlines() if line.strip()]
    with pages.text_columns(ncols=columns, gutter=12, text_align="L") as flow:
        for paragraph in paragraphs:
            flow.write(paragraph)
            flow.ln()
            flow.ln()
    return bytes(pages.output())


def as_scan() -> bytes:
    """A page that is a picture."""
    from fpdf import FPDF
    from PIL import Image

    pages = FPDF()
    pages.add_page()
    pages.image(Image.new("L", (60, 80), 230), x=0, y=0, w=pages.w, h=pages.h)
    return bytes(pages.output())


def records(articles: list[News]) -> list[dict[str, str]]:
    return [
        {
            "text": "\n".join(news.paragraphs),
            "title": news.title,
            "outlet": news.outlet,
            "published": news.published,
        }
        for news in articles
    ]


def as_csv(articles: list[News], above: str = "", delimiter: str = ",") -> bytes:
    stream = io.StringIO(newline="")
    stream.write(above)
    writer = csv.DictWriter(stream, ["title", "outlet", "published", "text"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(records(articles))
    return stream.getvalue().encode()


def as_xlsx(articles: list[News], above: int = 0) -> bytes:
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.active
    for _ in range(above):
        sheet.append(["Export of an archive", "1,024 hits"])
    sheet.append(["title", "outlet", "published", "text"])
    for news in articles:
        sheet.append([news.title, news.outlet, news.day, "\n".join(news.paragraphs)])
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def write_sqlite(path: Path, articles: list[News]) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE news (title, outlet, published, text)")
    connection.executemany("INSERT INTO news VALUES (:title, :outlet, :published, :text)", records(articles))
    connection.commit()
    connection.close()


def as_page(news: News) -> str:
    paragraphs = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs)
    about = {
        "@type": "NewsArticle",
        "datePublished": f"{news.published}T08:00:00+01:00",
        "dateModified": "2025-01-01",
    }
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{html.escape(news.title)}</title>"
        f"<meta property='og:site_name' content='{html.escape(news.outlet)}'><meta property='og:title' content='{html.escape(news.title)}'>"
        f"<script type='application/ld+json'>{json.dumps(about)}</script></head><body><nav><a href='/'>Home</a></nav>"
        f"<article><h1>{html.escape(news.title)}</h1>{paragraphs}</article><footer>All rights reserved</footer></body></html>"
    )


def as_rss(articles: list[News]) -> str:
    items = "".join(
        f"<item><title>{html.escape(news.title)}</title><link>http://example.org/{number}</link><guid>rss-{number}</guid>"
        f"<pubDate>{news.day:%a, %d %b %Y} 09:00:00 GMT</pubDate><description>A teaser.</description>"
        f"<content:encoded><![CDATA[{''.join(f'<p>{html.escape(paragraph)}</p>' for paragraph in news.paragraphs)}]]></content:encoded></item>"
        for number, news in enumerate(articles)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{html.escape(articles[0].outlet)}</title>{items}</channel></rss>"
    )


def as_atom(articles: list[News]) -> str:
    entries = "".join(
        f"<entry><id>atom-{number}</id><title>{html.escape(news.title)}</title><published>{news.published}T09:00:00Z</published>"
        f"<updated>2025-01-01T00:00:00Z</updated><content type='html'>"
        + html.escape("".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs)) + "</content></entry>"
        for number, news in enumerate(articles)
    )  # fmt: skip
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{html.escape(articles[0].outlet)}</title>{entries}</feed>'


def as_nitf(news: News) -> str:
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs)
    return (
        f'<nitf><head><title>{html.escape(news.title)}</title><docdata><doc-id id-string="nitf-{news.published}"/>'
        f'<date.issue norm="{news.published.replace("-", "")}T000000Z"/></docdata><pubdata name="{html.escape(news.outlet)}"'
        f' position.section="{news.section}"/></head><body><body.head><hedline><hl1>{html.escape(news.title)}</hl1></hedline>'
        f"</body.head><body.content>{body}<media><media-caption>A caption</media-caption></media></body.content></body></nitf>"
    )


def as_newsml(news: News) -> str:
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs)
    return (
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet><newsItem guid="urn:news:1"><itemMeta>'
        f"<provider><name>{html.escape(news.outlet)}</name></provider><versionCreated>2025-01-01T00:00:00Z</versionCreated>"
        f"<firstCreated>{news.published}T08:00:00Z</firstCreated></itemMeta><contentMeta><headline>{html.escape(news.title)}"
        f"</headline></contentMeta><contentSet><inlineXML contenttype='application/xhtml+xml'>"
        f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>no part of the text</title></head><body>{body}</body></html>"
        "</inlineXML></contentSet></newsItem></itemSet></newsMessage>"
    )


def as_tei(articles: list[News]) -> str:
    texts = "".join(
        f"<TEI><teiHeader><fileDesc><titleStmt><title>{html.escape(news.title)}</title></titleStmt><publicationStmt>"
        f"<publisher>A library</publisher><date when='2020-01-01'/></publicationStmt><sourceDesc><bibl><title level='j'>"
        f"{html.escape(news.outlet)}</title><date when='{news.published}'/></bibl></sourceDesc></fileDesc></teiHeader><text><body>"
        + "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs) + "</body></text></TEI>"
        for news in articles
    )  # fmt: skip
    return f'<teiCorpus xmlns="http://www.tei-c.org/ns/1.0">{texts}</teiCorpus>'


def as_warc(articles: list[News]) -> bytes:
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True)
    for number, news in enumerate(articles):
        for kind, content in (
            ("text/html; charset=utf-8", as_page(news).encode()),
            ("image/png", b"\x89PNG"),
        ):
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.0")
            address = f"http://example.org/{number}/{kind[:4]}"
            payload = io.BytesIO(content)
            record = writer.create_warc_record(address, "response", payload=payload, http_headers=headers)
            writer.write_record(record)
            record.raw_stream.close()
    return stream.getvalue()


def as_zip(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()
