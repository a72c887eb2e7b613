"""What is exported answers as what was trained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.judge.polystance import load_session
from training import export as exporting
from training.export import export
from training.folders import model_folder


def test_weights_in_int8_answer_as_those_in_32_bits(
    nli_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "SMALLEST_MATRIX", 500)
    target = export(nli_folder, tmp_path)
    whole = {tuple(weights.dims) for weights in onnx.load(target).graph.initializer if weights.data_type == 1}
    assert not [shape for shape in whole if len(shape) == 2 and np.prod(shape) >= 500]
    tokens = AutoTokenizer.from_pretrained(nli_folder)(
        "Putin supports the deployment", "Yoon", return_tensors="np"
    )
    network = AutoModelForSequenceClassification.from_pretrained(nli_folder).eval()
    with torch.inference_mode():
        expected = network(**{name: torch.tensor(ids) for name, ids in tokens.items()}).logits.numpy()
    given = load_session(target).run(None, dict(tokens))[0]
    assert not np.array_equal(given, expected)
    assert given == pytest.approx(expected, abs=0.05 * float(np.ptp(expected)))
    assert (tmp_path / "tokenizer.json").is_file()


def test_a_model_that_is_too_large_is_refused(
    nli_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "LARGEST", 1000)
    with pytest.raises(ValueError, match="bytes, more than 1000"):
        export(nli_folder, tmp_path / "onnx")
    assert not (tmp_path / "onnx").exists()


def test_a_folder_without_a_model_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no trained model"):
        model_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="Train one"):
        export(tmp_path / "none", tmp_path / "onnx")
    assert not (tmp_path / "onnx").exists()
