"""The encoding of a text file: named by its byte-order mark or the config, or found from all its bytes."""

from __future__ import annotations

import codecs
import io
import itertools
import re
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pipelines.errors import ConfigError, InputError
from pipelines.read.files import find_files
from pipelines.text.identify import language_probabilities

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.config import Articles
    from pipelines.read.files import SourceFile

UTF_8 = "utf-8"
TEXT = (".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".json")
"""Endings of files whose encoding is found here; those of other files say theirs."""
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CANDIDATES = (
    "cp1252", "cp1250", "cp1251", "koi8_r", "koi8_u", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257",
    "cp1258",
    "iso8859_2", "iso8859_5", "iso8859_7", "cp866", "cp850", "mac_roman", "cp949", "gb18030", "big5", "cp932",
    "euc_jp", "cp874",
)  # fmt: skip
"""What Windows, old web pages and Excel on a Mac write. Rarer encodings need `articles.encoding`."""
CODE_PAGES = {
    "cp1250": {"cs", "pl", "hu", "ro", "sk", "sl", "hr", "bs", "sq"},
    "cp1254": {"tr", "az"},
    "cp1257": {"lt", "lv", "et"},
}
"""Languages in Latin script that Windows does not write in cp1252."""
ODD = re.compile(r"[¹²³¼½¾¢¤¥¦§¨¬¯±¶¸×÷þýðÞÝÐ‡ˆƒ\ue000-\uf8ff]|[a-zß-ÿ][A-ZÀ-Þ]")
TIE = 0.02
"""Difference of charset-normalizer's mess, in [0, 1], up to which two readings count as equally clean:
cp1250 and
cp1252 share most letters."""
SAMPLE = 100_000
"""Bytes of lines with other than ASCII that the detector reads, spread over the whole file; not tuned,
bounds time."""
REMEMBERED = 10_000  # files whose encoding is kept in memory, so that each is looked at once


def checked_encoding(encoding: str | None) -> str | None:
    """The same encoding, if Python knows it.

    Raises:
        ConfigError: unknown encoding.
    """
    if encoding is None:
        return None
    try:
        "".encode(encoding)
    except (LookupError, ValueError) as error:
        cure = "Give one such as utf-8, latin-1 or cp1251"
        raise ConfigError("articles.encoding", f"unknown encoding '{encoding[:40]}'", cure) from error
    return encoding


def encoding_of(file: SourceFile, given: str | None = None, content: bytes | None = None) -> str:
    """The encoding of a file, found once as long as the file does not change.

    Args:
        file: of text, whole or compressed.
        given: by the config; a byte-order mark of UTF-8 in the file is passed over even so.
        content: of the file, if it was read before.

    Raises:
        InputError: the file cannot be read.
    """
    key = (file, given, file.stamp())
    if key not in _known:
        with file.open() if content is None else io.BytesIO(content) as lines:
            encoding = find_encoding(lines, given)
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[key] = encoding
    return _known[key]


_known: dict[tuple[SourceFile, str | None, tuple[object, ...]], str] = {}


def text_encodings(settings: Articles) -> Counter[str]:
    """How many of the config's text files are in each encoding; files that cannot be read are left out."""
    counts: Counter[str] = Counter()
    if settings.reader == "hub" or ":" in (settings.reader or ""):
        return counts
    given = settings.encoding or settings.options.get("encoding")
    with suppress(InputError):
        files = [file for file in find_files(settings.path, TEXT) if file.suffix in TEXT]
        for file in files:
            counts[encoding_of(file, given).removesuffix("-sig")] += 1
    return counts


def find_encoding(lines: Iterable[bytes], given: str | None = None) -> str:
    """The encoding of lines of bytes; UTF-8 if nothing fits, so that its rows are rejected and not
    misread."""
    lines = iter(lines)
    first = next(lines, b"")
    mark = next((name for mark, name in MARKS.items() if first.startswith(mark)), None)
    if given is not None:
        is_utf_8 = codecs.lookup(given).name == UTF_8
        return "utf-8-sig" if is_utf_8 and mark == "utf-8-sig" else given
    if mark or (mark := _without_mark(first)):
        return mark
    sample = _Sample()
    for line in itertools.chain([first], lines):
        if not line.isascii():
            sample.add(line)
    others = [line for line in sample.kept if not _is_utf_8(line)]
    return UTF_8 if 2 * len(others) <= len(sample.kept) else _detected(b"".join(others)) or UTF_8


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True


def _without_mark(start: bytes) -> str | None:
    """UTF-16 without a mark, from the zeros that are every second byte of Latin text; None if it is not
    that."""
    start = start[:1000]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or min(even, odd) * 10 > max(even, odd) or len(start) < 4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


class _Sample:
    """Lines spread evenly over a file: every n-th, where n doubles whenever they become too many."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.size, self.every, self.seen = 0, 1, 0

    def add(self, line: bytes) -> None:
        self.seen += 1
        if (self.seen - 1) % self.every:
            return
        if len(line) > SAMPLE:  # cut where no character of several bytes is cut
            line = line[: line.rfind(b" ", 0, SAMPLE) + 1] or line[:SAMPLE]
        self.kept.append(line)
        self.size += len(line)
        while self.size > SAMPLE and len(self.kept) > 1:
            self.kept = self.kept[::2]
            self.every *= 2
            self.size = sum(map(len, self.kept))


def _detected(content: bytes) -> str | None:
    """The encoding that charset-normalizer finds likeliest; None if it finds none."""
    import charset_normalizer

    matches = charset_normalizer.from_bytes(
        content, cp_isolation=list(CANDIDATES), preemptive_behaviour=False
    )
    best = matches.best()
    if best is None:
        return None
    if not any("Latin" in block for block in best.alphabets):
        return str(best.encoding)
    # Of equally clean Latin readings, the one of the language's own code page.
    near = [match for match in matches if match.chaos <= best.chaos + TIE]
    language = max(language_probabilities(str(best)).items(), key=lambda item: item[1])[0]
    usual = next((page for page, languages in CODE_PAGES.items() if language in languages), CANDIDATES[0])
    nearest = min(near, key=lambda m: (_oddities(str(m)), m.encoding != usual, CANDIDATES.index(m.encoding)))
    return str(nearest.encoding)


def _oddities(text: str) -> int:
    """What Latin text seldom has, and what its letters become in a wrong encoding: W³adimir, serviÁo."""
    return len(ODD.findall(text))


def decoded(file: SourceFile, content: bytes, given: str | None = None) -> str:
    """The text of a file's bytes, without byte-order mark.

    Raises:
        UnicodeDecodeError: the bytes are not in the encoding.
    """
    return content.decode(encoding_of(file, given, content)).removeprefix("\ufeff")


def is_wide(encoding: str) -> bool:
    """Whether a line end takes more than one byte, so that lines are found only after decoding."""
    return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))


def decoded_lines(stream: Any, encoding: str) -> Iterator[str | UnicodeDecodeError]:
    r"""The lines of a binary stream that end with \n; for one that cannot be decoded, the error."""
    if is_wide(encoding):
        wrapper = io.TextIOWrapper(stream, encoding, "replace", newline="\n")
        yield from wrapper
        wrapper.detach()
        return
    name = UTF_8 if encoding == "utf-8-sig" else encoding
    for number, line in enumerate(stream):
        try:
            text = line.decode(name)
        except UnicodeDecodeError as error:
            yield error
            continue
        yield text if number else text.removeprefix("\ufeff")
