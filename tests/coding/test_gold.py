"""Codes as gold: of other articles than those that correct, in the form that `evaluate stance` reads."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from pipelines.coding import Wish, draw_sheet, export_gold, load_design, read_codes
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.evaluate.gold import read_gold
from pipelines.job.models import Models
from tests.cli.conftest import shown
from tests.coding.sheets import as_read, codes_of, filled, saved


@pytest.fixture
def coded(drawn: Path) -> Path:
    """A run whose sheet is coded."""
    saved(filled(drawn), drawn / "coding" / "sheet.csv")
    return drawn


def test_codes_of_two_draws_are_read_together_from_all_files_of_the_folder(coded: Path) -> None:
    second = draw_sheet(coded, Wish(size=50, coders=1, overlap=0))
    table = pd.read_csv(second / "sheet.csv", dtype=str, keep_default_na=False)
    saved(table.assign(code_1="u"), second / "from_anna.csv", sep=";")
    codes = read_codes(coded)
    assert codes["item"].nunique() == 140
    assert set(codes.loc[codes["item"].isin(table["item"]), "code"]) == {"unclear"}
    sizes = codes.drop_duplicates("item").groupby("stratum")["probability"].agg(lambda p: (1 / p).sum())
    assert sizes.to_dict() == pytest.approx({s.name: s.size for s in load_design(coded).strata})


def test_until_an_export_every_code_is_for_correction(coded: Path) -> None:
    codes = read_codes(coded)
    assert set(codes["part"]) == {"correction"}
    assert set(codes.loc[codes["stratum"] == "he | neutral", "probability"]) == {25 / 180}


def test_an_export_takes_articles_that_then_correct_nothing(coded: Path) -> None:
    path, rows = export_gold(coded)
    gold = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len(gold) == rows
    codes = read_codes(coded)
    articles = {part: set(of["article_id"]) for part, of in codes.groupby("part")}
    assert articles["correction"] & articles["calibration"] == set()
    items = {row["id"].split("/")[1] for row in gold}
    calibrating = codes[codes["part"] == "calibration"]
    assert items <= set(calibrating["item"])
    assert set(calibrating["item"]) - items == set(
        calibrating.drop_duplicates("item").loc[lambda first: first["code"] == "unclear", "item"]
    )
    assert 0.3 < len(calibrating) / len(codes) < 0.7


def test_probabilities_of_both_parts_are_those_of_their_own_draws(coded: Path) -> None:
    export_gold(coded, share=0.3)
    design = load_design(coded)
    sizes = {stratum.name: stratum.size for stratum in design.strata}
    for part in ("correction", "calibration"):
        items = [item for item in design.items if item.part == part]
        for stratum in {item.stratum for item in items}:
            of_stratum = [item.probability for item in items if item.stratum == stratum]
            assert set(of_stratum) == {len(of_stratum) / sizes[stratum]}


def test_the_parts_are_chosen_once(coded: Path) -> None:
    export_gold(coded)
    before = {item.article_id: item.part for item in load_design(coded).items}
    draw_sheet(coded, Wish(size=200))
    after = load_design(coded)
    assert {item.article_id: item.part for item in after.items} | before == {
        item.article_id: item.part for item in after.items
    }
    with pytest.raises(InputError, match=r"--share: the first export took 0\.5 of the articles"):
        export_gold(coded, share=0.2)


def test_sheets_that_are_refused_choose_nothing(drawn: Path) -> None:
    before = (drawn / "coding" / "design.json").read_bytes()
    with pytest.raises(InputError, match="no cell has a code"):
        export_gold(drawn)
    assert (drawn / "coding" / "design.json").read_bytes() == before


def test_gold_is_read_as_the_judge_read_it_in_the_run(coded: Path) -> None:
    path, _ = export_gold(coded)
    config = load_config(coded / "config.yaml")
    rows = read_gold([path], Models(config, offline=True), limit=None)
    written = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [row.language for row in rows] == [row["language"] for row in written]
    assert {row.language for row in rows} == {"en", "he", "pt"}
    codes = codes_of(coded)
    for row, line in zip(rows, written, strict=True):
        item = line["id"].split("/")[1]
        code = codes.get((item, "1")) or codes[item, "2"]
        assert row.label == {"not_about": "neutral"}.get(code, code)
        assert row.pair.sentence == line["text"]
        assert line["text"] in line["context"]
        assert row.pair.target == "the deployment of troops"
        if row.language == "pt":
            assert line["text"].isupper()  # as the run's translator left it


def test_the_last_word_on_an_item_is_the_adjudicated_one(coded: Path) -> None:
    table = filled(coded)[["item"]].assign(code_adjudicated="+")
    saved(table, coded / "coding" / "last.csv")
    path, _ = export_gold(coded)
    assert {json.loads(line)["label"] for line in path.read_text("utf-8").splitlines()} == {"supports"}


def test_the_commands_draw_read_and_export(run_dir: Path) -> None:
    drawn = shown("code", "sheet", run_dir, "--size", 90, "--overlap", 20, "--per", "language=25")
    assert drawn.code == 0, drawn.stderr
    assert [Path(line).name for line in drawn.stdout.splitlines()] == [
        "sheet.html",
        "sheet.xlsx",
        "sheet.csv",
    ]
    assert "90 passages of 7 strata; 90 in all sheets" in drawn.stderr
    nothing = shown("code", "read", run_dir)
    assert nothing.code == 2
    assert "no cell has a code" in nothing.stderr
    sheet = saved(filled(run_dir), run_dir / "coded.csv")
    read = shown("code", "read", run_dir, sheet)
    assert read.code == 0, read.stderr
    assert "coder 1: 55 codes" in read.stdout
    assert sum(int(line.split()[1]) for line in read.stdout.splitlines() if "items coded" in line) == 90
    exported = shown("code", "export", run_dir, sheet, "--output", run_dir / "g.jsonl", "--share", 0.4)
    assert exported.code == 0, exported.stderr
    assert exported.stdout.splitlines()[-1] == str(run_dir / "g.jsonl")
    assert len(as_read(run_dir, sheet)) == 110


def test_a_wish_without_a_number_is_refused(run_dir: Path) -> None:
    refused = shown("code", "sheet", run_dir, "--per", "actor,language")
    assert (refused.code, refused.stderr.count("\n")) == (2, 1)
    assert "--per actor,language: no number. Give" in refused.stderr
