"""The comparison tables, as data frames with the columns that the documentation fixes."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import false_discovery_control

from pipelines.compare.resampling import bootstrap, cell_rng, interval, net_stance, permutation_p_value
from pipelines.judge.controls import COLUMNS as CONTROL_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.config import Compare

LABELS = ["supports", "opposes", "neutral"]
ALL = "all"
UNKNOWN = "unknown"
REST = "rest"
SIGNIFICANT = 0.05
DAY, MONTH, YEAR = 10, 7, 4

COLUMNS = {
    "stance": [
        *("actor", "target", "group_by", "group", "articles", "passages", "unclear", *LABELS),
        *("net", "low", "high", "agreement", "suspect"),
    ],
    "coverage": [
        *("actor", "group_by", "group", "articles", "articles_with_actor", "mention_rate", "passages"),
        *("quoted_share", "first_position"),
    ],
    "differences": [
        *("actor", "target", "group_by", "group", "reference", "articles", "reference_articles"),
        *("difference", "low", "high", "p_value", "q_value", "significant"),
    ],
    "evidence": [
        *("article_id", "language", "outlet", "published", "actor", "target", "label", *LABELS),
        *("voice", "source", "pivot", "flags"),
    ],
    "controls": CONTROL_COLUMNS,
}


class Tables(NamedTuple):
    """The rows of stage 5."""

    stance: pd.DataFrame
    coverage: pd.DataFrame
    differences: pd.DataFrame
    controls: pd.DataFrame
    evidence: pd.DataFrame


def compare(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    judgements: pd.DataFrame,
    actors: Sequence[str],
    targets: Sequence[str],
    settings: Compare,
    controls: pd.DataFrame | None = None,
) -> Tables:
    """All tables; rows follow the order of actors, targets, groupings and the groups' names.

    Args:
        articles: one row each: id, language, outlet, published, story, characters.
        passages: as stored.
        judgements: as stored.
        actors: names, in the order of the tables.
        targets: names, in the order of the tables.
        settings: groupings, reference, minimum size and seed.
        controls: of the judge, passed on.
    """
    grouped = _with_groups(articles, settings.by)
    evidence = _evidence(grouped, passages, judgements)
    labels = article_labels(evidence)
    stance = [
        _stance_row(actor, target, by, group, rows, labels, settings)
        for actor in actors
        for target in targets
        for by, group, rows in _cells(evidence, grouped, actor, target, [ALL, *settings.by])
    ]
    coverage = [
        row for actor in actors for row in _coverage_rows(grouped, passages, actor, [ALL, *settings.by])
    ]
    differences = list(_difference_rows(labels, grouped, actors, targets, settings))
    return Tables(
        _frame("stance", stance),
        _frame("coverage", coverage),
        _with_q_values(_frame("differences", differences)),
        _frame("controls", []) if controls is None else controls,
        evidence[COLUMNS["evidence"]],
    )


def article_labels(evidence: pd.DataFrame) -> pd.DataFrame:
    """One label for each article, actor and target, from its passages.

    The stance that more of its passages take; where both are taken equally often, or none of its
    clear passages takes one, neutral; where no passage is clear, unclear.
    """
    keys = ["article_id", "actor", "target"]
    counts = pd.crosstab([evidence[key] for key in keys], evidence["label"]).reindex(
        columns=[*LABELS, "unclear"], fill_value=0
    )
    supports, opposes = counts["supports"], counts["opposes"]
    none_clear = counts[LABELS].sum(axis=1) == 0
    label = np.select(
        [none_clear, supports > opposes, opposes > supports], ["unclear", "supports", "opposes"], "neutral"
    )
    return pd.DataFrame({"label": label}, index=counts.index).reset_index()


def _with_groups(articles: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Articles with one column for each grouping, prefixed by `by_`."""
    day = articles["published"].fillna("").where(lambda s: s.str.match(r"\d{4}-\d{2}-\d{2}"), "")
    times = {"day": day.str[:DAY], "month": day.str[:MONTH], "year": day.str[:YEAR]}
    columns = {ALL: pd.Series(ALL, index=articles.index), **times}
    groups = {f"by_{name}": columns[name] if name in columns else articles[name] for name in [ALL, *by]}
    return articles.assign(
        **{name: values.fillna("").replace("", UNKNOWN) for name, values in groups.items()}
    )


def _evidence(articles: pd.DataFrame, passages: pd.DataFrame, judgements: pd.DataFrame) -> pd.DataFrame:
    """One row for each judgement with its passage and article, ordered by them."""
    joined = judgements.merge(passages, left_on="passage_id", right_on="id", validate="many_to_one").merge(
        articles, left_on="article_id", right_on="id", suffixes=("", "_article"), validate="many_to_one"
    )
    joined["flags"] = joined["flags"].map(" ".join)
    order = ["language", "article_id", "start", "actor", "target"]
    return joined.sort_values(order, kind="stable", ignore_index=True)


