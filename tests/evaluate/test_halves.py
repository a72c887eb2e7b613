"""A calibration is fitted on half of the documents; the other half stays untouched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.config import load_config
from pipelines.engines.base import Pair
from pipelines.evaluate import evaluate_stance
from pipelines.evaluate.gold import GoldRow
from pipelines.evaluate.out_of_fold import in_first_half
from pipelines.evaluate.scores import REPLICATES
from pipelines.job.models import Models
from pipelines.progress import Silent
from pipelines.records import LABELS

ROWS = 60


def row(number: int, document: str) -> GoldRow:
    return GoldRow(Pair(f"text {number}", "A", "T"), "neutral", "en", document, "gold.jsonl")


def test_a_document_is_in_one_half_whatever_is_read_beside_it() -> None:
    rows = [row(n, f"document {n // 3}") for n in range(300)]
    halves = in_first_half(rows)
    assert all(len(set(halves[n : n + 3].tolist())) == 1 for n in range(0, 300, 3))
    assert 0.35 < halves.mean() < 0.65
    assert in_first_half(rows[30:60]).tolist() == halves[30:60].tolist()


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    rows = [
        {
            "text": f"Putin {'supports' if n % 2 else 'opposes'} the deployment of {n} troops.",
            "actor": "Putin",
            "target": "the deployment",
            "label": LABELS[n % 3],
        }
        for n in range(ROWS)
    ]
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def few_replicates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.evaluate.scores.REPLICATES", REPLICATES // 100)


def report(config_file: Path, gold: Path, fit_to: Path | None = None, *overrides: str) -> dict[str, Any]:
    models = Models(load_config(config_file, overrides), offline=True)
    return evaluate_stance([gold], models, Silent(), fit_to=fit_to)


def test_a_fit_reports_its_own_half_out_of_fold_and_the_untouched_half(
    config_file: Path, gold: Path, tmp_path: Path
) -> None:
    path = tmp_path / "fitted.yaml"
    fitted = report(config_file, gold, path)
    assert fitted["rows"] + fitted["half"]["rows"] == ROWS
    assert {scores["rows"] for scores in fitted["baselines"].values()} == {fitted["half"]["rows"]}
    assert "half: first, by document" in path.read_text("utf-8")
    again = report(config_file, gold, None, f"stance.calibration={path}")
    assert (again["rows"], again["in_sample"]) == (ROWS, ["gold.jsonl"])
    assert again["half"]["confusion"] == fitted["half"]["confusion"]
    json.dumps(fitted)


def test_the_judge_is_set_beside_each_baseline_on_the_same_rows(config_file: Path, gold: Path) -> None:
    plain = report(config_file, gold)
    assert "half" not in plain
    assert {"majority", "majority stance", "actor masked", "target masked"} <= set(plain["baselines"])
    for scores in plain["baselines"].values():
        accuracy = plain["accuracy"]["value"] - scores["accuracy"]["value"]
        assert scores["difference"]["accuracy"]["value"] == pytest.approx(accuracy, abs=2e-4)
    assert "polarity" in plain["baselines"]["majority stance"]["difference"]
    assert plain["at_thresholds"]["minimum_probability"] == 0.5
