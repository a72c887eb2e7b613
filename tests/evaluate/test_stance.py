"""The whole evaluation on a small model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipelines.config import RunConfig, load_config
from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, InputError
from pipelines.evaluate import evaluate_stance
from pipelines.evaluate.baselines import CANDIDATES, zero_shot_probabilities
from pipelines.job.models import Models
from pipelines.judge.calibration_file import load_calibration
from pipelines.judge.zero_shot import ZeroShotJudge
from pipelines.progress import Silent
from tests.samples import sentences, write_lines

LABELS = ["supports", "opposes", "neutral"]


def evaluated(config: RunConfig, *golds: Path, fit_to: Path | None = None) -> dict[str, Any]:
    """The report, with no progress shown."""
    return evaluate_stance(golds, Models(config, offline=True), Silent(), fit_to=fit_to)


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows = [
        {"text": text, "actor": "Putin", "target": "the deployment", "label": LABELS[n % 3]}
        for n, text in enumerate(sentences(30))
    ]
    return write_lines(tmp_path / "gold.jsonl", rows)


def test_a_fitted_calibration_is_written_and_then_used(config_file: Path, gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "fitted.yaml"
    report = evaluated(load_config(config_file), gold, fit_to=path)
    assert report["fitted"]["numbers"] <= 40
    assert report["rows"] + report["half"]["rows"] == 30
    config = load_config(config_file, [f"stance.calibration={path}"])
    again = evaluated(config, gold)
    assert "fitted" not in again
    assert again["in_sample"] == ["gold.jsonl"]
    assert again["calibration_error"]["value"] < 0.5
    model = config.stance.model
    assert model is not None
    judge = build("stance", "nli", {}, "stance", model=model, offline=True)
    assert isinstance(judge, ZeroShotJudge)
    card = load_calibration(path, model, judge.question_digest).card
    assert card["fitted_on"][0]["file"] == "gold.jsonl"
    assert sum(card["fitted_on"][0][label] for label in LABELS) == report["rows"]


def test_baselines_are_beside_the_judge(config_file: Path, gold: Path) -> None:
    report = evaluated(load_config(config_file), gold)
    peers = {"majority", "majority stance", "actor masked", "target masked", "zero-shot pipeline"}
    assert set(report["baselines"]) == peers
    assert report["in_sample"] == []
    assert report["baselines"]["majority"]["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-4)
    json.dumps(report)


def test_files_and_languages_are_scored_apart(config_file: Path, gold: Path, tmp_path: Path) -> None:
    row = {
        "text": "Yoon condenou o envio.",
        "actor": "Yoon",
        "target": "o envio",
        "label": "opposes",
        "lang": "pt",
    }
    other = write_lines(tmp_path / "pt.jsonl", [row] * 3)
    report = evaluated(load_config(config_file), gold, other)
    assert {name: scores["rows"] for name, scores in report["by_language"].items()} == {"en": 30, "pt": 3}
    assert report["by_file"][str(other)]["rows"] == 3


@pytest.mark.filterwarnings("ignore")
def test_the_zero_shot_baseline_is_what_the_pipeline_of_transformers_answers(nli_folder: Path) -> None:
    from transformers import pipeline

    judge = build("stance", "nli", {}, "stance", model=str(nli_folder), offline=True)
    judge.load()
    text = "Yoon condemns the deployment of troops."
    pipe = pipeline("zero-shot-classification", model=str(nli_folder), device="cpu")
    answer = pipe(text, list(CANDIDATES), hypothesis_template="Yoon {} the deployment.", multi_label=False)
    expected = [answer["scores"][answer["labels"].index(label)] for label in CANDIDATES]
    three = zero_shot_probabilities(judge, [Pair(text, "Yoon", "the deployment")], Silent())
    assert three[0] == pytest.approx(np.array(expected), abs=1e-5)


def test_an_engine_without_readings_takes_no_calibration(
    config_file: Path, gold: Path, tmp_path: Path
) -> None:
    config = load_config(config_file, ["stance.engine=tests.fakes:KeywordJudge", "stance.model=null"])
    assert evaluated(config, gold)["rows"] == 30
    with pytest.raises(ConfigError, match="takes no calibration"):
        evaluated(config, gold, fit_to=tmp_path / "c.yaml")


@pytest.mark.parametrize(
    ("labels", "texts", "message"),
    [
        (["supports", "opposes"], 30, "no row is labelled neutral. Give"),
        (LABELS, 4, "4 documents to fit on, too few for 5 folds"),
    ],
)
def test_a_calibration_that_would_mean_nothing_is_not_fitted(
    config_file: Path, tmp_path: Path, labels: list[str], texts: int, message: str
) -> None:
    rows = [
        {"text": text, "actor": "Putin", "target": "the deployment", "label": labels[n % len(labels)]}
        for n, text in enumerate(sentences(texts))
    ]
    gold = write_lines(tmp_path / "gold.jsonl", rows)
    with pytest.raises(InputError, match=message):
        evaluated(load_config(config_file), gold, fit_to=tmp_path / "c.yaml")


def test_a_row_that_the_judge_cannot_take_is_named(config_file: Path, tmp_path: Path) -> None:
    row = {"text": "Putin spoke.", "actor": "Putin", "target": "Russia " * 300, "label": "neutral"}
    gold = write_lines(tmp_path / "gold.jsonl", [row])
    with pytest.raises(InputError, match=r"gold row '\[On Russia .*' on 'Russia Russia .*cannot be judged"):
        evaluated(load_config(config_file), gold)


def test_the_folder_of_a_calibration_is_made(config_file: Path, gold: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "fitted.yaml"
    evaluated(load_config(config_file), gold, fit_to=path)
    assert path.is_file()
