"""What codes are expected to buy, beside what they bought."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.coding.plan import DIFFERENCES, SIZES, plan_table
from pipelines.config import Compare
from tests.coding.samples import articles_of, corpus, drawn, tables_of


def stratified(rows: pd.DataFrame, size: int) -> pd.DataFrame:
    """True codes, in proportion to language and label but at least 10 of each."""
    parts = []
    for _, group in rows.groupby(["language", "label"]):
        number = max(10, round(size * len(group) / len(rows)))
        parts.append(drawn(group, number).assign(probability=number / len(group)))
    return pd.concat(parts)


def test_the_expected_width_is_that_of_codes_drawn_so() -> None:
    rows = corpus({"en": 1000, "pt": 1000})
    codes = stratified(rows, 200)
    expected = plan_table(articles_of(rows), rows, codes, Compare(), [200]).set_index("language")["width"]
    table = tables_of(rows, codes, Compare(by=["language"])).corrected.set_index("group")
    for language in ("en", "pt"):
        assert expected[language] == pytest.approx(table["high"][language] - table["low"][language], rel=0.12)


def test_more_codes_buy_narrower_intervals_and_more_power() -> None:
    rows = corpus({"en": 2000, "pt": 1000})
    table = plan_table(articles_of(rows), rows, None, Compare(by=["language"]))
    assert list(table["codes"].unique()) == list(SIZES)
    portuguese = table[(table["language"] == "pt") & (table["codes"] >= 100)]
    assert portuguese["width"].is_monotonic_decreasing
    powers = portuguese[[f"power_{difference}" for difference in DIFFERENCES]].to_numpy()
    assert (np.diff(powers, axis=0) > 0).all()
    assert (np.diff(powers, axis=1) > 0).all()
    assert (powers > 0.05).all()
    assert (powers <= 1).all()
    english = table[table["language"] == "en"]
    assert set(english["reference"]) == {""}
    assert english["power_0.2"].isna().all()


def test_too_few_codes_for_the_strata_are_said_to_be() -> None:
    rows = corpus({"en": 1000, "pt": 1000})
    table = plan_table(articles_of(rows), rows, None, Compare(), [50])
    assert set(table["note"]) == {"6 strata need 60 codes or more"}
    assert table["width"].isna().all()


def test_a_plan_asks_for_no_more_codes_than_there_are_passages() -> None:
    rows = corpus({"en": 90, "pt": 60})
    assert list(plan_table(articles_of(rows), rows, None, Compare())["codes"].unique()) == [50, 100, 150]


def test_a_plan_promises_no_power_if_a_difference_will_have_no_test() -> None:
    rows = corpus({"en": 400, "pt": 400})
    rows["story"] = [f"story {number % 4}" for number in rows.index // 2]
    table = plan_table(articles_of(rows), rows, None, Compare(), [200]).set_index("language")
    assert "only 4 clusters" in table["note"]["en"] + table["note"]["pt"]
    assert table["power_0.4"].isna().all()
    assert table["width"].notna().all()
