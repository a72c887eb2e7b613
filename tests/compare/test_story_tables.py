"""The tables on stories: who covered what, who said it how, and what is left out."""

from __future__ import annotations

import random

import pandas as pd
import pytest

from pipelines.compare.groups import grouping
from pipelines.compare.omissions import Items, omissions
from pipelines.compare.renderings import Rendering, differences, listed
from pipelines.compare.stories import COLUMNS, StoryTables, story_tables
from pipelines.stories.sayings import Saying, saying


def rendering(
    article: str, pivot: str, outlet: str = "a", language: str = "en", source: str = ""
) -> Rendering:
    return Rendering(
        "u", f"{article}:1:Putin", article, "s", "Putin", language, outlet, f"2024-10-0{article}", source or pivot,
        pivot, *saying(pivot),
    )  # fmt: skip


WHOLE = rendering("1", "“If there are pictures, they reflect something, and I saw 3 of them,” Putin said.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“What we do is our business,” Putin said.", Saying("What we do is our business", True, "said")),
        ("Putin claimed that the photographs show nothing.", Saying("the photographs show nothing.", False, "claimed")),
        ("Nobody knows that yet, Putin added.", Saying("Nobody knows that yet", False, "added")),
        ("According to Putin, the treaty is clear.", Saying("the treaty is clear.", False, None)),
        ("Putin is a “friend” of peace.", Saying("Putin is a “friend” of peace.", False, None)),
    ],
)  # fmt: skip
def test_what_a_sentence_reports(text: str, expected: Saying) -> None:
    assert saying(text) == expected


@pytest.mark.parametrize(
    ("pivot", "expected"),
    [
        ("“If there are pictures, they reflect something, and I saw 4 of them,” Putin said.", ["number: 3 → 4"]),
        ("“If there are pictures, they reflect something, and I saw 3 of them,” Putin claimed.", ["verb: claimed"]),
        ("Putin said that if there are pictures, they reflect something, and that he saw 3 of them.", ["indirect"]),
        ("“I saw 3 of them,” Putin said.", ["omitted: there pictures they reflect something"]),
        ("Putin reported: “If there are pictures, they reflect something, and I saw 3 of them.”", ["verb: reported"]),
        ("Putin allegedly said: “If there are pictures, they reflect something, and I saw 3 of them.”", ["hedge: allegedly"]),
    ],
)  # fmt: skip
def test_each_kind_of_difference_is_named(pivot: str, expected: list[str]) -> None:
    assert list(differences(rendering("2", pivot), WHOLE)) == expected
    assert not list(differences(WHOLE, WHOLE))


def frame(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    articles = pd.DataFrame(rows, columns=["id", "language", "outlet", "story"])
    return articles.assign(published="2024-10-01T10:00:00", title="")


def test_a_story_a_quotation_and_who_is_silent() -> None:
    articles = frame(
        ("1", "en", "a", "s"), ("2", "pt", "b", "s"), ("3", "pt", "c", "s"), ("4", "pt", "c", "alone")
    )
    passages = pd.DataFrame({"article_id": ["1", "2"], "actor": ["Putin", "Putin"], "about": [[], []]})
    shorter = rendering("2", "“I saw 3 of them,” Putin said.", "b", "pt", "“Vi 3 delas”, disse Putin.")
    tables = story_tables(
        articles, passages, [shorter, WHOLE], {"s": ("1", "Pictures", "Pictures")}, ["outlet"]
    )
    story, quotation = tables.stories.iloc[0], tables.quotations.iloc[0]
    assert len(tables.stories) == len(tables.quotations) == 1
    assert (story["title"], story["languages"], story["actors"]) == (
        "Pictures",
        "pt (2), en (1)",
        "Putin (2)",
    )
    assert (quotation["first_outlet"], quotation["silent_outlets"]) == ("a", "c")
    assert quotation["wording"].startswith("If there are pictures")
    assert (quotation["silent_languages"], quotation["differences"]) == ("", "omitted (1)")
    assert list(tables.renderings["source"]) == [WHOLE.source, "“Vi 3 delas”, disse Putin."]


def test_without_stories_all_tables_are_empty_and_have_their_columns() -> None:
    passages = pd.DataFrame(columns=["article_id", "actor", "about"])
    tables = story_tables(frame(("1", "en", "a", "")), passages, [], {}, ["outlet"])
    assert [list(table) for table in tables] == list(COLUMNS.values())
    assert StoryTables._fields == tuple(COLUMNS)


def simulated(seed: int, silent: set[str]) -> list[dict[str, object]]:
    """Three outlets of 600 articles on 40 stories; the first leaves out those of `silent`."""
    draw, rows = random.Random(seed), []
    for outlet in ("a", "b", "c"):
        for number in range(600):
            stories = [f"s{n}" for n in range(40) if outlet != "a" or f"s{n}" not in silent]
            rows.append((f"{outlet}{number}", "en", outlet, draw.choice(stories)))
    articles = frame(*rows)
    passages = pd.DataFrame(columns=["article_id", "actor", "about"])
    return omissions(Items(articles, passages, {}, {}, []), [grouping(articles, "outlet")])


def test_silence_on_a_tenth_of_the_stories_is_named_and_little_else() -> None:
    silent = {"s1", "s2", "s3", "s4"}
    rows = [row for seed in range(5) for row in simulated(seed, silent)]
    significant = [(row["group"], row["item"]) for row in rows if row["significant"]]
    assert sum(group == "a" and story in silent for group, story in significant) == 20
    assert len(significant) <= 22
    assert not [row for seed in range(5) for row in simulated(seed, set()) if row["significant"]]


def test_a_silence_that_chance_would_often_bring_is_not_tested() -> None:
    articles = frame(*((f"{n}", "en", "ab"[n % 2], f"s{n // 4}") for n in range(40)))
    passages = pd.DataFrame(columns=["article_id", "actor", "about"])
    assert not omissions(Items(articles, passages, {}, {}, []), [grouping(articles, "outlet")])


def test_names_are_listed_with_their_numbers() -> None:
    assert listed(["pt", "en", "pt", ""]) == "pt (2), en (1), unknown (1)"
