"""The page in a real browser: clicks, filters, addresses, hostile text, accessibility, print."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.report import page as page_module
from tests.report.pages import IMAGE, RIGHT_TO_LEFT, SCRIPT, ZALGO, stories_of, tables_of, write_page

playwright = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = [
    pytest.mark.skipif(BROWSER is None, reason="needs a browser"),
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
A4 = {"width": 688, "height": 1000}
"""Pixels between the margins of A4, at 96 to the inch."""


class Opened:
    """A page, with what it asked for, printed and threw."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.trouble: list[str] = []
        self.requests: list[str] = []
        page.set_default_timeout(60_000)  # the machine may be busy with something else
        page.on("console", lambda message: self.trouble.append(message.text))
        page.on("pageerror", lambda error: self.trouble.append(str(error)))
        page.on("dialog", lambda dialog: self.trouble.append(dialog.message))
        page.on("request", lambda request: self.requests.append(request.url))

    def until(self, expression: str) -> None:
        """Wait until an expression is true; the page's own policy forbids the library's way."""
        end = time.monotonic() + 60
        while not self.page.evaluate(f"Boolean({expression})"):
            assert time.monotonic() < end, expression
            time.sleep(0.05)

    def passages(self) -> list[str]:
        self.until("document.querySelector('#state').textContent.match(/[0-9]|No passage/)")
        return [str(text) for text in self.page.locator("li.passage").all_inner_texts()]

    def state(self) -> str:
        self.passages()
        return str(self.page.locator("#state").inner_text())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any) -> Iterator[Any]:
    """Opens a file, and fails afterwards if the page had trouble or asked for anything but files of its own."""
    pages: list[Opened] = []

    def open_(path: Path, address: str = "", **context: Any) -> Opened:
        pages.append(Opened(chromium.new_page(**context)))
        pages[-1].page.goto(path.as_uri() + address)
        return pages[-1]

    yield open_
    for of in pages:
        assert of.trouble == []
        assert [url for url in of.requests if not url.startswith(("file://", "data:", "blob:"))] == []
        of.page.close()


@pytest.fixture(scope="module")
def tables() -> Any:
    return tables_of()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, tables: Any) -> Path:
    return write_page(tmp_path_factory.mktemp("small"), tables, stories_of())


def cell(tables: Any, actor: str, group: str) -> Any:
    rows = tables.stance
    (found,) = rows[(rows["actor"] == actor) & (rows["group"] == group)].to_dict("records")
    return found


def test_a_click_on_a_cell_shows_the_passages_that_the_table_counts(
    opened: Any, small: Path, tables: Any
) -> None:
    of = opened(small)
    of.page.locator(".matrix tbody tr").nth(0).locator("a").nth(2).click()
    of.page.wait_for_selector("li.passage")
    row = cell(tables, "Putin", "pt")
    assert f"{row['passages']} passages in {row['articles']} articles" in of.state()
    assert all("Putin" in text and "Portuguese" in text for text in of.passages())


def test_the_first_passages_of_a_cell_show_every_label(opened: Any, small: Path) -> None:
    of = opened(small, "#passages?actor=Putin&target=deployment")
    labels = {text.split(":")[0].split()[-1] for text in of.passages()[:4]}
    assert labels == {"supports", "opposes", "neutral", "unclear"}


def test_a_filter_changes_the_address_and_back_returns(opened: Any, small: Path) -> None:
    of = opened(small)
    of.page.locator(".findings a").first.click()
    of.page.wait_for_selector("li.passage")
    before = of.page.url
    of.page.locator("#filter-label").select_option("opposes")
    of.until("location.hash.includes('label=opposes')")
    of.until(
        "[...document.querySelectorAll('.pill')].length && [...document.querySelectorAll('.pill')].every(p => p.textContent.includes('opposes'))"
    )
    of.page.go_back()
    of.until("!location.hash.includes('label')")
    assert of.page.url == before
    of.page.go_back()
    of.until("!document.querySelector('#overview').hidden")
    assert of.page.locator("#overview h1, header h1, h1").first.is_visible()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("actor=Yoon&language=pt&label=supports", lambda text: "Yoon" in text and "supports" in text),
        ("from=2024-10-05&to=2024-10-06", lambda text: "2024-10-05" in text or "2024-10-06" in text),
        ("words=number+12+of", lambda text: "12" in text),
        ("label=held", lambda text: "not judged" in text or "not about" in text),
    ],
)
def test_an_address_opens_its_view(opened: Any, small: Path, address: str, expected: Any) -> None:
    passages = opened(small, f"#passages?{address}").passages()
    assert passages
    assert all(expected(text) for text in passages)


