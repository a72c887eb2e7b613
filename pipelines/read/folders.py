"""Folders of text or HTML files, one article a file; a subfolder such as `pt/` may give the language."""

from __future__ import annotations

from pipelines.read.documents import DocumentReader
from pipelines.read.files import SUFFIXES


class TextFolderReader(DocumentReader):
    """Reads .txt files; the id is the path below the folder."""

    suffixes = tuple(SUFFIXES["text"].split())


class HtmlFolderReader(DocumentReader):
    """Reads .html files: the main text, title, site and date of each page."""

    suffixes = tuple(SUFFIXES["html"].split())
