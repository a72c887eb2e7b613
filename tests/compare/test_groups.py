"""Counts of groups, against frames filtered for each cell."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compare import compare
from pipelines.compare.groups import Comparison, comparisons, grouping, groupings
from pipelines.config import Compare

ACTORS, TARGETS, BY = ["Putin", "Kim"], ["deployment", "aid"], ["language", "outlet"]
STANCES = ["supports", "opposes", "neutral", "unclear"]
LANGUAGES = st.sampled_from(["en", "pt", "ru"])
OUTLETS = st.sampled_from(["Echo", "Ágora", "", None])
MONTHS = st.sampled_from(["2024-10-24", "2024-11-02", "tomorrow", None])
ARTICLES = st.lists(st.tuples(LANGUAGES, OUTLETS, MONTHS), min_size=1, max_size=12)
PASSAGES = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.sampled_from([*ACTORS, "Yoon"]),
        st.sampled_from(["quoted", "narrated"]),
        st.lists(st.tuples(st.sampled_from([*TARGETS, "peace"]), st.sampled_from(STANCES)), max_size=3,
                 unique_by=lambda judged: judged[0]),
    ),
    max_size=30,
)  # fmt: skip


def frames(articles: list[tuple[Any, ...]], passages: list[tuple[Any, ...]]) -> tuple[pd.DataFrame, ...]:
    about = pd.DataFrame(articles, columns=["language", "outlet", "published"], dtype=object)
    ids = [f"a{number}" for number in about.index]
    about = about.assign(id=ids, characters=70, title=None, url=None, story=None)
    found = [
        (
            f"p{index}",
            f"a{number % len(articles)}",
            actor,
            7 * index,
            voice,
            ["cut"] * (index % 2),
            [(target, "named") for target, _ in judgements],
        )
        for index, (number, actor, voice, judgements) in enumerate(passages)
    ]
    columns = ["id", "article_id", "actor", "start", "voice", "flags", "about"]
    judged = [
        (f"p{index}", *judgement, 0.1, 0.2, 0.7, (1 + index % 3) / 3)
        for index, (*_, judgements) in enumerate(passages)
        for judgement in judgements
    ]
    scores = ["supports", "opposes", "neutral", "agreement"]
    return (
        about,
        pd.DataFrame(found, columns=columns).assign(source="", pivot="", matched="both", context=""),
        pd.DataFrame(judged, columns=["passage_id", "target", "label", *scores]),
    )


@settings(deadline=None, max_examples=6)
@given(ARTICLES, PASSAGES, st.sampled_from([{}, {"language": "en"}, {"outlet": "nowhere"}]))
def test_every_row_is_that_of_the_articles_of_its_group_alone(
    articles: list[tuple[Any, ...]], passages: list[tuple[Any, ...]], reference: dict[str, str]
) -> None:
    about, found, judged = frames(articles, passages)
    chosen = Compare(by=["month", *BY], reference=reference, minimum_articles=2)
    result = compare(about, found, judged, ACTORS, TARGETS, chosen)
    groups = {each.by: each for each in groupings(about, chosen.by)}
    for (by, group), rows in result.stance.groupby(["group_by", "group"], sort=False):
        kept = about[groups[str(by)].codes == groups[str(by)].names.index(str(group))]
        passages_kept = found[found["article_id"].isin(kept["id"])]
        judged_kept = judged[judged["passage_id"].isin(passages_kept["id"])]
        alone = compare(about.loc[kept.index], passages_kept, judged_kept, ACTORS, TARGETS, chosen)
        for table, of_group in ((result.coverage, alone.coverage), (result.stance, alone.stance)):
            mine, own = (of[(of["group_by"] == by) & (of["group"] == group)] for of in (table, of_group))
            pd.testing.assert_frame_equal(
                mine.reset_index(drop=True), own.reset_index(drop=True), check_exact=True, check_dtype=False
            )
        assert len(rows) == len(ACTORS) * len(TARGETS)


def grouped(by: str, **columns: list[str | None]) -> Any:
    of = pd.DataFrame(columns, dtype=object)
    for name in ("language", "outlet", "story", "published"):
        of[name] = of.get(name, "")
    return grouping(of, by)


@pytest.mark.parametrize(
    ("by", "name"),
    [
        ("week", "2024-W43"),
        ("quarter", "2024-Q4"),
        ("language x month", "en x 2024-10"),
        ("section", "sport"),
    ],
)
def test_articles_are_grouped_by_time_crossings_and_further_columns(by: str, name: str) -> None:
    one = {"language": ["en"], "published": ["2024-10-24T08:00:00Z"], "section": ["sport"]}
    assert grouped(by, **one).names == [name]  # type: ignore[arg-type]


def test_a_week_at_the_turn_of_the_year_is_that_of_iso_8601() -> None:
    assert grouped("week", published=["2024-12-30", "2027-01-01"]).names == ["2025-W01", "2026-W53"]


def pairs(by: str, references: dict[str, str], **columns: list[str | None]) -> list[tuple[str, str | None]]:
    of = grouped(by, **columns)
    found: list[Comparison] = list(comparisons(of, references))
    return [(of.names[a], None if b is None else of.names[b]) for a, b in found]


def test_a_period_is_compared_with_the_one_before_that_has_articles() -> None:
    published: list[str | None] = ["2024-10-01", "2024-12-01", "2025-01-01", None]
    assert pairs("month", {}, published=published) == [("2024-12", "2024-10"), ("2025-01", "2024-12")]


def test_a_crossing_keeps_one_part_and_compares_the_other() -> None:
    languages: list[str | None] = ["en", "pt", "en", "ru"]
    published: list[str | None] = ["2024-10-01", "2024-10-01", "2024-11-01", "2024-11-01"]
    columns = {"language": languages, "published": published}
    by_reference = pairs("language x month", {"language": "en"}, **columns)
    assert by_reference == [("pt x 2024-10", "en x 2024-10"), ("ru x 2024-11", "en x 2024-11")]
    assert pairs("language x month", {}, **columns) == [("en x 2024-11", "en x 2024-10")]


@pytest.mark.parametrize("module", ["pandas", "scipy.stats"])
def test_a_library_that_only_comparing_needs_is_not_loaded_with_the_stage(module: str) -> None:
    code = f"import sys, pipelines.compare, pipelines.compare.frames; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
