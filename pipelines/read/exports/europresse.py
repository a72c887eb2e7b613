"""Exports of Europresse, as text and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import regex

from pipelines.read.exports.layout import DATE, NAME_LENGTH, date_in, lines_of, paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pipelines.read.exports.layout import Line

NUMBER_ANYWHERE = regex.compile(r"(?:news|web|pub|bio|tele)·\d{8}·\S+?·[\w-]+")
NUMBER = regex.compile(rf"(?m)^[ \t]*+({NUMBER_ANYWHERE.pattern})[ \t]*$")
"""The line below each article, with its number: kind, date, source."""
BELOW = regex.compile(
    r"(?:Cet article est paru dans|Note\(s\) :|Le présent document|Certificat émis|©|Copyright"
    r"|.{0,120}Tous droits réservés|This article appeared in|Illustration\(s\)|Numéro de document"
    r"|Ce certificat est|Date d'émission|Droits d'auteur)"
)
"""How lines below the text begin; some are below the number, above the next article."""
ISSUE = regex.compile(r"(?i),?\s*(?:n[o°]\.?|num\.)\s*\d+.*$")
"""The number of an issue, after the name of an outlet."""
SHORT = 40  # characters of a section's name at most
WEEKDAY = regex.compile(
    r"(?i)\s*[,-]?\s*(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday"
    r"|wednesday|thursday|friday|saturday|sunday)\s*$"
)
AUTHOR = regex.compile(r"(?:(?:Par )?(?:[\p{Lu}][\p{L}.’'-]*[\s,]*(?:et |and )?){2,6}|[^.!?]{0,60}@\S+)")


def articles_announced(text: str) -> int:
    """The number of articles that the text says it holds; 0 if it is no export of Europresse."""
    return len(NUMBER.findall(text))


def articles(text: str) -> list[Mapping[str, str | None]]:
    """The articles, in order."""
    parts: list[Mapping[str, str | None]] = []
    start = 0
    for match in NUMBER.finditer(text):
        parts.append(_article(lines_of(text[start : match.start()])) | {"id": match[1]})
        start = match.end()
    return parts


def articles_of_tree(tree: Any, text_of: Callable[[Any], str]) -> list[Mapping[str, str | None]]:
    """The articles of an export as HTML; empty if the tree is none.

    Args:
        tree: of lxml.
        text_of: an element's text, with empty lines between blocks.
    """
    articles: list[Mapping[str, str | None]] = []
    for article in tree.iter("article"):
        outlet, head, title = (
            _first(article, name) for name in ("DocPublicationName", "DocHeader", "titreArticleVisu")
        )
        if outlet is None:
            continue
        bodies = article.xpath(".//section") or article.xpath(".//*[contains(@class, 'DocText')]")
        number = NUMBER_ANYWHERE.search("".join(article.itertext()))
        articles.append(
            {
                "text": paragraphs(_body(lines_of("\n\n".join(map(text_of, bodies))))),
                "title": title or _first(article, "titreArticle"),
                "outlet": ISSUE.sub("", outlet),
                "published": date_in(head or ""),
                "section": _section(head or ""),
                "id": number[0] if number else None,
            }
        )
    return articles


def _first(article: Any, name: str) -> str | None:
    """The text of the first element of a class, or of the first part of it that has text."""
    for element in article.xpath(f".//*[contains(@class, '{name}')]"):
        text = " ".join("".join(element.itertext()).split())
        if text:
            return text
    return None


def _section(head: str) -> str | None:
    """The section in a line such as `Politique, mardi 14 mars 2006, p. 12`."""
    match = DATE.search(head)
    return WEEKDAY.sub("", head[: match.start()]).strip(" ,-") or None if match else None


def _article(lines: Sequence[Line]) -> dict[str, str | None]:
    lines = lines[next((i for i, line in enumerate(lines) if not BELOW.match(line.text)), 0) :]
    date = next((i for i, line in enumerate(lines) if i and DATE.search(line.text)), None)
    if date is None:
        return {"text": None, "title": lines[0].text if lines else None}
    rest = lines[date + 1 :]
    section = _section(lines[date].text)
    if section is None and len(rest) > 1 and rest[0].block == rest[1].block and len(rest[0].text) < SHORT:
        section, rest = rest[0].text, rest[1:]
    return {
        "text": paragraphs(_body(rest[1:])),
        "title": rest[0].text if rest else None,
        "outlet": ISSUE.sub("", lines[date - 1].text),
        "published": date_in(lines[date].text),
        "section": section,
    }


def _body(lines: Sequence[Line]) -> list[Line]:
    if len(lines) > 1 and len(lines[0].text) <= NAME_LENGTH and AUTHOR.fullmatch(lines[0].text):
        lines = lines[1:]
    end = next((i for i, line in enumerate(lines) if BELOW.match(line.text)), len(lines))
    return list(lines[:end])
