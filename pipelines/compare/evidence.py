"""Judgements joined with their passages and articles.

Rows are joined by numbers, and each column is made once, in its final order, texts as categories: a corpus
has several rows for each article, and they are most of what a comparison needs memory for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    Places = NDArray[np.int32]

NOT_ABOUT = "none"
"""`about` of a passage that is about none of the targets of its row; it has no judgement."""
OWN = ("id", "article_id", "article", "passage_id", "passage", "target", "about", "flags")
"""Columns of passages and judgements that the rows have in another form."""
ABSENT = ("choice", "confidence")
"""Columns that judgements lack if an earlier version made them."""


class _Rows(NamedTuple):
    """The places of each row's article, passage, target and judgement (-1 without one)."""

    article: Places
    passage: Places
    target: Places
    judgement: Places


def evidence_rows(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    judgements: pd.DataFrame,
    targets: Sequence[str],
    columns: Collection[str] | None = None,
) -> pd.DataFrame:
    """One row for each passage and target with its judgement, if it has one, and its article.

    Args:
        articles: one row each.
        passages: one row each, with the fields of `Passage`; instead of `id` and `article_id` they may have
            `article`, the place of the article of each.
        judgements: one row each, with the fields of `Judgement`; instead of `passage_id` they may have
            `passage`, the place of the passage of each.
        targets: names.
        columns: to make; None for all.

    Returns:
        The columns of all three, sorted by article and place in it. `about` is that of the row's target;
        `label` is empty without a judgement; `position` is in [0, 1] of the article; `flags` is one text;
        `article` and `passage` are places in the frames; `article_label` is information that decides nothing.
        A column of articles that has the name of another one has `_article` after it.

    Raises:
        ValueError: two articles, passages, or judgements of one passage and target, have the same id.
    """
    import pandas as pd

    rows = _joined(articles, passages, judgements, targets)
    made = {"passage": pd.Series(rows.passage), "article": pd.Series(rows.article)}
    for name, column, places in _sources(articles, passages, judgements, rows, targets):
        key = f"{name}_article" if name in made else name
        if columns is None or key in columns:
            made[key] = _taken(column, places)
    made["label"] = made["label"].cat.add_categories([""]).fillna("")
    made["article_label"] = _article_labels(rows, passages["actor"], made["label"])
    start, length = passages["start"].clip(lower=0), articles["characters"]
    made["position"] = pd.Series(start.to_numpy()[rows.passage] / length.to_numpy()[rows.article])
    return pd.DataFrame(made, copy=False)


def article_places(articles: pd.DataFrame, passages: pd.DataFrame) -> Places:
    """The place of each passage's article, -1 for one that is not among them.

    Raises:
        ValueError: two articles have the same id.
    """
    if "article" in passages:
        return passages["article"].to_numpy(np.int32)
    return _places(articles["id"], passages["article_id"])


