"""The embedded stance model of the project: a small masked cross-encoder, int8 ONNX, in this package."""

from __future__ import annotations
