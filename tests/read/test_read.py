"""Rows become articles or rejections: ids, languages, clean fields, and nothing lost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import FIELDS
from pipelines.engines.base import Row, Unreadable
from pipelines.errors import ConfigError
from pipelines.read import read
from pipelines.read.cleaning import clean
from pipelines.records import Article, Rejection
from pipelines.text.identify import identify_language
from pipelines.text.languages import normalise_language

TEXT = "The president said on Thursday that the troops would stay."


def rows(*values: dict[str, Any]) -> list[Row]:
    return [Row(f"news.jsonl:{number}", row) for number, row in enumerate(values, start=1)]


def article(**values: Any) -> Article:
    """The one article that comes of one row."""
    (found,) = read(rows({"text": TEXT, "language": "en"} | values), {})
    assert isinstance(found, Article), found
    return found


def reason(**values: Any) -> str:
    """Why the one row was rejected, without its place."""
    (found,) = read(rows({"text": TEXT, "language": "en"} | values), {}, max_characters=100)
    assert isinstance(found, Rejection), found
    return found.reason.removeprefix("news.jsonl:1: ")


def test_a_row_becomes_an_article_with_all_its_fields() -> None:
    fields: dict[str, Any] = {
        "id": "a1", "language": "en", "text": TEXT, "title": "Troops stay", "outlet": "wire",
        "published": "2024-10-24", "url": "https://example.org/a1", "story": "arrival",
    }  # fmt: skip
    assert list(read(rows(fields), {})) == [Article(**fields)]


def test_columns_are_mapped_to_fields() -> None:
    found = read(rows({"body": TEXT, "lang": "en", "text": "not this"}), {"text": "body", "language": "lang"})
    assert [(a.text, a.language) for a in found if isinstance(a, Article)] == [(TEXT, "en")]


@pytest.mark.parametrize(
    ("columns", "key", "column"),
    [
        ({}, "articles.columns.text", "text"),
        ({"text": "body", "title": "heading"}, "articles.columns.title", "heading"),
    ],
)
def test_a_missing_column_is_told_with_those_that_are_there(
    columns: dict[Any, str], key: str, column: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        list(read(rows({"body": TEXT, "head": "x"}), columns))
    assert str(caught.value) == f"{key}: no column '{column}' in news.jsonl. Columns there: body, head"


def test_a_column_need_not_be_in_every_row() -> None:
    found = list(read(rows({"text": TEXT}, {"text": TEXT + "!", "head": "x"}), {"title": "head"}))
    assert [a.title for a in found if isinstance(a, Article)] == [None, "x"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (" a\n b\t", "a b"),
        ("", None),
        ("  ", None),
        (None, None),
        (float("nan"), None),
        (7, "7"),
        (date(2024, 10, 24), "2024-10-24"),
        (datetime(2024, 10, 24, 9, 30), "2024-10-24T09:30:00"),
        ("half a pair \ud83d", "half a pair ?"),
        ("#N/A", None),
        ("\ufeff7\0 May\u202e", "7 May"),
        (b"7 May", "7 May"),
    ],
)
def test_fields_beside_the_text_become_clean_text(value: object, kept: str | None) -> None:
    assert article(published=value).published == kept


def test_the_text_is_kept_as_it_stands() -> None:
    text = "  First line.\r\n\r\nSecond\u00a0line.\n"
    assert article(text=text).text == text


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"text": None}, "no text"),
        ({"text": "NULL"}, "empty text"),
        ({"text": 12}, "text is int, not a string"),
        ({"text": ["a", 1]}, "text is list, not a string"),
        ({"text": b"\xff"}, "text is bytes, not a string"),
        ({"text": ""}, "empty text"),
        ({"text": " \n\u00a0"}, "empty text"),
        ({"text": "a" * 101}, "101 characters, more than articles.max_characters"),
        ({"text": "half a pair \ud83d"}, "text holds halves of surrogate pairs, not Unicode"),
        ({"language": "xx"}, "unknown language 'xx'"),
        ({"language": "00-AAA-00A"}, "unknown language '00-AAA-00A'"),
        ({"language": 5}, "unknown language '5'"),
    ],
)
def test_a_row_without_use_is_rejected_with_the_reason(values: dict[str, Any], told: str) -> None:
    assert reason(**values) == told


def test_an_unreadable_row_is_rejected_under_its_place() -> None:
    found = list(read([Unreadable("news.jsonl:3", "not JSON")], {}))
    assert found == [Rejection("news.jsonl:3", "read", "not JSON")]


def test_a_rejection_can_be_stored_whatever_the_name_of_its_file() -> None:
    place = "caf\udce9.txt"  # as a file system gives a name that is not UTF-8
    found = list(read([Unreadable(place, "not utf-8"), Row(place, {"text": ""})], {}))
    assert all("\n".join(item).encode("utf-8") for item in found if isinstance(item, Rejection))


def test_the_second_of_two_rows_with_one_id_is_rejected() -> None:
    first, second = read(rows({"id": "a", "text": TEXT}, {"id": "a", "text": "Another."}), {})
    assert isinstance(first, Article)
    assert second == Rejection("a", "read", "news.jsonl:2: id already taken by news.jsonl:1")


def test_a_row_that_is_rejected_does_not_take_its_id() -> None:
    found = list(read(rows({"id": "a", "text": ""}, {"id": "a", "text": TEXT}), {}))
    assert [type(item) for item in found] == [Rejection, Article]


def test_an_absent_id_comes_from_the_content_and_is_the_same_in_any_version() -> None:
    assert article(id=None).id == article(id="").id == "adaf7252676f888f"
    assert article(title="Troops stay").id != article().id


def test_a_language_of_the_config_stands_in_where_a_row_names_none() -> None:
    found = list(read(rows({"text": TEXT}, {"text": TEXT, "language": "pt"}), {}, language="ko"))
    assert [a.language for a in found if isinstance(a, Article)] == ["ko", "pt"]


@pytest.mark.parametrize(
    ("code", "normalised"),
    [
        ("pt", "pt"), ("PT", "pt"), (" pt ", "pt"), ("por", "pt"), ("pt-BR", "pt"), ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"), ("zh-Hant-TW", "zh-Hant"), ("cmn", "zh"), ("iw", "he"), ("mo", "ro"),
        ("sr-Latn", "sr-Latn"), ("sr-Cyrl", "sr"), ("ru-Cyrl", "ru"), ("no", "no"),
        ("xx", None), ("und", None), ("", None), ("-", None), ("english", None), ("é", None),
    ],
)  # fmt: skip
def test_a_language_has_one_code_whatever_the_input_calls_it(code: str, normalised: str | None) -> None:
    assert normalise_language(code) == normalised


@settings(deadline=None)
@given(st.text(max_size=12) | st.from_regex(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,4}){0,3}", fullmatch=True))
def test_normalising_a_language_twice_changes_nothing_and_never_fails(code: str) -> None:
    once = normalise_language(code)
    assert once is None or normalise_language(once) == once


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The president said on Thursday that the troops would stay."),
        ("pt", "O presidente disse na quinta-feira que as tropas não vão sair."),
        ("es", "El presidente dijo el jueves que las tropas se quedarían."),
        ("de", "Der Präsident sagte am Donnerstag, die Truppen würden bleiben."),
        ("ru", "Президент заявил в четверг, что войска останутся."),
        ("uk", "Президент заявив у четвер, що війська залишаться."),
        ("ko", "대통령은 목요일에 군대가 남을 것이라고 말했다."),
        ("ja", "大統領は木曜日、部隊は残ると述べた。"),
        ("zh", "总统周四表示，部队将留在那里。"),
        ("ar", "قال الرئيس يوم الخميس إن القوات ستبقى."),
    ],
)
def test_the_language_of_one_sentence_is_identified(language: str, text: str) -> None:
    assert identify_language(text) == language
    assert article(text=text, language=None).language == language


ANY_TEXT = st.text(st.characters(), max_size=20)  # halves of surrogate pairs too
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.sampled_from(["a", "pt", "xx"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=4,
)
ROWS = st.fixed_dictionaries(
    {"text": ANY_TEXT | VALUES}, optional={field: VALUES for field in FIELDS if field != "text"}
).map(lambda values: Row("news.jsonl:1", values))
UNREADABLE = st.just(Unreadable("news.jsonl:2", "not JSON"))


@settings(deadline=None)
@given(st.lists(ROWS | UNREADABLE, max_size=8))
def test_every_row_comes_out_once_as_an_article_or_a_rejection_in_order(
    hostile: list[Row | Unreadable],
) -> None:
    good = Row("news.jsonl:0", {"id": "good", "text": TEXT})
    found = list(read([good, *hostile], {}, max_characters=15_000))
    assert len(found) == 1 + len(hostile)
    articles = [item for item in found if isinstance(item, Article)]
    assert len({item.id for item in articles}) == len(articles)
    for item, row in zip(found[1:], hostile, strict=True):
        if isinstance(item, Article):
            assert isinstance(row, Row)
            assert item.text == clean(str(row.values["text"]))
            assert item.text.strip()
            assert item.language == normalise_language(item.language or "")
        else:
            assert item.reason
            assert (item.article_id + item.reason).encode("utf-8")


def test_a_record_that_comes_twice_without_an_id_is_rejected_as_such() -> None:
    first, second = read(rows({"text": TEXT}, {"text": TEXT}), {})
    assert isinstance(first, Article)
    assert isinstance(second, Rejection)
    assert second.reason == "news.jsonl:2: the same in all fields as news.jsonl:1"


def test_a_text_that_was_decoded_wrongly_says_so_where_its_language_is_not_known() -> None:
    text = "Президент заявил в понедельник, что поддерживает это решение.".encode().decode(
        "cp1251", "replace"
    )
    (rejection,) = read(rows({"text": text}), {})
    assert isinstance(rejection, Rejection)
    assert rejection.reason.endswith("or set articles.repair: its encoding was mistaken")
    (article,) = read(rows({"text": text}), {}, repair=True)
    assert isinstance(article, Article)
    assert article.language == "ru"
