"""Articles that are not independent: of one story, given or found, or with one text."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.compare.frames import EVENT, STORY, events
from pipelines.compare.remarks import cluster_remarks
from pipelines.compare.units import frame_of
from pipelines.config import Compare


def frame(stories: list[str], copy_of: list[int] | None = None) -> pd.DataFrame:
    ids = [f"a{number}" for number in range(len(stories))]
    copies = ids if copy_of is None else [ids[number] for number in copy_of]
    articles = pd.DataFrame({"id": ids, "copy_of": copies, "story": None, "outlet": "x", "language": "en"})
    articles = articles.assign(**{STORY: stories})
    return articles.assign(**{EVENT: events(articles)})


def clusters(articles: pd.DataFrame, settings: Compare) -> list[int]:
    return [len(set(codes)) for codes in frame_of(articles, [], settings).clusterings]


def test_a_story_that_was_found_is_a_cluster() -> None:
    assert clusters(frame(["s", "s", "t", "u"]), Compare()) == [3]
    assert clusters(frame(["s", "s", "t", "u"]), Compare(cluster=["story", "outlet"])) == [3, 1]
    assert clusters(frame(["s", "s", "t", "u"]), Compare(cluster=[])) == []


def test_a_copy_depends_on_its_text_though_its_story_is_another() -> None:
    assert clusters(frame(["s", "s", "t", "u"], [0, 1, 1, 3]), Compare()) == [2]


def test_articles_that_are_all_alone_are_independent() -> None:
    assert clusters(frame(["s", "t", "u"]), Compare()) == []


def test_without_stories_that_were_found_those_of_the_input_count() -> None:
    articles = (
        frame(["s", "t", "u"]).drop(columns=EVENT).assign(story=pd.Series(["x", "x", None], dtype=object))
    )
    assert clusters(articles, Compare()) == [2]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=8))
def test_articles_of_one_story_or_text_are_always_in_one_cluster(rows: list[tuple[int, int]]) -> None:
    first = [min(place for place, (_, other) in enumerate(rows) if other == text) for _, text in rows]
    articles = frame([f"s{story}" for story, _ in rows], first)
    groups = articles[EVENT].where(articles[EVENT] >= 0, articles.index + len(articles)).tolist()
    for one, (story, text) in zip(groups, rows, strict=True):
        for other, (other_story, other_text) in zip(groups, rows, strict=True):
            assert one == other or (story != other_story and text != other_text)


def test_a_config_that_leaves_out_the_story_is_told_so() -> None:
    assert not list(cluster_remarks({"story": [4, 4], "outlet": []}, None))
    (line,) = cluster_remarks({"story": [4, 4], "outlet": []}, ["outlet"])
    assert "compare.cluster: [story, outlet]" in line
