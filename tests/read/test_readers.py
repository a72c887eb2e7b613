"""The readers: each format, and which reader is chosen."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.engines.base import Row, Unreadable
from pipelines.engines.registry import build
from pipelines.errors import InputError
from pipelines.read import read
from pipelines.read.files import detect_reader
from pipelines.records import Article, Rejection
from tests.read.files import NEWS, json_lines, rows, written


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


def test_parquet_has_columns_in_the_names_of_folders_and_texts_as_bytes(tmp_path: Path) -> None:
    table = pa.table({"id": ["a"], "text": pa.array([b"A ferry sank."], pa.binary())})
    for folder in ("outlet=Folha%20SP/language=pt", "outlet=__HIVE_DEFAULT_PARTITION__"):
        path = tmp_path / folder / "part-0.parquet"
        path.parent.mkdir(parents=True)
        pq.write_table(table, path)
    pq.write_table(table.slice(0, 0), tmp_path / "empty.parquet")
    empty, named, unnamed = sorted(rows(tmp_path), key=lambda item: item.place.replace("__", "~"))
    assert isinstance(named, Row)
    assert named.values == {"outlet": "Folha SP", "language": "pt", "id": "a", "text": b"A ferry sank."}
    assert isinstance(unnamed, Row)
    assert unnamed.values == {"id": "a", "text": b"A ferry sank."}
    assert empty == Unreadable(f"{tmp_path}/empty.parquet", "no article in it")


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


def test_a_path_that_is_no_known_kind_of_file_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a known kind of file"):
        detect_reader([str(written(tmp_path / "c.md", ""))])


def test_files_are_read_once_each_in_the_order_of_the_paths_and_of_their_names(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        written(tmp_path / f"{name}.jsonl", f'{{"text": "{name}"}}\n')
    found = rows(tmp_path / "c.jsonl", f"{tmp_path}/*.jsonl", tmp_path)
    assert [item.values["text"] for item in found if isinstance(item, Row)] == ["c", "a", "b"]


@pytest.mark.parametrize(
    ("reader", "ending"),
    [
        *(("lines", "jsonl"), ("csv", "csv"), ("text", "txt"), ("json", "json"), ("documents", "rtf")),
        *(("excel", "xlsx"), ("sqlite", "db"), ("files", "xml")),
    ],
)
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
