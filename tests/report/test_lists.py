"""The pages of stories, quotations and words: what they are bounded to, and what they claim."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare.tables import COLUMNS
from pipelines.report import quotations, stories, story_grids
from pipelines.report.labels import load_labels
from pipelines.report.quotations import Difference, direction_of, pieces, quotation_page
from pipelines.report.stories import first_of_each, story_page
from pipelines.report.word_groups import word_page
from tests.report.pages import stories_of, tables_of, write_page

LABELS = load_labels()


def test_a_story_has_its_articles_by_language_and_day() -> None:
    (story,) = story_page(stories_of(), LABELS)["all"]
    assert (story.articles, story.languages) == (8, "English (3), Portuguese (3), Arabic (2)")
    assert [(row.name, sum(row.cells)) for row in story.timeline.rows] == [
        ("Arabic", 2), ("English", 3), ("Portuguese", 3)
    ]  # fmt: skip
    assert len(story.timeline.heads) == 8


def test_a_long_story_has_a_bounded_timeline_that_loses_no_article() -> None:
    (story,) = story_page(stories_of(articles=56), LABELS)["all"]
    assert len(story.timeline.heads) <= story_grids.PERIODS
    assert sum(sum(row.cells) for row in story.timeline.rows) == story.articles == 56
    assert len(story.shown) + story.more == 56


def test_words_names_and_verbs_are_lines_of_their_own() -> None:
    rows = pd.DataFrame({"word": ["threat", "Kyiv", "warned", ""], "kind": ["word", "name", "speech", None]})
    rows = rows.reindex(columns=COLUMNS["words"]).assign(
        group_by="outlet", group="east", actor="", significant=False
    )
    (group,) = word_page(rows, LABELS)["all"]
    lines = [[word.text for word in line] for line in (group.words, group.names, group.verbs)]
    assert lines == [["threat"], ["Kyiv"], ["warned"]]


def test_lists_are_bounded_and_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stories, "MOST", 2)
    monkeypatch.setattr(quotations, "MOST", 1)
    page = write_page(tmp_path, tables_of(articles=4), stories_of(stories=5)).read_text(encoding="utf-8")
    assert "3 more are in tables/stories.csv" in page
    assert "4 more are in tables/quotations.csv" in page


def test_every_link_within_the_page_leads_somewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stories, "MOST", 3)
    monkeypatch.setattr(quotations, "MOST", 3)
    page = write_page(tmp_path, tables_of(articles=4), stories_of(stories=5)).read_text(encoding="utf-8")
    links = set(re.findall(r'href="#((?:story|q)-\w+)"', page))
    assert links
    assert links <= set(re.findall(r'id="([^"]+)"', page))


def test_a_quotation_says_who_has_it_who_has_not_and_who_was_first() -> None:
    (of,) = quotation_page(stories_of(), LABELS)["all"]
    assert (of.articles, of.of, of.direct, of.wording) == (6, 8, True, "I saw 3 pictures of soldiers there")
    assert of.silent == "outlet 3 Putin (2)"
    assert of.first == "2024-10-01: outlet 0 Putin"
    assert [each.compared for each in of.renderings].count(True) == 1
    assert {one.kind for each in of.renderings for one in each.differences} >= {"number", "verb", "indirect"}


def test_outlets_of_one_day_are_all_first_if_no_hour_is_known() -> None:
    of = stories_of()
    day = of.tables.renderings.assign(published="2024-10-01")
    (same,) = quotation_page(of._replace(tables=of.tables._replace(renderings=day)), LABELS)["all"]
    assert same.first == "2024-10-01: outlet 0 Putin (2), outlet 1 Putin (2), outlet 2 Putin (2)"
    hours = [f"2024-10-01T1{n}:00:00" for n in range(len(day))]
    timed = of.tables._replace(renderings=day.assign(published=hours))
    (first,) = quotation_page(of._replace(tables=timed), LABELS)["all"]
    assert first.first == "2024-10-01 10:00: outlet 0 Putin"


def test_nothing_is_claimed_to_be_left_out_without_a_significant_row() -> None:
    of = stories_of()
    (quotation,) = quotation_page(of, LABELS)["all"]
    assert quotation.omissions == []
    row = {"kind": "quotation", "item": quotation.id, "group_by": "language", "group": "pt", "articles": 40, "covered": 1,
           "rest_articles": 60, "rest_covered": 50, "q_value": 0.001, "significant": True}  # fmt: skip
    omissions = pd.DataFrame([row], columns=of.tables.omissions.columns)
    with_row = of._replace(tables=of.tables._replace(omissions=omissions))
    (quotation,) = quotation_page(with_row, LABELS)["all"]
    assert quotation.omissions == [
        "Portuguese has it less than its share: 1 of its 40 articles, 50 of 60 of the others (q = 0.001)."
    ]
    assert story_page(with_row, LABELS)["omissions"].rows


@given(st.text(max_size=60), st.sampled_from(["verb", "number", "hedge", "omitted"]), st.text(max_size=8))
def test_pieces_are_the_whole_text(text: str, kind: str, words: str) -> None:
    assert "".join(piece.text for piece in pieces(text, [Difference(kind, kind, words)])) == text


def test_only_whole_words_are_marked() -> None:
    found_in = list(pieces("He claimed 24, not 240.", [Difference("number", "", "3 → 24")]))
    assert [piece.text for piece in found_in if piece.differs] == ["24"]


@pytest.mark.parametrize(
    ("text", "side"), [("قال Putin إنه رأى", "rtl"), ("Putin قال it", "ltr"), ("12", "ltr")]
)
def test_the_direction_is_that_of_most_letters(text: str, side: str) -> None:
    assert direction_of(text) == side


def test_each_outlet_is_shown_before_any_is_shown_twice() -> None:
    rows = pd.DataFrame({"outlet": ["a", "a", "a", "b"], "published": ["2024-10-01"] * 3 + ["2024-10-09"]})
    assert list(first_of_each(rows, "outlet", 2)["outlet"]) == ["a", "b"]


def test_markdown_lists_stories_and_quotations(tmp_path: Path) -> None:
    write_page(tmp_path, tables_of(articles=4), stories_of("a|b"))
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "## Stories" in text
    assert "carried by 6 of 8 articles on the story" in text
    assert "Not in: outlet 3 a\\|b (2)." in text
