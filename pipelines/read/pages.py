"""Pages of the web: the article without what a site puts around it, and when it was published."""

from __future__ import annotations

import json
import warnings
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import regex

from pipelines.read.documents import Unusable
from pipelines.read.exports import NotSplit, europresse, split

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.read.documents import Document

LARGEST_SHARE = 0.5
"""Of a page's text that a part may hold and still be left out: an article's own frame may have a class such
as `with-sidebar`. Comments may be longer than the article."""
MOST_ELEMENTS = 20_000
"""Of a page with one article: three times what the largest front pages have. The time of finding the main
text grows faster than their number."""
DATE_KEYS = ("datePublished", "dateCreated", "uploadDate")
"""Of a page's JSON-LD, the best first; `dateModified` is when it was changed."""
DATE_NAMES = (  # noqa: SIM905  (a table)
    "article:published_time article:published og:article:published_time og:pubdate publishdate publish-date"
    " publish_date published_time pubdate publication_date dc.date.issued dcterms.issued dcterms.created"
    " dc.date"
    " dcterms.date dc.date.created citation_publication_date citation_date parsely-pub-date sailthru.date"
    " cxenseparse:recs:publishtime bt:pubdate rnews:datepublished datepublished"
    " shareaholic:article_published_time"
    " article.published article_date_original originalpublicationdate date"
).split()
"""Of a page's meta elements, the best first."""
BLOCKS = frozenset(
    "p div li h1 h2 h3 h4 h5 h6 tr td th section article header footer blockquote pre dt dd".split()  # noqa: SIM905
)
NO_TEXT = frozenset("script style head figure figcaption media fw".split())  # noqa: SIM905  (a table)
"""Elements whose text is none of the article's, of HTML, NITF and TEI."""
BULLETS = r"[\s▶►▷☞■◆●•·*>»\[【(（<〈-]*+"
"""What may be before such a line."""
ISO = regex.compile(r"(?:19|20)\d\d-\d\d-\d\d")


def html(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The article of a page, or the articles of a database's export."""
    return page(document.content)


def page(content: bytes) -> list[Mapping[str, Any] | Unusable]:
    """The article of a page's bytes, or the articles of a database's export.

    Raises:
        Unusable: no main text is found, the page is too large, or it holds articles that cannot be split.
    """
    import trafilatura

    tree = trafilatura.load_html(content)
    if tree is None:
        raise Unusable("no main text found in the page")
    exported = europresse.articles_of_tree(tree, plain_text)
    if exported:
        return list(exported)
    try:
        articles = split(plain_text(tree)) if _may_be_export(content) else None
    except NotSplit as error:
        raise Unusable(str(error)) from error
    if articles is not None:
        return [Unusable(article) if isinstance(article, str) else article for article in articles]
    elements = sum(1 for _ in tree.iter())
    if elements > MOST_ELEMENTS:
        raise Unusable(f"a page of {elements} elements, more than {MOST_ELEMENTS}")
    published = _published(tree)
    _strip(tree)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its parsers, about odd pages
        extracted = trafilatura.bare_extraction(
            tree, with_metadata=True, include_comments=False, include_tables=False, deduplicate=False
        )
    if extracted is None or not extracted.text:
        raise Unusable("no main text found in the page")
    fields = {"title": extracted.title, "outlet": extracted.sitename, "url": extracted.url}
    return [
        {
            "text": _without_repeats(extracted.text, extracted.title),
            "published": (published or _unless_guessed(extracted.date))[:10],
            **fields,
        }
    ]


def plain_text(tree: Any) -> str:
    """All text of a tree, each block on lines of its own."""
    parts: list[str] = []

    def walk(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in NO_TEXT:
            parts.append(element.tail or "")
            return
        edge = "\n\n" if element.tag in BLOCKS else ""
        parts.extend((edge, "\n" if element.tag == "br" else "", regex.sub(r"\s+", " ", element.text or "")))
        for child in element:
            walk(child)
        parts.extend((edge, regex.sub(r"\s+", " ", element.tail or "")))

    walk(tree)
    return "".join(parts)


def _may_be_export(content: bytes) -> bool:
    marks = (
        b"news\xc2\xb7",
        b"news\xb7",
        b"&middot;",
        b"Document ",
        b"ProQuest",
        b"DOCUMENTS",
        b"Load-Date",
        b"LOAD-DATE",
    )
    return any(mark in content for mark in marks)


@cache
def _around() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """Patterns of the classes, and of the lines, of what is around articles, from `around.txt`."""
    text = files("pipelines.read").joinpath("around.txt").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line and not line.startswith("#")]
    classes = [row.removeprefix("class ") for row in rows if row.startswith("class ")]
    lines = [row.removeprefix("line ") for row in rows if row.startswith("line ")]
    return (
        regex.compile(rf"(?:^|[\s_-])(?:{'|'.join(classes)})", regex.IGNORECASE),
        regex.compile(rf"{BULLETS}(?:{'|'.join(lines)})", regex.IGNORECASE),
    )


def _strip(tree: Any) -> None:
    """Remove what is around the article."""
    classes, lines = _around()
    total = len(_text(tree)) or 1
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or element.tag in ("html", "body", "head", "main", "article"):
            continue
        if element.tag in ("figcaption", "aside", "nav", "details", "dialog", "form", "button"):
            around = True
        elif element.tag in ("p", "li", "h2", "h3", "h4"):
            around = (
                _is_link(element) or lines.match(_text(element)) is not None or _is_named(element, classes)
            )
        else:
            around = _is_named(element, classes)
        if around and not _may_be_article(element, total):
            _drop(element)


def _is_named(element: Any, classes: regex.Pattern[str]) -> bool:
    names = " ".join(element.get(key) or "" for key in ("id", "class", "role"))
    return classes.search(regex.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)) is not None


