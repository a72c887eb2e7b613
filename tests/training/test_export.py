"""What is exported answers as what was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, numpy_helper
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    MPNetConfig,
    MPNetForSequenceClassification,
)

from pipelines.engines.onnx import load_session
from training import compensate, quantise
from training import export as exporting
from training.export import export
from training.folders import model_folder
from training.quantise import BLOCK, INT4_MAX, INT8_MAX, SMALLEST_SCALE, block_scales

MATRIX = 500
"""Numbers from which matrices of the small models are quantised; they have some of 1,024 and more."""


@pytest.fixture(autouse=True)
def small_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quantise matrices as small as those of one-layer models."""
    monkeypatch.setattr(quantise, "SMALLEST_MATRIX", MATRIX)


@pytest.fixture(scope="session")
def mpnet_folder(nli_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer MPNet, the kind of the large network, with the tokenizer of the one-layer BERT."""
    folder = tmp_path_factory.mktemp("mpnet")
    tokenizer = AutoTokenizer.from_pretrained(nli_folder)
    torch.manual_seed(0)
    config = MPNetConfig(
        vocab_size=len(tokenizer), hidden_size=64, num_hidden_layers=1, num_attention_heads=2, intermediate_size=96,
        max_position_embeddings=64, initializer_range=0.5, num_labels=3,
    )  # fmt: skip
    MPNetForSequenceClassification(config).save_pretrained(folder)
    tokenizer.model_input_names = ["input_ids", "attention_mask"]
    tokenizer.save_pretrained(folder)
    return folder


def tokens_of(folder: Path) -> dict[str, Any]:
    return dict(
        AutoTokenizer.from_pretrained(folder)("Putin supports the deployment", "Yoon", return_tensors="np")
    )


def logits_of(network: Any, folder: Path) -> np.ndarray[Any, Any]:
    tensors = {name: torch.tensor(ids) for name, ids in tokens_of(folder).items()}
    with torch.inference_mode():
        logits: np.ndarray[Any, Any] = network(**tensors).logits.numpy()
    return logits


def in_int8(weights: np.ndarray[Any, Any], axis: int) -> np.ndarray[Any, Any]:
    """A matrix after a round trip through 8 bits."""
    scale = np.maximum(np.abs(weights).max(axis=axis, keepdims=True) / INT8_MAX, SMALLEST_SCALE)
    rounded: np.ndarray[Any, Any] = np.rint(weights / scale) * scale
    return rounded


def in_int4(weights: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """A linear layer's weights (outputs, inputs) after a round trip through 4 bits in blocks of inputs."""
    blocks = weights.reshape(len(weights), -1, BLOCK)
    scale = (np.abs(blocks).max(axis=2, keepdims=True) / INT4_MAX).astype(np.float16).astype(np.float32)
    rounded: np.ndarray[Any, Any] = (
        np.clip(np.rint(blocks / scale), -INT4_MAX - 1, INT4_MAX) * scale
    ).reshape(weights.shape)
    return rounded


def is_embedding(name: str) -> bool:
    return "embeddings" in name or "relative_attention_bias" in name


def test_weights_in_int8_answer_as_those_in_32_bits(nli_folder: Path, tmp_path: Path) -> None:
    files = export(nli_folder, tmp_path, bits=8)
    assert [path.name for path in files] == ["model.onnx", "tokenizer.json"]
    model = onnx.load(files[0])
    whole = {tuple(weights.dims) for weights in model.graph.initializer if weights.data_type == 1}
    assert not [shape for shape in whole if len(shape) == 2 and np.prod(shape) >= MATRIX]
    expected = logits_of(AutoModelForSequenceClassification.from_pretrained(nli_folder).eval(), nli_folder)
    answer = load_session(files[0]).run(None, tokens_of(nli_folder))[0]
    assert not np.array_equal(answer, expected)
    assert answer == pytest.approx(expected, abs=0.05 * float(np.ptp(expected)))


def test_weights_in_4_bits_answer_as_the_same_weights_rounded_by_numpy(
    mpnet_folder: Path, tmp_path: Path
) -> None:
    network = AutoModelForSequenceClassification.from_pretrained(mpnet_folder).eval()
    exact = logits_of(network, mpnet_folder)
    rounded = 0
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if weights.ndim == 2 and weights.numel() >= MATRIX:
                values = weights.numpy()
                changed = in_int8(values, axis=1) if is_embedding(name) else in_int4(values)
                weights.copy_(torch.tensor(changed))
                rounded += not is_embedding(name)
    assert rounded == 7  # query, key, value, output, two of the feed-forward part, and the head's
    files = export(mpnet_folder, tmp_path, bits=4)
    packed = [w for w in onnx.load(files[0]).graph.initializer if w.data_type == TensorProto.INT4]
    assert len(packed) == rounded
    answer = load_session(files[0]).run(None, tokens_of(mpnet_folder))[0]
    assert answer == pytest.approx(logits_of(network, mpnet_folder), abs=1e-4)
    assert np.abs(answer - exact).max() > 1e-3


def test_weights_that_make_up_for_errors_are_stored_as_they_are(
    mpnet_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compensate, "QUESTIONS", 40)
    monkeypatch.setattr(compensate, "TOKENS", 48)
    compensate.write_compensated(mpnet_folder, tmp_path / "rounded")
    exact = AutoModelForSequenceClassification.from_pretrained(mpnet_folder).eval()
    network = AutoModelForSequenceClassification.from_pretrained(tmp_path / "rounded").eval()
    with torch.no_grad():
        for name, weights in network.named_parameters():
            if is_embedding(name) and weights.ndim == 2 and weights.numel() >= MATRIX:
                weights.copy_(torch.tensor(in_int8(weights.numpy(), axis=1)))
    files = export(tmp_path / "rounded", tmp_path / "onnx", bits=4)
    [plain] = [path for path in export(mpnet_folder, tmp_path / "plain", bits=4) if path.suffix == ".json"]
    assert (tmp_path / "onnx" / plain.name).read_bytes() == plain.read_bytes()
    answer = load_session(files[0]).run(None, tokens_of(mpnet_folder))[0]
    assert answer == pytest.approx(logits_of(network, mpnet_folder), abs=1e-4)
    assert np.abs(answer - logits_of(exact, mpnet_folder)).max() > 1e-3


@pytest.mark.parametrize("axis", [0, 1])
def test_a_block_of_32_weights_that_are_summed_shares_a_scale(axis: int) -> None:
    weights = np.zeros((2, 2 * BLOCK), np.float32)
    weights[0, 0], weights[1, BLOCK + 3] = -14, 7
    scales = block_scales(weights if axis else weights.T, axis)
    assert (scales if axis else scales.T)[[0, 1], [0, 1]].tolist() == [2, 1]
    assert (scales > 0).all()  # of a block of zeros, too


def test_two_weights_are_packed_in_a_byte_the_first_in_its_lower_half() -> None:
    weights = np.zeros((BLOCK, 2), np.float32)
    weights[0], weights[1] = (7, -7), (1, 3)
    (packed, scale), _ = quantise._in_blocks("w", weights, 0)
    assert packed.raw_data[:2] == bytes([0x97, 0x31])
    assert numpy_helper.to_array(scale).tolist() == [[1, 1]]


def test_a_large_model_is_split_into_files_below_the_limit(
    mpnet_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    [whole] = [path for path in export(mpnet_folder, one, bits=4) if path.suffix != ".json"]
    many.mkdir()
    (many / "weights-9.bin").write_bytes(b"of an earlier export")
    monkeypatch.setattr(exporting, "LARGEST", 10_000)
    files = export(mpnet_folder, many, bits=4)
    parts = [path for path in files if path.suffix == ".bin"]
    assert len(parts) > 1
    assert [path.name for path in parts] == [f"weights-{n}.bin" for n in range(len(parts))]
    assert max(path.stat().st_size for path in parts) <= 10_000
    answers = [
        load_session(path).run(None, tokens_of(mpnet_folder))[0] for path in (whole, many / "model.onnx")
    ]
    assert np.array_equal(*answers)


def test_a_folder_without_a_model_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no trained model"):
        model_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="Train one"):
        export(tmp_path / "none", tmp_path / "onnx", bits=4)
    assert not (tmp_path / "onnx").exists()
