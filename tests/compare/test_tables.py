"""The tables, on corpora small enough to count by eye."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pytest

from pipelines.compare import PLACES, compare
from pipelines.compare.remarks import remarks
from pipelines.compare.tables import Tables
from pipelines.config import Compare
from pipelines.records import About, Article, Judgement, Label, Passage, Voice, arrow_schema

SURE: dict[Label, tuple[float, float, float]] = {
    "supports": (0.8, 0.1, 0.1),
    "opposes": (0.1, 0.8, 0.1),
    "neutral": (0.1, 0.1, 0.8),
    "unclear": (0.4, 0.3, 0.3),
}
FOR: list[Label] = ["supports"]
AGAINST: list[Label] = ["opposes"]
NEUTRAL: list[Label] = ["neutral"]
UNCLEAR: list[Label] = ["unclear"]
ABOUT: dict[str, About] = {"deployment": "named"}


class Corpus(NamedTuple):
    """What compare takes."""

    articles: pd.DataFrame
    passages: pd.DataFrame
    judgements: pd.DataFrame

    def shuffled(self, seed: int) -> Corpus:
        return Corpus(*(frame.sample(frac=1, random_state=seed) for frame in self))


def corpus(groups: dict[str, list[list[Label]]], **fields: Any) -> Corpus:
    """Articles in each language, given the labels of the passages of each; all are Putin's."""
    articles: list[Article] = []
    passages: list[Passage] = []
    judgements: list[Judgement] = []
    for language, of_articles in groups.items():
        for number, labels in enumerate(of_articles):
            article = Article(
                **{"id": f"{language}-{number}", "language": language, "text": "x" * 100} | fields
            )
            articles.append(article)
            for index, label in enumerate(labels):
                passages.append(passage(article.id, index))
                judgements.append(Judgement(passages[-1].id, "deployment", *SURE[label], label, 0.75))
    return frames(articles, passages, judgements)


def passage(
    article: str,
    index: int,
    voice: Voice = "narrated",
    flags: tuple[str, ...] = (),
    about: Mapping[str, About] = ABOUT,
) -> Passage:
    start = 10 * index
    place = f"{article}:{index}:Putin", article, "Putin", start, start + 5
    return Passage(*place, "источник", "pivot", "pivot", voice, "both", about, flags)


def frames(articles: list[Article], passages: list[Passage], judgements: list[Judgement]) -> Corpus:
    def frame(record: type, records: list[Any]) -> pd.DataFrame:
        table = pa.Table.from_pylist([asdict(item) for item in records], schema=arrow_schema(record))
        return table.to_pandas()

    about = frame(Article, articles)
    about["characters"] = about.pop("text").str.len().astype(int)
    return Corpus(about, frame(Passage, passages), frame(Judgement, judgements))


def tables(
    of: Corpus, by: tuple[str, ...] = ("language",), minimum_articles: int = 1, **settings: Any
) -> Tables:
    chosen = Compare(by=list(by), minimum_articles=minimum_articles, **settings)
    return compare(*of, ["Putin"], ["deployment"], chosen)


def row(table: pd.DataFrame, group: str) -> dict[str, Any]:
    """The one row of a group."""
    (found,) = table[table["group"] == group].to_dict("records")
    return {str(column): value for column, value in found.items()}


def test_each_article_weighs_one_and_counts_as_the_mean_of_its_passages() -> None:
    found = row(tables(corpus({"en": [FOR * 9, ["opposes", "neutral"]]})).stance, "en")
    assert (found["articles"], found["passages"], found["passages_per_article"]) == (2, 11, 5.5)
    assert (found["supports"], found["opposes"], found["neutral"], found["unclear"]) == (0.5, 0.25, 0.25, 0.0)
    assert found["net"] == 0.25


