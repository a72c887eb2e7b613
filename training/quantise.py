"""Smaller weights in an ONNX model: the runtime converts them back at loading, and computes in 32 bits.

With int8 activations one label in ten changed, and others on processors with other instructions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx.version_converter import convert_version

if TYPE_CHECKING:
    from numpy.typing import NDArray

SMALLEST_MATRIX = 10_000
"""Numbers; smaller matrices stay in 32 bits, since int8 saves less than 30 kB in each. Not tuned."""
SMALLEST_SCALE = 1e-7
"""Scale of a block of zeros, to avoid a division by zero; representable in 16 bits."""
INT8_MAX, INT4_MAX = 127, 7
BLOCK = 32
"""Weights that share a scale in 4 bits: with its 16 bits for the scale, 4.5 bits a weight."""
BLOCKED_OPSET = 21
"""The first version of ONNX operators in which DequantizeLinear takes 4 bits and blocks."""


def quantised(model: Any, *, bits: int) -> Any:
    """An ONNX model whose matrices have fewer bits; word embeddings have 8, with a scale per word.

    Args:
        model: with weights in 32 bits.
        bits: 8, with a scale per column, or 4, with a scale per block of 32 weights that are summed together.
    """
    if bits == 4:
        model = convert_version(model, BLOCKED_OPSET)
    graph = model.graph
    readers = {name: node for node in graph.node for name in node.input}
    nodes = []
    for weights in list(graph.initializer):
        values, name = numpy_helper.to_array(weights), weights.name
        if values.ndim != 2 or values.size < SMALLEST_MATRIX:
            continue
        axis = _input_axis(readers[name])
        graph.initializer.remove(weights)
        if bits == 4 and readers[name].op_type != "Gather":
            parts, made = _in_blocks(name, values, axis)
        else:
            parts, made = _in_int8(name, values, axis)
        graph.initializer.extend(parts)
        nodes += made
    for node in reversed(nodes):
        graph.node.insert(0, node)
    return model


def block_scales(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """The scale of each block of 32 weights along an axis, rounded to 16 bits.

    Of a block that already is whole numbers from -8 to 7 times a scale, that scale, so that nothing is lost
    (`compensate.py` rounds so); of another, the largest weight is 7.
    """
    blocks = np.moveaxis(values, axis, 0).reshape(values.shape[axis] // BLOCK, BLOCK, -1)
    largest = np.abs(blocks).max(axis=1)
    scales = _in_16_bits(largest / INT4_MAX)
    inexact = ~_holds(blocks, scales)
    for most in (8, 6, 5, 4, 3, 2, 1):
        finer = _in_16_bits(largest / most)
        finer_fits = inexact & _holds(blocks, finer)
        scales, inexact = np.where(finer_fits, finer, scales), inexact & ~finer_fits
    return np.moveaxis(scales, 0, axis)


def _in_16_bits(scales: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(scales, SMALLEST_SCALE).astype(np.float16).astype(np.float32)


def _holds(blocks: NDArray[np.float32], scales: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Whether the weights of blocks (m, 32, n) are whole numbers of 4 bits times a scale (m, n)."""
    whole = np.clip(np.rint(blocks / scales[:, None]), -INT4_MAX - 1, INT4_MAX)
    same: NDArray[np.bool_] = (whole * scales[:, None] == blocks).all(axis=1)
    return same


def _input_axis(reader: Any) -> int:
    """The axis over which a matrix is summed; of a table of embeddings, that of its entries."""
    if reader.op_type == "Gather":
        return 1
    transposed = any(attribute.name == "transB" and attribute.i for attribute in reader.attribute)
    return 1 if transposed else 0


def _in_int8(name: str, values: NDArray[np.float32], axis: int) -> tuple[list[Any], list[Any]]:
    """Initializers and node of a matrix with one scale for all weights that are summed together."""
    scale = np.maximum(np.abs(values).max(axis=axis, keepdims=True) / INT8_MAX, SMALLEST_SCALE)
    parts = [
        numpy_helper.from_array(np.rint(values / scale).astype(np.int8), f"{name} int8"),
        numpy_helper.from_array(scale.astype(np.float32).ravel(), f"{name} scale"),
    ]
    inputs = [part.name for part in parts]
    return parts, [helper.make_node("DequantizeLinear", inputs, [name], axis=1 - axis)]


def _in_blocks(name: str, values: NDArray[np.float32], axis: int) -> tuple[list[Any], list[Any]]:
    """Initializers and nodes of a matrix in 4 bits with scales in 16."""
    scales = block_scales(values, axis)
    rounded = np.rint(values / np.repeat(scales, BLOCK, axis=axis))
    whole = np.clip(rounded, -INT4_MAX - 1, INT4_MAX).astype(np.int8)
    halves = (whole.ravel() & 0x0F).astype(np.uint8)
    two_a_byte = (halves[0::2] | halves[1::2] << 4).tobytes()  # the first of two in the lower half
    packed = helper.make_tensor(f"{name} int4", TensorProto.INT4, values.shape, two_a_byte, raw=True)
    parts = [packed, numpy_helper.from_array(scales.astype(np.float16), f"{name} scale16")]
    return parts, [
        helper.make_node("Cast", [f"{name} scale16"], [f"{name} scale"], to=TensorProto.FLOAT),
        helper.make_node(
            "DequantizeLinear", [f"{name} int4", f"{name} scale"], [name], axis=axis, block_size=BLOCK
        ),
    ]
