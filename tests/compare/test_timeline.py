"""The timeline of divergence: periods, shared stories, and points of change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare import compare
from pipelines.compare.change_points import change_point
from pipelines.compare.frames import STORY
from pipelines.compare.timeline import calendar
from pipelines.config import Compare
from pipelines.records import Article, Judgement, Label
from tests.compare.test_tables import SURE, frames, passage

if TYPE_CHECKING:
    from collections.abc import Mapping

LABELS: tuple[Label, ...] = ("supports", "opposes", "neutral")
MONTHS = [f"2024-{month:02d}" for month in range(1, 9)]


def timeline(
    articles: list[tuple[Article, Label]], joined: Mapping[str, str] | None = None, **settings: Any
) -> pd.DataFrame:
    """The table of articles with one passage each; those whose label is unclear have none."""
    clear = [(article, label) for article, label in articles if label != "unclear"]
    made = frames(
        [article for article, _ in articles],
        [passage(article.id, 0) for article, _ in clear],
        [Judgement(passage(article.id, 0).id, "deployment", *SURE[label], label, 0.75) for article, label in clear],
    )  # fmt: skip
    if joined is not None:
        made[0][STORY] = made[0]["id"].map(joined)
    return compare(*made, ["Putin"], ["deployment"], Compare(**settings)).timeline


def article(number: int, language: str, published: str, story: str) -> Article:
    return Article(
        id=f"{language}-{number}", language=language, text="x" * 100, published=published, story=story
    )


def in_months(shift: float, seed: int) -> list[tuple[Article, Label]]:
    """Twelve stories a month in two languages; from the fifth month on Portuguese supports more by `shift`."""
    random = np.random.default_rng(seed)
    articles: list[tuple[Article, Label]] = []
    for place, month in enumerate(MONTHS):
        for number in range(12):
            story = f"{month} {number}"
            for language in ("en", "pt"):
                more = shift if language == "pt" and place >= 4 else 0.0
                shares = (0.2 + more / 2, 0.5 - more / 2, 0.3)
                label = LABELS[random.choice(3, p=shares)]
                articles.append((article(len(articles), language, f"{month}-10", story), label))
    return articles


def test_only_stories_that_both_languages_have_in_the_period_are_compared() -> None:
    sides: list[tuple[str, Label]] = [("en", "opposes"), ("pt", "supports")]
    both = [
        (article(n, language, "2024-10-02", f"s{n}"), label) for language, label in sides for n in range(6)
    ]
    alone: list[tuple[Article, Label]] = [
        (article(n, "en", "2024-10-02", f"alone {n}"), "supports") for n in range(6, 12)
    ]
    later: list[tuple[Article, Label]] = [
        (article(n, "pt", "2024-11-02", "s1"), "opposes") for n in range(12, 18)
    ]
    silent: list[tuple[Article, Label]] = [(article(20, "en", "2024-10-03", "s1"), "unclear")]
    table = timeline([*both, *alone, *later, *silent], by="language x month")
    (row,) = table.to_dict("records")
    assert (row["language"], row["reference"], row["period"], row["stories"]) == ("pt", "en", "2024-10", 6)
    assert (row["articles"], row["reference_articles"], row["reference_story_articles"]) == (6, 6, 7)
    assert (row["net"], row["reference_net"], row["difference"]) == (1, -1, 2)
    assert (row["mention_rate"], row["reference_mention_rate"]) == (1, pytest.approx(6 / 7))
    assert row["low"] < 2
    assert row["clusters"] == 6
    assert row["q_value"] < 0.05


def test_too_few_articles_have_counts_and_no_estimate_and_no_stories_no_rows() -> None:
    few = [(article(n, language, "2024-10-02", f"s{n}"), LABELS[0]) for language in ("en", "pt") for n in range(4)]  # fmt: skip
    (row,) = timeline(few).to_dict("records")
    assert row["articles"] == 4
    assert pd.isna(row["net"])
    assert "fewer than 5" in row["note"]
    assert timeline([(replace(of, story=None), label) for of, label in few]).empty
    assert timeline(few, reference={"language": "ru"}).empty


def test_a_planted_change_is_found_and_none_where_there_is_none() -> None:
    planted = timeline(in_months(0.6, 1))
    assert planted["period"].tolist() == MONTHS
    (row,) = planted[planted["change"].notna()].to_dict("records")
    assert row["period"] in MONTHS[3:6]
    assert 0.3 < row["change"] < 0.9
    assert timeline(in_months(0.0, 1))["change"].isna().all()
    pd.testing.assert_frame_equal(timeline(in_months(0.6, 1)[::-1]), planted)


def test_stories_that_were_joined_take_the_place_of_those_of_the_input() -> None:
    articles = in_months(0.0, 1)
    joined = {of.id: of.story or "" for of, _ in articles}
    apart = [(replace(of, story=None), label) for of, label in articles]
    pd.testing.assert_frame_equal(timeline(apart, joined), timeline(articles))
    assert timeline(articles, {id_: id_ for id_ in joined}).empty


def series(seed: int, shift: float) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Differences of stories in eight periods of 3 to 40 stories, wide in some; a change in the middle."""
    random = np.random.default_rng(seed)
    periods = np.repeat(np.arange(8), random.integers(3, 41, 8))
    values = random.choice([-1, -0.5, 0, 0.5, 1], len(periods), p=[0.1, 0.15, 0.45, 0.2, 0.1])
    return values + shift * (periods >= 4), periods


