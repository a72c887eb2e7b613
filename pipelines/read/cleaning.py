"""What is no text in a text: markup, entities, invisible characters, line ends inside sentences."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import regex

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "div", "dl", "dt",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr",
    "html", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tbody", "td", "th", "thead",
    "title", "tr", "ul",
})  # fmt: skip
INLINE = frozenset({
    "a", "abbr", "b", "big", "center", "cite", "code", "del", "em", "font", "i", "iframe", "img", "ins",
    "link", "mark", "meta", "q", "s", "small", "span", "strong", "sub", "sup", "u",
})  # fmt: skip
SILENT = frozenset(["script", "style", "noscript", "template", "svg"])
"""Elements whose content is not text."""
ELEMENTS = BLOCKS | INLINE | SILENT
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,9})(?:\s[^<>]*)?/?>|<!--")
ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}[0-9]{0,2}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
"""Control characters, soft hyphens, zero-width spaces, and marks of direction. Zero-width joiners stay:
Persian and
the scripts of India are spelt with them."""
WIDEST = 120
"""Characters of a line, up to which line ends can come from wrapping; a longer line is a paragraph."""
NARROWEST = 20  # characters of the widest line; columns of newspapers have more
WRAPPED = 0.4
"""Least share of line ends, inside paragraphs, that are inside a sentence. Of the words of news in a script
with small
letters, two thirds begin with one; paragraphs, verse and lists begin with few."""
SENTENCE_END = regex.compile(r"[.!?…。！？:][\"'”’»)\]]*$")
CASED = regex.compile(r"[\p{Lu}\p{Lt}]")
HYPHENATED = regex.compile(r"(?<=\p{L})[-‐]$")
UNSPACED = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}，。、！？」』）]")


def clean(text: str) -> str:
    """The text without markup and invisible characters, each paragraph in one line if its lines were
    wrapped."""
    text = INVISIBLE.sub("", text)
    return unwrapped(without_markup(text))


def without_markup(text: str) -> str:
    """The text without tags and entities of HTML; blocks become lines.

    Only known elements count, so `a < b` stays. Entities that hide tags (`&lt;p&gt;`) are read too, if there
    is no
    other markup.
    """
    for _ in range(2):
        tags = (
            [tag for tag in TAG.finditer(text) if tag[2] is None or tag[2].lower() in ELEMENTS]
            if "<" in text
            else []
        )
        has_entities = "&" in text and ENTITY.search(text)
        if tags:
            text = _without_tags(text, tags)
        if not has_entities:
            return text
        text = INVISIBLE.sub("", html.unescape(text).replace("\xa0", " "))
        if tags:
            return text
    return text


def _without_tags(text: str, tags: list[re.Match[str]]) -> str:
    """The text between the tags."""
    parts: list[str] = []
    place = 0
    silent = ""
    for tag in tags:
        if tag.start() < place:  # in a comment
            continue
        if not silent:
            parts.append(text[place : tag.start()])
        place, name = tag.end(), (tag[2] or "").lower()
        if not name:
            end = text.find("-->", place)
            place = end + 3 if end >= 0 else len(text)
        elif silent:
            silent = "" if tag[1] and name == silent else silent
        elif not tag[1] and name in SILENT:
            silent = name
        elif name in BLOCKS:
            parts.append("\n")
    if not silent:
        parts.append(text[place:])
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def unwrapped(text: str) -> str:
    """The text with the lines of each paragraph joined, and words cut at line ends whole again, if it was
    wrapped.

    Text was wrapped if many lines begin inside a sentence: with a small letter or, in a script without them,
    after
    a line that had no room for the next word. Then each line end without the end of a sentence is joined.
    """
    if "\n" not in text:
        return text
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    widest = max(map(len, lines))
    inside = [(one, two) for one, two in pairwise(lines) if one and not (two.isspace() or not two)]
    if not NARROWEST <= widest <= WIDEST or len(inside) < 2:
        return text
    if sum(_is_cut(one, two, widest) for one, two in inside) < max(2, WRAPPED * len(inside)):
        return text
    joined = [lines[0]]
    for before, line in pairwise(lines):
        is_end = SENTENCE_END.search(before) and not _was_full(before, line, widest)
        if before and line.strip() and not is_end:
            joined[-1] = _joined(joined[-1], line.lstrip())
        else:
            joined.append(line)
    return "\n".join(joined)


def _is_cut(line: str, following: str, widest: int) -> bool:
    """Whether a line ends inside a sentence."""
    following = following.lstrip()
    if following[0].islower():
        return not SENTENCE_END.search(line)
    return not CASED.match(following) and _was_full(line, following, widest)


def _was_full(line: str, following: str, widest: int) -> bool:
    """Whether the first word of the next line would not have fitted into the line."""
    following = following.lstrip()
    word = following[:1] if UNSPACED.match(following) else following.split(maxsplit=1)[0] if following else ""
    return len(line) + 1 + len(word) > widest


def _joined(text: str, line: str) -> str:
    text = text.rstrip()
    if UNSPACED.search(text[-1:]) and UNSPACED.match(line):
        return text + line
    if HYPHENATED.search(text) and regex.match(r"\p{Ll}", line):
        return text[:-1] + line
    return text if not line else f"{text} {line}" if text else line
