"""sheet.html in a real browser: the keyboard, a reload in the middle, hostile and right-to-left texts."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.coding import Wish, draw_sheet, load_design, read_codes
from pipelines.coding.design import Item
from tests.coding.conftest import SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api")
SLOWEST = 100_000
"""Milliseconds that a step may take on a busy machine; pytest's own limit is 120 seconds."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def run_of_500(judged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a sheet of 500 items for one coder."""
    folder = Path(shutil.copytree(judged, tmp_path_factory.mktemp("page") / "run"))
    draw_sheet(folder, Wish(size=500, coders=1, overlap=0))
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser without a window."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(f"no browser: install one of {', '.join(BROWSERS)}")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=["--no-sandbox"], timeout=SLOWEST)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, run_of_500: Path) -> Iterator[Page]:
    """The sheet, with nothing remembered yet; any error of the page fails the test."""
    errors: list[str] = []
    with browser.new_context() as context:
        context.set_default_timeout(SLOWEST)
        opened = context.new_page()
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        opened.goto((run_of_500 / "coding" / "sheet.html").as_uri())
        yield opened
    assert errors == []


def items_of(run_dir: Path) -> tuple[Item, ...]:
    return load_design(run_dir).items


def progress(page: Page) -> str:
    return str(page.text_content("#progress"))


def saved_codes(page: Page, to: Path) -> Path:
    """The file that Ctrl+S saves."""
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    download.value.save_as(to / download.value.suggested_filename)
    return to / str(download.value.suggested_filename)


@pytest.mark.timeout(400)  # 500 keys, each of which a busy machine may take half a second for
def test_500_items_coded_by_keyboard_with_a_reload_in_the_middle_are_read_back(
    page: Page, run_of_500: Path, tmp_path: Path
) -> None:
    keys = {"s": "supports", "o": "opposes", "n": "neutral", "u": "unclear", "x": "not_about"}
    pressed = [list(keys)[number % 5] for number in range(500)]
    assert progress(page) == "1 of 500, 0 coded"
    for key in pressed[:250]:
        page.keyboard.press(key)
    assert progress(page) == "251 of 500, 250 coded"
    page.reload()
    assert progress(page) == "251 of 500, 250 coded"
    for key in pressed[250:]:
        page.keyboard.press(key)
    assert progress(page) == "500 of 500, 500 coded"
    codes = read_codes(run_of_500, [saved_codes(page, tmp_path)])
    assert codes["item"].tolist() == [item.item for item in items_of(run_of_500)]
    assert codes["code"].tolist() == [keys[key] for key in pressed]
    assert set(codes["coder"]) == {"1"}


def test_keys_move_change_and_remove(page: Page, run_of_500: Path, tmp_path: Path) -> None:
    for key in ("s", "o", "ArrowLeft", "ArrowLeft", "n", "ArrowRight", "ArrowRight", "u", "ArrowLeft"):
        page.keyboard.press(key)
    assert progress(page) == "4 of 500, 3 coded"
    assert page.get_attribute('[data-code="unclear"]', "aria-pressed") == "true"
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("g")
    assert progress(page) == "3 of 500, 2 coded"
    page.click('[data-code="not_about"]')
    page.keyboard.press("Control+x")
    codes = read_codes(run_of_500, [saved_codes(page, tmp_path)])
    assert codes["code"].tolist() == ["neutral", "opposes", "not_about"]


def test_a_key_of_another_alphabet_counts_by_its_place(page: Page) -> None:
    page.evaluate("""document.dispatchEvent(Object.defineProperty(
        new KeyboardEvent('keydown', {key: 'ы', code: 'KeyS', bubbles: true}), 'target', {value: document.body}))""")
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute('[data-code="supports"]', "aria-pressed") == "true"


def test_a_note_takes_letters_and_stays_after_a_reload(page: Page, run_of_500: Path, tmp_path: Path) -> None:
    note = '=sum, "so" and on\nx'
    page.keyboard.press("m")
    page.keyboard.insert_text(note)
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    assert progress(page) == "1 of 500, 0 coded"
    page.reload()
    assert page.input_value("#note") == note + "s"
    page.keyboard.press("s")
    path = saved_codes(page, tmp_path)
    assert """,supports,"'=sum, ""so"" and on\nxs\"""" in path.read_text("utf-8-sig").replace("\r\n", "\n")
    assert read_codes(run_of_500, [path])["code"].tolist() == ["supports"]


def go_to(page: Page, run_dir: Path, language: str, *, source_only: bool = False) -> Item:
    """Move to the first item in a language."""
    items = items_of(run_dir)
    wanted = [item.language == language and item.source_only == source_only for item in items]
    for _ in range(wanted.index(True)):
        page.keyboard.press("ArrowRight")
    return items[wanted.index(True)]


def test_script_in_a_text_stays_text(page: Page, run_of_500: Path) -> None:
    go_to(page, run_of_500, "en")
    assert SCRIPT in str(page.text_content("#source"))
    assert page.locator("main script").count() == 0
    assert page.title() == "Coding sheet"


def test_a_page_asks_no_network(page: Page, run_of_500: Path) -> None:
    html = (run_of_500 / "coding" / "sheet.html").read_text("utf-8")
    markup = re.sub(r'<script type="application/json".*?</script>', "", html, flags=re.DOTALL)
    assert not re.search(r"https?://|src=|<link", markup)
    policy = page.get_attribute('meta[http-equiv="Content-Security-Policy"]', "content")
    assert str(policy).startswith("default-src 'none';")


def test_a_right_to_left_source_is_shown_so_beside_a_translation_that_is_not(
    page: Page, run_of_500: Path
) -> None:
    item = go_to(page, run_of_500, "he")
    direction = "(id) => getComputedStyle(document.getElementById(id)).direction"
    assert page.evaluate(direction, "source") == "rtl"
    assert page.evaluate(direction, "question") == "ltr"
    assert page.get_attribute("#source", "lang") == "he"
    assert str(page.text_content("#source mark")).endswith(".")
    assert page.text_content("#question") == f"{item.actor} on the deployment of troops"


def test_the_passage_is_marked_and_a_source_only_item_has_no_translation(
    page: Page, run_of_500: Path
) -> None:
    go_to(page, run_of_500, "pt", source_only=True)
    assert page.locator("#source mark").count() == 1
    assert page.is_hidden("#pivot")
    page.reload()
    go_to(page, run_of_500, "pt")
    assert page.is_visible("#pivot")
    assert str(page.text_content("#pivot")).isupper()


def test_two_coders_keep_their_work_apart(run_dir: Path, page: Page, tmp_path: Path) -> None:
    draw_sheet(run_dir, Wish(size=90, overlap=90))
    page.goto((run_dir / "coding" / "sheet.html").as_uri())
    page.keyboard.press("s")
    page.select_option("#coder", "2")
    assert progress(page) == "1 of 90, 0 coded"
    page.keyboard.press("o")
    page.reload()
    assert progress(page) == "2 of 90, 1 coded"
    second = saved_codes(page, tmp_path)
    page.select_option("#coder", "1")
    first = saved_codes(page, tmp_path)
    assert (first.name, second.name) == ("codes_1.csv", "codes_2.csv")
    codes = read_codes(run_dir, [first, second])
    assert codes[["coder", "code"]].to_numpy().tolist() == [["1", "supports"], ["2", "opposes"]]
    assert codes["item"].nunique() == 1
