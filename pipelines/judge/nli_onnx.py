"""Stance from NLI models that `polystance models export` wrote as ONNX."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import ModelIdentity
from pipelines.engines.hub import UNKNOWN_LICENCE, configuration_digest
from pipelines.engines.threads import processors
from pipelines.errors import ConfigError, ModelError
from pipelines.hashing import sha256
from pipelines.job.memory import AnswerMemory  # noqa: TC001  (read when options are checked)
from pipelines.judge.labels import LabelOrder, Meaning, label_order
from pipelines.judge.zero_shot import Further, ZeroShotJudge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INSTALL = "Install it: pip install 'polystance[offline]'"
EXPORT = "Export one: polystance models export MODEL FOLDER"
UNNAMED = {0: "LABEL_0", 1: "LABEL_1"}  # transformers leaves the default names out of a config
ENCODED = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}


class OnnxFiles(NamedTuple):
    """Paths of the parts of an exported model."""

    weights: Path
    tokenizer: Path
    config: Path


class OnnxNliJudge(ZeroShotJudge):
    """Judges with an exported NLI model, on the CPU and without network.

    Each thread takes one pair at a time, unpadded: in int8 models activations share one scale over a batch,
    so that in a batch the answer to a pair would depend on its neighbours.

    Args:
        model: folder with one .onnx file, tokenizer.json and config.json.
        calibration: file of a fitted calibration.
        memory: cache of the model's answers.
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        also: further hypotheses: position (does the actor take one?), swapped (the target as the holder).
        remove_prior: subtract the model's log-odds for an empty premise.
        labels: meanings of the model's labels, in order, if their names do not show them.
        max_length: tokens of premise and hypothesis; a longer premise loses its end.
        threads: pairs at a time, by default one for each processor; changes speed only.
        place: location of the engine in the config, for errors.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        calibration: str | None = None,
        memory: AnswerMemory | None = None,
        hypotheses: dict[str, list[str]] | None = None,
        also: list[Further] = [],  # noqa: B006  (never changed)
        remove_prior: bool = False,
        labels: list[Meaning] | None = None,
        max_length: PositiveInt = 256,
        threads: PositiveInt | None = None,
        place: str = "stance",
    ) -> None:
        if model is None:
            raise ConfigError(f"{place}: model", "'nli_onnx' has no model of its own", EXPORT)
        super().__init__(model, hypotheses, also, remove_prior, calibration, memory, place)
        self.meanings, self.max_length, self.threads = labels, max_length, threads or processors()
        if find_spec("onnxruntime") is None:
            raise ModelError(place, "engine 'nli_onnx' is not installed", INSTALL)
        self.files = _exported(Path(model).expanduser(), place)
        self._session: Any = None
        self._thread = ThreadPoolExecutor(1)

    @property
    def settings(self) -> dict[str, object]:
        """Options that change the model's answers."""
        return {"max_length": self.max_length, "labels": self.meanings}

    def identity(self) -> ModelIdentity:
        """The model and its hashes."""
        return ModelIdentity(
            engine="nli_onnx",
            name=self.name,
            sha256=sha256(self.files.weights),
            licence=UNKNOWN_LICENCE,
            size=self.files.weights.stat().st_size,
            settings={
                **self.judgement_settings,
                "configuration": configuration_digest(self.files.weights.parent),
            },
        )

    def fetch(self) -> None:
        """Do nothing: an exported model is on this machine."""

    def load(self) -> None:
        """Load the model.

        Raises:
            ModelError: it cannot be loaded, or its labels are not understood.
        """
        if self._session is not None:
            return
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._tokenizer = Tokenizer.from_file(str(self.files.tokenizer))
            # Denormals as zero: the same answers, a little faster. The mode holds for a thread and for those
            # that it starts; the session has a thread of its own, so the rest of the process is unaffected.
            options.add_session_config_entry("session.set_denormal_as_zero", "1")
            providers = ["CPUExecutionProvider"]
            session = self._thread.submit(
                onnxruntime.InferenceSession, self.files.weights, options, providers=providers
            ).result()
        except Exception as error:  # a damaged model fails in as many ways as it has files
            cause = f"cannot load ONNX model '{self.files.weights}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, EXPORT) from error
        self._tokenizer.enable_truncation(self.max_length, strategy="only_first")
        self._tokenizer.no_padding()
        self.labels = self._label_order()
        self._inputs = [node.name for node in session.get_inputs()]
        self._session = session

    def logits(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The model's answers to premises and hypotheses: float array (questions, labels)."""
        self.load()
        return self._thread.submit(self._all, questions).result()

    def _all(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        with ThreadPoolExecutor(self.threads) as pool:
            return np.array(list(pool.map(self._one, questions)), dtype=np.float64)

    def _one(self, question: tuple[str, str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode(*question)
        inputs = {name: np.array([getattr(encoded, ENCODED[name])], dtype=np.int64) for name in self._inputs}
        answer: NDArray[np.float32] = self._session.run(None, inputs)[0][0]
        return answer

    def _label_order(self) -> LabelOrder:
        try:
            id2label = json.loads(self.files.config.read_text("utf-8")).get("id2label", UNNAMED)
            names = {int(index): str(name) for index, name in id2label.items()}
        except (AttributeError, ValueError) as error:
            cause = f"{self.files.config} names no labels ({error})"
            raise ModelError(self.place, cause, EXPORT) from error
        return label_order(names, self.meanings, self.place)


def _exported(folder: Path, place: str) -> OnnxFiles:
    weights = sorted(folder.glob("*.onnx"))
    missing = [name for name in ("tokenizer.json", "config.json") if not (folder / name).is_file()]
    if len(weights) != 1 or missing:
        cause = (
            f"{folder} holds {len(weights)} .onnx files"
            if len(weights) != 1
            else f"no {missing[0]} in {folder}"
        )
        raise ModelError(place, cause, EXPORT)
    return OnnxFiles(weights[0], folder / "tokenizer.json", folder / "config.json")
