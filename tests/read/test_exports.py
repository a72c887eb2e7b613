"""Exports of press databases: split into articles, in each file form, or refused with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.engines.base import Row, Unreadable
from pipelines.read import read
from pipelines.read.exports import NotSplit, split
from pipelines.read.exports.layout import date_in
from pipelines.records import Article
from tests.read import export_forms as exports
from tests.read import file_forms as forms
from tests.read.export_forms import News
from tests.read.files import rows, written

PAIR = [
    News(
        "Premier weighs a pipeline", "Harbour Gazette", "2021-02-03", "Business",
        ("The premier is weighing a pipeline to the coast, two officials said.", "A decision is due in May."),
    ),
    News(
        "Fishermen march on the capital", "The Islander (Portsea)", "2021-11-30", "National",
        ("Some 400 fishermen marched on the capital on Tuesday.", "“We want our quota back,” said one."),
    ),
]  # fmt: skip
DATABASES = [
    exports.nexis_academic, exports.nexis_uni, exports.factiva_coded, exports.factiva_full, exports.europresse,
    exports.proquest,
]  # fmt: skip


def articles(text: str) -> list[Any]:
    """The articles of a text that is an export."""
    found = split(text)
    assert found is not None
    return list(found)


def fields(row: Row | Unreadable) -> tuple[str, ...]:
    assert isinstance(row, Row), row
    values = row.values
    return (
        values["title"],
        values["outlet"],
        values["published"],
        values["section"],
        " ".join(values["text"].split()),
    )


def windows(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-16")


@pytest.mark.parametrize("database", DATABASES)
@pytest.mark.parametrize(
    ("ending", "wrap"),
    [
        ("txt", str.encode),
        ("txt", windows),
        ("docx", forms.as_docx),
        ("rtf", forms.as_rtf),
        ("html", forms.as_html),
    ],
)
def test_each_article_of_an_export_is_one(
    tmp_path: Path, database: Callable[[list[News]], str], ending: str, wrap: Callable[[str], bytes]
) -> None:
    found = rows(written(tmp_path / f"export.{ending}", wrap(database(PAIR))))
    expected = [(news.title, news.outlet, news.published, news.section, news.text) for news in PAIR]
    assert [fields(row) for row in found] == expected


def test_the_section_is_kept_without_a_column_for_it(tmp_path: Path) -> None:
    found = list(read(rows(written(tmp_path / "a.txt", exports.nexis_uni(PAIR))), {}))
    assert [article.extra for article in found if isinstance(article, Article)] == [
        {"section": "Business"},
        {"section": "National"},
    ]


@pytest.mark.parametrize("database", DATABASES)
def test_an_export_of_one_article_is_read_as_an_export(database: Callable[[list[News]], str]) -> None:
    (article,) = articles(database(PAIR[:1]))
    assert isinstance(article, dict)
    assert (article["title"], article["outlet"]) == (PAIR[0].title, PAIR[0].outlet)


def test_an_export_that_cannot_be_split_is_refused(tmp_path: Path) -> None:
    text = exports.nexis_uni(PAIR).replace("End of Document", "")
    (row,) = rows(written(tmp_path / "a.txt", text))
    assert row == Unreadable(
        str(tmp_path / "a.txt"), "several articles: Nexis says 2, but only 1 can be found"
    )


def test_articles_of_no_known_database_are_refused() -> None:
    text = "Title: One\nDate: 1 May 2020\n\nFirst text.\n\nTitle: Two\nDate: 2 May 2020\n\nSecond text.\n"
    with pytest.raises(NotSplit, match="several articles"):
        split(text)


@pytest.mark.parametrize(
    "text",
    [
        "The president spoke on 5 March 2024 in the capital.",
        "Title: Only one\nDate: 1 May 2020\n\nThe text of it.",
        "Question: Why?\nAnswer: Because.\nQuestion: When?\nAnswer: Now.",
        "He read document 3 of 5 documents that day.",
        "",
    ],
)
def test_a_text_that_is_no_export_is_none(text: str) -> None:
    assert split(text) is None


def test_an_article_without_text_is_named() -> None:
    (first, second) = articles(exports.nexis_uni([PAIR[0]._replace(paragraphs=()), PAIR[1]]))
    assert first == "no text found under 'Premier weighs a pipeline'"
    assert isinstance(second, dict)


def test_a_sentence_that_begins_with_a_code_of_factiva_stays_in_the_text() -> None:
    news = PAIR[0]._replace(paragraphs=("A lead.", "IN Portsea, nobody knew.", "BY noon it was over."))
    (article,) = articles(exports.factiva_coded([news]))
    assert isinstance(article, dict)
    assert article["text"] == "A lead.\n\nIN Portsea, nobody knew.\n\nBY noon it was over."


def test_a_page_of_europresse_has_no_rubric_caption_or_certificate_in_its_text(tmp_path: Path) -> None:
    page = """<article><header><div><span class="DocPublicationName">La Gazette, no. 430 </span></div>
    <div><span class="DocHeader">Politique, mardi 14 mars 2006, p. 16</span></div><div><p>MEDIAS</p></div>
    <div class="titreArticle"><p class="titreArticleVisu">Le titre</p></div><div>Une Autrice</div></header>
    <section><div class="DocText"><p>Un texte : une <mark>phrase</mark>.</p></div></section>
    <aside><p><b>Illustration(s) : </b></p><p>Une photo.</p></aside><footer><small>© 2006. Tous droits réservés.</small>
    <p>Numéro de document : news·20060315·LG·0q1503_12</p><span>news·20060315·LG·0q1503_12</span>
    <p>Date d'émission : 2015-07-04</p></footer></article>"""
    (row,) = rows(
        written(tmp_path / "a.html", f"<html><head><meta charset='utf-8'></head><body>{page}</body></html>")
    )
    assert fields(row) == ("Le titre", "La Gazette", "2006-03-14", "Politique", "Un texte : une phrase.")


