"""Rows as people have them: markup, wrapped lines, nested fields, dates, names of languages, damaged CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ftfy.badness import is_bad
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import Filter
from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError, InputError
from pipelines.read import read
from pipelines.read.cleaning import clean
from pipelines.read.dates import iso_date
from pipelines.read.filters import passes
from pipelines.read.mojibake import is_mojibake
from pipelines.read.sample import sampled
from pipelines.records import Article, Rejection
from pipelines.text.identify import identify, identify_language
from pipelines.text.languages import language_of_label
from tests.read.files import rows, written

TEXT = "The minister said on Friday that the parliament would vote again in March."


def article(columns: dict[str, Any], **values: Any) -> Article:
    (found,) = read([Row("news.jsonl:1", {"text": TEXT} | values)], columns)
    assert isinstance(found, Article), found
    return found


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<div><p>Lula <i>spoke</i>.</p><p>Then he left &mdash; early.</p></div>", "Lula spoke.\nThen he left — early."),
        ("One<br>two<style>p {a: b}</style><!-- <p>no</p> --> three", "One\ntwo three"),
        ("&lt;p&gt;Twice hidden.&lt;/p&gt;", "Twice hidden."),
        ("if a < b and b > c then R&D", "if a < b and b > c then R&D"),
        ("Lu\u200bla, \ufeffDil\u00adma\x07", "Lula, Dilma"),
        ("می‌رود", "می‌رود"),
        ("First paragraph.\nSecond one.\n\nThird.", "First paragraph.\nSecond one.\n\nThird."),
        (
            "The parliament of the country\nvoted on the new budget after a\nlong night of nego-\ntiations, said\n"
            "Lula on Friday.\n\nNobody left.",
            "The parliament of the country voted on the new budget after a long night of negotiations, said "
            "Lula on Friday.\n\nNobody left.",
        ),
    ],
)  # fmt: skip
def test_text_is_cleaned_of_what_is_no_text(raw: str, text: str) -> None:
    assert clean(raw) == text


@settings(deadline=None)
@given(
    st.text(st.characters(max_codepoint=0x25FF) | st.sampled_from("ÃÂØÙВГРСвβŒœà€™“ \xa0Ђ°²a"), max_size=30)
)
def test_mojibake_is_what_ftfy_takes_for_it(text: str) -> None:
    assert is_mojibake(text) == bool(is_bad(text))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_cleaning_never_fails_and_leaves_nothing_invisible(text: str) -> None:
    assert not set(clean(text)) & set("\0\u200b\u202e\ufeff")


@pytest.mark.parametrize(
    ("columns", "values", "field", "value"),
    [
        ({"outlet": "source.title"}, {"source": {"title": "Folha"}}, "outlet", "Folha"),
        ({"outlet": "source.names.1"}, {"source": {"names": ["a", "b"]}}, "outlet", "b"),
        ({"outlet": "a.b"}, {"a.b": "dotted"}, "outlet", "dotted"),
        ({"title": ["kicker", "head"]}, {"kicker": "Brazil", "head": "Vote"}, "title", "Brazil Vote"),
        ({"text": ["lead", "body"]}, {"lead": TEXT, "body": TEXT}, "text", f"{TEXT}\n\n{TEXT}"),
        ({}, {" TITLE ": "Vote"}, "title", "Vote"),
        ({"outlet": "News Paper"}, {"news_paper": "Folha"}, "outlet", "Folha"),
        ({}, {"title": "A &amp; <b>B</b>"}, "title", "A & B"),
        ({"desk": "section"}, {"section": "world"}, "extra", {"desk": "world"}),
    ],
)
def test_a_field_is_found_by_path_in_any_case_and_joined(
    columns: dict[str, Any], values: dict[str, Any], field: str, value: object
) -> None:
    assert getattr(article(columns, **values), field) == value


def test_an_object_is_no_field_and_the_reason_says_what_to_write() -> None:
    (found,) = read([Row("a.jsonl:1", {"text": TEXT, "src": {"id": 1, "name": "x"}})], {"outlet": "src"})
    assert isinstance(found, Rejection)
    assert (
        "outlet holds several values (id, name); name one, such as articles.columns.outlet: src.name"
        in found.reason
    )


def test_a_column_may_come_late_and_must_come_once() -> None:
    early = [Row(f"a.jsonl:{n}", {"text": f"{TEXT} {n}"}) for n in range(150)]
    late = Row("a.jsonl:151", {"text": TEXT, "head": "Vote"})
    assert len(list(read([*early, late], {"title": "head"}))) == 151
    with pytest.raises(
        ConfigError, match=r"articles.columns.title: no column 'head' in a.jsonl. Columns there: text"
    ):
        list(read(early, {"title": "head"}))


@pytest.mark.parametrize(
    ("value", "order", "date"),
    [
        ("Mon, 07 Oct 2024 08:30:00 -0300", None, "2024-10-07T08:30:00-03:00"),
        ("1728300600", None, "2024-10-07T11:30:00+00:00"),
        ("1728300600000", None, "2024-10-07T11:30:00+00:00"),
        ("25/12/2023", None, "2023-12-25"),
        ("12/25/2023", None, "2023-12-25"),
        ("05/06/2023", None, None),
        ("05/06/2023", "day_first", "2023-06-05"),
        ("05/06/2023", "month_first", "2023-05-06"),
        ("5.6.2023", "month_first", "2023-06-05"),
        ("2023/6/5", None, "2023-06-05"),
        ("20230605", None, "2023-06-05"),
        ("2023-06", None, "2023-06"),
        ("2023", None, "2023"),
        ("5 de junho de 2023", None, "2023-06-05"),
        ("June 5, 2023", None, "2023-06-05"),
        ("Jun 2023", None, "2023-06"),
        ("2023-02-31", None, None),
        ("yesterday", None, None),
        ("5 June", None, None),
        ("Q3 2024", None, None),
        ("5 de junho de 2023 às 10h05", None, "2023-06-05"),
        ("Publicado em 05/06/2023 às 10h05", "day_first", "2023-06-05"),
        ("3 May 2023, changed 5 June 2023", None, None),
        ("20230605101500", None, "2023-06-05"),
        ("Mon Jun 05 10:00:00 +0000 2023", None, "2023-06-05"),
        ("2023-06-05 10:00:00 UTC", None, "2023-06-05T10:00:00Z"),
        ("2023-06-05T25:00:00Z", None, "2023-06-05"),
        ("x" * 5000, None, None),
    ],
)
def test_dates_in_the_usual_forms_are_understood_and_no_other(
    value: str, order: Any, date: str | None
) -> None:
    assert iso_date(value, "pt", order) == date


@pytest.mark.parametrize(
    ("value", "language"),
    [("24. oktober 2024", "no"), ("24. oktobar 2024", "sr-Latn"), ("24 ตุลาคม 2567", "th"),
     ("２０２４年１０月２４日", "ja"), ("2024年10月24日 (木)", "ja"), ("24 жовтня 2024 р.", "uk")],
)  # fmt: skip
def test_dates_are_understood_in_the_language_of_the_article(value: str, language: str) -> None:
    assert iso_date(value, language) == "2024-10-24"


@pytest.mark.parametrize(
    ("label", "code"),
    [("Portuguese", "pt"), ("português", "pt"), ("русский", "ru"), ("한국어", "ko"), ("eng", "en"), ("ukr", "uk"),
     ("en_US.UTF-8", "en"), ("jp", "ja"), ("UA", "uk"), ("繁體中文", "zh-Hant"), ("Portugues", "pt"),
     ("Chinese (Traditional)", "zh-Hant"), ("Atlantean", None), ("xx", None)],
)  # fmt: skip
def test_a_language_is_named_in_any_language(label: str, code: str | None) -> None:
    assert language_of_label(label) == code


@pytest.mark.parametrize("label", ["und", "Unknown", "", "n/a", "mul", "unk", "Not specified"])
def test_a_label_that_names_no_language_is_as_none(label: str) -> None:
    assert article({}, language=label).language == "en"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("und", "Ok."),
        ("und", "2024 — 50 %"),
        (
            "und",
            "The minister of defence said on Friday that there are no soldiers at the border. "
            "O presidente disse na sexta-feira que não há mais soldados na fronteira do país.",
        ),
        ("und", "The troops stayed there. " * 40 + "Войска остались там. " * 50),
        (
            "uk",
            "Accept all cookies and read our policy. " * 20
            + "Президент заявив, що війська залишаться. " * 200,
        ),
        ("en", "The company 三菱重工業 said on Monday that it would build the ships in Nagasaki."),
        ("zh-Hant", "總統週四表示，部隊將留在那裡。"),
        ("zh", "总统周四表示，部队将留在那里。"),
        ("sr", "Председник је рекао да ће војска остати у земљи."),
        ("sr-Latn", "Predsednik je rekao da vojska ostaje."),
        ("da", "Regeringen siger, at soldaterne ikke bliver sendt til udlandet i år."),
    ],
)
def test_a_language_is_given_only_if_it_is_sure(language: str, text: str) -> None:
    assert identify_language(text) == language


def test_a_text_without_letters_is_rejected_and_an_unsure_one_says_what_to_do() -> None:
    found = list(read([Row("a:1", {"text": "12 + 30"}), Row("a:2", {"text": "Ok."})], {}))
    assert [item.reason.partition(";")[0] for item in found if isinstance(item, Rejection)] == [
        "a:1: text without letters",
        f"a:2: language not sure (confidence {identify('Ok.').confidence:.2f})",
    ]


def csv(tmp_path: Path, text: str | bytes, **options: Any) -> list[Row | Unreadable]:
    return rows(written(tmp_path / "news.csv", text), **options)


def test_a_quotation_that_is_never_closed_costs_its_row_alone(tmp_path: Path) -> None:
    text = 'id,text\n1,"closed, here"\n2,"open here\n3,c\n4,"also, closed"\n5,"two\nlines"\n'
    found = csv(tmp_path, text)
    assert [item.values["id"] for item in found if isinstance(item, Row)] == ["1", "3", "4", "5"]
    assert [item.place for item in found if isinstance(item, Unreadable)] == [f"{tmp_path}/news.csv:line 3"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("field", "text"),
    [
        ('"He said "no" to it."', 'He said "no" to it.'),
        ('"No" he said.', '"No" he said.'),
        ('"He said \\"no\\" to it."', 'He said "no" to it.'),
        ('"Two \\"lines\\"\nof it."', 'Two "lines"\nof it.'),
        ('A 65" screen', 'A 65" screen'),
    ],
)
def test_marks_as_other_programs_write_them(tmp_path: Path, delimiter: str, field: str, text: str) -> None:
    lines = [["id", "text", "outlet"], ["1", field, "a"], ["2", "More.", "b"]]
    found = csv(tmp_path, "\n".join(map(delimiter.join, lines)))
    assert [row.values["text"] for row in found if isinstance(row, Row)] == [text, "More."]


@pytest.mark.parametrize("row", ['1,"a "b", c",d', '1,"a "b"\nc",d', '1,"a, b', '1,"a "b" c'])
def test_marks_that_can_be_read_in_two_ways_cost_their_row(tmp_path: Path, row: str) -> None:
    found = csv(tmp_path, f"id,text,outlet\n{row}\n2,More.,b\n")
    assert [row.values["id"] for row in found if isinstance(row, Row)] == ["2"]
    assert [item for item in found if isinstance(item, Unreadable)]


def test_a_space_after_each_delimiter_and_rows_of_empty_fields_are_no_content(tmp_path: Path) -> None:
    (row,) = csv(tmp_path, 'id, text, outlet\n1, "One, two", a\n,,\n\n')
    assert isinstance(row, Row)
    assert row.values == {"id": "1", "text": "One, two", "outlet": "a"}


def test_csv_as_spreadsheets_write_it(tmp_path: Path) -> None:
    (row,) = csv(tmp_path, 'sep=;\nid;"the\ntext";;\n1;a;;\n')
    assert isinstance(row, Row)
    assert row.values == {"id": "1", "the text": "a"}


def test_a_header_of_very_many_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="100000 columns in the first line"):
        csv(tmp_path, ",".join(map(str, range(100_000))) + "\n")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "id;text\n1;O ministro disse que não há mais ações – só promessas.\n"),
        ("cp1251", "id;text\n1;Министр сказал, что парламент снова проголосует в марте.\n"),
        ("koi8-r", "id;text\n1;Министр сказал, что парламент снова проголосует в марте.\n"),
        ("cp1250", "id;text\n1;Minister powiedział w piątek, że Sejm zagłosuje jeszcze raz w marcu.\n"),
        ("cp949", "id;text\n1;장관은 금요일에 의회가 3월에 다시 투표할 것이라고 말했다.\n"),
        ("utf-16", "id;text\n1;Der Minister sagte, über das Gesetz werde neu abgestimmt.\n"),
        ("utf-16-le", "id;text\n1;Der Minister sagte, über das Gesetz werde neu abgestimmt.\n"),
        ("utf-8-sig", "id;text\n1;Der Minister sagte, über das Gesetz werde neu abgestimmt.\n"),
    ],
)
def test_the_encoding_of_a_file_is_found(tmp_path: Path, encoding: str, text: str) -> None:
    (row,) = csv(tmp_path, text.encode(encoding))
    assert isinstance(row, Row)
    assert row.values["text"] == text.splitlines()[1].partition(";")[2]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_json_lines_in_wide_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = '{"text": "Não."}\n{"text": "Говорит."}\n'
    path = written(tmp_path / "news.jsonl", text.encode(encoding))
    for options in ({}, {"encoding": encoding}):
        assert [row.values["text"] for row in rows(path, **options) if isinstance(row, Row)] == [
            "Não.",
            "Говорит.",
        ]


def test_one_row_in_another_encoding_is_rejected_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [f'{{"text": "não {n}"}}'.encode() for n in range(3)]
    path = written(tmp_path / "news.jsonl", b"\n".join([*lines, '{"text": "não"}'.encode("cp1252")]))
    assert [type(item) for item in rows(path)] == [Row, Row, Row, Unreadable]


@pytest.mark.parametrize(
    ("settings_", "kept"),
    [
        ({"since": "2024-10-02"}, "bc"),
        ({"until": "2024-10"}, "ab"),
        ({"since": "2024-10-02", "until": "2024-10-31"}, "b"),
        ({"outlets": "folha"}, "ac"),
        ({"languages": ["por"]}, "b"),
        ({"words": ["TROPAS", "vote"]}, "bc"),
    ],
)
def test_the_filter_keeps_what_has_all_that_it_asks_for(settings_: dict[str, Any], kept: str) -> None:
    articles = [
        Article("a", "en", "Nothing.", outlet="Folha", published="2024-10-01"),
        Article("b", "pt", "As tropas.", outlet="Globo", published="2024-10-31T23:00:00-03:00"),
        Article("c", "en", "They vote.", outlet="Folha", published="2024-11"),
        Article("d", "en", "Undated.", outlet="Wire"),
    ]
    found = "".join(item.id for item in articles if passes(item, Filter(**settings_)))
    assert found == kept


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=30), st.integers(1, 12))
def test_a_sample_has_each_language_and_is_in_order(groups: list[tuple[str, str]], limit: int) -> None:
    articles = [Article(str(n), language, "t", outlet=outlet) for n, (language, outlet) in enumerate(groups)]
    taken = list(sampled(articles, limit))
    assert len(taken) == min(limit, len(articles))
    assert [a.id for a in taken] == sorted((a.id for a in taken), key=int)
    if limit >= 2:
        assert {a.language for a in taken} == {language for language, _ in groups}
    assert list(sampled(articles, None)) == articles


@pytest.mark.parametrize("bare", ['"a" "b"', '"', '1 2 3 "x" null', '""' * 20])
def test_texts_and_numbers_after_each_other_are_one_rejection(tmp_path: Path, bare: str) -> None:
    path = written(tmp_path / "news.jsonl", f'{bare}\n{{"id": "good", "text": "{TEXT}"}}\n')
    first, second = read(rows(path), {})
    assert isinstance(first, Rejection)
    assert isinstance(second, Article)
