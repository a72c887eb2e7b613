"""Files of each form with one article or several, and what is left out or refused."""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read import read
from pipelines.read.unread import left_out
from pipelines.records import Rejection
from tests.read import file_forms as forms
from tests.read.export_forms import News
from tests.read.files import rows, written

ONE = News(
    "A ferry", "Coast News", "2022-06-07", "Local", ("The ferry sank.", "All were saved; the captain stayed.")
)
TWO = News("A bridge", "Coast News", "2022-06-08", "Local", ("The bridge opened.", "The mayor was absent."))
BOTH = [ONE, TWO]


def values(*paths: Path, **options: Any) -> list[dict[str, Any]]:
    found = rows(*paths, **options)
    assert all(isinstance(row, Row) for row in found), found
    return [dict(row.values) for row in found if isinstance(row, Row)]


def reason(path: Path, **options: Any) -> str:
    try:
        (row,) = rows(path, **options)
    except InputError as error:  # the only file cannot be opened
        return error.cause
    assert isinstance(row, Unreadable)
    return row.reason


RECORDS = forms.records(BOTH)


@pytest.mark.parametrize(
    "content",
    [
        RECORDS,
        {"articles": RECORDS},
        {"status": "ok", "totalResults": 2, "articles": RECORDS},
        {"articles": {"results": RECORDS, "count": 2}},
        {"response": {"docs": RECORDS}},
        {"export": {"news": {"list": RECORDS}}},
        {record["title"]: record for record in RECORDS},
        {name: [record[name] for record in RECORDS] for name in RECORDS[0]},
        {name: {str(n): record[name] for n, record in enumerate(RECORDS)} for name in RECORDS[0]},
        {"columns": list(RECORDS[0]), "index": [0, 1], "data": [list(record.values()) for record in RECORDS]},
        [list(RECORDS[0]), *(list(record.values()) for record in RECORDS)],
    ],
    ids=[
        "array",
        "articles",
        "newsapi",
        "event registry",
        "response",
        "unknown holder",
        "by id",
        "columns",
        "pandas",
        "pandas split",
        "rows",
    ],
)
def test_json_that_holds_a_list_of_articles(tmp_path: Path, content: object) -> None:
    found = values(written(tmp_path / "a.json", json.dumps(content)))
    assert [row["title"] for row in found] == ["A ferry", "A bridge"]


def test_json_with_one_article_a_file_or_a_line(tmp_path: Path) -> None:
    one = written(tmp_path / "one.json", json.dumps(RECORDS[0], indent=2))
    lines = written(tmp_path / "lines.json", "\n".join(map(json.dumps, RECORDS)))
    assert [row["title"] for row in values(one, lines)] == ["A ferry", "A ferry", "A bridge"]


def test_an_article_with_an_empty_list_of_articles_is_one(tmp_path: Path) -> None:
    path = written(tmp_path / "a.json", json.dumps(RECORDS[0] | {"data": [], "items": ["x"]}))
    assert [row["title"] for row in values(path)] == ["A ferry"]


def test_an_article_keeps_its_lists_and_objects(tmp_path: Path) -> None:
    article = RECORDS[0] | {"entries": [{"text": "a comment"}], "data": {"text": "a caption"}}
    paths = [written(tmp_path / f"a.{ending}", json.dumps(article)) for ending in ("json", "jsonl")]
    assert [row["title"] for row in values(*paths)] == ["A ferry", "A ferry"]


@pytest.mark.parametrize("ending", ["json", "jsonl"])
@pytest.mark.parametrize("rest", ["]", ",]", "", ', {"text": "cut', ',, {"text": 1]'])
def test_a_damaged_array_costs_what_comes_after_the_damage(tmp_path: Path, ending: str, rest: str) -> None:
    found = rows(written(tmp_path / f"a.{ending}", f'[{{"text": "x\ty"}},{{"text": "z"}}{rest}'))
    assert [item.values for item in found if isinstance(item, Row)] == [{"text": "x\ty"}, {"text": "z"}]
    assert [item.reason[:8] for item in found if isinstance(item, Unreadable)] == (
        [] if rest in ("]", ",]") else ["not JSON"]
    )


