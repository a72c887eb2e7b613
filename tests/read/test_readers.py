"""The readers: each format, hostile files, and which reader is chosen."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, InputError
from pipelines.read import read
from pipelines.read.files import detect_reader
from pipelines.records import Article, Rejection

NEWS = [
    {"id": "a", "language": "en", "title": "Troops stay", "text": 'He said: "We stay; all of us,\tnow."'},
    {"id": "b", "language": "pt", "title": "Tropas ficam", "text": "As tropas não vão sair.\nNão agora."},
]


def rows(*paths: Path | str, reader: str | None = None, **options: Any) -> list[Row | Unreadable]:
    """What the reader for the paths finds there."""
    named = [str(path) for path in paths]
    name = reader or detect_reader(named)
    return list(build("reader", name, options, "articles", path=named, offline=True).rows())


def written(path: Path, content: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def json_lines() -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in NEWS).encode()


def delimited(mark: str) -> bytes:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(NEWS[0]), delimiter=mark)
    writer.writeheader()
    writer.writerows(NEWS)
    return stream.getvalue().encode()


def parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(NEWS), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("news.jsonl", json_lines(), id="jsonl"),
        pytest.param("news.ndjson", json_lines(), id="ndjson"),
        pytest.param("news.jsonl", json_lines().replace(b"\n", b"\r\n"), id="jsonl-crlf"),
        pytest.param("news.jsonl", b"\xef\xbb\xbf" + json_lines(), id="jsonl-bom"),
        pytest.param("news.jsonl.gz", gzip.compress(json_lines()), id="jsonl.gz"),
        pytest.param("news.jsonl.bz2", bz2.compress(json_lines()), id="jsonl.bz2"),
        pytest.param("news.csv", delimited(","), id="csv-comma"),
        pytest.param("news.csv", delimited(";"), id="csv-semicolon"),
        pytest.param("news.csv", delimited("\t"), id="csv-tab"),
        pytest.param("news.csv", b"\xef\xbb\xbf" + delimited(","), id="csv-bom"),
        pytest.param("news.csv.gz", gzip.compress(delimited(",")), id="csv.gz"),
        pytest.param("news.tsv", delimited("\t"), id="tsv"),
        pytest.param("NEWS.CSV", delimited(","), id="CSV"),
        pytest.param("news.parquet", parquet(), id="parquet"),
    ],
)
def test_the_same_articles_come_from_every_format(tmp_path: Path, name: str, content: bytes) -> None:
    found = read(rows(written(tmp_path / name, content)), {})
    assert list(found) == [Article(**article) for article in NEWS]


def test_a_folder_of_text_files_has_paths_as_ids_and_languages_from_its_subfolders(tmp_path: Path) -> None:
    written(tmp_path / "a.txt", "\ufeffThe president said on Thursday that the troops would stay.")
    written(tmp_path / "pt" / "2024" / "b.txt", "As tropas ficam.")
    written(tmp_path / "notes.md", "not an article")
    found = [item for item in read(rows(tmp_path), {}) if isinstance(item, Article)]
    assert [(item.id, item.language) for item in found] == [("a", "en"), ("pt/2024/b", "pt")]
    assert found[0].text.startswith("The president")


@pytest.mark.parametrize("folder", ["bbc", "new"])
def test_a_folder_named_as_an_outlet_or_a_word_tells_no_language(tmp_path: Path, folder: str) -> None:
    written(tmp_path / folder / "a.txt", "The president said on Thursday that the troops would stay.")
    (found,) = read(rows(tmp_path), {})
    assert isinstance(found, Article)
    assert found.language == "en"


def test_files_of_one_name_in_two_folders_have_ids_of_their_own_in_a_glob_too(tmp_path: Path) -> None:
    for folder, text in (("en", "The troops stay."), ("pt", "As tropas ficam.")):
        written(tmp_path / folder / "1.txt", text)
    found = list(read(rows(f"{tmp_path}/*/*.txt"), {}))
    assert [(item.id, item.language) for item in found if isinstance(item, Article)] == [
        ("en/1", "en"),
        ("pt/1", "pt"),
    ]


PAGE = """<html><head><title>Troops stay</title><meta property="og:site_name" content="The Wire">
<meta property="article:published_time" content="2024-10-24T08:00:00Z"></head>
<body><nav><a href="/">Home</a></nav><article><h1>Troops stay</h1>
<p>The president said on Thursday that the troops would stay in the region for a long time.</p>
<p>Observers were not convinced by what he had said about the plan for the next year.</p>
</article><footer>All rights reserved</footer></body></html>"""


def test_a_folder_of_html_files_gives_main_text_title_outlet_and_date(tmp_path: Path) -> None:
    written(tmp_path / "en" / "a.html", PAGE)
    written(tmp_path / "en" / "b.htm", b"")
    written(tmp_path / "en" / "c.html", b"\x00\xff<p")
    good, *bad = read(rows(tmp_path), {})
    assert isinstance(good, Article)
    assert (good.id, good.language, good.title) == ("en/a", "en", "Troops stay")
    assert (good.outlet, good.published) == ("The Wire", "2024-10-24")
    assert "Observers were not convinced" in good.text
    assert "Home" not in good.text
    assert [item.reason for item in bad if isinstance(item, Rejection)] == [
        "no main text found in the page"
    ] * 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "a"', "not JSON: "),
        (b'{"text": "a\0b"}', "not JSON: Invalid control character"),
        (b'{"text": "\xff"}', "not utf-8 at byte 10 of the line"),
        (b'["a"]', "not a JSON object"),
        (b"[" * 100_000, "not JSON: "),
        (b"1" * 5000, "not JSON: "),
        (b"\xbf", "not utf-8 at byte 0 of the line"),
    ],
    ids=["cut off", "NUL", "latin-1", "a list", "too deep", "too many digits", "part of a BOM"],
)
def test_a_damaged_line_costs_itself_alone(tmp_path: Path, line: bytes, reason: str) -> None:
    path = written(tmp_path / "news.jsonl", b'{"text": "a"}\n' + line + b'\n\n{"text": "b"}\n')
    found = rows(path)
    assert [item.place for item in found] == [f"{path}:{number}" for number in (1, 2, 4)]
    assert isinstance(found[1], Unreadable)
    assert found[1].reason.startswith(reason)


@settings(deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=8) | st.sampled_from([b"{}", b'{"text": "a"}', b"\xbb"])))
def test_every_line_that_is_not_blank_is_a_row(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]
) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    path = written(tmp_path_factory.getbasetemp() / "lines.jsonl", b"\n".join(lines))
    blank = [not line.decode("utf-8", "replace").strip(" \t\r\ufeff") for line in lines]
    assert len(rows(path)) == blank.count(False)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"2", "1 fields under 2 columns"),
        (b"2,b,c", "3 fields under 2 columns"),
        (b"2,\xff", "not utf-8"),
    ],
)
def test_a_damaged_row_of_csv_costs_itself_alone(tmp_path: Path, row: bytes, reason: str) -> None:
    path = written(tmp_path / "news.csv", b"id,text\n1,a\n" + row + b"\n3,c\n")
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
    assert found == [{"id": id_, "text": text} for id_, text in fields]


def test_a_text_file_that_is_not_utf8_is_rejected_and_read_with_its_encoding(tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", "não".encode("latin-1"))
    assert rows(path) == [Unreadable(str(path), "not utf-8 at byte 1")]
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


def test_files_of_several_kinds_or_of_no_known_kind_are_an_input_error(tmp_path: Path) -> None:
    one, two = written(tmp_path / "a.jsonl", "{}"), written(tmp_path / "b.csv", "text")
    with pytest.raises(InputError, match="files of several kinds: 1 for 'lines', 1 for 'csv'"):
        detect_reader([str(one), str(two)])
    with pytest.raises(InputError, match="not a known kind of file"):
        detect_reader([str(written(tmp_path / "c.docx", ""))])


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


def test_files_are_read_once_each_in_the_order_of_the_paths_and_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        written(tmp_path / f"{name}.jsonl", f'{{"text": "{name}"}}\n')
    found = rows(tmp_path / "c.jsonl", f"{tmp_path}/*.jsonl", tmp_path)
    assert [item.values["text"] for item in found if isinstance(item, Row)] == ["c", "a", "b"]


@pytest.mark.parametrize(("reader", "ending"), [("lines", "jsonl"), ("csv", "csv"), ("text", "txt")])
def test_the_fingerprint_changes_with_the_input_alone(tmp_path: Path, reader: str, ending: str) -> None:
    path = written(tmp_path / f"a.{ending}", "{}\n")
    engine = build("reader", reader, {}, "articles", path=[str(tmp_path)], offline=True)
    before = engine.fingerprint()
    assert engine.fingerprint() == before
    written(path, "{}\n{}\n")
    assert engine.fingerprint() != before


def test_a_data_set_of_the_hub_is_refused_offline() -> None:
    with pytest.raises(InputError, match="a dataset of the hub, and --offline is set"):
        rows("org/news", reader="hub")
