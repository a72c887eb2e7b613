"""XML: feeds (RSS, Atom), news formats of the IPTC (NITF, NewsML 1, NewsML-G2) and TEI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.read.documents import Unusable
from pipelines.read.pages import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.read.documents import Document

FEEDS = {"rss", "feed", "RDF"}
ITEMS = {
    "nitf": "nitf",
    "newsItem": "g2",
    "NewsItem": "newsml",
    "TEI": "tei",
    "TEI.2": "tei",
}
"""The elements that are, or hold, one article, and how it is read."""
TAGS = {"paragraph": "p", "head": "h1", "lb": "br", "l": "p"}  # others are blocks in HTML by the same name


def xml(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The articles of an XML file of a known kind.

    Raises:
        Unusable: another kind of XML, or none.
    """
    from lxml import etree

    # Entities may name other files and may expand without end.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(document.content, parser)
    except etree.XMLSyntaxError as error:
        if b"<rss" in document.content[:1000] or b"<feed" in document.content[:1000]:
            return feed(document)
        raise Unusable(f"not XML: {error.msg}") from error
    name = etree.QName(root).localname
    if name in FEEDS:
        return feed(document)
    articles = [article for item in _items(root) for article in _READ[item[1]](item[0])]
    if not articles:
        raise Unusable(f"XML of an unknown kind, <{name}>: known are RSS, Atom, NITF, NewsML and TEI")
    return articles


def feed(document: Document) -> Iterator[Mapping[str, Any] | Unusable]:
    """The entries of an RSS or Atom feed; the feed's title is the outlet of those that name no source."""
    import feedparser

    parsed = feedparser.parse(document.content, sanitize_html=True, resolve_relative_uris=False)
    for entry in parsed.entries:
        bodies = [content.value for content in entry.get("content", ())] or [entry.get("summary", "")]
        text = max((_text_of_html(body) for body in bodies), key=len)
        time = entry.get("published_parsed") or entry.get("updated_parsed")
        yield (
            {
                "id": entry.get("id"),
                "text": text,
                "title": _text_of_html(entry.get("title", "")),
                "outlet": entry.get("source", {}).get("title") or parsed.feed.get("title"),
                "published": f"{time.tm_year:04}-{time.tm_mon:02}-{time.tm_mday:02}" if time else None,
                "section": next((tag.term for tag in entry.get("tags", ())), None),
                "url": entry.get("link"),
            }
            if text
            else Unusable(f"no text in the entry '{entry.get('title', '')[:60]}'")
        )


def _items(root: Any) -> Iterator[tuple[Any, str]]:
    """The outermost elements that are articles, with how they are read."""
    from lxml import etree

    if isinstance(root.tag, str):
        kind = ITEMS.get(etree.QName(root).localname)
        if kind:
            yield root, kind
            return
        for child in root:
            yield from _items(child)


def _first(element: Any, *paths: str) -> str | None:
    """The text, or attribute, of the first of these that is there; names are compared without namespaces."""
    for path in paths:
        for found in element.xpath(_local(path)):
            text = found if isinstance(found, str) else "".join(found.itertext())
            if text.strip():
                return " ".join(text.split())
    return None


def _local(path: str) -> str:
    """An XPath in which `/` separates local names; a name may end with a condition."""
    steps = []
    for step in path.split("/"):
        name, bracket, condition = step.partition("[")
        if not name or name.startswith("@"):
            steps.append(step)
        else:
            steps.append(f"*[local-name()='{name}']{bracket}{condition}")
    return ".//" + "/".join(steps)


def _text(element: Any, *paths: str) -> str:
    """The text of the first of these that is there."""
    for path in paths:
        texts = [text for found in element.xpath(_local(path)) if (text := _text_below(found))]
        if texts:
            return "\n\n".join(texts)
    return ""


def _text_below(element: Any) -> str:
    """The text of an element, an empty line between blocks."""
    from lxml import etree

    for inner in element.iter():
        if isinstance(inner.tag, str):
            name = etree.QName(inner).localname
            inner.tag = TAGS.get(name, name)
    return _blocks(plain_text(element))