@pytest.mark.parametrize(
    "content",
    [json.dumps(RECORDS), json.dumps(RECORDS, indent=1), "\n".join(json.dumps(r, indent=1) for r in RECORDS),
     ",\n".join(map(json.dumps, RECORDS)), "\r".join(map(json.dumps, RECORDS))],
    ids=["an array", "an array over lines", "objects over lines", "commas", "lone returns"],
)  # fmt: skip
def test_json_under_the_ending_of_json_lines(tmp_path: Path, content: str) -> None:
    assert [row["title"] for row in values(written(tmp_path / "a.jsonl", content))] == ["A ferry", "A bridge"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps(RECORDS), "holds JSON"),
        ("\n".join(map(json.dumps, RECORDS)), "holds JSON"),
        ("id\ttext\n1\tThe ferry sank.\n", "holds a table"),
        ('"Outlet";"Full Text"\n"a";"b"\n', "holds a table"),
    ],
)
def test_data_in_a_text_file_is_no_prose(tmp_path: Path, content: str, kind: str) -> None:
    assert reason(written(tmp_path / "a.txt", content)).startswith(kind)


@pytest.mark.parametrize(
    "text", ["[Reuters] The ferry sank.", "{sic}", "Text, he said.\nMore.", "[1] A note."]
)
def test_prose_that_looks_like_data_is_read(tmp_path: Path, text: str) -> None:
    assert [row["text"] for row in values(written(tmp_path / "a.txt", text))] == [text]


def test_a_sheet_below_a_preamble_and_one_without_header(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", forms.as_xlsx(BOTH, above=2))
    assert [str(row["published"]) for row in values(path)] == ["2022-06-07", "2022-06-08"]
    found = values(path, skip=3, names=["headline", "paper", "day", "text"])
    assert [row["headline"] for row in found] == ["A ferry", "A bridge"]


def test_a_table_below_a_preamble_and_one_without_header(tmp_path: Path) -> None:
    above = "Search: troops, coast\n3 hits; 2 shown\n\n"
    assert [row["title"] for row in values(written(tmp_path / "a.csv", forms.as_csv(BOTH, above)))] == [
        "A ferry",
        "A bridge",
    ]
    bare = forms.as_csv(BOTH).partition(b"\n")[2]
    found = values(written(tmp_path / "b.csv", bare), names=["title", "outlet", "day", "text"])
    assert [row["day"] for row in found] == ["2022-06-07", "2022-06-08"]


@pytest.mark.parametrize("options", [{"skip": -1}, {"names": []}, {"names": ["a", "a"]}])
def test_a_wrong_description_of_a_header_is_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=r"options\.(skip|names)"):
        rows(written(tmp_path / "a.csv", forms.as_csv(BOTH)), **options)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xls", b"<html><table><tr><td>text</td></tr></table>", "a web page or XML"),
        ("a.xlsx", b"id,text\n1,The ferry sank.\n", "text under the name of a workbook"),
        ("a.xlsx", b"PK\x03\x04", "damaged"),
    ],
)
def test_what_is_no_workbook_is_named(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    assert reason(written(tmp_path / name, content)).startswith(told)


def test_the_sheet_with_the_texts_is_read_whatever_is_before_it(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "a.xlsx")) as book:
        book.add_worksheet("About").write_row(0, 0, ["made by", "me"])
        book.add_worksheet("Empty")
        for name in ("Articles", "More"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "Text"])
            sheet.write_row(1, 0, [name, "The ferry sank."])
    found = rows(tmp_path / "a.xlsx")
    assert [item.values["id"] for item in found if isinstance(item, Row)] == ["Articles", "More"]
    assert [item.place for item in found if isinstance(item, Unreadable)] == [f"{tmp_path}/a.xlsx:About"]


def test_a_second_sheet_with_other_columns_is_named(tmp_path: Path) -> None:
    from openpyxl import Workbook

    workbook = Workbook()
    for name, header in (("News", ["text"]), ("Notes", ["note", "by"])):
        sheet = workbook.create_sheet(name)
        sheet.append(header)
        sheet.append(["something"] * len(header))
    workbook.save(tmp_path / "a.xlsx")
    first, second = rows(tmp_path / "a.xlsx")
    assert isinstance(first, Row)
    assert isinstance(second, Unreadable)
    assert "options.sheet" in second.reason
    assert values(tmp_path / "a.xlsx", sheet="Notes")[0] == {"note": "something", "by": "something"}


def test_a_database_with_several_tables_needs_the_name_of_one(tmp_path: Path) -> None:
    forms.write_sqlite(tmp_path / "a.db", BOTH)
    assert [row["title"] for row in values(tmp_path / "a.db")] == ["A ferry", "A bridge"]
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute('CREATE TABLE "od""d" (text)')
    connection.execute('INSERT INTO "od""d" VALUES (\'x\')')
    connection.commit()
    connection.close()
    with pytest.raises(InputError, match=r"several tables: news, od.*options\.table"):
        rows(tmp_path / "a.db")
    assert values(tmp_path / "a.db", table='od"d') == [{"text": "x"}]


