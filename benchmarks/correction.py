"""Whether codes make differences between languages right: coverage, false differences and error, simulated.

Usage: python benchmarks/correction.py [--quick]

Each corpus has two languages of 1,000 passages, two in each article. People code 200 of the 2,000, drawn in
proportion to language and machine label with at least 10 of each, or drawn plainly within each language. The
machine finds 70 % of the stances in one language and 50 % in the other. Articles are independent, in stories of
five of one language, or in stories of ten of both; the passages of a story correlate with 0.8. The true difference
in net stance is 0 or 0.2. The peer is the mean of 200 plainly drawn codes, without a machine; beside it are the
machine's labels alone. `--quick`: 300 corpora of each design, else 3,000. The last line is JSON: over all designs
together, and the worst of them.
"""

from __future__ import annotations

import argparse
import json
from itertools import product
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from pipelines.coding.allocation import LEAST, allocate
from pipelines.coding.estimator import CODES, NET, UNCODED, Passages, pseudo_outcomes
from pipelines.coding.means import Corpus, Estimate, estimate, group_of

CORPORA, QUICK_CORPORA = 3000, 300
"""Of each design; with 3,000 the standard error of a coverage of 0.95 is 0.004."""
PASSAGES, CODED = 1000, 200
"""Passages of each language, and codes of both together."""
IN_ARTICLE, IN_STORY, IN_PAIRED_STORY = 2, 10, 20
"""Passages of an article, and of a story told in one language and in both."""
CORRELATION = 0.8
"""Of the passages of a story, as of wire copy."""
SHARES = (0.1, 0.5)
"""Passages that support and oppose, in the reference language."""
RECALL = (0.7, 0.5)
"""Stances that the machine finds, in the reference and in the other language."""
WRONG_STANCE, FALSE_STANCE, UNCLEAR = 0.05, 0.06, 0.04
"""Stances that it takes for the other one, neutral passages that it takes for a stance, labels that it holds back."""
DIFFERENCES = (0.0, 0.2)
STORIES = ("independent", "stories of one language", "stories of both languages")
SAMPLES = ("strata", "plain")
SIGNIFICANT = 0.05


class Result(NamedTuple):
    """One corpus: the corrected difference, the machine's alone, and that of the codes alone."""

    corrected: Estimate
    machine: Estimate
    codes_alone: float


def main() -> None:
    """Print the table and the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    corpora = QUICK_CORPORA if parser.parse_args().quick else CORPORA
    columns = ("sample", "articles", "difference", "coverage", "false differences", "of the machine alone")
    print(f"| {' | '.join((*columns, 'error', 'error of codes alone', 'gain'))} |")
    print(f"| --- | --- |{' ---: |' * 7}")
    designs = []
    for number, (sample, stories, difference) in enumerate(product(SAMPLES, STORIES, DIFFERENCES)):
        rng = np.random.default_rng(number)
        results = [simulated(rng, sample, stories, difference) for _ in range(corpora)]
        designs.append(measured(results, difference))
        cells = [f"{value:.3f}" if value is not None else "" for value in designs[-1].values()]
        print(f"| {sample} | {stories} | {difference} | {' | '.join(cells)} |", flush=True)
    print(json.dumps({"benchmark": "correction", "corpora": corpora, **summary(designs)}))


def simulated(rng: np.random.Generator, sample: str, stories: str, difference: float) -> Result:
    """One corpus: codes and labels by chance, the difference of the second language from the first."""
    language = np.repeat([0, 1], PASSAGES)
    place = np.arange(PASSAGES)
    article = np.concatenate([place, place + PASSAGES]) // IN_ARTICLE
    story, correlation = article, 0.0
    if stories == STORIES[1]:
        story, correlation = np.arange(2 * PASSAGES) // IN_STORY, CORRELATION
    elif stories == STORIES[2]:
        story, correlation = np.tile(place, 2) // (IN_PAIRED_STORY // 2), CORRELATION
    truth = stances(rng, language, story, correlation, difference)
    label = labels(rng, truth, np.array(RECALL)[language])
    probability, drawn = selection(rng, language, label, sample)
    code = np.where(drawn, truth, UNCODED)
    clusterings = () if stories == STORIES[0] else (story[::IN_ARTICLE],)
    codes_alone = [
        NET[rng.choice(truth[language == number], CODED // 2, replace=False)].mean() for number in (0, 1)
    ]
    return Result(
        contrast(Passages(language, label, code, probability, story), article, clusterings),
        contrast(Passages(language, label, label, np.ones(len(label)), story), article, clusterings),
        float(codes_alone[1] - codes_alone[0]),
    )


def stances(
    rng: np.random.Generator,
    language: np.ndarray,
    story: np.ndarray,
    correlation: float,
    difference: float,
) -> np.ndarray:
    """What people would say of each passage, as positions in CODES."""
    common = rng.standard_normal(story.max() + 1)[story]
    own = rng.standard_normal(len(story))
    lean = ndtr(np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)
    supports = SHARES[0] + language * difference / 2
    opposes = SHARES[1] - language * difference / 2
    return np.where(lean < supports, 0, np.where(lean > 1 - opposes, 1, 2))


def labels(rng: np.random.Generator, truth: np.ndarray, recall: np.ndarray) -> np.ndarray:
    """The machine's labels, as positions in CODES."""
    chance, held_back = rng.random((2, len(truth)))
    stance = np.where(chance < recall, truth, np.where(chance < recall + WRONG_STANCE, 1 - truth, 2))
    neutral = np.where(chance < FALSE_STANCE, (chance < FALSE_STANCE / 2).astype(int), 2)
    return np.where(held_back < UNCLEAR, CODES.index("unclear"), np.where(truth < 2, stance, neutral))


