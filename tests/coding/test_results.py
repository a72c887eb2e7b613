"""From coded sheets to tables and reports, on the folder of a real run."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.coding import Wish, draw_sheet, load_design, read_codes, write_results
from pipelines.coding.corrected import COLUMNS
from pipelines.coding.results import FILE, LEAST_CODES
from pipelines.config import load_config
from pipelines.report.corrected import as_people_code, read_corrected
from tests.cli.conftest import shown
from tests.coding.sheets import filled, saved


def coded_by_rule(run_dir: Path, size: int) -> None:
    """Draw a sheet and code it whole, most of it as the keyword judge does; all of the Hebrew is opposition."""
    draw_sheet(run_dir, Wish(size=size, coders=1, overlap=0))
    path = run_dir / "coding" / "sheet.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    words = {"defend": "supports", "condemn": "opposes", "condenou": "opposes", "defendeu": "supports"}
    passages = table["source"].str.extract(r">>>(.*)<<<", expand=False)
    table["code_1"] = [
        next((code for word, code in words.items() if word in passage), "neutral") for passage in passages
    ]
    table.loc[table["language"] == "he", "code_1"] = "opposes"
    saved(table, path)


def again(run_dir: Path) -> pipeline.Outcome:
    """Compare and report once more."""
    return pipeline.report(load_config(run_dir / "config.yaml"), run_dir)


def validated(outcome: pipeline.Outcome) -> dict[str, bool]:
    """The column `validated` of one actor's languages."""
    assert outcome.tables is not None
    stance = outcome.tables.stance.query("actor == 'Putin' and group_by == 'language'")
    return dict(zip(stance["group"], stance["validated"], strict=True))


def test_enough_codes_of_every_language_validate_the_tables_and_head_the_report(run_dir: Path) -> None:
    before = (run_dir / "report.md").read_text("utf-8")
    assert "**These numbers are the machine's alone" in before.splitlines()[4]
    assert validated(again(run_dir)) == {"en": False, "he": False, "pt": False}
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    write_results(run_dir, read_codes(run_dir))
    outcome = again(run_dir)
    assert validated(outcome) == {"en": True, "he": True, "pt": True}
    assert outcome.tables is not None
    differences = outcome.tables.differences.query("group_by == 'language'")
    assert set(differences["validated"]) == {True}
    report = (run_dir / "report.md").read_text("utf-8")
    assert "machine's alone" not in report
    assert report.index("## Corrected by codes") < report.index("## Findings")
    findings = report.partition("## Findings")[2].partition("\n## ")[0]
    everything = pd.read_csv(run_dir / "tables" / "corrected.csv").query(
        "actor == 'Putin' and group == 'all'"
    )
    assert f"net {everything['net'].iloc[0]:+.2f}".replace("-", "−") in findings
    assert "In the machine's labels" not in findings
    printed = shown("report", run_dir).stdout
    assert printed.startswith("These are the machine's labels; as people would have coded")


def test_codes_of_one_language_validate_no_difference_from_another(run_dir: Path) -> None:
    draw_sheet(run_dir, Wish(size=400, coders=1, overlap=0))
    table = pd.read_csv(run_dir / "coding" / "sheet.csv", dtype=str, keep_default_na=False)
    kept = (table["language"] != "pt") | (table.groupby("language").cumcount() < LEAST_CODES - 1)
    saved(table[kept].assign(code_1="n"), run_dir / "coding" / "sheet.csv")
    write_results(run_dir, read_codes(run_dir))
    outcome = again(run_dir)
    assert validated(outcome) == {"en": True, "he": True, "pt": False}
    assert outcome.tables is not None
    everything = outcome.tables.stance.query("group_by == 'all'")
    assert not everything["validated"].any()
    assert not outcome.tables.differences.query("group_by == 'language'")["validated"].any()  # with the rest
    report = (run_dir / "report.md").read_text("utf-8")
    assert "Numbers of all other groups are the machine's alone" in report


