"""Coverage of the 95 % intervals, and errors of the tests, on simulated corpora through the program's own `compare`.

Usage: python benchmarks/intervals.py [--quick]

Each simulated corpus is one actor of a large one, so that 1,000 of them take one call. The peer is what a spreadsheet
gives: mean +- 1.96 standard errors and Welch's t test over articles as if all were independent. `--quick`: 300
corpora of 30 and 100 articles. The last line is JSON: the worst over the designs.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from pipelines.compare import compare
from pipelines.compare.tables import Tables
from pipelines.config import Compare
from pipelines.records import LABELS

SIZES = (10, 30, 100, 300)
"""Articles in a group."""
SHARES = np.array([0.3, 0.3, 0.4])
"""Of articles that support, oppose and are neutral, in all designs but those that name others."""
STORY = 5
"""Articles of a story."""
OUTLETS = 6
OUTLET_CORRELATION = 0.2
"""Of two articles of one outlet: what makes naive intervals of 300 articles cover as little as in news, 0.44."""
COUPLED = 0.69
"""Share of pairs of one story with one draw; their nets then correlate by 0.6, since the groups differ."""
SAME_SIDE = 0.6
"""Of an article's passages that take its side for certain, if it has several; the others are drawn anew."""
FAMILY = 300
"""Rows in a family of tests."""

Labels = NDArray[np.int64]
"""(corpora, articles), places in LABELS."""


class Design(NamedTuple):
    """How the articles of two groups correlate."""

    name: str
    cluster: list[str]
    correlation: float = 0.0
    paired: bool = False


INDEPENDENT = Design("independent", [])
DESIGNS = (
    INDEPENDENT,
    Design("stories 0.3", ["story"], 0.3),
    Design("stories 0.8", ["story"], 0.8),
    Design("stories 0.3, paired", ["story"], 0.3, paired=True),
    Design("stories 0.8, paired", ["story"], 0.8, paired=True),
    Design("6 outlets", ["outlet"], OUTLET_CORRELATION),
)


def drawn(rng: np.random.Generator, corpora: int, shares: NDArray[np.float64], size: int) -> Labels:
    """Independent labels (corpora, size)."""
    return rng.choice(3, size=(corpora, size), p=shares)


def stories(
    rng: np.random.Generator,
    corpora: int,
    codes: Labels,
    correlation: float,
    more: NDArray[np.float64] | None = None,
) -> Labels:
    """Labels (corpora, articles), of which two of one story correlate.

    Args:
        rng: source of randomness.
        corpora: number of corpora.
        codes: (articles,), the story of each.
        correlation: of two articles of a story.
        more: (articles,), what is added to the net of an article, half to support and half taken from opposition.
    """
    place = np.where(
        rng.random((corpora, len(codes))) < np.sqrt(correlation),
        rng.random((corpora, int(codes.max()) + 1))[:, codes],
        rng.random((corpora, len(codes))),
    )
    added = (np.zeros(len(codes)) if more is None else more) / 2
    return np.where(place < SHARES[1] - added, 1, np.where(place < 1 - SHARES[0] - added, 2, 0))


def outlets(rng: np.random.Generator, corpora: int, codes: Labels) -> Labels:
    """Labels (corpora, articles) by outlets with shares of their own (Dirichlet)."""
    own = rng.dirichlet(SHARES * (1 - OUTLET_CORRELATION) / OUTLET_CORRELATION, (corpora, OUTLETS))
    ends = own.cumsum(axis=2)[:, codes]
    labels: Labels = (rng.random((corpora, len(codes), 1)) > ends).sum(axis=2).clip(max=2)
    return labels


def corpus(
    labels: Labels,
    group: NDArray[Any],
    story: NDArray[Any],
    outlet: NDArray[Any],
    settings: Compare,
    passages: NDArray[np.int64] | None = None,
) -> Tables:
    """The tables of as many actors as there are rows of labels.

    Args:
        labels: (corpora, articles), or (corpora, passages) with `passages`.
        group: (articles,), the language of each.
        story, outlet: (articles,), names.
        settings: of the comparison.
        passages: (passages,), the article of each; one passage in each article by default.
    """
    corpora, count = labels.shape
    of_article = np.arange(count) if passages is None else passages
    articles = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(group))], "language": group, "outlet": outlet, "story": story,
            "published": "2024-10-24", "characters": 1000, "title": "", "url": "",
        }
    )  # fmt: skip
    ids = [f"p{n}" for n in range(corpora * count)]
    actors = [f"actor {n:03d}" for n in range(corpora)]
    quoted = pd.DataFrame(
        {
            "id": ids, "article_id": np.tile(articles["id"].to_numpy()[of_article], corpora),
            "actor": np.repeat(actors, count), "start": 1, "voice": "quoted", "matched": "both", "source": "",
            "pivot": "", "context": "", "about": [(("target", "named"),)] * len(ids), "flags": [()] * len(ids),
        }
    )  # fmt: skip
    flat = labels.ravel()
    judgements = pd.DataFrame(np.eye(3)[flat], columns=list(LABELS)).assign(
        passage_id=ids, target="target", label=np.array(LABELS)[flat], agreement=np.nan
    )
    return compare(articles, quoted, judgements, actors, ["target"], settings)


