"""Damaged and hostile files: each costs as little as it can, and wrong options are refused."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, InputError
from tests.read.files import NEWS, json_lines, rows, written


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "not JSON: "),
        (b"[]", "no article in it"),
        (b'{"text": "\xff"}', "not utf-8 at byte 10 of the line"),
        (b'["a"]', "not a JSON object"),
        (b"[" * 100_000, "not JSON: "),
        (b"1" * 5000, "not JSON: "),
        (b"\xbf", "not utf-8 at byte 0 of the line"),
    ],
    ids=[
        "cut off",
        "an empty array",
        "latin-1",
        "a list",
        "too deep",
        "too many digits",
        "part of a BOM",
    ],
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    path = written(tmp_path / "news.jsonl", '{"text": "ã"}\n'.encode() + line + b'\n\n{"text": "b"}\n')
    found = rows(path)
    assert [item.place for item in found] == [f"{path}:{number}" for number in (1, 2, 4)]
    assert isinstance(found[1], Unreadable)
    assert found[1].reason.startswith(reason)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=8) | st.sampled_from([b"{}", b'{"text": "a"}', b"\xbb"])))
def test_every_line_that_is_not_blank_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    # A file of mostly NUL is taken for UTF-16, in which a line ends with two bytes.
    lines = [line.replace(b"\n", b"").replace(b"\0", b"") for line in lines]
    path = written(tmp_path_factory.getbasetemp() / "lines.jsonl", b"\n".join(lines))
    blank = [not line.decode("utf-8", "replace").strip(" \t\r\ufeff") for line in lines]
    places = {item.place.partition(":article")[0] for item in rows(path)}
    assert len(places) == (blank.count(False) or 1)  # an empty file is named


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2", "1 fields under 2 columns"),
        (b"2,b,c", "3 fields under 2 columns"),
        (b"2,\xff", "not utf-8"),
    ],
)
def test_a_damaged_row_of_csv_costs_itself_alone(tmp_path: Path, row: bytes, reason: str) -> None:
    path = written(tmp_path / "news.csv", "id,text\n1,ã\n".encode() + row + b"\n3,c\n")
    found = rows(path)
    assert found[1] == Unreadable(f"{path}:line 3", reason)
    assert [item.values["id"] for item in found if isinstance(item, Row)] == ["1", "3"]


def test_a_quotation_mark_that_is_never_closed_does_not_make_an_article_of_the_rest(tmp_path: Path) -> None:
    path = written(tmp_path / "news.csv", 'id,text\n1,a\n2,"never closed\n3,c\n4,d\n')
    assert not [item for item in rows(path) if isinstance(item, Row) and "3,c" in item.values["text"]]


def test_a_csv_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "news.csv", "id,text,text\n1,summary,the whole text\n")
    with pytest.raises(InputError, match="text"):
        rows(path)


CSV_TEXT = st.text(st.characters(codec="utf-8"), max_size=10) | st.sampled_from(['"', "a\r\nb", "\0", "a,b"])


@settings(deadline=None)
@given(st.lists(st.tuples(CSV_TEXT, CSV_TEXT)))
def test_what_a_csv_writer_writes_is_read_back_field_by_field(
    tmp_path_factory: pytest.TempPathFactory, fields: list[tuple[str, str]]
) -> None:
    stream = io.StringIO()
    csv.writer(stream).writerows([("id", "text"), *fields])
    path = written(tmp_path_factory.getbasetemp() / "fields.csv", stream.getvalue())
    found = [item.values for item in rows(path) if isinstance(item, Row)]
    assert found == [{"id": id_, "text": text} for id_, text in fields if id_ or text]


def test_a_text_file_that_is_not_in_the_encoding_given_is_rejected(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "não".encode("latin-1"))
    assert rows(path, encoding="utf-8") == [Unreadable(str(path), "not utf-8 at byte 1")]
    (row,) = rows(path, encoding="latin-1")
    assert isinstance(row, Row)
    assert row.values["text"] == "não"


@pytest.mark.parametrize("name", ["news.jsonl", "news.csv", "news.txt", "news.parquet", "*.jsonl", "deep/er"])
def test_a_path_that_names_nothing_is_an_input_error(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        rows(tmp_path / name)


@pytest.mark.parametrize("reader", [None, "lines", "csv", "parquet", "text", "html"])
def test_an_empty_folder_is_an_input_error(tmp_path: Path, reader: str | None) -> None:
    with pytest.raises(InputError, match="in this folder"):
        rows(tmp_path, reader=reader)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("news.parquet", b"not parquet"),
        ("news.jsonl.gz", b"not gzip"),
        ("news.csv.gz", b"not gzip"),
        ("cut.jsonl.gz", gzip.compress(json_lines(), mtime=0)[:-12]),
    ],
    ids=["parquet", "jsonl.gz", "csv.gz", "cut.jsonl.gz"],
)
def test_a_damaged_file_is_an_input_error(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(InputError, match=name):
        rows(written(tmp_path / name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bad.jsonl.gz", b"not gzip"),
        ("cut.jsonl.gz", gzip.compress(json_lines() * 999, mtime=0)[:-12]),
        ("bad.csv", b"id,text,text\n1,a,b\n"),
        ("wide.csv", b"a," * 100_000),
        ("bad.parquet", b"not parquet"),
    ],
)
def test_a_damaged_file_of_a_folder_costs_no_other_article(tmp_path: Path, name: str, content: bytes) -> None:
    written(tmp_path / name, content)
    written(tmp_path / "good.jsonl", json_lines())
    found = rows(tmp_path)
    assert [row.values for row in found if isinstance(row, Row)][-len(NEWS) :] == NEWS
    assert [row.place for row in found if isinstance(row, Unreadable)] == [str(tmp_path / name)]


@pytest.mark.parametrize(
    ("reader", "options"),
    [
        ("lines", {"encoding": "utf-99"}),
        ("text", {"encoding": "utf-99"}),
        ("csv", {"encoding": "utf-99"}),
        ("csv", {"delimiter": ";;"}),
        ("csv", {"delimiter": 5}),
        ("csv", {"delimeter": ";"}),
    ],
)
def test_a_wrong_option_is_refused_before_a_file_is_opened(reader: str, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(options))):
        build("reader", reader, options, "articles", path=["nowhere"], offline=True)
