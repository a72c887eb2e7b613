"""What cannot be used costs itself, is counted and listed; a run of which nothing is left stops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from tests.conftest import SmallRun
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]


def test_unusable_articles_are_rejected_and_counted(config_file: Path, tmp_path: Path) -> None:
    rows = [
        *ARTICLES,
        {"id": "empty", "text": " "},
        {"id": "en-1", "language": "en", "text": "Twice."},
        {"id": "tlh-1", "language": "tlh", "text": "Putin jatlhpu'."},
    ]
    write_lines(config_file.parent / "articles.jsonl", rows)
    outcome = pipeline.run(load_config(config_file), tmp_path / "out", offline=True)
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv").set_index("article_id").astype(str)
    reasons = rejected["reason"].to_dict()
    assert outcome.manifest["counts"]["rejected"] == 3
    assert "empty text" in reasons["empty"]
    assert "id already taken" in reasons["en-1"]
    assert rejected["stage"].to_dict()["tlh-1"] == "translate"
    assert "no model translates 'tlh'" in reasons["tlh-1"]
    evidence = pd.read_csv(tmp_path / "out" / "tables" / "evidence.csv")
    assert set(evidence["article_id"]) == {"en-1", "en-2", "pt-1", "pt-2"}


def test_a_run_without_a_usable_article_stops(config_file: Path, tmp_path: Path) -> None:
    write_lines(config_file.parent / "articles.jsonl", [{"id": "a", "text": ""}])
    with pytest.raises(InputError, match=r"no usable article .*empty text"):
        pipeline.run(load_config(config_file), tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out" / "rejected.csv")) == 1


def test_one_sentence_that_breaks_the_model_costs_one_article(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config = load_config(fakes_config(translator={"fails_on": "soldados"}))
    outcome = pipeline.run(config, tmp_path / "out")
    assert outcome.manifest["counts"]["rejected"] == 1
    rejected = (tmp_path / "out" / "rejected.csv").read_text().splitlines()
    assert rejected[1:] == ["pt-2,translate,RuntimeError: out of memory"]


def test_a_judge_that_fails_on_everything_stops_the_run_and_is_asked_again_by_the_next(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    broken = load_config(fakes_config(judge={"fails_on": " "}))
    with pytest.raises(InputError, match=r"stage judge could use no article .*out of memory"):
        pipeline.run(broken, tmp_path / "out")
    outcome = pipeline.run(load_config(fakes_config()), tmp_path / "out")
    assert outcome.manifest["counts"]["rejected"] == 0
    assert outcome.manifest["counts"]["judgements"] == 7


def test_a_run_with_nothing_to_reject_lists_nothing(small_run: SmallRun) -> None:
    assert (small_run.folder / "rejected.csv").read_text("utf-8-sig").splitlines() == [
        "article_id,stage,reason"
    ]
