"""Sixty files in all forms, 200 articles: each is used or rejected, and what is read is what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.engines.base import Row
from pipelines.read import read
from pipelines.records import Article, Rejection
from tests.read.files import rows, written
from tests.read.sixty import ARTICLES, FILES, Expected, write

RIGHT = 0.98
"""Least share of the articles that are right in each field."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Expected]]:
    place = tmp_path_factory.mktemp("sixty")
    return place, write(place)


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def test_articles_are_used_or_rejected_and_fields_are_right(folder: tuple[Path, list[Expected]]) -> None:
    place, table = folder
    files = [path for path in place.rglob("*") if path.is_file()]
    assert (len(files), len(table)) == (FILES, ARTICLES)
    results = list(read(rows(place), {"section": "section"}))
    used = [result for result in results if isinstance(result, Article)]
    rejected = [result for result in results if isinstance(result, Rejection)]
    assert len(used) + len(rejected) == ARTICLES, [result.reason for result in rejected]
    by_text = {words(article.text): article for article in used}
    wrong: dict[str, list[str]] = {field: [] for field in ("text", "title", "outlet", "published", "section")}
    for file, news, fields in table:
        article = by_text.get(words(news.text))
        if article is None:
            wrong["text"].append(file)
            continue
        values = {
            **article.extra,
            "title": article.title,
            "outlet": article.outlet,
            "published": article.published,
        }
        for field in fields:
            if field != "text" and (values.get(field) or "")[: len(getattr(news, field))] != getattr(
                news, field
            ):
                wrong[field].append(f"{file}: {values.get(field)!r} for {getattr(news, field)!r}")
    shares = {field: 1 - len(files) / ARTICLES for field, files in wrong.items()}
    print({field: f"{share:.3f}" for field, share in shares.items()})
    assert min(shares.values()) >= RIGHT, wrong


def test_a_damaged_file_costs_no_other_article(folder: tuple[Path, list[Expected]]) -> None:
    place, table = folder
    damaged = [
        "bad.docx", "bad.rtf", "bad.pdf", "bad.xlsx", "bad.sqlite", "bad.zip", "bad.json", "bad.xml", "bad.warc.gz",
        "bad.html", "bad.doc",
    ]  # fmt: skip
    paths = [written(place / name, b"\x00\x01 nothing of the kind \xff" * 9) for name in damaged]
    try:
        found = rows(place)
    finally:
        for path in paths:
            path.unlink()
    assert sum(isinstance(row, Row) for row in found) >= len(table)
    unreadable = {Path(row.place).name for row in found if not isinstance(row, Row)}
    assert set(damaged) - unreadable <= {"bad.rtf"}
