"""Export a trained model for the engine: ONNX with int8 weights, and its tokenizer.

python -m training.export MODEL_DIR [FOLDER]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.hashing import sha256
from pipelines.judge.export import export as export_exact
from pipelines.judge.polystance import TOKENIZER, WEIGHTS, load_session
from training.examples import PLAIN, Source
from training.folders import model_folder

ENGINE_FOLDER = Path(__file__).parents[1] / "pipelines" / "judge" / "polystance_model"
LARGEST = 30 * 2**20
"""Bytes; the package ships the file, so this bounds a download. Not tuned; the shipped model has 23 MB."""
SMALLEST_MATRIX = 10_000
"""Numbers; smaller matrices stay in 32 bits, since int8 saves less than 30 kB in each. Not tuned."""
SMALLEST_SCALE = 1e-12
"""Scale of a column of zeros, to avoid a division by zero."""
INT8_MAX = 127


def export(model_dir: Path, folder: Path) -> Path:
    """Write the model and its tokenizer to a folder; returns the path of the model.

    Raises:
        FileNotFoundError: `model_dir` holds no model.
        ValueError: the file is larger than 30 MiB.
    """
    with TemporaryDirectory() as scratch:
        exact = export_exact(str(model_folder(model_dir)), Path(scratch), int8=False, offline=True)
        model = with_int8_weights(onnx.load(exact))
        onnx.checker.check_model(model)
        if model.ByteSize() > LARGEST:
            raise ValueError(f"{model_dir}: exported it has {model.ByteSize()} bytes, more than {LARGEST}")
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(model, folder / WEIGHTS)
        shutil.copy(exact.with_name(TOKENIZER), folder)
    return folder / WEIGHTS


def with_int8_weights(model: Any) -> Any:
    """Quantise each matrix of an ONNX model, in place, to int8 with a scale per column or word.

    The runtime converts them back at loading, and computes in 32 bits: with int8 activations one label in
    ten changed, and others on processors with other instructions.
    """
    graph = model.graph
    dequantised = []
    readers = {name: node.op_type for node in graph.node for name in node.input}
    for weights in list(graph.initializer):
        values, name = numpy_helper.to_array(weights), weights.name
        if values.ndim != 2 or values.size < SMALLEST_MATRIX:
            continue
        axis = 0 if readers[name] == "Gather" else 1
        scale = np.maximum(np.abs(values).max(axis=1 - axis, keepdims=True) / INT8_MAX, SMALLEST_SCALE)
        parts = {
            f"{name} int8": np.rint(values / scale).astype(np.int8),
            f"{name} scale": scale.astype(np.float32).ravel(),
        }
        graph.initializer.remove(weights)
        graph.initializer.extend(numpy_helper.from_array(part, key) for key, part in parts.items())
        dequantised.append(helper.make_node("DequantizeLinear", list(parts), [name], axis=axis))
    for node in dequantised:
        graph.node.insert(0, node)
    return model


def same_labels(model_dir: Path, target: Path, *, count: int = 200) -> float:
    """The share, in [0, 1], of made-up questions with the same label from file and trained model.

    Args:
        model_dir: the trained model.
        target: the exported file.
        count: number of questions.
    """
    tokenizer = AutoTokenizer.from_pretrained(model_dir)
    network = AutoModelForSequenceClassification.from_pretrained(model_dir).eval()
    session = load_session(target)
    rng, source = Random("export"), Source(PLAIN, "constructions")
    same = 0
    for example in (source.draw(rng) for _ in range(count)):
        tokens = tokenizer(example.premise, example.hypothesis, return_tensors="np")
        with torch.inference_mode():
            logits = network(**{name: torch.tensor(ids) for name, ids in tokens.items()}).logits.numpy()
        exported = session.run(None, dict(tokens))[0]
        same += int(logits.argmax() == exported.argmax())
    return same / count


def main() -> None:
    """Read the options and write the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model_dir", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=ENGINE_FOLDER)
    options = parser.parse_args()
    target = export(options.model_dir, options.folder)
    for name in (WEIGHTS, TOKENIZER):
        path = options.folder / name
        print(f"{path}: {path.stat().st_size} bytes, SHA-256 {sha256(path)}")
    print(f"labels as before rounding: {100 * same_labels(options.model_dir, target):.1f} %")


if __name__ == "__main__":
    main()