def test_an_edition_below_the_date_is_no_title() -> None:
    text = exports.nexis_academic(PAIR[:1]).replace("Late Edition - Final", "Edition 1;\n      Scotland")
    (article,) = articles(text)
    assert isinstance(article, dict)
    assert article["title"] == PAIR[0].title


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("October 23, 2024 Wednesday 10:00 AM GMT", "2024-10-23"),
        ("mercredi 23 octobre 2024", "2024-10-23"),
        ("23. Oktober 2024", "2024-10-23"),
        ("1er mai 2024", "2024-05-01"),
        ("miércoles, 23 de octubre de 2024", "2024-10-23"),
        ("23 октября 2024", "2024-10-23"),
        ("2024년 10월 23일", "2024-10-23"),
        ("2024年10月23日", "2024-10-23"),
        ("2024-10-23T10:00", None),
        ("published 2024-10-23", "2024-10-23"),
        ("05/10/2024", "05/10/2024"),
        ("the 300 of 2024", None),
    ],
)
def test_dates_in_words_become_iso(text: str, date: str | None) -> None:
    assert date_in(text) == date


@pytest.mark.parametrize("label", ["Document", "Документ", "文件", "문서"])
def test_the_number_of_factiva_ends_an_article_in_any_language(label: str) -> None:
    text = "普京支持\n\n234 字\n2024 年 10 月 24 日\n新华社\nXHNAC\n简体中文\n(c) 2024\n\n他在喀山会见了将军们。\n\n"
    (article,) = split(f"{text}{label} XHNAC00020241024ekao0001a\n") or []
    assert not isinstance(article, str)
    assert (article["title"], article["outlet"], article["published"]) == ("普京支持", "新华社", "2024-10-24")


@pytest.mark.parametrize(
    "labels",
    [("제목", "언론사"), ("标题", "来源"), ("標題", "日期"), ("Заголовок", "Дата"), ("見出し", "掲載日")],
)
@pytest.mark.parametrize("colon", [": ", "："])
def test_repeated_labels_of_any_language_are_several_articles(labels: tuple[str, str], colon: str) -> None:
    one = "\n".join(f"{label}{colon}A" for label in labels) + "\n\nText.\n\n"
    with pytest.raises(NotSplit, match="several articles"):
        split(one * 2)
    assert split(one) is None