def _blocks(text: str) -> str:
    return "\n\n".join(block for part in text.split("\n\n") if (block := " ".join(part.split())))


def _text_of_html(fragment: str) -> str:
    """The text of a fragment of HTML."""
    from lxml import html

    return _blocks(plain_text(html.fromstring(f"<div>{fragment}</div>"))) if fragment.strip() else ""


def _date(text: str | None) -> str | None:
    """An ISO date, of one written with or without hyphens; any other text as it is."""
    if text and len(text) >= 8 and text[:8].isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return text


def _nitf(item: Any) -> Iterator[Mapping[str, Any] | Unusable]:
    yield _article(
        item,
        text=_text(item, "body.content", "body"),
        title=_first(item, "hedline/hl1", "hl1", "title"),
        outlet=_first(item, "pubdata/@name", "distributor", "doc.copyright/@holder"),
        published=_date(_first(item, "date.issue/@norm", "story.date/@norm", "pubdata/@date.publication")),
        section=_first(item, "pubdata/@position.section", "tobject.property/@tobject.property.type"),
        id=_first(item, "doc-id/@id-string"),
        language=item.get("{http://www.w3.org/XML/1998/namespace}lang"),
    )


def _g2(item: Any) -> Iterator[Mapping[str, Any] | Unusable]:
    yield _article(
        item,
        text=_text(item, "inlineXML//body.content", "inlineXML//body", "inlineXML", "inlineData"),
        title=_first(item, "contentMeta/headline", "hl1"),
        outlet=_first(
            item, "provider/name", "infoSource/name", "publisher/name", "provider/@literal", "provider/@qcode"
        ),
        published=_date(_first(item, "itemMeta/firstCreated", "contentCreated", "itemMeta/versionCreated")),
        section=_first(item, "contentMeta/subject/name"),
        id=item.get("guid"),
        language=_first(item, "contentMeta/language/@tag"),
    )


def _newsml(item: Any) -> Iterator[Mapping[str, Any] | Unusable]:
    yield _article(
        item,
        text=_text(item, "DataContent//body.content", "DataContent//body", "DataContent"),
        title=_first(item, "NewsLines/HeadLine", "HeadLine", "hl1"),
        outlet=_first(item, "Provider/Party/@FormalName", "Source/Party/@FormalName", "ProviderId"),
        published=_date(_first(item, "FirstCreated", "DateId", "ThisRevisionCreated")),
        id=_first(item, "PublicIdentifier"),
        language=_first(item, "DescriptiveMetadata/Language/@FormalName"),
    )


def _tei(item: Any) -> Iterator[Mapping[str, Any] | Unusable]:
    shared = {
        "outlet": _first(
            item,
            "sourceDesc//title[@level='j' or @level='s']", "sourceDesc//publisher",
            "publicationStmt/publisher",
        ),
        "published": _first(
            item,
            "sourceDesc//date/@when", "publicationStmt/date/@when", "sourceDesc//date",
            "publicationStmt/date",
        ),
        "language": _first(item, "text/@xml:lang") or item.get("{http://www.w3.org/XML/1998/namespace}lang"),
    }  # fmt: skip
    divisions = item.xpath(_local("body//div[@type='article']"))
    if len(divisions) > 1:
        for division in divisions:
            title = _first(division, "head")
            published = _first(division, "date/@when") or shared["published"]
            for head in division.xpath("./*[local-name()='head']"):
                division.remove(head)
            yield _article(item, _text_below(division), **{**shared, "title": title, "published": published})
        return
    yield _article(
        item, text=_text(item, "text/body", "body"), title=_first(item, "titleStmt/title"), **shared
    )


def _article(item: Any, text: str, **fields: str | None) -> Mapping[str, Any] | Unusable:
    return {"text": text, **fields} if text else Unusable(f"no text in <{item.tag.rpartition('}')[2]}>")


_READ = {"nitf": _nitf, "g2": _g2, "newsml": _newsml, "tei": _tei}
