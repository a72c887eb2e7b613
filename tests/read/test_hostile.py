"""Two hundred hostile files: none ends in an exception of Python, and good articles beside them are read."""

from __future__ import annotations

import bz2
import gzip
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipelines.errors import PolystanceError
from pipelines.read import read
from pipelines.read.notes import Notes
from pipelines.records import Article, Rejection
from tests.read.files import rows, written

CONTENTS: dict[str, bytes] = {
    "nothing": b"", "zeros": b"\0" * 5000, "newlines": b"\r\n" * 3000, "returns": b"\r" * 3000, "open": b'"' * 4001,
    "brackets": b"[" * 50_000, "braces": b'{"a":' * 20_000, "digits": b"9" * 20_000, "commas": b"," * 200_000,
    "latin": b"\xe9" * 3000, "high": bytes(range(256)) * 20, "mark": b"\xef\xbb\xbf", "half": b"\xff\xfe\x00",
    "surrogate": b'{"text": "\\ud800 and so on"}\n', "nan": b'{"text": NaN, "id": Infinity}\n',
    "null": b"null\n", "tags": b"<p>" * 20_000, "script": b"<script>" * 5000, "entities": b"&amp;&#0;&#x110000;" * 2000,
    "formula": b'{"text": "=cmd|calc, said the president on Thursday"}\n', "override": '{"text": "\u202e\u2066"}'.encode(),
    "doubled": b'{"text": "a", "text": "b"}', "deep": b"<div>" * 3000, "comment": b"<!--" * 5000,
    "wide": "text\nã".encode("utf-16"), "wider": "text\nã".encode("utf-32"),
}  # fmt: skip
ENDINGS: dict[str, Callable[[bytes], bytes]] = {
    "jsonl": bytes, "ndjson": bytes, "csv": bytes, "tsv": bytes, "txt": bytes, "html": bytes, "parquet": bytes,
    "jsonl.gz": gzip.compress, "csv.bz2": bz2.compress,
    **dict.fromkeys(("json", "xml", "docx", "rtf", "pdf", "xlsx", "db", "zip", "warc"), bytes),
}  # fmt: skip
GOOD = "The president said on Thursday that the troops would stay where they are."
LONGEST = 300  # characters of a reason without the place


def test_there_are_two_hundred() -> None:
    assert len(CONTENTS) * len(ENDINGS) >= 200


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_hostile_file_ends_in_an_exception_of_python(tmp_path: Path, ending: str) -> None:
    files = [(f"{name}.{ending}", ENDINGS[ending](text)) for name, text in CONTENTS.items()]
    for name, content in files:
        path = written(tmp_path / name, content)
        try:
            found = list(read(rows(path), {}))
        except PolystanceError:
            continue
        except Exception as error:
            pytest.fail(f"{name}: {type(error).__name__}: {error}"[:300])
        for item in found:
            if isinstance(item, Rejection):
                reason = item.reason.replace(str(path), "")
                assert len(reason) <= LONGEST, name
                assert len(reason.splitlines()) == 1, name


@pytest.mark.parametrize("name", [name for name in CONTENTS if not name.startswith(("wide", "half", "mark"))])
def test_good_articles_beside_a_hostile_line_are_read(tmp_path: Path, name: str) -> None:
    good = [
        json.dumps({"id": f"good{n}", "text": f"{GOOD} Não {n}."}, ensure_ascii=False).encode()
        for n in range(3)
    ]
    line = CONTENTS[name].replace(b"\r", b"").replace(b"\n", b"")
    path = written(tmp_path / "news.jsonl", b"\n".join([good[0], line, *good[1:], b""]))
    found = [item.id for item in read(rows(path), {}) if isinstance(item, Article)]
    assert [id_ for id_ in found if id_.startswith("good")] == ["good0", "good1", "good2"]


@pytest.mark.parametrize("ending", ["jsonl", "csv", "txt", "pdf"])
@pytest.mark.parametrize("sign", ["a", '"', ",", "[", "<", "&", "\n", "é", "\0"])
def test_time_grows_in_proportion_to_the_size(tmp_path: Path, ending: str, sign: str) -> None:
    def seconds(size: int) -> float:
        path = written(tmp_path / f"{size}.{ending}", sign * size)
        start = time.process_time()
        with suppress(PolystanceError):
            list(read(rows(path), {"text": "text"}))
        return time.process_time() - start

    seconds(1000)  # what is imported on the way
    large = seconds(4_000_000)
    # 0.25 s for 4 MB: below it, the clock and the collector of garbage decide
    assert large <= 0.25 or large <= 2.5 * seconds(2_000_000), large


def test_what_changes_tables_is_noted(tmp_path: Path) -> None:
    lines = [
        {"id": "1", "text": GOOD, "published": "03/04/2024"},
        {"id": "2", "text": GOOD, "published": "some day"},
        {"id": "3", "language": "pt", "text": "O presidente VladÃ­mir Putin nÃ£o apoia."},
        {"id": "4", "language": "pt"},
    ]
    path = written(tmp_path / "news.jsonl", "\n".join(map(json.dumps, lines)))
    notes = Notes()
    found = list(read(rows(path), {}, notes=notes))
    assert len(found) == 4
    assert (notes.ambiguous, sum(notes.dates.values()), notes.mojibake) == (1, 2, 1)
    assert dict(notes.rejected) == {"und": 1}
    assert len(list(Notes.of(json.loads(json.dumps(notes.stored()))).remarks())) == 3
    (repaired,) = [a for a in read(rows(path), {}, repair=True) if isinstance(a, Article) and a.id == "3"]
    assert repaired.text == "O presidente Vladímir Putin não apoia."
