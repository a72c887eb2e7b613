"""Files of prose: each holds an article, or is a database's export of several."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import InputError
from pipelines.read.columns import column_key
from pipelines.read.decoding import checked_encoding, decoded
from pipelines.read.exports import NotSplit, split
from pipelines.read.file_reader import FileReader
from pipelines.read.files import SUFFIXES, SourceFile
from pipelines.read.headers import DELIMITERS
from pipelines.read.json_values import json_values
from pipelines.text.languages import base_language, normalise_language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

INSTALL = "Install it: pip install 'polystance[formats]'"
FORMS = {
    "rtf": "pipelines.read.office:rtf",
    "docx": "pipelines.read.office:docx",
    "pdf": "pipelines.read.pdf:pdf",
    "html": "pipelines.read.pages:html",
    "xml": "pipelines.read.xml_files:xml",
    "warc": "pipelines.read.web_archives:warc",
    "text": "pipelines.read.documents:text",
}
"""The function that reads each form."""
SIGNATURES = {
    b"{\\rtf": "rtf",
    b"%pdf-": "pdf",
    b"warc/": "warc",
    b"<!doctype html": "html",
    b"<html": "html",
}
"""How files begin, in small letters, that are of a form whatever their ending is."""
FORM_OF_SUFFIX = {".docx": "docx", ".pdf": "pdf", ".rtf": "rtf", ".warc": "warc", ".txt": "text"}
FORM_OF_SUFFIX |= dict.fromkeys(SUFFIXES["html"].split(), "html")
FORM_OF_SUFFIX |= dict.fromkeys((".xml", ".rss", ".atom", ".nitf", ".tei"), "xml")
REFUSED = {
    ".doc": "the format of Word before 2007. Save it as .docx",
    ".zip": "a zip archive in another one, which is not opened, or a damaged one: unpack it",
}


TEXT_COLUMNS = frozenset({
    "text", "body", "content", "full text", "fulltext", "article", "texto", "corpo", "conteúdo", "contenido",
    "cuerpo", "texte", "contenu", "inhalt", "volltext", "testo", "текст", "tekst", "treść", "본문", "内容",
    "本文",
})  # fmt: skip
"""Names of columns that the first line of a table has, and a sentence between two delimiters has not."""


class Unusable(Exception):  # noqa: N818  (says what is the case, and is caught by name)
    """A document, or an article of it, that cannot be read; the message says why."""


class Document(NamedTuple):
    """A file's content, and the encoding that the config names."""

    file: SourceFile
    content: bytes
    encoding: str | None

    @property
    def text(self) -> str:
        """The content as text.

        Raises:
            Unusable: the content is not in this encoding.
        """
        try:
            return decoded(self.file, self.content, self.encoding)
        except UnicodeDecodeError as error:
            raise Unusable(f"not {error.encoding} at byte {error.start}") from error


class DocumentReader(FileReader):
    """Reads .txt, .html, .docx, .rtf, .pdf, .xml and .warc files.

    A file's form is decided by how it begins, then by its ending. The id of a file's only article is its path
    below the folder; of several, what the export calls them, or a digest of the content.

    Args:
        path: files, globs or folders.
        encoding: of plain text; None to find it in each file.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes: tuple[str, ...] = tuple(FORM_OF_SUFFIX) + tuple(REFUSED)

    def __init__(self, path: list[str], *, encoding: str | None = None) -> None:
        super().__init__(path)
        self.encoding = checked_encoding(encoding)

    def rows_of(self, file: SourceFile) -> Iterator[Row | Unreadable]:
        """Yield one row for each article.

        Raises:
            InputError: the file cannot be opened, or a package is needed that is not installed.
        """
        try:
            document = Document(file, file.content(), self.encoding)
            articles = list(_function(file, document.content)(document))
        except InputError:
            raise
        except Unusable as error:
            yield Unreadable(file.path, str(error))
            return
        except ModuleNotFoundError as error:
            cause = f"reading {file.suffix} needs the package {error.name}, which is not installed"
            raise InputError(file.path, cause, INSTALL) from error
        except Exception as error:  # a library's, on a damaged file
            cause = next(iter(str(error).splitlines()), "") or type(error).__name__
            yield Unreadable(file.path, f"damaged: {cause[:200]}")
            return
        about = id_and_language(file)
        for number, article in enumerate(articles, start=1):
            place = f"{file.path}:article {number}" if len(articles) > 1 else file.path
            if isinstance(article, Unusable):
                yield Unreadable(place, str(article))
            else:
                own = about if len(articles) == 1 else {"language": about["language"]}
                yield Row(
                    place, {**own, "text": "", **{name: value for name, value in article.items() if value}}
                )


def text(document: Document) -> Iterable[Mapping[str, Any] | Unusable]:
    """The articles of a plain text.

    Raises:
        Unusable: it is no prose, or seems to hold several articles and cannot be split.
    """
    content = document.text
    if kind := _data_in(content):
        raise Unusable(f"holds {kind[0]}, no prose; name it .{kind[1]}, or set articles.reader: {kind[1]}")
    return articles_of(content)


def _data_in(text: str) -> tuple[str, str] | None:
    """What a text file holds if it is no prose, and the reader of that."""
    if text.lstrip().startswith(("{", "[")):
        value = next(json_values(text), None)
        if isinstance(value[0] if isinstance(value, list) and value else value, dict):
            return "JSON", "json"
    header, _, rest = text.lstrip("\ufeff\r\n").partition("\n")
    for delimiter in DELIMITERS:
        names = [column_key(name.strip('"')) for name in header.split(delimiter)]
        if len(names) > 1 and TEXT_COLUMNS.intersection(names) and delimiter in rest.partition("\n")[0]:
            return "a table", "csv"
    return None


def articles_of(text: str, **fields: str | None) -> list[Mapping[str, Any] | Unusable]:
    """The articles of a database's export; any other text as a single one, with these fields.

    Raises:
        Unusable: the text seems to hold several articles and cannot be split.
    """
    try:
        articles = split(text)
    except NotSplit as error:
        raise Unusable(str(error)) from error
    if articles is None:
        return [{"text": text, **fields}]
    return [Unusable(article) if isinstance(article, str) else article for article in articles]


def id_and_language(file: SourceFile) -> dict[str, str | None]:
    """The id of a file and, if a folder above has its code as name, the language."""
    # `bbc` and `new` are codes of languages too, but more often names of outlets.
    languages = [normalise_language(folder) for folder in file.relative.parent.parts]
    known = [language for language in languages if language and len(base_language(language)) == 2]
    path = file.relative.with_suffix("") if file.reader in ("text", "html") else file.relative
    return {"id": str(path), "language": known[-1] if known else None}


def _function(
    file: SourceFile, content: bytes
) -> Callable[[Document], Iterable[Mapping[str, Any] | Unusable]]:
    start = content[:64].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    form = next((form for mark, form in SIGNATURES.items() if start.startswith(mark)), None)
    if form is None and file.suffix in REFUSED:
        raise Unusable(REFUSED[file.suffix])
    form = form or FORM_OF_SUFFIX.get(file.suffix, "text")
    module, _, name = FORMS[form].partition(":")
    return getattr(importlib.import_module(module), name)  # type: ignore[no-any-return]