def test_a_document_has_its_heading_as_title(tmp_path: Path) -> None:
    (found,) = values(
        written(tmp_path / "a.docx", forms.as_docx("The ferry sank.\nAll were saved.", "A ferry"))
    )
    assert (found["id"], found["title"], found["text"]) == (
        "a.docx",
        "A ferry",
        "The ferry sank.\n\nAll were saved.",
    )


def test_rich_text_in_any_script(tmp_path: Path) -> None:
    text = "Паром затонул.\n渡轮沉没了。\n{braces} and \\slashes"
    (found,) = values(written(tmp_path / "a.rtf", forms.as_rtf(text)))
    assert found["text"].split("\n") == text.split("\n")


def test_rich_text_by_another_ending_is_recognised(tmp_path: Path) -> None:
    (found,) = values(written(tmp_path / "a.doc", forms.as_rtf("The ferry sank.")))
    assert found["text"] == "The ferry sank."
    assert "Save it as .docx" in reason(written(tmp_path / "b.doc", b"\xd0\xcf\x11\xe0" + bytes(64)))


def test_running_heads_and_hyphens_of_a_pdf_are_gone(tmp_path: Path) -> None:
    text = "\n".join(
        f"Paragraph {number} says that the ferry sank off the coast in a storm." for number in range(40)
    )
    (found,) = values(written(tmp_path / "a.pdf", forms.as_pdf(text, head="Coast News, page")))
    assert " ".join(found["text"].split()) == " ".join(text.split())


def test_columns_of_a_pdf_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = "\n".join(
        f"Paragraph {number:02} says that the ferry sank off the coast in a storm." for number in range(50)
    )
    (found,) = values(written(tmp_path / "a.pdf", forms.as_pdf(text, columns=2)))
    assert " ".join(found["text"].split()) == " ".join(text.split())


def test_a_word_that_a_line_of_a_pdf_divides_is_whole(tmp_path: Path) -> None:
    from fpdf import FPDF

    pages = FPDF()
    pages.add_page()
    pages.set_font("Helvetica", size=10)
    pages.multi_cell(
        0, 5, "The ferry sank near the light-\nhouse; a well-known Anglo-\nSaxon poem tells of it."
    )
    (found,) = values(written(tmp_path / "a.pdf", bytes(pages.output())))
    assert (
        " ".join(found["text"].split())
        == "The ferry sank near the lighthouse; a well-known Anglo- Saxon poem tells of it."
    )


def test_a_scanned_pdf_is_reported_as_such(tmp_path: Path) -> None:
    assert reason(written(tmp_path / "a.pdf", forms.as_scan())).startswith(
        "1 of 1 pages are scans, without text"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.rss", forms.as_rss(BOTH)),
        ("a.xml", forms.as_rss(BOTH)),
        ("a.atom", forms.as_atom(BOTH)),
        ("a.xml", forms.as_tei(BOTH)),
    ],
    ids=["rss", "rss.xml", "atom", "tei"],
)
def test_feeds_and_corpora_in_xml(tmp_path: Path, name: str, content: str) -> None:
    found = values(written(tmp_path / name, content))
    assert [(row["title"], row["outlet"], row["published"]) for row in found] == [
        ("A ferry", "Coast News", "2022-06-07"),
        ("A bridge", "Coast News", "2022-06-08"),
    ]
    assert found[0]["text"] == "The ferry sank.\n\nAll were saved; the captain stayed."


@pytest.mark.parametrize("form", [forms.as_nitf, forms.as_newsml])
def test_news_of_agencies(tmp_path: Path, form: Any) -> None:
    (found,) = values(written(tmp_path / "a.xml", form(ONE)))
    assert (found["title"], found["outlet"], found["published"][:10]) == (
        "A ferry",
        "Coast News",
        "2022-06-07",
    )
    assert found["text"] == "The ferry sank.\n\nAll were saved; the captain stayed."


def test_xml_that_is_no_news_is_named(tmp_path: Path) -> None:
    assert reason(written(tmp_path / "a.xml", "<svg/>")).startswith("XML of an unknown kind, <svg>")


def test_entities_of_xml_are_not_followed(tmp_path: Path) -> None:
    secret = written(tmp_path / "secret", "hidden words")
    bomb = f'<!DOCTYPE nitf [<!ENTITY a SYSTEM "file://{secret}">]>' + forms.as_nitf(ONE).replace(
        "sank.", "sank. &a;"
    )
    assert all("hidden" not in str(row) for row in rows(written(tmp_path / "a.xml", bomb)))


def test_pages_of_a_web_archive_have_their_address(tmp_path: Path) -> None:
    found = values(written(tmp_path / "a.warc.gz", forms.as_warc(BOTH)))
    assert [(row["title"], row["url"]) for row in found] == [
        ("A ferry", "http://example.org/0/text"),
        ("A bridge", "http://example.org/1/text"),
    ]