def _may_be_article(element: Any, total: int) -> bool:
    """Whether an element may be the article's frame: it has its heading or most of the page's text."""
    if element.xpath("boolean(.//h1|.//article|.//main|.//*[@itemprop='articleBody'])"):
        return True
    return (
        len(_text(element)) > LARGEST_SHARE * total
        and "comment" not in str(element.attrib.values()).casefold()
    )


def _is_link(element: Any) -> bool:
    """Whether an element's words are all those of a link that is not part of a sentence."""
    text, linked = _text(element), "".join(_text(link) for link in element.iter("a"))
    return bool(linked) and len(linked) >= 0.8 * len(text) and len(text) < 200


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _without_repeats(text: str, title: str | None) -> str:
    """The text without its title above it, and with each paragraph once: small pages come out twice."""
    lines = list(dict.fromkeys(text.splitlines()))
    return "\n".join(lines[1:] if len(lines) > 1 and lines[0] == title else lines)


def _published(tree: Any) -> str | None:
    """The date of publication that a page's metadata give, as they give it."""
    for block in tree.iter("script"):
        if "ld+json" in (block.get("type") or ""):
            date = _date_of(block.text or "")
            if date:
                return date
    named = {
        (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").casefold(): meta.get(
            "content"
        )
        for meta in reversed(list(tree.iter("meta")))
    }
    dates = [named[name] for name in DATE_NAMES if ISO.match(named.get(name) or "")]
    for element in tree.iter():
        if isinstance(element.tag, str) and element.get("itemprop") == "datePublished":
            dates.append(element.get("datetime") or element.get("content") or "")
    for time in tree.xpath("//article//time[@datetime]|//header//time[@datetime]"):
        if not any(
            "comment" in (above.get("class") or above.get("id") or "") for above in time.iterancestors()
        ):
            dates.append(time.get("datetime"))
    return next((date for date in dates if ISO.match(date)), None)


def _date_of(text: str) -> str | None:
    try:
        objects = list(_objects(json.loads(text)))
    except (ValueError, RecursionError):
        return None
    dates = [value[key] for key in DATE_KEYS for value in objects if isinstance(value.get(key), str)]
    return next((date for date in dates if ISO.match(date)), None)


def _unless_guessed(date: str | None) -> str:
    """A date that trafilatura found in the text; not the first of January, which it makes of `© 2024`."""
    return "" if date is None or date.endswith("-01-01") else date


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """All objects in a JSON value, the outer ones first."""
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner)