def test_the_four_shares_sum_to_one_and_an_unclear_passage_is_on_neither_side() -> None:
    found = row(tables(corpus({"en": [FOR, FOR, AGAINST, NEUTRAL, UNCLEAR]})).stance, "en")
    shares = [found[name] for name in ("supports", "opposes", "neutral", "unclear")]
    assert shares == [0.4, 0.2, 0.2, 0.2]
    assert found["net"] == pytest.approx(0.2)


def test_articles_with_any_support_any_opposition_and_both_are_counted() -> None:
    found = row(tables(corpus({"en": [["supports", "opposes"], FOR, NEUTRAL, UNCLEAR]})).stance, "en")
    assert (found["any_supports"], found["any_opposes"], found["mixed"]) == (0.5, 0.25, 0.25)


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        (["supports", "supports", "opposes"], "supports"),
        (["supports", "opposes"], "neutral"),
        (["unclear", "unclear", "opposes"], "opposes"),
        (["neutral", "unclear"], "neutral"),
        (["unclear", "unclear"], "unclear"),
    ],
)
def test_evidence_names_the_stance_that_more_of_an_articles_passages_take(
    labels: list[Label], label: str
) -> None:
    evidence = tables(corpus({"en": [labels]})).evidence
    assert set(evidence["article_label"]) == {label}


def test_agreement_and_suspect_are_means_over_passages() -> None:
    passages = [passage("a", index) for index in range(3)] + [passage("a", 3, flags=("cut", "repeated"))]
    judged = [
        Judgement(item.id, "deployment", *SURE["supports"], "supports", agreement)
        for item, agreement in zip(passages, (0.5, 0.5, 0.5, 1.0), strict=True)
    ]
    result = tables(frames([Article("a", "en", "x" * 100)], passages, judged))
    assert row(result.stance, "en")["agreement"] == 0.625
    assert row(result.stance, "en")["suspect"] == 0.25
    assert result.evidence["flags"].tolist() == ["", "", "", "cut repeated"]


def test_a_group_below_the_minimum_keeps_its_counts_and_has_no_estimate() -> None:
    stance = tables(corpus({"en": [FOR] * 4, "pt": [FOR] * 5}), minimum_articles=5).stance
    small, large = row(stance, "en"), row(stance, "pt")
    assert (small["articles"], small["passages"]) == (4, 4)
    assert small["note"] == "4 articles, fewer than 5"
    estimates = ["supports", "opposes", "neutral", "unclear", "net", "low", "high", "clusters", "deff"]
    assert all(pd.isna(small[name]) for name in estimates)
    assert not any(pd.isna(large[name]) for name in estimates)


def test_an_interval_holds_its_estimate_and_has_a_width_where_all_articles_agree() -> None:
    stance = tables(corpus({"en": [AGAINST] * 5, "pt": [FOR], "ru": [NEUTRAL] * 3})).stance
    assert (stance["low"] <= stance["net"]).all()
    assert (stance["net"] <= stance["high"]).all()
    assert (stance["low"] < stance["high"]).all()


def test_rows_are_of_all_articles_and_then_of_each_group_by_name() -> None:
    stance = tables(corpus({"pt": [FOR], "en": [AGAINST]}), by=("language", "outlet")).stance
    assert list(zip(stance["group_by"], stance["group"], strict=True)) == [
        ("all", "all"),
        ("language", "en"),
        ("language", "pt"),
        ("outlet", "unknown"),
    ]


@pytest.mark.parametrize(
    ("by", "published", "group"),
    [
        ("day", "2024-10-24", "2024-10-24"),
        ("day", "2024-10-24T08:00:00", "2024-10-24"),
        ("month", "2024-10-24", "2024-10"),
        ("year", "2024-10-24", "2024"),
        ("year", "24 October 2024", "unknown"),
        ("year", None, "unknown"),
    ],
)
def test_times_are_cut_from_iso_dates(by: str, published: str | None, group: str) -> None:
    stance = tables(corpus({"en": [FOR]}, published=published), by=(by,)).stance
    assert stance["group"].tolist() == ["all", group]


