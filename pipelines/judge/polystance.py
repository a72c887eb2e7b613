"""The project's own stance models: cross-encoders over masked passages, computed in 32 bits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import ModelIdentity
from pipelines.engines.onnx import check_files, load_session
from pipelines.engines.threads import processors
from pipelines.errors import ModelError
from pipelines.hashing import fingerprint
from pipelines.judge.answers import Answers  # noqa: TC001  (read when options are checked)
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.masking import mask, masking_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import Pair, Scores
    from pipelines.judge.calibration import Rule

WEIGHTS, TOKENIZER = "model.onnx", "tokenizer.json"
INSTALL = "Install it: pip install 'polystance[offline]'"
QUESTION = "{actor} supports {target}."
# What the models answer: the actor supports the target, neither, or opposes it.
ENTAILMENT, NEUTRAL, CONTRADICTION = 0, 1, 2


class Network(NamedTuple):
    """A model that comes with polystance: its name, revision, folder, and the SHA-256 of its files."""

    name: str
    revision: str
    folder: str
    sha256: Mapping[str, str]


NETWORKS = {
    "large": Network(
        "polystance-mpnet",
        "1",
        "polystance_large",
        {
            "model.onnx": "42da86f500fdcac8ea4a15f1d92862ed43af37139f5a8cf9c2d71eada100b4c1",
            "tokenizer.json": "be4b31a6e005448bd10dd13aa8676282fdef200a79f73a410ffd89ccd5c1ff3e",
            "weights-0.bin": "182b121345c48b8567a6f12f37b336150ce853c8ded51335c809b08a306e33ae",
            "weights-1.bin": "50149388d86cd78e84d27b4335b4d27476516ff82a42cdbd8270a4f2be7f6069",
        },
    ),
    "small": Network(
        "polystance-minilm",
        "1",
        "polystance_small",
        {
            "model.onnx": "3cbc73ca724d7b26d8c89fcbd9592c777c56575d110df5b3bae7405885316484",
            "tokenizer.json": "b7f581737920d7a272486564d3ee92ab3c235726bc266d90e838110a8d1b2fa7",
        },
    ),
}
CLEAR = 2.0
"""Nats between the small network's two likeliest labels above which the large one is not asked. Of 700
made-up pairs that neither was trained on it decides 32 %; 99.3 % of all labels are then those of the large
one alone."""


class PolystanceJudge(CalibratedJudge):
    """Judges with a model that comes with polystance, on the CPU and without network.

    In the passage X replaces the actor and Y the target, so that no name carries a stance of its own; a name
    that the passage does not contain is written out in the question. Each thread takes one question at a
    time, so that the last bits of an answer do not depend on its neighbours.

    Args:
        network: `large`, `small`, or `both`: the small one decides clear pairs, the large one all others.
        calibration: file of a fitted calibration, of the large network if there are both.
        memory: remembers answers between runs.
        max_length: tokens of passage and question; a longer passage loses its end.
        threads: number of questions at a time, by default one for each processor; changes speed only.
        device: `cuda` needs onnxruntime-gpu.
        place: location of the engine in the config, for errors.
    """

    features = ("supports", "opposes")
    wordings = 1

    def __init__(
        self,
        *,
        network: Literal["both", "large", "small"] = "both",
        calibration: str | None = None,
        memory: Answers | None = None,
        max_length: PositiveInt = 256,
        threads: PositiveInt | None = None,
        device: Literal["cpu", "cuda"] = "cpu",
        place: str = "stance",
    ) -> None:
        self.network = NETWORKS["large" if network == "both" else network]
        super().__init__(self.network.name, calibration)
        if find_spec("onnxruntime") is None or find_spec("tokenizers") is None:
            raise ModelError(place, "engine 'polystance' is not installed", INSTALL)
        same: dict[str, Any] = {"memory": memory, "max_length": max_length, "device": device, "place": place}
        self.first = PolystanceJudge(network="small", threads=threads, **same) if network == "both" else None
        self.memory, self.max_length, self.device, self.place = memory, max_length, device, place
        self.threads = threads or processors()
        self.folder = Path(str(files(__package__).joinpath(self.network.folder)))
        self.on_load: Callable[[float], None] = lambda seconds: None  # noqa: ARG005
        self._session: Any = None

    @property
    def question_digest(self) -> str:
        """Digest of the weights, the question, the masking of names and the maximum length."""
        return fingerprint(sorted(self.network.sha256.values()), QUESTION, masking_digest(), self.max_length)

    def identity(self) -> ModelIdentity:
        """The model and its hashes."""
        settings: dict[str, Any] = {
            "max_length": self.max_length,
            "question_digest": self.question_digest,
            "calibration": self.calibration_digest,
        }
        if self.first is not None:
            settings |= {"first": self.first.identity(), "clear": CLEAR}
        files_here = [self.folder / name for name in self.network.sha256 if (self.folder / name).is_file()]
        return ModelIdentity(
            engine="polystance",
            name=self.name,
            revision=self.network.revision,
            sha256=fingerprint(self.network.sha256),
            licence="Apache-2.0",
            size=sum(path.stat().st_size for path in files_here),
            settings=settings,
        )

    def fetch(self) -> None:
        """Check that the files are those that come with polystance.

        Raises:
            ModelError: a hash differs.
        """
        check_files(self.folder, self.network.sha256, self.place)
        if self.first is not None:
            self.first.fetch()

    def load(self) -> None:
        """Check the hashes, and load the model; a second call does nothing.

        Raises:
            ModelError: a hash differs, or the device is missing.
        """
        if self._session is not None:
            return
        start = time.perf_counter()
        self.fetch()
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.max_length, strategy="only_first")
        self._session = load_session(self.folder / WEIGHTS, self.device, self.place)
        self._inputs = [node.name for node in self._session.get_inputs()]
        self.on_load(time.perf_counter() - start)

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Score each pair, in order; of two networks the small one decides the clear pairs."""
        if self.first is None:
            return super().judge(pairs)
        self.first.on_load = self.on_load
        scores = self.first.judge(pairs)
        waiting = [i for i, score in enumerate(scores) if _margin(score, self.first.rule) <= CLEAR]
        for i, score in zip(waiting, super().judge([pairs[i] for i in waiting]), strict=True):
            scores[i] = score
        return scores

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:  # noqa: ARG002  (one)
        """Log-odds of each stance against neutral: float array (pairs, 1, 2), in nats."""
        questions = [_question(pair) for pair in pairs]
        answers = self._answers(questions)
        logits = np.array([answers[question] for question in questions]).reshape(-1, 3)
        odds: NDArray[np.float64] = logits[:, [ENTAILMENT, CONTRADICTION]] - logits[:, [NEUTRAL]]
        return odds[:, None, :]

    def _answers(self, questions: Sequence[tuple[str, str]]) -> dict[tuple[str, str], NDArray[np.float64]]:
        """Logits of each distinct question, float arrays (3,)."""
        distinct = list(dict.fromkeys(questions))
        model = fingerprint(self.network.sha256, self.max_length)
        known = self.memory.known(model, distinct) if self.memory and distinct else {}
        new = [question for question in distinct if question not in known]
        if new:
            self.load()
            with ThreadPoolExecutor(self.threads) as pool:
                answers = dict(zip(new, pool.map(self._one, new), strict=True))
            if self.memory:
                self.memory.remember(model, answers)
            known |= answers
        return {question: np.array(known[question]) for question in distinct}

    def _one(self, question: tuple[str, str]) -> list[float]:
        encoded = self._tokenizer.encode(*question)
        inputs = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        arrays = {name: np.array([inputs[name]], dtype=np.int64) for name in self._inputs}
        return [float(logit) for logit in self._session.run(None, arrays)[0][0]]


def _margin(scores: Scores, rule: Rule) -> float:
    """Nats between the two likeliest labels, in what labels are chosen by."""
    against_neutral = np.log([[scores.supports / scores.neutral, scores.opposes / scores.neutral]])
    ranked = np.sort(rule.tilted(against_neutral)[0])
    return float(ranked[2] - ranked[1])


def _question(pair: Pair) -> tuple[str, str]:
    """Masked passage and question."""
    masked = mask(pair.premise, pair.actor, pair.target)
    text = QUESTION.format(actor=masked.actor, target=masked.target)
    return masked.premise, text[0].upper() + text[1:]