def test_an_archive_is_a_folder(tmp_path: Path) -> None:
    members = {
        "pt/a.txt": b"A balsa afundou.", "b.json": json.dumps(RECORDS).encode(), "c.docx": forms.as_docx("The end."),
        "__MACOSX/._a.txt": b"\x00", "notes.md": b"#",
    }  # fmt: skip
    path = written(tmp_path / "all.zip", forms.as_zip(members))
    found = values(path)
    assert [row["text"].partition(".")[0] for row in found] == [
        "The ferry sank",
        "The bridge opened",
        "The end",
        "A balsa afundou",
    ]
    assert (found[-1]["id"], found[-1]["language"]) == ("all.zip/pt/a", "pt")
    assert [line.removeprefix(str(path)) for line in left_out([str(path)])] == [
        "/__MACOSX/._a.txt: hidden",
        "/notes.md: not a known kind of file",
    ]


def test_hidden_and_unknown_files_are_listed_and_not_read(tmp_path: Path) -> None:
    for name in ("a.txt", "._a.txt", ".ipynb_checkpoints/a.txt", "~$b.docx", "c.xyz"):
        written(tmp_path / name, "The ferry sank.")
    assert [row["id"] for row in values(tmp_path)] == ["a"]
    assert [Path(line.partition(":")[0]).name for line in left_out([str(tmp_path)])] == [
        "._a.txt", "a.txt", "c.xyz", "~$b.docx",
    ]  # fmt: skip


def test_files_of_one_name_and_two_kinds_keep_apart(tmp_path: Path) -> None:
    written(tmp_path / "a.html", forms.as_page(ONE))
    written(tmp_path / "a.txt", "The bridge opened.")
    assert [row["id"] for row in values(tmp_path)] == ["a", "a.txt"]


def test_an_option_of_one_kind_reaches_its_files_alone(tmp_path: Path) -> None:
    written(tmp_path / "a.csv", forms.as_csv([ONE], delimiter="#"))
    written(tmp_path / "b.txt", "The bridge opened.")
    assert [row["text"][:10] for row in values(tmp_path, options={"csv": {"delimiter": "#"}})] == [
        "The ferry ",
        "The bridge",
    ]
    with pytest.raises(ConfigError, match="no such reader"):
        rows(tmp_path, options={"xls": {}})
    with pytest.raises(ConfigError, match="delimiter"):
        rows(tmp_path, options={"csv": {"delimiter": "##"}})


def test_a_package_that_is_missing_is_named_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "a.docx", forms.as_docx("The ferry sank."))
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(InputError, match=r"pip install 'polystance\[formats\]'"):
        rows(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", b"[]"),
        ("a.json", b""),
        ("a.rss", b"<rss version='2.0'><channel><title>x</title></channel></rss>"),
        ("a.warc", b"WARC/1.0\r\n"),
        ("a.xlsx", b""),
    ],
    ids=["array", "empty json", "feed", "warc", "empty xlsx"],
)
def test_a_file_without_articles_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    assert reason(written(tmp_path / name, content))


def test_what_a_run_wrote_into_the_folder_of_the_articles_is_no_article(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", json.dumps(RECORDS[0]))
    for name in ("run.log", "config.yaml", "tables/evidence.csv", "articles/index.json"):
        written(tmp_path / "out" / "run" / name, json.dumps(RECORDS))
    written(tmp_path / "log" / "run.log", "of another program")
    written(tmp_path / "log" / "b.jsonl", json.dumps(RECORDS[1]))
    for path in (str(tmp_path), f"{tmp_path}/**/*.json*"):
        assert [row["title"] for row in values(Path(path))] == ["A ferry", "A bridge"]
        assert f"{tmp_path}/out/run: the folder of a run" in left_out([path])


def test_a_link_that_leads_nowhere_costs_no_other_article(tmp_path: Path) -> None:
    written(tmp_path / "a.jsonl", json.dumps(RECORDS[0]))
    (tmp_path / "b.jsonl").symlink_to("nowhere.jsonl")
    found = rows(tmp_path)
    assert [item.place for item in found if isinstance(item, Row)] == [f"{tmp_path}/a.jsonl:1"]
    assert found[1] == Unreadable(f"{tmp_path}/b.jsonl", "cannot be read (No such file or directory)")


def test_an_empty_text_file_is_an_empty_text(tmp_path: Path) -> None:
    (rejection,) = read(rows(written(tmp_path / "a.txt", "")), {})
    assert isinstance(rejection, Rejection)
    assert rejection.reason.endswith("a.txt: empty text")