def test_a_difference_is_the_net_stance_of_a_group_minus_its_reference() -> None:
    result = tables(
        corpus({"en": [FOR, FOR, NEUTRAL, NEUTRAL], "pt": [AGAINST, AGAINST, NEUTRAL, NEUTRAL]}),
        reference={"language": "en"},
    )
    (found,) = result.differences.to_dict("records")
    assert (found["group"], found["reference"], found["difference"]) == ("pt", "en", -1.0)
    assert (found["articles"], found["reference_articles"]) == (4, 4)
    assert found["low"] <= -1.0 <= found["high"]
    assert found["low"] < found["high"]


def test_without_a_reference_each_group_is_compared_with_all_the_others() -> None:
    differences = tables(corpus({"en": [FOR, FOR], "pt": [AGAINST], "ru": [NEUTRAL]})).differences
    assert differences["reference"].tolist() == ["rest"] * 3
    assert [row(differences, group)["difference"] for group in ("en", "pt", "ru")] == [
        pytest.approx(1 - -1 / 2),
        pytest.approx(-1 - 2 / 3),
        pytest.approx(0 - 1 / 3),
    ]
    assert [row(differences, group)["reference_articles"] for group in ("en", "pt", "ru")] == [2, 3, 3]


def test_one_group_alone_has_no_difference() -> None:
    assert tables(corpus({"en": [FOR, AGAINST]})).differences.empty


def test_a_group_below_the_minimum_has_no_difference_and_a_note() -> None:
    groups = {"en": [FOR] * 9, "pt": [AGAINST] * 4}
    (found,) = tables(corpus(groups), reference={"language": "en"}, minimum_articles=5).differences.to_dict(
        "records"
    )
    assert (found["articles"], found["reference_articles"]) == (4, 9)
    assert found["note"] == "4 articles, fewer than 5"
    assert all(pd.isna(found[name]) for name in ("difference", "low", "high", "p_value", "q_value"))


def test_a_reference_below_the_minimum_gives_no_rows_and_a_remark() -> None:
    groups = {"en": [FOR] * 4, "pt": [AGAINST] * 9}
    settings: dict[str, Any] = {"reference": {"language": "en"}, "minimum_articles": 5}
    result = tables(corpus(groups), **settings)
    assert result.differences.empty
    lines = remarks(result, Compare(by=["language"], **settings))
    assert lines[0] == (
        "compare.reference: only 4 articles are, fewer than 5 of the reference language 'en', so nothing is compared. "
        "Groups: en, pt"
    )


def test_a_reference_that_no_article_has_gives_no_rows_and_a_remark() -> None:
    settings: dict[str, Any] = {"reference": {"language": "fr"}, "minimum_articles": 1}
    result = tables(corpus({"en": [FOR] * 4, "pt": [AGAINST] * 9}), **settings)
    assert result.differences.empty
    assert (
        "no article is of the reference language 'fr'"
        in remarks(result, Compare(by=["language"], **settings))[0]
    )


def test_two_groups_without_a_reference_are_one_comparison() -> None:
    differences = tables(corpus({"en": [FOR] * 4, "pt": [AGAINST] * 4})).differences
    assert differences[["group", "reference", "difference"]].to_numpy().tolist() == [["en", "pt", 2.0]]


def test_a_difference_of_few_articles_has_no_test_and_says_why() -> None:
    (found,) = tables(corpus({"en": [FOR] * 2, "pt": [AGAINST] * 2})).differences.to_dict("records")
    assert found["difference"] == 2.0
    assert pd.isna(found["p_value"])
    assert found["note"] == "only 4 clusters of articles that are not independent: no test"


