"""Exports of press databases as they write them, made from articles: plain text, which other forms wrap."""

from __future__ import annotations

import html
import textwrap
import zlib
from datetime import date
from typing import NamedTuple


class News(NamedTuple):
    """An article, as a file should give it."""

    title: str
    outlet: str
    published: str
    section: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.paragraphs)

    @property
    def number(self) -> str:
        """Digits of its own, for the number that a database gives it."""
        return f"{zlib.crc32(self.text.encode()):010}"

    @property
    def day(self) -> date:
        return date.fromisoformat(self.published)


MONTHS_FR = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
DAYS_FR = "lundi mardi mercredi jeudi vendredi samedi dimanche".split()


def nexis_academic(articles: list[News]) -> str:
    parts = []
    for number, news in enumerate(articles, start=1):
        body = "\n\n".join(textwrap.fill(paragraph, 76) for paragraph in news.paragraphs)
        day = f"{news.day:%B} {news.day.day}, {news.day.year} {news.day:%A}"
        parts.append(
            f"{number} of {len(articles)} DOCUMENTS".center(78) + "\n\n\n" + news.outlet.center(78) + "\n\n"
            + day.center(78) + "\n" + "Late Edition - Final".center(78) + "\n\n" + textwrap.fill(news.title, 60)
            + f"\n\nBYLINE: By JANE DOE\n\nSECTION: {news.section}; Pg. {number}\n\nLENGTH: 214 words"
            + f"\n\nDATELINE: GENEVA\n\n{body}\n\nURL: http://example.org/{number}\n\nLANGUAGE: ENGLISH\n\n"
            + "GRAPHIC: PHOTO: A street (A1)\n\nPUBLICATION-TYPE: Newspaper\n\n\n"
            + f"Copyright {news.day.year} {news.outlet}\nAll Rights Reserved\n\n\f"
        )  # fmt: skip
    return "\n\n".join(parts)


def nexis_uni(articles: list[News]) -> str:
    contents = "\n".join(f"{number}. {news.title}" for number, news in enumerate(articles, start=1))
    parts = [
        f"User Name: = reader\nDate and Time: = Wednesday, October 23, 2024 10:00:00 AM CEST\n"
        f"Job Number: = 123\n\nDocuments ({len(articles)})\n\n{contents}\n\n"
    ]
    for number, news in enumerate(articles, start=1):
        body = "\n\n".join(news.paragraphs)
        day = f"{news.day:%B} {news.day.day}, {news.day.year} {news.day:%A} 10:00 AM GMT"
        parts.append(
            f"Page 1 of {number}\n\n{news.title}\n\n{news.outlet}\n{day}\n\n"
            f"Copyright {news.day.year} {news.outlet} All Rights Reserved\n\nSection: {news.section}; Version:1\n"
            f"Length: 214 words\nByline: Jane Doe\nDateline: Geneva\nBody\n\n{body}\n\nGraphic\n\nA street\n\n"
            "Classification\n\nLanguage: ENGLISH\n\nLoad-Date: October 23, 2024\n\nEnd of Document\n\n"
        )
    return "".join(parts)


def factiva_coded(articles: list[News]) -> str:
    parts = []
    for news in articles:
        lead, *rest = news.paragraphs
        below = "\n\n".join(rest)
        parts.append(
            f"SE\t{news.section}\nHD\t{news.title}\nBY\tBy Jane Doe\nWC\t214 words\nPD\t{news.day.day} {news.day:%B} "
            f"{news.day.year}\nET\t10:00\nSN\t{news.outlet}\nSC\tEXAMP\nLA\tEnglish\nCY\tCopyright 2024 {news.outlet}\n\n"
            f"LP\n{lead}\n\nTD\n{below}\n\nNS\tgcat : Political/General News\nRE\teurz : Europe\nPUB\tExample Ltd\n"
            f"AN\tDocument EXAMP00020241023ekan{news.number}\n\n"
        )
    return "".join(parts)


