"""The corrected tables of a run's folder."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from pipelines.coding.corrected import COLUMNS
from pipelines.coding.estimator import CODES, NET
from pipelines.config import Compare
from pipelines.errors import InputError
from tests.coding.samples import corpus, drawn, tables_of

SIZES = {"en": 400, "pt": 400}


def row(table: pd.DataFrame, **values: str) -> dict[str, Any]:
    """The only row that has these values."""
    for column, value in values.items():
        table = table[table[column] == value]
    assert len(table) == 1
    return {str(name): value for name, value in table.iloc[0].items()}


def test_codes_of_half_of_the_passages_correct_the_whole() -> None:
    rows = corpus(SIZES)
    tables = tables_of(rows, drawn(rows, 200), Compare(by=["language", "outlet"]))
    for name, table in tables._asdict().items():
        assert list(table) == COLUMNS[name]
        assert len(table) > 0
    english = row(tables.corrected, group_by="language", group="en")
    counts = (english["articles"], english["passages"], english["coded"], english["method"])
    assert counts == (200, 400, 100, "ppi++")
    assert english["low"] < -0.2 < english["high"]
    labels = rows["label"][:400]
    assert english["machine_net"] == pytest.approx(
        (labels == "supports").mean() - (labels == "opposes").mean()
    )
    between = row(tables.corrected_differences, group_by="language", group="en")
    assert (between["reference"], between["coded"], between["reference_coded"]) == ("pt", 100, 100)
    assert between["low"] < 0 < between["high"]
    outlets = tables.corrected_differences.query("group_by == 'outlet'")
    assert len(outlets) == 6
    assert set(outlets["reference"]) == {"rest"}


def test_shares_of_the_codes_are_the_truth_if_everything_is_coded() -> None:
    rows = corpus({"en": 60, "pt": 60})
    codes = drawn(rows, 120)
    codes.loc[codes.index[:3], "code"] = "not_about"
    english = row(tables_of(rows, codes).corrected, group_by="language", group="en")
    truth = codes[codes["language"] == "en"]["code"].value_counts(normalize=True)
    for code in ("supports", "opposes", "neutral", "not_about"):
        assert english[code] == pytest.approx(truth[code])
    assert english["net"] == pytest.approx(truth["supports"] - truth["opposes"])


def test_neither_order_of_passages_nor_of_codes_matters() -> None:
    rows = corpus(SIZES)
    codes = drawn(rows, 200)
    tables = tables_of(rows, codes)
    shuffled = tables_of(rows.sample(frac=1, random_state=1), codes.sample(frac=1, random_state=2))
    for first, second in zip(tables, shuffled, strict=True):
        pd.testing.assert_frame_equal(first, second, rtol=1e-9)


def test_a_group_with_few_codes_keeps_its_counts_and_says_why_it_has_no_estimate() -> None:
    rows = corpus(SIZES)
    codes = drawn(rows, 16)
    english = row(tables_of(rows, codes).corrected, group_by="language", group="en")
    assert (english["coded"], english["note"]) == (8, "fewer than 10 codes")
    assert pd.isna(english["net"])


def test_a_language_without_codes_leaves_the_whole_without_an_estimate() -> None:
    rows = corpus({"en": 300, "pt": 300, "de": 300})
    codes = drawn(rows, 240).query("language != 'de'")
    table = tables_of(rows, codes).corrected
    assert (
        row(table, group_by="all", group="all")["note"]
        == "33% of it in a language or under a label without codes"
    )
    assert row(table, group_by="language", group="pt")["note"] == ""


def test_no_codes_at_all_give_tables_without_estimates() -> None:
    rows = corpus(SIZES)
    tables = tables_of(rows, drawn(rows, 200).iloc[:0])
    assert set(tables.corrected["note"]) == {"fewer than 10 codes"}
    assert tables.corrected["net"].isna().all()
    assert tables.confusion.empty


def test_codes_that_are_gold_for_a_calibration_never_correct() -> None:
    rows = corpus(SIZES)
    codes = drawn(rows, 200)
    codes.loc[codes.index[::2], "part"] = "calibration"
    tables = tables_of(rows, codes)
    assert row(tables.corrected, group_by="all", group="all")["coded"] == 100
    assert row(tables.agreement, language="all", between="machine and codes")["items"] == 100


def test_an_adjudicated_code_comes_before_the_first_coder_and_a_skipped_row_before_none() -> None:
    rows = corpus({"en": 60})
    codes = drawn(rows, 60).assign(code="supports")
    second = codes.assign(coder="2", code="opposes")
    codes.loc[codes.index[:10], "code"] = ""
    settled = codes.iloc[10:30].assign(coder="adjudicated", code="neutral")
    table = tables_of(rows, pd.concat([settled, second, codes])).corrected
    english = row(table, group_by="language", group="en")
    assert [english[code] for code in ("opposes", "neutral", "supports")] == pytest.approx(
        [1 / 6, 1 / 3, 1 / 2]
    )


def test_two_languages_that_tell_the_same_stories_are_paired() -> None:
    rows = corpus(SIZES)
    rows["story"] = rows["article_id"].str.replace(r"\D", "", regex=True)
    between = row(tables_of(rows, drawn(rows, 200)).corrected_differences, group_by="language")
    assert (between["clusters"], between["paired_stories"]) == (200, 200)


def test_a_reference_in_the_config_is_what_others_are_compared_with() -> None:
    rows = corpus({"en": 200, "pt": 200, "de": 200})
    table = tables_of(rows, drawn(rows, 150), Compare(by=["language"], reference={"language": "pt"}))
    assert list(table.corrected_differences["group"]) == ["de", "en"]
    assert set(table.corrected_differences["reference"]) == {"pt"}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("code", "supporting", "unknown code 'supporting'"),
        ("probability", 0.0, "probability of selection"),
        ("probability", float("nan"), "probability of selection"),
        ("start", 7, "not among the judged passages"),
        ("article_id", "elsewhere", "not among the judged passages"),
    ],
)
def test_a_code_that_does_not_fit_the_run_is_refused(column: str, value: object, message: str) -> None:
    rows = corpus(SIZES)
    codes = drawn(rows, 20)
    codes[column] = codes[column].astype(object).where(codes.index != codes.index[3], value).infer_objects()
    with pytest.raises(InputError, match=message) as error:
        tables_of(rows, codes)
    assert codes["item"].iloc[3] in str(error.value)


def test_two_codes_of_one_coder_are_refused() -> None:
    rows = corpus(SIZES)
    codes = drawn(rows, 20)
    with pytest.raises(InputError, match="coded twice by one coder"):
        tables_of(rows, pd.concat([codes, codes.iloc[:1]]))


def test_copies_of_a_text_count_as_one_article_unless_outlets_are_compared() -> None:
    rows = corpus({"en": 400})
    plain = tables_of(rows, drawn(rows, 100), Compare(by=["outlet"]))
    rows["copy_of"] = rows["article_id"].where(rows.index >= 80, "en-0")
    folded = tables_of(rows, drawn(rows, 100), Compare(by=["outlet"]))
    everything = row(folded.corrected, group_by="all")
    assert (everything["articles"], everything["passages"]) == (161, 400)
    nets = NET[[CODES.index(label) for label in rows["label"]]].reshape(200, 2).mean(axis=1)
    assert everything["machine_net"] == pytest.approx((nets[:40].mean() + nets[40:].sum()) / 161)
    pd.testing.assert_frame_equal(
        folded.corrected.query("group_by == 'outlet'"), plain.corrected.query("group_by == 'outlet'")
    )


def test_pooling_weighs_every_language_alike() -> None:
    rows = corpus({"en": 400, "pt": 100})
    table = tables_of(rows, drawn(rows, 100), Compare(by=["language"], pool="languages")).corrected
    nets = [row(table, group_by="language", group=language)["net"] for language in ("en", "pt")]
    assert row(table, group_by="all")["net"] == pytest.approx(sum(nets) / 2)


def test_few_clusters_have_a_difference_and_no_test() -> None:
    rows = corpus(SIZES)
    rows["story"] = [f"story {number % 4}" for number in rows.index // 2]
    between = row(tables_of(rows, drawn(rows, 200)).corrected_differences, group_by="language")
    assert between["clusters"] == 4
    assert "no test" in between["note"]
    assert pd.notna(between["difference"])
    assert pd.isna([between["low"], between["high"], between["p_value"]]).all()