def test_q_values_are_those_of_benjamini_and_hochberg() -> None:
    groups = {"en": [FOR] * 9, "ko": [FOR] * 8, "pt": [AGAINST] * 9, "ru": [FOR] * 7 + [AGAINST] * 2}
    differences = tables(corpus(groups), reference={"language": "en"}, minimum_articles=2).differences
    p = {group: row(differences, group)["p_value"] for group in ("ko", "pt", "ru")}
    assert p["pt"] < p["ru"] < p["ko"] == 1.0
    q = {group: row(differences, group)["q_value"] for group in ("ko", "pt", "ru")}
    assert q == {"pt": pytest.approx(3 * p["pt"]), "ru": pytest.approx(min(1, 3 / 2 * p["ru"])), "ko": 1.0}
    assert [row(differences, group)["significant"] for group in ("ko", "pt", "ru")] == [False, True, False]


def test_a_difference_that_no_outcome_could_make_significant_raises_no_other_q_value() -> None:
    groups = {"en": [FOR] * 20, "ko": [AGAINST], "pt": [AGAINST] * 20}
    differences = tables(corpus(groups), reference={"language": "en"}).differences
    hopeless, found = row(differences, "ko"), row(differences, "pt")
    assert hopeless["note"] == "too few articles for any difference to be significant"
    assert pd.isna(hopeless["q_value"])
    assert found["q_value"] == found["p_value"]


def test_coverage_tells_how_many_articles_name_the_actor_where_and_how() -> None:
    articles = [Article(name, "en", "x" * 100) for name in ("a", "b", "c", "d")]
    passages = [passage("a", 2), passage("a", 6, "quoted"), passage("b", 4), passage("b", 5)]
    coverage = tables(frames(articles, passages, [])).coverage
    found = row(coverage, "en")
    assert found.pop("low") < 0.5 < found.pop("high")
    assert pd.isna(found.pop("quoted_text")), "no texts are given"
    assert found == {
        "actor": "Putin", "group_by": "language", "group": "en", "articles": 4, "copies": 0, "articles_with_actor": 2,
        "mention_rate": 0.5, "clusters": 4, "passages": 4, "quoted_share": 0.25, "share_of_voice": 1.0,
        "first_position": pytest.approx(0.3),
    }  # fmt: skip


def test_an_actor_in_the_title_is_first_named_at_the_very_beginning() -> None:
    title = Passage("a:0:Putin", "a", "Putin", -1, -1, "Putin", "Putin", "Putin", "narrated", "both")
    coverage = tables(frames([Article("a", "en", "x" * 100)], [title], [])).coverage
    assert row(coverage, "en")["first_position"] == 0.0


def test_evidence_has_a_row_for_each_judgement_in_the_order_of_the_articles() -> None:
    evidence = tables(corpus({"pt": [["supports", "unclear"]], "en": [AGAINST]}).shuffled(1)).evidence
    assert evidence[["article_id", "label"]].to_numpy().tolist() == [
        ["en-0", "opposes"],
        ["pt-0", "supports"],
        ["pt-0", "unclear"],
    ]


def two_targets() -> Corpus:
    """Three passages of an article: judged toward one target, toward both, toward none."""
    abouts: list[dict[str, About]] = [
        {"deployment": "named"},
        {"deployment": "referred", "aid": "near"},
        {},
    ]
    passages = [passage("a", index, about=about) for index, about in enumerate(abouts)]
    judged = [
        Judgement(item.id, target, *SURE["supports"], "supports", 1.0)
        for item in passages
        for target in item.about
    ]
    return frames([Article("a", "en", "x" * 100)], passages, judged)


def test_evidence_has_a_row_for_each_passage_and_target_without_a_label_if_it_is_not_judged() -> None:
    settings = Compare(by=["language"], minimum_articles=1)
    evidence = compare(*two_targets().shuffled(3), ["Putin"], ["deployment", "aid"], settings).evidence
    assert evidence[["position", "target", "about", "label"]].to_numpy().tolist() == [
        [0.0, "aid", "none", ""],
        [0.0, "deployment", "named", "supports"],
        [0.1, "aid", "near", "supports"],
        [0.1, "deployment", "referred", "supports"],
        [0.2, "aid", "none", ""],
        [0.2, "deployment", "none", ""],
    ]
    assert evidence.loc[evidence["label"] == "", ["supports", "opposes", "neutral"]].isna().all(axis=None)


