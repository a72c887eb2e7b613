"""The former place of the judge with exported NLI models; scripts outside the project import it from here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.judge.nli_onnx import OnnxNliJudge as ExportedJudge
from pipelines.judge.polystance import PolystanceJudge

if TYPE_CHECKING:
    from pipelines.engines.base import StanceJudge

__all__ = ["OnnxNliJudge"]


def OnnxNliJudge(model: str | None = None, **options: Any) -> StanceJudge:  # noqa: N802  (a class before)
    """The judge with an exported NLI model or, without one, the judge whose model comes with polystance.

    Args:
        model: folder of the exported model.
        options: of the judge; see `pipelines.judge.nli_onnx` and `pipelines.judge.polystance`.

    Raises:
        ConfigError: a wrong option.
        ModelError: the folder is no exported model, or a package is missing.
    """
    return PolystanceJudge(**options) if model is None else ExportedJudge(model, **options)