def test_few_series_without_a_change_have_one_and_nearly_all_with_one_have_it() -> None:
    none = [change_point(*series(seed, 0.0), 5) for seed in range(300)]
    planted = [change_point(*series(seed, 0.6), 5) for seed in range(40)]
    assert np.mean([of is not None and of.p_value < 0.05 for of in none]) <= 0.05
    assert np.mean([of is not None and of.p_value < 0.05 for of in planted]) >= 0.95
    assert np.mean([of is not None and abs(of.period - 4) <= 1 for of in planted]) >= 0.9


def test_a_short_or_even_series_has_no_change() -> None:
    values = np.array([0.0, 1.0] * 20)
    assert change_point(values, np.repeat(np.arange(5), 8), 5) is None
    assert change_point(np.ones(40), np.repeat(np.arange(8), 5), 5) is None
    assert change_point(values[:8], np.arange(8), 5) is None
    assert change_point(values, np.repeat(np.arange(10), 4), 5) == (2, 0.0, 1.0)


@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=30, max_size=30))
def test_the_split_is_that_of_the_largest_t(values: list[float]) -> None:
    from scipy.stats import ttest_ind

    # A trend besides, since scipy has no t of sides without any variance.
    array, periods = np.array(values) + np.linspace(0, 0.1, 30), np.repeat(np.arange(6), 5)
    change = change_point(array, periods, 5)
    assert change is not None
    t = [abs(ttest_ind(array[: 5 * n], array[5 * n :]).statistic) for n in range(1, 6)]
    assert t[change.period - 1] == pytest.approx(max(t))
    assert 0 < change.p_value <= 1


@pytest.mark.parametrize(
    ("by", "last", "unit"),
    [
        (["language"], "2024-03-01", "week"),
        (["language"], "2024-06-01", "month"),
        (["language", "language x day", "quarter"], "2024-03-01", "quarter"),
        (["language x day"], "2026-03-01", "day"),
        (["language"], "", "week"),
        (["language"], "2300-01-01", "month"),
    ],
)
def test_periods_are_those_of_the_config_or_fit_the_dates(by: list[str], last: str, unit: str) -> None:
    articles = pd.DataFrame({"language": ["en", "pt"], "published": ["2024-01-02", last]})
    assert calendar(articles, by).crossed.by == f"language x {unit}"
