"""Agreement and confusion, on codes small enough to count by eye."""

from __future__ import annotations

import math

import krippendorff
import numpy as np
import pandas as pd
import pytest

from pipelines.coding.agreement import (
    CODERS,
    MACHINE,
    agreement_rows,
    alpha,
    confusion_rows,
    resampled_alphas,
)
from pipelines.coding.matching import with_codes
from tests.coding.samples import corpus, drawn

_ = np.nan
PUBLISHED = [
    [_, _, _, _, _, 3, 4, 1, 2, 1, 1, 3, 3, _, 3],
    [1, _, 2, 1, 3, 3, 4, 3, _, _, _, _, _, _, _],
    [_, _, 2, 1, 3, 4, 4, _, 2, 1, 1, 3, 3, _, 4],
]
"""Three coders and 15 units, the worked example of en.wikipedia.org/wiki/Krippendorff's_alpha; nominal 0.691."""


def by_language(rows: list[dict[str, object]], between: str) -> dict[object, dict[str, object]]:
    return {row["language"]: row for row in rows if row["between"] == between}


def test_alpha_is_that_of_the_published_example_and_of_the_package() -> None:
    counts = np.array(
        [
            [np.sum(np.array(column) == value) for value in (1, 2, 3, 4)]
            for column in zip(*PUBLISHED, strict=True)
        ]
    )
    assert alpha(counts) == pytest.approx(0.691, abs=5e-4)
    assert alpha(counts) == krippendorff.alpha(PUBLISHED, level_of_measurement="nominal")


def test_alpha_is_unknown_if_all_codes_are_the_same() -> None:
    assert math.isnan(alpha(np.array([[2, 0], [2, 0]])))


def test_alphas_of_resamples_are_those_of_the_package() -> None:
    rng = np.random.default_rng(0)
    counts = rng.multinomial(3, [0.5, 0.3, 0.1, 0.1], size=20)
    times = rng.multinomial(20, np.full(20, 0.05), size=30)
    each = [alpha(np.repeat(counts, of_item, axis=0)) for of_item in times]
    assert resampled_alphas(counts, times) == pytest.approx(each)
    assert np.isnan(resampled_alphas(np.array([[2, 0], [1, 1]]), np.array([[2, 0]]))).all()


def test_coders_are_compared_on_what_several_coded_and_settled_codes_are_no_coder() -> None:
    rows = corpus({"en": 40, "pt": 40})
    first = drawn(rows, 40)
    second = first.iloc[:10].assign(coder="2")
    second["code"] = ["unclear", *first["code"].iloc[1:10]]
    settled = first.iloc[:1].assign(coder="adjudicated", code="not_about")
    codes = pd.concat([first, second, settled])
    table = by_language(list(agreement_rows(with_codes(rows, codes), codes)), CODERS)
    assert [table[name]["items"] for name in ("all", "en", "pt")] == [10, 10, 0]
    assert table["all"]["coders"] == 2
    assert table["all"]["percent"] == pytest.approx(90)
    low, value, high = (table["all"][name] for name in ("low", "alpha", "high"))
    assert low < value < high <= 1  # type: ignore[operator]


def test_the_machine_is_compared_with_the_codes_of_each_language() -> None:
    rows = corpus({"en": 400, "pt": 400})
    codes = drawn(rows, 400)
    table = by_language(list(agreement_rows(with_codes(rows, codes), codes)), MACHINE)
    for language in ("en", "pt"):
        sample = codes[codes["language"] == language].index
        right = (rows.loc[sample, "label"] == rows.loc[sample, "truth"]).mean()
        assert table[language]["items"] == 200
        assert table[language]["percent"] == pytest.approx(100 * right)
    assert table["en"]["alpha"] > table["pt"]["alpha"]  # type: ignore[operator]


def test_passages_coded_from_the_source_alone_have_rows_of_their_own() -> None:
    rows = corpus({"pt": 100})
    codes = drawn(rows, 40)
    codes["source_only"] = np.arange(40) < 15
    names = {
        row["between"]: row["items"]
        for row in agreement_rows(with_codes(rows, codes), codes)
        if row["language"] == "pt"
    }
    assert names == {
        "coders": 0,
        "machine and codes": 40,
        "machine and codes, source only": 15,
        "machine and codes, with translation": 25,
    }


def test_agreement_does_not_depend_on_the_order_of_codes() -> None:
    rows = corpus({"en": 100})
    codes = pd.concat([drawn(rows, 40), drawn(rows, 40).assign(coder="2", code="neutral")])
    shuffled = codes.sample(frac=1, random_state=1)
    tables = [list(agreement_rows(with_codes(rows, each), each)) for each in (codes, shuffled)]
    assert tables[0] == tables[1]


def test_confusion_counts_items_and_weighs_shares() -> None:
    rows = pd.DataFrame({
        "language": "en",
        "label": ["neutral", "neutral", "supports", "supports"],
        "code": ["neutral", "supports", "supports", ""],
    })  # fmt: skip
    table = [row for row in confusion_rows(rows, np.array([6.0, 2, 2, 0])) if row["language"] == "en"]
    assert [tuple(row.values()) for row in table] == [
        ("en", "supports", "supports", 1, 0.2),
        ("en", "supports", "neutral", 1, 0.2),
        ("en", "neutral", "neutral", 1, 0.6),
    ]