def selection(
    rng: np.random.Generator, language: np.ndarray, label: np.ndarray, sample: str
) -> tuple[np.ndarray, np.ndarray]:
    """The probability that each passage is coded, and whether it is."""
    strata = language * len(CODES) + (label if sample == SAMPLES[0] else 0)
    sizes = {
        str(name): int(count) for name, count in zip(*np.unique(strata, return_counts=True), strict=True)
    }
    numbers = allocate(sizes, {name: min(LEAST, size) for name, size in sizes.items()}, CODED)
    probability, drawn = np.zeros(len(strata)), np.zeros(len(strata), dtype=bool)
    for name, number in numbers.items():
        places = np.flatnonzero(strata == int(name))
        probability[places] = number / len(places)
        drawn[rng.choice(places, number, replace=False)] = True
    return probability, drawn


def contrast(passages: Passages, article: np.ndarray, clusterings: tuple[np.ndarray, ...]) -> Estimate:
    """The corrected difference between the languages; that of the machine if its labels are the codes."""
    unknown, nobody = np.full(len(article), np.nan), np.zeros(len(article), dtype=bool)
    corpus = Corpus(passages, pseudo_outcomes(passages), article, unknown, nobody, clusterings)
    first, second = (group_of(corpus, np.flatnonzero(passages.language == number)) for number in (0, 1))
    return estimate(corpus, second, first)


def measured(results: list[Result], difference: float) -> dict[str, float | None]:
    """Coverage, false differences and root mean squared errors of one design."""
    corrected = np.array([result.corrected for result in results])
    columns = dict(zip(Estimate._fields, corrected.T, strict=True))
    false = {
        name: float(np.mean([getattr(result, name).p_value < SIGNIFICANT for result in results]))
        for name in ("corrected", "machine")
    }
    alone = np.array([result.codes_alone for result in results])
    return {
        "coverage": float(np.mean((columns["low"] <= difference) & (difference <= columns["high"]))),
        "false_differences": None if difference else false["corrected"],
        "uncorrected_false_differences": None if difference else false["machine"],
        "error": float(np.sqrt(np.mean((columns["value"] - difference) ** 2))),
        "error_codes_alone": float(np.sqrt(np.mean((alone - difference) ** 2))),
        "gain": float(np.mean(columns["gain"])),
    }


def summary(designs: list[dict[str, float | None]]) -> dict[str, float]:
    """Means over the designs, and the worst of them."""
    columns = {name: [d[name] for d in designs if d[name] is not None] for name in designs[0]}
    values = {name: np.array(column, dtype=float) for name, column in columns.items()}
    figures = {name: float(column.mean()) for name, column in values.items()} | {
        "coverage_low": float(values["coverage"].min()),
        "coverage_high": float(values["coverage"].max()),
        "false_differences_high": float(values["false_differences"].max()),
        "error_ratio_high": float((values["error"] / values["error_codes_alone"]).max()),
    }
    return {name: round(figure, 4) for name, figure in figures.items()}


if __name__ == "__main__":
    main()
