"""Who covered which story, who carried which utterance and how, and what a group leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from pipelines.compare.evidence import article_places
from pipelines.compare.groups import ALL, groupings
from pipelines.compare.omissions import Items, omissions, places_by
from pipelines.compare.renderings import listed, quotation_row, rendering_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.compare.renderings import Rendering

COLUMNS = {
    "stories": [
        *("story", "title", "title_original", "article_id", "from", "to", "articles", "languages", "outlets"),
        "actors",
    ],
    "quotations": [
        *("quotation", "actor", "story", "wording", "first_published", "first_outlet", "first_language"),
        *("first_article", "articles", "languages", "outlets", "silent_languages", "silent_outlets"),
        *("story_articles", "direct_share", "differences"),
    ],
    "renderings": [
        *("quotation", "actor", "story", "article_id", "language", "outlet", "published", "direct", "verb"),
        *("source", "pivot", "differences"),
    ],
    "omissions": [
        *("kind", "item", "title", "group_by", "group", "articles", "covered", "expected", "rate"),
        *("rest_articles", "rest_covered", "rest_rate", "difference", "low", "high", "p_value", "q_value"),
        *("significant", "note"),
    ],
}
FEWEST = 2
"""Articles of a story or an utterance that is shown: with one, there is nothing to compare."""


class StoryTables(NamedTuple):
    """The tables on stories; each is empty if no stories were looked for."""

    stories: pd.DataFrame
    quotations: pd.DataFrame
    renderings: pd.DataFrame
    omissions: pd.DataFrame


def story_tables(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    renderings: Iterable[Rendering],
    titles: Mapping[str, tuple[str, str, str]],
    by: Sequence[str],
) -> StoryTables:
    """All tables on stories.

    Args:
        articles: one row each: id, language, outlet, published, story, and what `by` names; sorted by id.
        passages: one row each: actor, about, and article_id or article, the place of its article.
        renderings: the sentences that render utterances.
        titles: of each story the most central article, its headline in the pivot and as it is.
        by: groupings, of which those by one thing are used.
    """
    has_story = articles["story"].notna() & (articles["story"] != "")
    at = np.where(has_story, np.cumsum(has_story) - 1, -1)[article_places(articles, passages)]
    passages = passages[["actor", "about"]].assign(article=at)[at >= 0]
    if not has_story.all():
        articles = articles[has_story].reset_index(drop=True)
    if articles.empty:
        return StoryTables(*(pd.DataFrame(columns=columns) for columns in COLUMNS.values()))
    of_story = {story: places for story, places in places_by(articles["story"]) if len(places) >= FEWEST}
    actors = _actors(len(articles), passages)
    rows = [
        _story_row(story, articles.iloc[places], (actors[place] for place in places), titles)
        for story, places in of_story.items()
    ]
    del actors
    shown = sorted(rows, key=lambda row: -row["articles"])
    utterances: dict[str, list[Rendering]] = {}
    for rendering in renderings:
        utterances.setdefault(rendering.utterance, []).append(rendering)
    quotations, each = list[dict[str, Any]](), list[dict[str, Any]]()
    for own in utterances.values():
        if len({rendering.article_id for rendering in own}) >= FEWEST:
            row = quotation_row(own, articles.iloc[of_story[own[0].story]])
            quotations.append(row)
            each += rendering_rows(own, row)
    quotations.sort(key=lambda row: (-row["articles"], row["quotation"]))
    named = {story: title for story, (_, title, _) in titles.items()}
    items = Items(articles, passages, utterances, named, quotations)
    parts = [of for of in groupings(articles, by) if of.by != ALL and len(of.parts) == 1 and of.by != "story"]
    tables = shown, quotations, each, omissions(items, parts)
    made = [pd.DataFrame(rows, columns=COLUMNS[name]) for name, rows in zip(COLUMNS, tables, strict=True)]
    return StoryTables(*made)


def _actors(articles: int, passages: pd.DataFrame) -> list[tuple[str, ...]]:
    """The actors of each article; equal tuples are in memory once."""
    actors: list[tuple[str, ...]] = [()] * articles
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for article, actor in zip(passages["article"], passages["actor"], strict=True):
        if actor not in actors[article]:
            more = (*actors[article], str(actor))
            actors[article] = known.setdefault(more, more)
    return actors


def _story_row(
    story: str,
    articles: pd.DataFrame,
    actors: Iterable[tuple[str, ...]],
    titles: Mapping[str, tuple[str, str, str]],
) -> dict[str, Any]:
    dates = sorted(date[:10] for date in articles["published"].dropna() if date)
    article, title, original = titles.get(story, ("", "", ""))
    return {
        "story": story, "title": title, "title_original": original, "article_id": article,
        "from": dates[0] if dates else "", "to": dates[-1] if dates else "", "articles": len(articles),
        "languages": listed(articles["language"].fillna("")),
        "outlets": listed(articles["outlet"].fillna("")),
        "actors": listed(name for names in actors for name in names),
    }  # fmt: skip
