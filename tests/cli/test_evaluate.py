"""`polystance evaluate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sacrebleu

from pipelines.translate.bergamot import BergamotTranslator
from tests.cli.conftest import Polystance
from tests.cli.processes import ROOT
from tests.conftest import SmallRun
from tests.samples import write_lines

QUICKSTART = ROOT / "configs" / "quickstart.yaml"
TARGET = {"target": "the deployment"}
GOLD = [
    {"text": "Yoon condemns the deployment.", "actor": "Yoon", "label": "opposes", **TARGET},
    {"text": "Putin supports the deployment.", "actor": "Putin", "label": "supports", **TARGET},
    {"text": "The troops said that.", "actor": "Putin", "label": "neutral", **TARGET},
]


def test_evaluate_stance_scores_gold_passages(polystance: Polystance, tmp_path: Path) -> None:
    gold, output = write_lines(tmp_path / "gold.jsonl", GOLD), tmp_path / "scores.json"
    done = polystance("evaluate", "stance", gold, "--config", QUICKSTART, "--output", output)
    assert done.code == 0, done.stderr
    scores = json.loads(output.read_text())
    assert scores["rows"] == 3
    assert scores["polarity"]["value"] == 1.0
    assert scores["baselines"]["majority"]["accuracy"]["value"] == pytest.approx(1 / 3, abs=1e-3)
    assert ", 3 rows, as calibrated; 95% intervals" in done.stdout
    assert "minimum_probability" in done.stdout


def test_evaluate_stance_refuses_other_labels(
    polystance: Polystance, small_run: SmallRun, tmp_path: Path
) -> None:
    gold = write_lines(tmp_path / "gold.jsonl", [{"text": "a", "actor": "b", "target": "c", "label": "for"}])
    done = polystance("evaluate", "stance", gold, "--config", small_run.config_file)
    assert done.code == 2
    assert "gold.jsonl:1: unknown label 'for'. Known: supports, opposes, neutral" in done.stderr


def test_evaluate_translation_agrees_with_sacrebleu(polystance: Polystance, tmp_path: Path) -> None:
    source, reference = tmp_path / "pt.txt", tmp_path / "en.txt"
    source.write_text("Imagens são uma coisa séria.\nO presidente não disse nada.\n")
    reference.write_text("Images are a serious thing.\nThe president did not say anything.\n")
    sides = ("--source", source, "--reference", reference, "--language", "pt")
    done = polystance("evaluate", "translation", *sides, "--config", QUICKSTART)
    assert done.code == 0, done.stderr
    scores = json.loads(done.stdout)
    lines = source.read_text().splitlines()
    hypotheses = [translation.text for translation in BergamotTranslator().translate(lines, "pt")]
    expected = sacrebleu.corpus_bleu(hypotheses, [reference.read_text().splitlines()]).score
    assert scores["bleu"]["score"] == pytest.approx(expected, abs=0.01)
    assert "version:" in scores["bleu"]["signature"]