def _places(names: pd.Series[str], values: pd.Series[str]) -> Places:
    """The place of each value among unique names, -1 if it is none of them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not names.is_unique:
        raise ValueError(f"two have the same {names.name}")
    among, sought = (pa.array(each.to_list(), pa.large_string()) for each in (names, values))
    places: Places = pc.fill_null(pc.index_in(sought, among), -1).to_numpy()
    return places


def _joined(
    articles: pd.DataFrame, passages: pd.DataFrame, judgements: pd.DataFrame, targets: Sequence[str]
) -> _Rows:
    import pandas as pd

    article = article_places(articles, passages)
    numbered = judgements.get("passage")
    places = _places(passages["id"], judgements["passage_id"]) if numbered is None else numbered.to_numpy()
    target_of = pd.Index(targets).get_indexer(pd.Index(judgements["target"]))
    known = np.flatnonzero((places >= 0) & (target_of >= 0))
    of_pair = np.full((len(targets), len(passages)), -1, np.int32)
    of_pair[target_of[known], places[known]] = known
    if np.count_nonzero(of_pair >= 0) != len(known):
        raise ValueError("two judgements of one passage and target")
    passage = np.tile(np.flatnonzero(article >= 0).astype(np.int32), len(targets))
    target = np.repeat(np.arange(len(targets), dtype=np.int32), np.count_nonzero(article >= 0))
    names = articles[["language", "id"]].reset_index(drop=True)
    of_article = _ranks(names.sort_values(["language", "id"], kind="stable").index.to_numpy())
    of_actor = pd.factorize(passages["actor"], sort=True)[0].astype(np.int32)
    of_target = _ranks(np.argsort(np.array(targets)))
    order = np.lexsort(
        (
            of_target[target],
            of_actor[passage],
            passages["start"].to_numpy()[passage],
            of_article[article[passage]],
        )
    )
    passage, target = passage[order], target[order]
    return _Rows(article[passage], passage, target, of_pair[target, passage])


def _ranks(order: NDArray[np.int64]) -> Places:
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks


def _sources(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    judgements: pd.DataFrame,
    rows: _Rows,
    targets: Sequence[str],
) -> Iterator[tuple[str, pd.Series[Any], Places]]:
    """Each column of the three frames, and the places in it of the rows."""
    import pandas as pd

    yield "target", pd.Series(targets, dtype=object), rows.target
    number, distinct = distinct_values(passages["about"])
    about = [dict(of).get(target, NOT_ABOUT) for target in targets for of in distinct]
    yield (
        "about",
        pd.Series(about, dtype=object),
        rows.target * np.int32(len(distinct)) + number[rows.passage],
    )
    number, distinct = distinct_values(passages["flags"])
    yield "flags", pd.Series(map(" ".join, distinct), dtype=object), number[rows.passage]
    for name in passages.columns.difference(list(OWN), sort=False):
        yield name, passages[name], rows.passage
    for name in judgements.columns.difference(list(OWN), sort=False):
        yield name, judgements[name], rows.judgement
    for name in ABSENT:
        if name not in judgements:
            yield name, pd.Series(np.nan, range(len(judgements))), rows.judgement
    for name in articles.columns:
        yield "article_id" if name == "id" else name, articles[name], rows.article


def distinct_values(values: pd.Series[Any]) -> tuple[Places, list[tuple[Any, ...]]]:
    """The number of each value, a sequence, and the values by number."""
    if hasattr(values, "cat"):
        return values.cat.codes.to_numpy().astype(np.int32), [*values.cat.categories]
    numbers: dict[tuple[Any, ...], int] = {}
    of_value = (numbers.setdefault(tuple(value), len(numbers)) for value in values)
    return np.fromiter(of_value, np.int32, len(values)), list(numbers)


def _taken(column: pd.Series[Any], places: Places) -> pd.Series[Any]:
    """The values at these places, texts as categories; nothing at place -1."""
    import pandas as pd

    absent = places < 0
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy()[places] if len(column) else np.full(len(places), np.nan)
        return pd.Series(np.where(absent, np.nan, values) if absent.any() else values)
    texts = column.astype("category")
    codes = texts.cat.codes.to_numpy()[places] if len(texts) else np.full(len(places), -1)
    codes[absent] = -1
    return pd.Series(pd.Categorical.from_codes(codes, texts.cat.categories))


def _article_labels(rows: _Rows, actors: pd.Series[str], labels: pd.Series[str]) -> pd.Series[str]:
    """One label for each article, actor and target, from its passages, in each of its rows; else empty.

    The label is the stance that more of the passages take; neutral if both are taken equally often or no
    clear passage takes one; unclear if no passage is clear.
    """
    import pandas as pd

    actor = pd.factorize(actors)[0][rows.passage]
    pair = actor * (int(rows.target.max(initial=0)) + 1) + rows.target
    key = rows.article.astype(np.int64) * (int(pair.max(initial=0)) + 1) + pair
    _, owner = np.unique(key, return_inverse=True)
    counts = [np.bincount(owner, (labels == label).to_numpy()) for label in LABELS]
    judged = np.bincount(owner, (labels != "").to_numpy())
    supports, opposes, _ = counts
    chosen = np.select(
        [judged == 0, sum(counts) == 0, supports > opposes, opposes > supports], [0, 1, 2, 3], 4
    )
    names = ["", "unclear", "supports", "opposes", "neutral"]
    return pd.Series(pd.Categorical.from_codes(chosen[owner], pd.Index(names)))
