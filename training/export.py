"""Export a trained model for the engine: ONNX with weights of 4 or 8 bits, and its tokenizer.

In 4 bits the weights make up for each other's rounding errors, as measured on made-up questions.

python -m training.export MODEL_DIR large|small [FOLDER]
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import onnx
import torch
from onnx.external_data_helper import set_external_data
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.engines.onnx import load_session
from pipelines.hashing import sha256
from pipelines.judge.export import export as export_exact
from pipelines.judge.polystance import TOKENIZER, WEIGHTS
from training.compensate import write_compensated
from training.examples import PLAIN, Source
from training.folders import model_folder
from training.quantise import quantised

FOLDERS = {
    size: Path(__file__).parents[1] / "pipelines" / "judge" / f"polystance_{size}"
    for size in ("large", "small")
}
"""Of the engine's two models."""
BITS = {"large": 4, "small": 8}
"""Of a weight: what keeps the large model under 75 MB, and what the small one, of 23 MB, can afford."""
LARGEST = 50_000_000
"""Bytes of a file: what hosts of repositories take without a warning."""
BESIDE = 1_000
"""Bytes; larger tensors are stored in files of their own beside the model."""


def export(model_dir: Path, folder: Path, *, bits: int) -> list[Path]:
    """Write the model and its tokenizer to a folder; returns the paths of all files.

    Args:
        model_dir: of the trained model; weights that lie in 4 bits (`compensate.py`) stay as they are.
        folder: to write to; files of an earlier export are replaced.
        bits: of a weight, 4 or 8.

    Raises:
        FileNotFoundError: `model_dir` holds no model.
    """
    with TemporaryDirectory() as scratch:
        exact = export_exact(str(model_folder(model_dir)), Path(scratch), int8=False, offline=True)
        model = quantised(onnx.load(exact), bits=bits)
        onnx.checker.check_model(model)
        folder.mkdir(parents=True, exist_ok=True)
        for old in (*folder.glob("*.onnx"), *folder.glob("weights-*.bin")):
            old.unlink()
        if model.ByteSize() > LARGEST:
            _move_weights_beside(model)
        onnx.save(model, folder / WEIGHTS)
        shutil.copy(exact.with_name(TOKENIZER), folder)
    return sorted(path for path in folder.iterdir() if path.suffix in (".onnx", ".bin", ".json"))


def _move_weights_beside(model: Any) -> None:
    """Mark the large tensors of a model as stored in files of at most 50 MB."""
    number = size = 0
    for tensor in model.graph.initializer:
        if len(tensor.raw_data) < BESIDE:
            continue
        if size + len(tensor.raw_data) > LARGEST:
            number, size = number + 1, 0
        size += len(tensor.raw_data)
        set_external_data(tensor, location=f"weights-{number}.bin")


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
    parser.add_argument("size", choices=list(FOLDERS))
    parser.add_argument("folder", type=Path, nargs="?", help="by default the engine's own")
    options = parser.parse_args()
    folder = options.folder or FOLDERS[options.size]
    bits, model_dir = BITS[options.size], model_folder(options.model_dir)
    with TemporaryDirectory() as scratch:
        if bits == 4:
            write_compensated(model_dir, Path(scratch))
        files = export(Path(scratch) if bits == 4 else model_dir, folder, bits=bits)
    for path in files:
        print(f'"{path.name}": "{sha256(path)}",  # {path.stat().st_size} bytes')
    print(f"labels as before rounding: {100 * same_labels(model_dir, folder / WEIGHTS):.1f} %")


if __name__ == "__main__":
    main()