def test_passages_are_sorted_by_date_and_more_are_shown_on_demand(opened: Any, small: Path) -> None:
    of = opened(small, "#passages?sort=date")
    first = of.passages()
    assert len(first) == 10
    of.page.locator("#more").click()
    of.until("location.hash.includes('shown=20')")
    dates = of.page.locator(".where bdi:nth-child(2)").all_inner_texts()
    assert dates == sorted(dates, reverse=True)
    assert len(dates) == 20


def test_actor_and_target_are_marked_and_only_web_addresses_are_links(opened: Any, small: Path) -> None:
    of = opened(small, "#passages?shown=200")
    of.passages()
    assert "Putin" in of.page.locator("mark.actor").all_inner_texts()
    assert "the deployment" in of.page.locator("mark.target").all_inner_texts()
    links = of.page.locator("li.passage a").evaluate_all(
        "links => links.map(link => link.getAttribute('href'))"
    )
    assert set(links) == {"https://example.org/a"}


def test_many_passages_are_in_a_folder_beside_the_page_and_show_the_same(
    opened: Any, small: Path, tables: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "INSIDE", 10)
    beside = write_page(tmp_path / "large", tables)
    assert (beside.parent / "report_files" / "index.js").is_file()
    assert "packed-index" not in beside.read_text(encoding="utf-8")
    address = "#passages?actor=Yoon&target=deployment&sort=sure"
    assert opened(beside, address).passages() == opened(small, address).passages()


def test_without_the_folder_the_page_says_what_is_missing(
    chromium: Any, tables: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_module, "INSIDE", 10)
    beside = write_page(tmp_path / "large", tables)
    shutil.rmtree(beside.parent / "report_files")
    of = Opened(chromium.new_page())
    of.page.goto(beside.as_uri() + "#passages?")
    of.until("document.querySelector('#state').textContent.includes('report_files/index.js is missing')")


@pytest.mark.parametrize("text", [SCRIPT, IMAGE, RIGHT_TO_LEFT, ZALGO])
def test_hostile_text_is_shown_and_never_run(opened: Any, tmp_path: Path, text: str) -> None:
    actors = (f"Putin {text}", "Yoon")
    path = write_page(tmp_path, tables_of(actors=actors, text=text), stories_of(text), name=text, target=text)
    of = opened(path)
    of.page.locator(".matrix td a").first.click()
    of.page.wait_for_selector("li.passage")
    assert of.page.evaluate("globalThis.hacked") is None
    assert of.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert of.page.locator("li.passage script, li.passage img").count() == 0
    for view in ("stories", "quotations"):
        of.page.evaluate(f"location.hash = '#{view}'")
        of.until(f"!document.getElementById('{view}').hidden")
        of.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
        assert of.page.locator(f"#{view} .item").count() == 1
        assert of.page.locator(f"#{view} script, #{view} img").count() == 0
        assert of.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert of.page.evaluate("globalThis.hacked") is None


def test_five_thousand_outlets_open_and_can_be_filtered(opened: Any, tmp_path: Path) -> None:
    tables = tables_of(articles=5_000, per_article=1, outlets=5_000, actors=("Putin",), by=("language",))
    of = opened(write_page(tmp_path, tables))
    of.page.locator(".matrix td a").first.click()
    of.page.wait_for_selector("li.passage")
    outlet = tables.evidence["outlet"].iloc[7]
    of.page.locator("#filter-outlet").fill(outlet)
    of.page.locator("#filter-outlet").blur()
    of.until("location.hash.includes('outlet=')")
    assert all(outlet in text for text in of.passages())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("address", ["", "#passages?actor=Putin", "#stories", "#quotations"])