def factiva_full(articles: list[News]) -> str:
    parts = []
    for number, news in enumerate(articles, start=1):
        body = "\n\n".join(news.paragraphs)
        parts.append(
            f"{news.section}\n\n{news.title}\n\nBy Jane Doe\n\n214 words\n{news.day.day} {news.day:%B} {news.day.year}\n"
            f"10:00 GMT\n{news.outlet}\nEXAMP\nEnglish\n(c) {news.day.year} {news.outlet}\n\n{body}\n\n"
            f"Document EXAMP00020241023ekbn{news.number}\n\nPage {number} of 9 © 2024 Factiva, Inc. All rights reserved.\n\n"
        )
    return "".join(parts) + "Search Summary\n\nText\ntroops\n\nDate\nAll Dates\n"


def europresse(articles: list[News]) -> str:
    parts = []
    for number, news in enumerate(articles, start=1):
        body = "\n\n".join(news.paragraphs)
        parts.append(
            f"{news.outlet}\n\n{news.section}, {DAYS_FR[news.day.weekday()]} {news.day.day} "
            f"{MONTHS_FR[news.day.month - 1]} {news.day.year} 214 mots, p. {number}\n\n{news.title}\n\nJane Doe\n\n{body}\n\n"
            f"Cet article est paru dans {news.outlet}\n\n© {news.day.year} {news.outlet}. Tous droits réservés. "
            "Le présent document est protégé par les lois et conventions internationales.\n\n"
            f"news·{news.published.replace('-', '')}·EX·{news.number}\n\n"
        )
    return "".join(parts)


def europresse_html(articles: list[News]) -> str:
    parts = []
    for news in articles:
        body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in news.paragraphs)
        day = f"{DAYS_FR[news.day.weekday()]} {news.day.day} {MONTHS_FR[news.day.month - 1]} {news.day.year}"
        parts.append(
            f"<article><header><div class='rdp__DocPublicationName'><span class='DocPublicationName'> {news.outlet}"
            f"</span></div><span class='DocHeader'>{news.section}, {day}</span><div class='titreArticle'>"
            f"<p class='titreArticleVisu rdp__articletitle'>{html.escape(news.title)}</p></div></header>"
            f"<section><div class='docOcurrContainer'>{body}</div></section><footer><p>Cet article est paru dans "
            f"{news.outlet}</p><div class='publiC-lblNodoc'>news·{news.published.replace('-', '')}·EX·{news.number}H"
            f"</div><small>© {news.day.year} {news.outlet}. Tous droits réservés.</small></footer></article>"
        )
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>Europresse</title></head><body>{''.join(parts)}</body></html>"


def proquest(articles: list[News]) -> str:
    rule = "_" * 60
    parts = [f"{rule}\n\nReport Information from ProQuest\nOctober 24 2024 10:22\n\n{rule}\n\n"]
    for number, news in enumerate(articles, start=1):
        body = "\n\n".join(news.paragraphs)
        parts.append(
            f"Document {number} of {len(articles)}\n\n{news.title}\n\nAuthor: Doe, Jane.\n\nProQuest document link\n\n"
            f"Abstract: Of what is said below.\n\nLinks: http://example.org/{number}\n\nFull text: {body}\n\n"
            f"Subject: Politics; Troops\n\nTitle: {news.title}\n\nPublication title: {news.outlet}; Geneva\n\nPages: A.{number}\n\n"
            f"Publication year: {news.day.year}\n\nPublication date: {news.day:%b} {news.day.day}, {news.day.year}\n\n"
            f"Section: {news.section}\n\nLanguage of publication: English\n\nProQuest document ID: 3119{news.number}\n\n"
            f"Document URL: https://www.proquest.com/docview/3119{news.number}\n\nDatabase: ProQuest Central\n\n{rule}\n\n"
        )
    return "".join(parts)