def test_codes_that_are_older_than_the_judgements_validate_nothing_and_leave_no_tables(run_dir: Path) -> None:
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    write_results(run_dir, read_codes(run_dir))
    assert all((run_dir / "tables" / f"{name}.csv").is_file() for name in COLUMNS)
    pipeline.run(load_config(run_dir / "config.yaml", ["stance.minimum_probability=0.9"]), run_dir)
    outcome = again(run_dir)
    assert set(validated(outcome).values()) == {False}
    assert any("the codes were read before" in line for line in outcome.remarks)
    assert not any((run_dir / "tables" / f"{name}.csv").exists() for name in COLUMNS)
    write_results(run_dir, read_codes(run_dir))
    assert set(validated(again(run_dir)).values()) == {True}


def test_the_corrected_table_has_the_machines_numbers_of_the_stance_table_beside_its_own(
    run_dir: Path,
) -> None:
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    write_results(run_dir, read_codes(run_dir))
    keys = ["actor", "target", "group_by", "group"]
    stance, corrected = (
        pd.read_csv(run_dir / "tables" / f"{name}.csv", keep_default_na=False)
        for name in ("stance", "corrected")
    )
    both = corrected.merge(stance, on=keys, suffixes=("", "_of_stance"), validate="one_to_one")
    assert len(both) == len(corrected) == len(stance)
    assert list(both["machine_net"].astype(float)) == pytest.approx(list(both["net_of_stance"].astype(float)))
    hebrew = corrected.query("actor == 'Putin' and group == 'he'").iloc[0]
    assert (float(hebrew["net"]), float(hebrew["machine_net"])) == (-1, 0)


def test_skipped_rows_count_by_the_share_of_their_stratum_that_is_coded(run_dir: Path) -> None:
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    path = run_dir / "coding" / "sheet.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    strata = {item.item: item.stratum for item in load_design(run_dir).items}
    skipped = table["item"].map(strata).eq("en | neutral") & (table.index % 2 == 0)
    table.loc[skipped, "code_1"] = ""
    saved(table, path)
    tables = write_results(run_dir, read_codes(run_dir))
    english = tables.confusion.query("language == 'en'").set_index(["coded", "machine"])["share"]
    # Of the 180 English passages the judge finds 45 that support and 45 that oppose, and all are coded so.
    assert english.to_dict() == pytest.approx(
        {("supports", "supports"): 0.25, ("opposes", "opposes"): 0.25, ("neutral", "neutral"): 0.5}
    )


def test_codes_taken_for_a_calibration_correct_and_validate_nothing(run_dir: Path) -> None:
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    assert shown("code", "export", run_dir).code == 0
    counts = json.loads((run_dir / FILE).read_text("utf-8"))["languages"]
    codes = read_codes(run_dir)
    kept = codes[codes["part"] == "correction"]["language"].value_counts()
    assert {name: count["coded"] for name, count in counts.items()} == kept.to_dict()
    assert not any(validated(again(run_dir)).values())


def test_reading_prints_the_tables_and_a_plan_needs_no_code(drawn: Path) -> None:
    planned = shown("code", "plan", drawn)
    assert planned.code == 0, planned.stderr
    assert "What numbers of codes are expected to buy" in planned.stdout
    assert (drawn / "tables" / "plan.csv").is_file()
    saved(filled(drawn), drawn / "coding" / "sheet.csv")
    done = shown("code", "read", drawn)
    assert done.code == 0, done.stderr
    captions = ("Agreement of coders", "What people call", "corrected by codes of people")
    assert all(caption in done.stdout for caption in captions)
    assert shown("code", "plan", drawn).code == 0


def test_sentences_take_the_gaps_that_people_see_and_not_those_of_the_machine(run_dir: Path) -> None:
    coded_by_rule(run_dir, 3 * LEAST_CODES)
    path = run_dir / "coding" / "sheet.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    saved(table.assign(code_1="supports"), path)
    write_results(run_dir, read_codes(run_dir))
    tables = again(run_dir).tables
    assert tables is not None
    people = as_people_code(tables, read_corrected(run_dir / "tables"))
    gaps = [
        made.differences.query("actor == 'Putin' and group == 'he'")["difference"].iloc[0]
        for made in (tables, people)
    ]
    assert gaps == pytest.approx([-5 / 12, 0])
    assert as_people_code(tables, {}) is tables
    page = (run_dir / "report.html").read_text("utf-8")
    assert "Filled points are as people code it" in page
    net = people.stance.query("actor == 'Putin' and group_by == 'all'")["net"].iloc[0]
    assert f"<b>{net:+.2f}</b>".replace("-", "−") in page.split('id="matrix"')[1].split("</table>")[0]