def alone(size: int, design: Design, corpora: int, rng: np.random.Generator) -> tuple[Tables, Labels]:
    """One group of a design."""
    codes = np.arange(size) // STORY if design.cluster == ["story"] else np.arange(size)
    outlet = np.arange(size) % OUTLETS
    if design.cluster == ["outlet"]:
        labels = outlets(rng, corpora, outlet)
    else:
        labels = stories(rng, corpora, codes, design.correlation)
    settings = Compare(by=["language"], cluster=design.cluster, minimum_articles=1)
    group = np.full(size, "en")
    return corpus(labels, group, names("story", codes), names("outlet", outlet), settings), labels


def names(word: str, codes: NDArray[Any]) -> NDArray[Any]:
    """A name for each code."""
    return np.array([f"{word} {code}" for code in codes])


def coverage(size: int, design: Design, corpora: int) -> tuple[float, float]:
    """The shares of intervals that hold the truth: ours, and the peer's."""
    rng = np.random.default_rng(size)
    tables, labels = alone(size, design, corpora, rng)
    rows = tables.stance[tables.stance["group_by"] == "language"]
    truth = float(SHARES[0] - SHARES[1])
    ours = (rows["low"] <= truth + 1e-9) & (rows["high"] >= truth - 1e-9)
    values = np.array([1, -1, 0])[labels]
    half = 1.96 * values.std(axis=1, ddof=1) / np.sqrt(size)
    return float(ours.mean()), float((np.abs(values.mean(axis=1) - truth) <= half).mean())


def coverage_of_several(size: int, design: Design, corpora: int) -> float:
    """The share of intervals that hold the truth if articles have 1 to 7 passages, of which 60 % take its side."""
    rng = np.random.default_rng(size)
    story = np.arange(size) // STORY if design.cluster else np.arange(size)
    of_article = np.repeat(np.arange(size), rng.integers(1, 8, size))
    side = stories(rng, corpora, story, design.correlation)[:, of_article]
    labels = np.where(rng.random(side.shape) < SAME_SIDE, side, drawn(rng, corpora, SHARES, len(of_article)))
    settings = Compare(by=["language"], cluster=design.cluster, minimum_articles=1)
    each = names("", np.arange(size))
    tables = corpus(labels, np.full(size, "en"), names("story", story), each, settings, of_article)
    rows = tables.stance[tables.stance["group_by"] == "language"]
    truth = float(SHARES[0] - SHARES[1])
    return float(((rows["low"] <= truth) & (rows["high"] >= truth)).mean())


