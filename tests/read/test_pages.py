"""Pages of ten layouts: the article whole, nothing of what is around it, and the date of publication."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.engines.base import Row
from tests.read.files import rows, written
from tests.read.layouts import ARTICLE, DATE, LAYOUTS


def values(path: Path, html: str) -> dict[str, str]:
    (row,) = rows(written(path / "page.html", html))
    assert isinstance(row, Row), row
    return dict(row.values)


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_article_is_whole_and_alone(tmp_path: Path, name: str) -> None:
    page = LAYOUTS[name]
    text = values(tmp_path, page.html)["text"]
    assert [paragraph for paragraph in ARTICLE if paragraph not in text] == []
    assert [sentence for sentence in page.around if sentence in text] == []


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_date_is_that_of_publication(tmp_path: Path, name: str) -> None:
    assert values(tmp_path, LAYOUTS[name].html)["published"] == DATE


def test_metadata_go_before_a_date_in_the_text(tmp_path: Path) -> None:
    html = LAYOUTS["blog"].html.replace("<header>", "<header><p>Printed on 1 May 2019 in the capital</p>")
    assert values(tmp_path, html)["published"] == DATE


def test_a_class_of_the_whole_page_does_not_remove_it(tmp_path: Path) -> None:
    html = LAYOUTS["divs without article"].html.replace(
        "<div class='wrapper'>", "<div class='wrapper sidebar-left cookie-bar'>"
    )
    assert all(paragraph in values(tmp_path, html)["text"] for paragraph in ARTICLE)


def test_a_script_of_a_page_is_no_text(tmp_path: Path) -> None:
    html = LAYOUTS["blog"].html.replace(
        "</article>", "<script>document.write('<p>injected words</p>')</script></article>"
    )
    assert "injected" not in values(tmp_path, html)["text"]


def test_a_page_of_very_many_elements_is_refused(tmp_path: Path) -> None:
    (row,) = rows(written(tmp_path / "page.html", "<p>x" * 30_000))
    assert "elements, more than" in str(row)


@pytest.mark.parametrize(
    "line",
    ["Leia também: Zelensky nega", "Lesen Sie auch: Selenskyj", "Читайте также: Зеленский", "▶ 관련기사: 젤렌스키",
     "【延伸閱讀】澤連斯基", "相关阅读：泽连斯基", "関連記事：ゼレンスキー", "اقرأ أيضا: زيلينسكي", "קראו גם: זלנסקי",
     "Czytaj także: Zełenski", "Lees ook: Zelensky", "Čtěte také: Zelenskyj", "Ayrıca okuyun: Zelenskiy"],
)  # fmt: skip
def test_a_line_that_leads_elsewhere_is_no_text_in_any_language(tmp_path: Path, line: str) -> None:
    html = LAYOUTS["blog"].html.replace("</article>", f"<p>{line}</p></article>")
    text = values(tmp_path, html)["text"]
    assert line not in text
    assert all(paragraph in text for paragraph in ARTICLE)


def test_a_year_of_copyright_is_no_date(tmp_path: Path) -> None:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in ARTICLE)
    page = f"<html><body><article><h1>T</h1>{body}</article><footer>© 2019 The Paper</footer></body></html>"
    assert "published" not in values(tmp_path, page)
