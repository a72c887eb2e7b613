"""Exported models answer as the checkpoints that they come from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.registry import build
from pipelines.engines.stance.export import export
from pipelines.errors import ModelError
from tests.conftest import build_nli_folder

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