def test_passages_about_none_of_a_target_are_counted_as_held_back_and_in_nothing_else() -> None:
    settings = Compare(by=["language"], minimum_articles=1)
    stance = compare(*two_targets(), ["Putin"], ["deployment", "aid"], settings).stance
    in_english = stance[stance["group"] == "en"]
    columns = ["target", "passages", "held_back", "articles", "net"]
    assert in_english[columns].to_numpy().tolist() == [["deployment", 2, 1, 1, 1.0], ["aid", 1, 2, 1, 1.0]]


def test_an_actor_of_whom_all_passages_are_held_back_has_no_articles() -> None:
    of = frames([Article("a", "en", "x" * 100)], [passage("a", 0, about={})], [])
    found = row(tables(of).stance, "en")
    assert (found["articles"], found["passages"], found["held_back"]) == (0, 0, 1)


def test_a_passage_that_could_not_be_judged_is_not_held_back() -> None:
    found = row(tables(frames([Article("a", "en", "x" * 100)], [passage("a", 0)], [])).stance, "en")
    assert (found["passages"], found["held_back"]) == (0, 0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_order_of_the_rows_changes_nothing(seed: int) -> None:
    of = corpus(
        {
            "en": [FOR, FOR, AGAINST, NEUTRAL, UNCLEAR],
            "pt": [AGAINST, AGAINST, ["supports", "opposes"]],
            "ko": [NEUTRAL, FOR],
        }
    )
    for table, same in zip(tables(of), tables(of.shuffled(seed)), strict=True):
        # Places in the stored frames, which are in one order in every run.
        left, right = (rows.drop(columns=[*PLACES], errors="ignore") for rows in (table, same))
        pd.testing.assert_frame_equal(left, right)


def test_a_cell_is_the_same_whatever_other_groups_there_are() -> None:
    alone = row(tables(corpus({"en": [FOR, FOR, AGAINST, NEUTRAL]})).stance, "en")
    beside = row(tables(corpus({"en": [FOR, FOR, AGAINST, NEUTRAL], "pt": [AGAINST, AGAINST]})).stance, "en")
    assert alone == beside


@pytest.mark.parametrize("groups", [{"en": [[], []]}, {"en": [[]], "pt": [[]]}])
def test_articles_without_judgements_give_rows_without_estimates(
    groups: dict[str, list[list[Label]]],
) -> None:
    result = tables(corpus(groups))
    assert result.stance["articles"].tolist() == [0] * (1 + len(groups))
    assert result.stance["net"].isna().all()
    assert (result.coverage["mention_rate"] == 0).all()
    assert result.differences.empty
    assert result.evidence.empty


def test_pooled_by_languages_each_language_weighs_the_same_and_a_story_in_both_is_one_cluster() -> None:
    of = corpus({"en": [FOR, NEUTRAL] * 10, "pt": [AGAINST, NEUTRAL] * 5})
    assert tables(of).stance["net"][0] == pytest.approx((0.5 * 20 - 0.5 * 10) / 30)
    by_language = row(tables(of, pool="languages").stance, "all")
    assert by_language["net"] == 0.0
    # Two stories, each of ten English articles that are alike.
    story = {f"en-{number}": f"s{number % 2}" for number in range(20)}
    alike = of._replace(articles=of.articles.assign(story=of.articles["id"].map(story)))
    # With the languages named the other way round, their order is no longer that of the articles' ids.
    names = of.articles["language"].map({"en": "pt", "pt": "en"})
    swapped = alike._replace(articles=alike.articles.assign(language=names))
    in_stories, renamed = (row(tables(each, pool="languages").stance, "all") for each in (alike, swapped))
    assert in_stories["deff"] > by_language["deff"] + 0.1
    assert renamed["deff"] == pytest.approx(in_stories["deff"])
