"""The project's own stance model: a small cross-encoder over masked passages, ONNX with int8 weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import ModelIdentity
from pipelines.errors import ModelError
from pipelines.hashing import fingerprint, sha256
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.masking import mask, masking_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair

NAME = "polystance-minilm"
WEIGHTS, TOKENIZER = "model.onnx", "tokenizer.json"
REVISION = "1"
SHA256 = {
    WEIGHTS: "3cbc73ca724d7b26d8c89fcbd9592c777c56575d110df5b3bae7405885316484",
    TOKENIZER: "b7f581737920d7a272486564d3ee92ab3c235726bc266d90e838110a8d1b2fa7",
}
INSTALL = "Install it: pip install 'polystance[offline]'"
# Both directions; the model's labels are entailment, neutral, contradiction.
QUESTIONS = ("{actor} supports {target}.", "{actor} opposes {target}.")
ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2


class PolystanceJudge(CalibratedJudge):
    """Judges with the model that comes with polystance, on the CPU and without network.

    In the passage X replaces the actor and Y the target, so that no name carries a stance of its own; a name
    that the passage does not contain is written out in the question. Each thread takes one question at a
    time, so that the last bits of an answer do not depend on its neighbours.

    Args:
        calibration: file of a fitted calibration.
        max_length: tokens of passage and question; a longer passage loses its end.
        threads: number of questions at a time; changes speed only.
        place: location of the engine in the config, for errors.
    """

    features = ("supports", "opposes")
    wordings = len(QUESTIONS)

    def __init__(
        self,
        *,
        calibration: str | None = None,
        max_length: PositiveInt = 256,
        threads: PositiveInt = 2,
        place: str = "stance",
    ) -> None:
        super().__init__(NAME, calibration)
        self.max_length, self.threads, self.place = max_length, threads, place
        if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
            raise ModelError(place, "engine 'polystance' is not installed", INSTALL)
        self.folder = Path(str(files(__package__).joinpath("polystance_model")))
        self._session: Any = None

    @property
    def question_digest(self) -> str:
        """Digest of the weights, the questions, the masking of names and the maximum length."""
        return fingerprint(sorted(SHA256.values()), QUESTIONS, masking_digest(), self.max_length)

    @property
    def _weights(self) -> Path:
        return self.folder / WEIGHTS

    def identity(self) -> ModelIdentity:
        """The model and its hash."""
        return ModelIdentity(
            engine="polystance",
            name=NAME,
            revision=REVISION,
            sha256=sha256(self._weights),
            licence="Apache-2.0",
            size=self._weights.stat().st_size,
            settings={
                "max_length": self.max_length,
                "question_digest": self.question_digest,
                "calibration": self.calibration_digest,
            },
        )

    def fetch(self) -> None:
        """Check that model and tokenizer are those that come with polystance.

        Raises:
            ModelError: a hash differs.
        """
        for name, expected in SHA256.items():
            path = self.folder / name
            digest = sha256(path) if path.is_file() else "no file"
            if digest != expected:
                cause = f"{path} has SHA-256 {digest}, not {expected}"
                raise ModelError(self.place, cause, "Install polystance again")

    def load(self) -> None:
        """Check the hashes, and load the model."""
        if self._session is not None:
            return
        self.fetch()
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_length, strategy="only_first")
        self._session = load_session(self._weights)

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """Log-odds of each stance against neutral, by question: float array (pairs, wordings, 2), in nats."""
        views = [view for pair in pairs for view in pair.views()]
        questions = [question for view in views for question in _questions(view, wordings)]
        answers = self._answers(questions)
        readings = np.zeros((len(views), wordings, 2))
        for number, question in enumerate(questions):
            view, wording = divmod(number, wordings)
            readings[view, wording] = _stance(answers[question], wording)
        counts = np.array([len(pair.views()) for pair in pairs])
        starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(int)
        means: NDArray[np.float64] = np.add.reduceat(readings, starts) / counts[:, None, None]
        return means

    def _answers(self, questions: Sequence[tuple[str, str]]) -> dict[tuple[str, str], NDArray[np.float64]]:
        """Logits of each distinct question, float arrays (3,)."""
        distinct = list(dict.fromkeys(questions))
        if not distinct:
            return {}
        self.load()
        with ThreadPoolExecutor(self.threads) as pool:
            return dict(zip(distinct, pool.map(self._one, distinct), strict=True))

    def _one(self, question: tuple[str, str]) -> NDArray[np.float64]:
        encoded = self._tokenizer.encode(*question)
        inputs = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        arrays = {name: np.array([ids], dtype=np.int64) for name, ids in inputs.items()}
        logits: NDArray[np.float64] = self._session.run(None, arrays)[0][0].astype(np.float64)
        return logits


def load_session(weights: Path) -> Any:
    """Load the model for one thread; its int8 weights become floats once, not at each question."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])


def _questions(pair: Pair, wordings: int) -> list[tuple[str, str]]:
    """Masked passage and question, for each of the first wordings."""
    masked = mask(pair.premise, pair.actor, pair.target)
    texts = [wording.format(actor=masked.actor, target=masked.target) for wording in QUESTIONS[:wordings]]
    return [(masked.premise, text) for text in texts]


def _stance(logits: NDArray[np.float64], wording: int) -> NDArray[np.float64]:
    """Log-odds of supports and opposes against neutral, float array (2,), from the answer to a question."""
    odds: NDArray[np.float64] = logits[[ENTAILMENT, CONTRADICTION]] - logits[NEUTRAL]
    return odds if wording == 0 else odds[::-1]
