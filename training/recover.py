"""The engine's own network back as a folder that training starts from, with the weights that the engine uses.

python -m training.recover large|small FOLDER
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from pipelines.judge.polystance import WEIGHTS
from training.examples import LABELS
from training.export import FOLDERS
from training.folders import base_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

PREFIX = "network."
"""Of a tensor's name in an export, before its name in the model."""


def recover(size: str, folder: Path) -> None:
    """Write the engine's network and its tokenizer to a folder, as transformers loads them.

    Args:
        size: `large` or `small`.
        folder: to write to.

    Raises:
        KeyError: the file lacks a tensor of the network.
    """
    base = base_folder(size)
    network = AutoModelForSequenceClassification.from_pretrained(
        base, num_labels=3, id2label=LABELS, label2id={name: i for i, name in LABELS.items()}
    )
    state = network.state_dict()
    state |= {
        name: torch.tensor(values) for name, values in tensors(onnx.load(FOLDERS[size] / WEIGHTS)).items()
    }
    network.load_state_dict(state)
    network.save_pretrained(folder)
    AutoTokenizer.from_pretrained(base).save_pretrained(folder)


def tensors(model: Any) -> dict[str, NDArray[np.float32]]:
    """The weights of an export, in 32 bits, by their names in the network.

    Args:
        model: with the weights loaded.
    """
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    values = dict(stored)
    for node in model.graph.node:
        if node.op_type == "DequantizeLinear":
            values[node.output[0]] = _dequantised(node, stored)
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in values:
            layer = node.name.removeprefix("/").removesuffix("/MatMul").replace("/", ".")
            # The export multiplies by the transposed matrix, under a number for a name.
            values[f"{layer}.weight"] = values[node.input[1]].T
    return {
        name.removeprefix(PREFIX): value
        for name, value in values.items()
        if name.startswith(PREFIX) and value.dtype == np.float32 and not name.endswith(" scale")
    }


def _dequantised(node: Any, stored: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """What a DequantizeLinear node computes; scales of 4 bits are stored in 16 under another name."""
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    whole, axis = stored[node.input[0]].astype(np.float32), attributes["axis"]
    name = node.input[1] if node.input[1] in stored else f"{node.input[1]}16"
    scale: NDArray[np.float32] = stored[name].astype(np.float32)
    if "block_size" in attributes:
        return whole * scale.repeat(attributes["block_size"], axis=axis)
    return whole * np.expand_dims(scale, 1 - axis)


def main() -> None:
    """Read the options and write the folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("size", choices=list(FOLDERS))
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    recover(options.size, options.folder)


if __name__ == "__main__":
    main()