def two_groups(size: int, design: Design, corpora: int, rng: np.random.Generator) -> Tables:
    """Two groups of `size` articles; in a paired design each story has articles of both."""
    both = 2 * size
    codes = np.arange(both) // STORY if design.cluster == ["story"] else np.arange(both)
    outlet = np.arange(both) % OUTLETS
    group = (
        np.where(np.arange(both) % 2 == 0, "en", "pt")
        if design.paired
        else np.where(np.arange(both) < size, "en", "pt")
    )
    if design.cluster == ["outlet"]:
        group, labels = np.where(outlet < OUTLETS // 2, "en", "pt"), outlets(rng, corpora, outlet)
    else:
        labels = stories(rng, corpora, codes, design.correlation)
    settings = Compare(
        by=["language"], cluster=design.cluster, reference={"language": "en"}, minimum_articles=1
    )
    return corpus(labels, group, names("story", codes), names("outlet", outlet), settings)


def moved(rng: np.random.Generator, labels: Labels, chosen: NDArray[np.bool_], difference: float) -> Labels:
    """Labels of which enough neutral ones in a group support instead to add a difference to its net."""
    change = (labels == 2) & chosen & (rng.random(labels.shape) < difference / SHARES[2])
    return np.where(change, 0, labels)


def type_one(size: int, design: Design, corpora: int) -> float:
    """The share of p-values below 0.05 where there is no difference; NaN if there are too few clusters."""
    tables = two_groups(size, design, corpora, np.random.default_rng(size))
    p_values = tables.differences["p_value"].dropna()
    return float((p_values < 0.05).mean()) if len(p_values) else float("nan")


def polarised(size: int, corpora: int) -> float:
    """The same for a group that supports or opposes, beside four times as many that are nearly all neutral."""
    rng = np.random.default_rng(size)
    labels = np.hstack(
        [
            drawn(rng, corpora, np.array([0.5, 0.5, 0.0]), size),
            drawn(rng, corpora, np.array([0.02, 0.02, 0.96]), 4 * size),
        ]
    )
    group = np.repeat(["pt", "en"], [size, 4 * size])
    settings = Compare(by=["language"], cluster=[], reference={"language": "en"}, minimum_articles=1)
    each = names("", np.arange(len(group)))
    return float((corpus(labels, group, each, each, settings).differences["p_value"] < 0.05).mean())


def longer(size: int, corpora: int) -> float:
    """The share of false differences between groups of 3 and of 20 passages an article, no stance in truth.

    One passage in twenty is given a stance by mistake, either side as often.
    """
    rng = np.random.default_rng(size)
    group = np.repeat(["en", "pt"], size)
    passages = np.repeat(np.arange(2 * size), np.where(group == "en", 3, 20))
    labels = drawn(rng, corpora, np.array([0.03, 0.02, 0.95]), len(passages))
    settings = Compare(by=["language"], cluster=[], reference={"language": "en"})
    each = names("", np.arange(len(group)))
    return float((corpus(labels, group, each, each, settings, passages).differences["p_value"] < 0.05).mean())


def discoveries(families: int) -> float:
    """The mean share of false ones among the significant differences, in families of 300 of which 30 are true."""
    shares = []
    for number in range(families):
        rng = np.random.default_rng(number)
        size = 60
        group = np.repeat(["en", "pt"], size)
        labels = drawn(rng, FAMILY, SHARES, 2 * size)
        true = np.arange(FAMILY) < FAMILY // 10
        labels[true] = moved(rng, labels[true], group == "pt", 0.39)
        settings = Compare(by=["language"], cluster=[], reference={"language": "en"})
        each = names("", np.arange(2 * size))
        significant = (
            corpus(labels, group, each, each, settings).differences["significant"].to_numpy(dtype=bool)
        )
        shares.append((significant & ~true).sum() / max(significant.sum(), 1))
    return float(np.mean(shares))


def separated() -> int:
    """How many of 300 rows in which 200 articles support and 200 oppose are significant."""
    labels = np.tile(np.repeat([0, 1], 200), (FAMILY, 1))
    group = np.repeat(["en", "pt"], 200)
    each = names("", np.arange(400))
    settings = Compare(by=["language"], cluster=[], reference={"language": "en"})
    return int(corpus(labels, group, each, each, settings).differences["significant"].sum())


def power(corpora: int) -> tuple[float, float]:
    """The shares of true differences of 0.2 that are found, with 100 stories told once in each language."""
    rng = np.random.default_rng(1)
    codes = np.repeat(np.arange(100), 2)
    group = np.tile(["en", "pt"], 100)
    labels = stories(rng, corpora, codes, COUPLED, np.where(group == "pt", 0.2, 0.0))
    settings = Compare(by=["language"], reference={"language": "en"})
    each = names("outlet", codes)
    tables = corpus(labels, group, names("story", codes), each, settings)
    values = np.array([1, -1, 0])[labels]
    welch = stats.ttest_ind(
        values[:, group == "pt"], values[:, group == "en"], axis=1, equal_var=False
    ).pvalue
    return float((tables.differences["p_value"] < 0.05).mean()), float((welch < 0.05).mean())


def main() -> None:
    """Print the tables and the line of JSON."""
    quick = "--quick" in sys.argv[1:]
    corpora, sizes = (300, SIZES[1:3]) if quick else (1000, SIZES)
    started = time.process_time()
    print("| design | " + " | ".join(f"n = {n}" for n in sizes) + " | as if independent |")
    print("| --- |" + " ---: |" * (len(sizes) + 1))
    covered: list[float] = []
    of_several: list[float] = []
    tests: dict[str, list[float]] = {}
    for design in DESIGNS:
        if design.paired:
            continue
        cells = [coverage(n, design, corpora) for n in sizes]
        covered += [ours for ours, _ in cells]
        print(
            f"| coverage, {design.name} | "
            + " | ".join(f"{c:.3f}" for c, _ in cells)
            + f" | {cells[-1][1]:.2f} |"
        )
    for design in (INDEPENDENT, DESIGNS[2]):
        several = [coverage_of_several(n, design, corpora) for n in sizes]
        of_several += several
        print(
            f"| coverage, {design.name}, 1 to 7 passages | "
            + " | ".join(f"{c:.3f}" for c in several)
            + " | |"
        )
    for design in DESIGNS:
        tests[design.name] = [type_one(n, design, corpora) for n in sizes]
    tests["polarised beside neutral"] = [polarised(n, corpora) for n in sizes]
    for name, shares in tests.items():
        print(f"| false differences, {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " | |")
    errors = [share for shares in tests.values() for share in shares if share == share]
    paired, plain = power(corpora)
    figures: dict[str, float] = {
        "coverage_low": min(covered), "coverage_high": max(covered), "coverage_several_low": min(of_several), "type1_low": min(errors),
        "type1_high": max(errors), "longer_articles": longer(300, corpora // 4), "power": paired, "power_unpaired": plain,
        "false_discovery": discoveries(10 if quick else 100), "separated": separated(),
    }  # fmt: skip
    print(f"\npower, 100 stories in two languages: {paired:.2f}, by Welch's test {plain:.2f}")
    print(
        json.dumps(
            {"benchmark": "intervals", "corpora": corpora}
            | {k: round(v, 4) for k, v in figures.items()}
            | {"cpu_seconds": round(time.process_time() - started)}
        )
    )


if __name__ == "__main__":
    main()