def test_axe_finds_no_serious_violation(
    opened: Any, small: Path, scheme: str, width: int, address: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    of = opened(
        small, address, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    if "passages" in address:
        of.passages()
    else:
        of.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    found = axe.Axe().run(of.page).response["violations"]
    serious = [
        f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")
    ]
    assert serious == []
    assert of.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_story_leads_to_a_quotation_and_who_lacks_it(opened: Any, small: Path) -> None:
    of = opened(small)
    of.page.locator("#pages a", has_text="Stories").click()
    of.page.locator("#stories summary").click()
    grid = of.page.locator("#stories .carried tbody tr")
    assert [cell.split()[0] for cell in grid.first.locator("td").all_inner_texts()] == ["●", "○", "●", "–"]
    grid.first.locator("a").click()
    of.until("document.querySelector('#quotations details').open")
    assert not of.page.locator("#stories").is_visible()
    item = of.page.locator("#quotations .item")
    assert "outlet 3 Putin" in item.locator("dl div", has_text="Not in").inner_text()
    assert item.locator("mark").all_inner_texts()[:2] == ["claimed", "4"]
    assert item.locator("blockquote[lang=ar]").first.get_attribute("dir") == "rtl"
    links = item.locator("a[target]").evaluate_all("all => all.map(link => link.getAttribute('href'))")
    assert set(links) <= {"https://example.org/a"}
    of.page.go_back()
    of.until("!document.querySelector('#stories').hidden")


def test_a_list_is_searched_and_its_address_keeps_the_words(opened: Any, tmp_path: Path) -> None:
    path = write_page(tmp_path, tables_of(articles=4), stories_of("Putin", 8, 3))
    of = opened(path, "#stories")
    of.page.locator("#search-stories").fill("pútin 21")
    assert of.page.locator("#count-stories").inner_text() == "1 of 3"
    assert of.page.evaluate("location.hash") == "#stories?words=p%C3%BAtin+21"
    assert opened(path, "#stories?words=nobody").page.locator("#count-stories").inner_text() == "0 of 3"


def test_a_search_opens_what_it_leaves_and_says_where_else_to_look(opened: Any, tmp_path: Path) -> None:
    of = opened(write_page(tmp_path, tables_of(articles=4), stories_of("Putin", 8, 3)), "#quotations")
    field, item = (
        of.page.locator("#search-quotations"),
        of.page.locator("#quotations details.item:not([hidden])"),
    )
    total = item.count()
    field.fill("pictures soldiers")
    assert of.page.locator("#none-quotations").is_hidden()
    field.fill("pictures zebra")  # none has both: those with one are shown, and it is said
    assert of.page.locator("#count-quotations").inner_text() == f"0 of {total}"
    assert item.count() == total
    assert "with some of them" in of.page.locator("#none-quotations").inner_text()
    field.fill("zebra")
    assert item.count() == 0
    links = of.page.locator("#none-quotations a").evaluate_all(
        "all => all.map(link => link.getAttribute('href'))"
    )
    assert links == ["#passages?label=all&words=zebra"]
    field.fill("")
    assert item.count() == total
    assert of.page.locator("#quotations details[open]").count() == 0
    assert of.trouble == []


def test_a_rendering_leads_to_its_passage(opened: Any, tmp_path: Path) -> None:
    of = opened(write_page(tmp_path, tables_of(articles=4), stories_of("Putin", 8, 3)), "#quotations")
    link = of.page.locator("#quotations .renderings li a[href^='#passages']").first.get_attribute("href")
    assert "label=all" in link
    assert "actor=Putin" in link


def test_nothing_is_cut_in_print(opened: Any, small: Path) -> None:
    of = opened(small, viewport=A4)
    of.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true; })")
    of.page.emulate_media(media="print")
    cut = of.page.locator(".scroll, figure, main").evaluate_all(
        "all => all.filter(part => part.getBoundingClientRect().right > innerWidth + 1 || part.scrollWidth > part.clientWidth + 1).map(part => part.outerHTML.slice(0, 200))"
    )
    assert cut == []
    assert of.page.pdf(format="A4")[:4] == b"%PDF"


def test_print_with_passages_has_an_appendix(opened: Any, small: Path) -> None:
    of = opened(small)
    count = "document.querySelectorAll('#appendix li.passage').length"
    # Within a function, since the library calls one that it is given.
    of.page.evaluate(f"() => {{ globalThis.print = () => {{ globalThis.printed = {count}; }}; }}")
    of.page.locator("#print").click()
    of.until("globalThis.printed !== undefined")
    assert of.page.evaluate("globalThis.printed") == 20


def test_print_while_the_passages_are_loading_leaves_them_right(opened: Any, small: Path) -> None:
    of = opened(small, "#passages")
    before = of.passages()
    of.page.add_init_script(
        """
        globalThis.print = () => {
          globalThis.printed = document.querySelectorAll('#appendix li.passage').length;
        };
        addEventListener('DOMContentLoaded', () => document.getElementById('print').click());
        """
    )
    of.page.reload()
    of.until("globalThis.printed !== undefined")
    assert of.page.evaluate("globalThis.printed") == 20
    assert of.page.locator("li.passage:not(#appendix li)").all_inner_texts() == before


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_plot_is_downloaded_with_its_colours(opened: Any, small: Path, kind: str, begins: bytes) -> None:
    of = opened(small)
    with of.page.expect_download() as download:
        of.page.locator(f"[data-download={kind}]").first.click()
    content = Path(download.value.path()).read_bytes()
    assert content.startswith(begins)
    assert b"var(" not in content


def test_a_table_is_sorted_by_its_heads(opened: Any, small: Path) -> None:
    of = opened(small)
    table = of.page.locator("#comparisons ~ .scroll table").first
    table.get_by_role("button", name="difference").click()
    values = [
        float(v)
        for v in table.locator("tbody tr td:nth-child(3)").evaluate_all("c => c.map(x => x.dataset.value)")
    ]
    assert values == sorted(values, reverse=True)
