"""Corrected means, differences and their intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import t as student

from pipelines.coding.estimator import NET, UNCODED, Passages, pseudo_outcomes
from pipelines.coding.means import Corpus, estimate, group_of


def corpus(
    truth: np.ndarray,
    label: np.ndarray,
    drawn: np.ndarray,
    *,
    language: np.ndarray | None = None,
    article: np.ndarray | None = None,
    story: np.ndarray | None = None,
    gap: np.ndarray | None = None,
    settled: bool = False,
) -> Corpus:
    size = len(truth)
    language = np.zeros(size, dtype=int) if language is None else language
    article = np.arange(size) if article is None else article
    passages = Passages(
        language, label, np.where(drawn, truth, UNCODED), np.full(size, drawn.mean()), article
    )
    return Corpus(
        passages,
        pseudo_outcomes(passages),
        article,
        np.full(size, np.nan) if gap is None else gap,
        np.full(size, settled),
        () if story is None else (story,),
    )


EVERYTHING = np.ones(40, dtype=bool)
HALVES = np.repeat([0, 1], 20)


def test_a_census_has_the_plain_t_interval_of_its_articles() -> None:
    truth = np.tile([0, 1, 1, 2], 10)
    whole = corpus(truth, truth, EVERYTHING)
    result = estimate(whole, group_of(whole, np.arange(40)))
    nets = NET[truth]
    assert result.value == pytest.approx(-0.25)
    error = nets.std(ddof=1) / math.sqrt(40)
    assert result.high - result.value == pytest.approx(student.ppf(0.975, 39) * error)


def test_each_article_weighs_one_whatever_its_length() -> None:
    truth = np.array([0] * 30 + [1] * 10)
    article = np.array([0] * 30 + list(range(1, 11)))
    whole = corpus(truth, truth, EVERYTHING, article=article)
    group = group_of(whole, np.arange(40))
    assert len(group.articles) == 11
    assert estimate(whole, group).value == pytest.approx((1 - 10) / 11)
    assert group.machine == pytest.approx((1 - 10) / 11)


def test_a_story_that_both_languages_tell_pairs_itself() -> None:
    truth = np.tile(np.tile([0, 1], 10), 2)
    alone = corpus(truth, truth, EVERYTHING, language=HALVES)
    paired = corpus(truth, truth, EVERYTHING, language=HALVES, story=np.tile(np.arange(20), 2))
    widths = []
    for each in (alone, paired):
        result = estimate(each, group_of(each, np.arange(20)), group_of(each, np.arange(20, 40)))
        assert result.value == 0
        widths.append(result.high - result.low)
    assert widths[1] < widths[0] / 3


def test_fewer_than_six_clusters_have_an_estimate_without_a_p_value() -> None:
    truth = np.tile([0, 1, 1, 2], 10)
    few = corpus(truth, truth, EVERYTHING, story=np.arange(40) // 8)
    result = estimate(few, group_of(few, np.arange(40)))
    assert result.clusters == 5
    assert math.isnan(result.p_value)
    assert result.low < result.value < result.high


def test_articles_that_all_say_the_same_still_have_an_interval() -> None:
    truth = np.ones(40, dtype=int)
    same = corpus(truth, truth, EVERYTHING)
    result = estimate(same, group_of(same, np.arange(40)))
    assert (result.value, result.low) == (-1, -1)
    assert 0.02 < result.high - result.value < 0.1


def gaps(shares: tuple[float, float], size: int = 200) -> np.ndarray:
    """Gaps of the first and the second language: the first coder says supports, the second neutral, this often."""
    return np.concatenate([np.arange(size) < share * size for share in shares]).astype(float)


@pytest.mark.parametrize(
    ("shares", "of_mean", "of_difference"),
    [((0.2, 0.2), True, False), ((0.3, 0.0), True, True), ((0.0, 0.0), False, False)],
)
def test_a_habit_of_a_coder_widens_means_and_differences_only_if_languages_differ(
    shares: tuple[float, float], of_mean: bool, of_difference: bool
) -> None:
    truth, language = np.tile([0, 1, 1, 2], 100), np.repeat([0, 1], 200)
    drawn = np.ones(400, dtype=bool)
    sure, unsure, settled = (
        corpus(truth, truth, drawn, language=language, gap=gap, settled=is_settled)
        for gap, is_settled in ((None, False), (gaps(shares), False), (gaps(shares), True))
    )
    for reference, wider in ((False, of_mean), (True, of_difference)):
        widths = [
            result.high - result.low
            for each in (sure, unsure, settled)
            for sides in [[group_of(each, np.flatnonzero(language == n)) for n in (0, 1)]]
            for result in [estimate(each, sides[0], sides[1] if reference else None)]
        ]
        assert (widths[1] > 1.1 * widths[0]) == wider
        assert widths[2] == pytest.approx(widths[0])


def test_the_gain_is_1_if_the_machine_says_nothing_and_more_if_it_knows_much() -> None:
    rng = np.random.default_rng(0)
    truth = rng.choice(3, 4000)
    drawn = np.isin(np.arange(4000), rng.choice(4000, 400, replace=False))
    nearly = np.where(rng.random(4000) < 0.8, truth, rng.choice(3, 4000))
    of_nothing, of_much = (
        estimate(each, group_of(each, np.arange(4000)))
        for each in (corpus(truth, label, drawn) for label in (np.full(4000, 2), nearly))
    )
    assert of_nothing.gain == pytest.approx(1, abs=0.02)
    # 1 / (1 - R2 (1 - n / N)), R2 = 0.64 of a machine that knows 80 % and guesses the rest.
    assert of_much.gain == pytest.approx(1 / (1 - 0.64 * 0.9), rel=0.1)


def test_intervals_cover_a_difference_that_the_machine_alone_gets_wrong() -> None:
    rng = np.random.default_rng(0)
    language = np.repeat([0, 1], 500)
    covered = wrong = 0
    for _ in range(200):
        truth = rng.choice(3, 1000, p=[0.1, 0.6, 0.3])
        label = np.where(rng.random(1000) < np.where(language == 0, 0.9, 0.6), truth, 2)
        drawn = np.isin(
            np.arange(1000), np.concatenate([rng.choice(500, 50, False), 500 + rng.choice(500, 50, False)])
        )
        each = corpus(truth, label, drawn, language=language)
        result = estimate(each, *(group_of(each, np.flatnonzero(language == n)) for n in (0, 1)))
        covered += result.low <= 0 <= result.high
        wrong += abs(NET[label[:500]].mean() - NET[label[500:]].mean()) > 0.1
    assert 0.92 <= covered / 200 <= 0.98
    assert wrong > 150
