"""Exports of press databases, in which a file holds many articles: recognised, and split into them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import regex

from pipelines.read.exports import europresse, factiva, nexis, proquest

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASES = {"ProQuest": proquest, "Factiva": factiva, "Europresse": europresse, "Nexis": nexis}
HEADER = regex.compile(
    r"(?im)^[ \t]*+(title|headline|source|outlet|newspaper|publication|date|published|byline|author"
    r"|titre|titel|título|titolo|заголовок|источник|quelle|fuente|fonte|datum|fecha|data|дата"
    r"|제목|언론사|매체|일자|날짜|标题|來源|来源|日期|標題|作者|題名|見出し|媒体|掲載日|العنوان|المصدر|التاريخ)"
    r"[ \t]*[:：][ \t]*\S"
)
"""Labels above articles, in files of articles that no known database wrote."""
LABELS = 2
"""Least different labels that repeat; a single one may be part of an article, as in an interview."""


class NotSplit(Exception):  # noqa: N818  (says what is the case, and is caught by name)
    """A text seems to hold several articles, and where they begin is not known."""


def split(text: str) -> list[Mapping[str, str | None] | str] | None:
    """The articles of an export of Nexis, Factiva, Europresse or ProQuest; None if the text is none.

    Returns:
        For each article its text, title, outlet, published and section, and perhaps id and url; or, for one
        that cannot be read, the reason.

    Raises:
        NotSplit: the text seems to hold several articles and cannot be split.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for name, database in DATABASES.items():
        count = database.articles_announced(text)
        if not count:
            continue
        articles = [_checked(article) for article in database.articles(text)]
        if len(articles) < count:
            raise NotSplit(f"several articles: {name} says {count}, but only {len(articles)} can be found")
        return articles
    labels = Counter(match[1].casefold() for match in HEADER.finditer(text))
    repeated = sorted(label for label, count in labels.items() if count > 1)
    if len(repeated) >= LABELS:
        cause = f"several articles in one file, with repeated lines '{repeated[0]}:' and '{repeated[1]}:'"
        raise NotSplit(f"{cause}; of no known database. Save each in a file of its own, or all as CSV")
    return None


def _checked(article: Mapping[str, str | None]) -> Mapping[str, str | None] | str:
    if not (article.get("text") or "").strip():
        return f"no text found under '{(article.get('title') or '')[:60]}'"
    return article