def _cells(
    evidence: pd.DataFrame, articles: pd.DataFrame, actor: str, target: str, by: Sequence[str]
) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Each grouping and group of the articles, with the actor's judgements in it."""
    mine = evidence[(evidence["actor"] == actor) & (evidence["target"] == target)]
    for name in by:
        rows = dict(iter(mine.groupby(f"by_{name}")))
        for group in sorted(articles[f"by_{name}"].unique()):
            yield name, group, rows.get(group, mine.iloc[:0])


def _stance_row(
    actor: str, target: str, by: str, group: str, rows: pd.DataFrame, labels: pd.DataFrame, settings: Compare
) -> dict[str, Any]:
    mine = labels[(labels["actor"] == actor) & (labels["target"] == target)]
    mine = mine[mine["article_id"].isin(rows["article_id"])]
    counts = label_counts(mine)
    decided = int(counts.sum())
    row: dict[str, Any] = {
        "actor": actor, "target": target, "group_by": by, "group": group,
        "articles": len(mine), "passages": len(rows),
        "unclear": (mine["label"] == "unclear").mean() if len(mine) else None,
    }  # fmt: skip
    if decided >= settings.minimum_articles:
        net = float(net_stance(counts))
        rng = cell_rng(settings.seed, "stance", actor, target, by, group)
        low, high = interval(bootstrap(counts, settings.replicates, rng), net)
        row |= dict(zip(LABELS, counts / decided, strict=True)) | {"net": net, "low": low, "high": high}
        row |= {"agreement": rows["agreement"].mean(), "suspect": (rows["flags"] != "").mean()}
    return row


def label_counts(labels: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Articles that support, oppose and are neutral: int array (3,)."""
    return np.array([(labels["label"] == label).sum() for label in LABELS], dtype=np.int64)


def _coverage_rows(
    articles: pd.DataFrame, passages: pd.DataFrame, actor: str, by: Sequence[str]
) -> Iterator[dict[str, Any]]:
    mine = passages[passages["actor"] == actor].merge(articles, left_on="article_id", right_on="id")
    mine = mine.assign(position=mine["start"].clip(lower=0) / mine["characters"])
    for name in by:
        for group, members in articles.groupby(f"by_{name}"):
            found = mine[mine[f"by_{name}"] == group]
            with_actor = found["article_id"].nunique()
            yield {
                "actor": actor, "group_by": name, "group": group,
                "articles": len(members), "articles_with_actor": with_actor,
                "mention_rate": with_actor / len(members), "passages": len(found),
                "quoted_share": (found["voice"] == "quoted").mean(),
                "first_position": found.groupby("article_id")["position"].min().mean(),
            }  # fmt: skip


def _difference_rows(
    labels: pd.DataFrame,
    articles: pd.DataFrame,
    actors: Sequence[str],
    targets: Sequence[str],
    settings: Compare,
) -> Iterator[dict[str, Any]]:
    decided = labels[labels["label"] != "unclear"].merge(articles, left_on="article_id", right_on="id")
    for actor, target, by in product(actors, targets, settings.by):
        mine = decided[(decided["actor"] == actor) & (decided["target"] == target)]
        reference = settings.reference.get(by)
        groups = sorted(articles[f"by_{by}"].unique())
        for group in groups:
            if group == reference or len(groups) == 1:
                continue
            inside = mine[f"by_{by}"] == group
            outside = mine[f"by_{by}"] == reference if reference else ~inside
            counts = label_counts(mine[inside]), label_counts(mine[outside])
            place = {"actor": actor, "target": target, "group_by": by, "group": group}
            yield place | {"reference": reference or REST} | _difference(*counts, settings, place)


def _difference(group: Any, reference: Any, settings: Compare, place: dict[str, str]) -> dict[str, Any]:
    sizes = {"articles": int(group.sum()), "reference_articles": int(reference.sum())}
    if min(sizes.values()) < settings.minimum_articles:
        return sizes
    rng = cell_rng(settings.seed, "difference", *place.values())
    difference = float(net_stance(group) - net_stance(reference))
    spread = bootstrap(group, settings.replicates, rng) - bootstrap(reference, settings.replicates, rng)
    low, high = interval(spread, difference)
    p_value = permutation_p_value(group, reference, settings.replicates, rng)
    return sizes | {"difference": difference, "low": low, "high": high, "p_value": p_value}


def _with_q_values(differences: pd.DataFrame) -> pd.DataFrame:
    """Adds q-values over all tested differences (Benjamini and Hochberg 1995), and which are below 0.05."""
    tested = differences["p_value"].notna()
    if tested.any():
        q_values = false_discovery_control(differences.loc[tested, "p_value"].astype(float))
        differences.loc[tested, "q_value"] = q_values
        differences["significant"] = differences["significant"].astype(object)
        differences.loc[tested, "significant"] = [bool(q < SIGNIFICANT) for q in q_values]
    return differences


def _frame(table: str, rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS[table])
