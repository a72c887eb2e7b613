"""Folders of text or HTML files, one article a file; a subfolder such as `pt/` may give the language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.engines.base import Row, Unreadable
from pipelines.read.decoding import checked_encoding, encoding_of
from pipelines.read.files import SourceFile, find_files
from pipelines.text.languages import base_language, normalise_language

if TYPE_CHECKING:
    from collections.abc import Iterator


class TextFolderReader:
    """Reads .txt files; the id is the path below the folder.

    Args:
        path: files, globs or folders.
        encoding: of the files; None to find it in each.

    Raises:
        ConfigError: unknown encoding.
    """

    suffixes: tuple[str, ...] = (".txt",)

    def __init__(self, path: list[str], *, encoding: str | None = None) -> None:
        self.path, self.encoding = path, checked_encoding(encoding)

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield one row for each file."""
        for file in find_files(self.path, self.suffixes):
            with file.open() as stream:
                content: bytes = stream.read()
            try:
                yield self._row(file, content)
            except UnicodeDecodeError as error:
                yield Unreadable(file.path, f"not {error.encoding} at byte {error.start}")

    def _row(self, file: SourceFile, content: bytes) -> Row | Unreadable:
        text = content.decode(encoding_of(file, self.encoding)).lstrip("\ufeff")
        return Row(file.path, _id_and_language(file) | {"text": text})

    def fingerprint(self) -> str:
        """The names, sizes and times of the files."""
        return repr([file.stamp() for file in find_files(self.path, self.suffixes)])


class HtmlFolderReader(TextFolderReader):
    """Reads .html files: the main text, title, site and date as trafilatura finds them."""

    suffixes = (".html", ".htm")

    def _row(self, file: SourceFile, content: bytes) -> Row | Unreadable:
        import trafilatura

        page = trafilatura.bare_extraction(content, with_metadata=True, include_comments=False)
        if page is None or not page.text:
            return Unreadable(file.path, "no main text found in the page")
        fields = {
            "text": page.text,
            "title": page.title,
            "outlet": page.sitename,
            "published": page.date,
            "url": page.url,
        }
        return Row(file.path, _id_and_language(file) | fields)


def _id_and_language(file: SourceFile) -> dict[str, str | None]:
    """The id of a file and, if a folder above has its code as name, the language."""
    # `bbc` and `new` are codes of languages too, but more often names of outlets.
    languages = [normalise_language(folder) for folder in file.relative.parent.parts]
    known = [language for language in languages if language and len(base_language(language)) == 2]
    return {"id": str(file.relative.with_suffix("")), "language": known[-1] if known else None}
