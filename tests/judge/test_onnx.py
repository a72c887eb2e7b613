"""Exported models answer as the checkpoints that they come from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.engines.stance.nli_onnx import OnnxNliJudge
from pipelines.errors import ConfigError, ModelError
from pipelines.job.memory import AnswerMemory
from pipelines.judge.export import export
from tests.fakes import build_nli_folder

QUESTIONS = [
    ("Yoon condemns the deployment of troops to Russia.", "Yoon opposes the deployment."),
    ("Putin.", "Putin supports Ukraine."),
    (
        "The troops said that on Thursday in Korea, in favour of the president of Russia.",
        "Yoon is against Putin.",
    ),
]


def test_an_exported_model_answers_as_its_checkpoint(nli_folder: Path, tmp_path: Path) -> None:
    export(str(nli_folder), tmp_path / "onnx", int8=False, offline=True)
    checkpoint = build("stance", "nli", {}, "stance", model=str(nli_folder), offline=True)
    exported = build("stance", "nli_onnx", {}, "stance", model=str(tmp_path / "onnx"))
    assert exported.log_odds(QUESTIONS) == pytest.approx(checkpoint.log_odds(QUESTIONS), abs=1e-4)


def test_an_int8_export_is_near_its_checkpoint_and_does_not_depend_on_neighbours(tmp_path: Path) -> None:
    folder = build_nli_folder(tmp_path / "two", ["not_entailment", "entailment"])
    export(str(folder), tmp_path / "onnx", int8=True, offline=True)
    checkpoint = build("stance", "nli", {}, "stance", model=str(folder), offline=True)
    exported = build("stance", "nli_onnx", {}, "stance", model=str(tmp_path / "onnx"))
    together = exported.logits(QUESTIONS)
    assert np.abs(together - checkpoint.logits(QUESTIONS)).max() < 0.3
    assert (
        np.concatenate([exported.logits([question]) for question in QUESTIONS]).tolist() == together.tolist()
    )


def test_a_folder_without_an_export_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"holds 0 \.onnx files\. Export one: polystance models export"):
        build("stance", "nli_onnx", {}, "stance", model=str(tmp_path))


def test_labels_that_a_config_leaves_out_are_named_by_the_user(tmp_path: Path) -> None:
    folder = build_nli_folder(tmp_path / "two", ["LABEL_0", "LABEL_1"])
    export(str(folder), tmp_path / "onnx", int8=False, offline=True)
    assert "id2label" not in json.loads((tmp_path / "onnx" / "config.json").read_text())
    options = {"labels": ["entailment", "not_entailment"]}
    build("stance", "nli_onnx", options, "stance", model=str(tmp_path / "onnx")).load()
    with pytest.raises(ModelError, match=r"labels \(LABEL_0, LABEL_1\) mean"):
        build("stance", "nli_onnx", {}, "stance", model=str(tmp_path / "onnx")).load()


def test_answers_under_other_label_names_are_not_remembered(nli_folder: Path, tmp_path: Path) -> None:
    export(str(nli_folder), tmp_path / "onnx", int8=False, offline=True)
    config = tmp_path / "onnx" / "config.json"

    def answers() -> list[list[float]]:
        memory = AnswerMemory(tmp_path / "answers.sqlite")
        judge = build("stance", "nli_onnx", {}, "stance", model=str(tmp_path / "onnx"), memory=memory)
        odds: list[list[float]] = judge.log_odds(QUESTIONS)[:, 0].tolist()
        return odds

    first = answers()
    named = json.loads(config.read_text())
    named["id2label"] = {"0": "entailment", "1": "neutral", "2": "contradiction"}
    config.write_text(json.dumps(named))
    assert answers() != first


def test_a_judge_without_a_model_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'nli_onnx' has no model of its own\. Export one"):
        build("stance", "nli_onnx", {}, "stance")


def test_the_rest_of_the_process_keeps_its_arithmetic(nli_folder: Path, tmp_path: Path) -> None:
    export(str(nli_folder), tmp_path / "onnx", int8=False, offline=True)
    judge = build("stance", "nli_onnx", {}, "test", model=str(tmp_path / "onnx"))
    judge.judge([Pair("Putin praised Yoon.", "Putin", "Yoon")])
    smallest = np.float64(5e-324)
    assert smallest * np.float64(1) > 0


def test_the_former_place_gives_the_judge_of_an_export_or_the_one_that_comes_with_the_project(
    nli_folder: Path, tmp_path: Path
) -> None:
    export(str(nli_folder), tmp_path / "onnx", int8=False, offline=True)
    exported = build("stance", "nli_onnx", {}, "stance", model=str(tmp_path / "onnx"))
    assert OnnxNliJudge(str(tmp_path / "onnx")).identity() == exported.identity()
    own = OnnxNliJudge(network="small")
    assert own.identity().engine == "polystance"
    pairs = [Pair("Doe praised the dam.", "Doe", "the dam"), Pair("Roe said Doe hates it.", "Roe", "the dam")]
    assert [scores.label for scores in own.judge(pairs)] == ["supports", "neutral"]
