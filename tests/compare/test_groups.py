"""Counts of groups, against frames filtered for each cell."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compare import compare
from pipelines.compare.groups import ALL, Cell, group_names, label_counts, with_groups
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


@settings(deadline=None, max_examples=40)
@given(
    ARTICLES,
    st.lists(
        st.tuples(st.sampled_from([*ACTORS, "Yoon"]), st.sampled_from(TARGETS), st.sampled_from(STANCES))
    ),
)
def test_the_counts_of_a_cell_are_those_of_the_labels_filtered_for_it(
    articles: list[tuple[Any, ...]], judged: list[tuple[Any, ...]]
) -> None:
    about = with_groups(frames(articles, [])[0], BY)
    rows = [(f"a{number % len(articles)}", *rest) for number, rest in enumerate(judged)]
    labels = pd.DataFrame(rows, columns=["article_id", "actor", "target", "label"], dtype=object)
    groups = group_names(about, [ALL, *BY])
    counts = label_counts(labels, about, ACTORS, TARGETS, groups)
    assert list(counts) == [
        Cell(actor, target, by, group)
        for actor, target, by in product(ACTORS, TARGETS, [ALL, *BY])
        for group in groups[by]
    ]
    for cell, found in counts.items():
        members = about.loc[about[f"by_{cell.group_by}"] == cell.group, "id"]
        mine = labels[labels["article_id"].isin(members)]
        mine = mine[(mine["actor"] == cell.actor) & (mine["target"] == cell.target)]
        assert found.tolist() == [(mine["label"] == stance).sum() for stance in STANCES]


@settings(deadline=None, max_examples=6)
@given(ARTICLES, PASSAGES, st.sampled_from([{}, {"language": "en"}, {"outlet": "nowhere"}]))
def test_every_row_is_that_of_the_articles_of_its_group_alone(
    articles: list[tuple[Any, ...]], passages: list[tuple[Any, ...]], reference: dict[str, str]
) -> None:
    about, found, judged = frames(articles, passages)
    chosen = Compare(by=["month", *BY], reference=reference, minimum_articles=2, replicates=100)
    result = compare(about, found, judged, ACTORS, TARGETS, chosen)
    grouped = with_groups(about, chosen.by)
    for (by, group), rows in result.stance.groupby(["group_by", "group"], sort=False):
        kept = grouped[grouped[f"by_{by}"] == group]
        passages_kept = found[found["article_id"].isin(kept["id"])]
        judged_kept = judged[judged["passage_id"].isin(passages_kept["id"])]
        alone = compare(about.loc[kept.index], passages_kept, judged_kept, ACTORS, TARGETS, chosen)
        for table, of_group in ((result.coverage, alone.coverage), (result.stance, alone.stance)):
            mine, own = (of[(of["group_by"] == by) & (of["group"] == group)] for of in (table, of_group))
            pd.testing.assert_frame_equal(
                mine.reset_index(drop=True), own.reset_index(drop=True), check_exact=True, check_dtype=False
            )
        assert len(rows) == len(ACTORS) * len(TARGETS)


@pytest.mark.parametrize("module", ["pandas", "scipy.stats"])
def test_a_library_that_only_comparing_needs_is_not_loaded_with_the_stage(module: str) -> None:
    code = f"import sys, pipelines.compare, pipelines.compare.frames; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
