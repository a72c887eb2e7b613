"""Stance from entailment: the base of the engines with an NLI model."""

from __future__ import annotations

import time
from abc import abstractmethod
from copy import copy
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipelines.hashing import fingerprint
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.hypotheses import Hypotheses

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import ModelIdentity, Pair
    from pipelines.job.memory import AnswerMemory
    from pipelines.judge.labels import LabelOrder

STANCES = ("supports", "opposes")
Further = Literal["position", "swapped"]
ANSWERS_IN_MEMORY = 100_000
"""Answers of the model; more are forgotten all at once. Not tuned: bounds memory, changes speed only."""


class ZeroShotJudge(CalibratedJudge):
    """Judges stance by asking an NLI model; an engine adds `answers`, `labels`, `identity` and `load`.

    Args:
        name: the model's name.
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        also: further hypotheses: if the actor takes a position, and the stance of the target (swapped).
        remove_prior: subtract the model's log-odds for an empty premise (Zhao et al. 2021).
        calibration: file of a fitted calibration.
        memory: cache of the model's answers.
        place: location of the engine in the config, for errors.
    """

    labels: LabelOrder

    def __init__(
        self,
        name: str,
        hypotheses: dict[str, list[str]] | None,
        also: Sequence[Further],
        remove_prior: bool,
        calibration: str | None,
        memory: AnswerMemory | None,
        place: str,
    ) -> None:
        super().__init__(name, calibration)
        self.also = tuple(also)
        self.hypotheses = Hypotheses.of(hypotheses, also, place)
        self.remove_prior, self.memory, self.place = remove_prior, memory, place
        self.on_load: Callable[[float], None] = lambda seconds: None  # noqa: ARG005
        self._known: dict[tuple[str, str], list[float]] = {}

    @property
    def wordings(self) -> int:  # type: ignore[override]
        """Number of wordings of each stance."""
        return self.hypotheses.size

    @property
    def roles(self) -> tuple[str, ...]:
        """The role of each entailment: the two stances, then the further hypotheses."""
        return (*STANCES, *self.hypotheses.further)

    @property
    def features(self) -> tuple[str, ...]:  # type: ignore[override]
        """Entailment of each role and, of three labels, its contradiction."""
        self.load()
        if self.labels.contradiction is None:
            return self.roles
        return (*self.roles, *(f"{role} contradicted" for role in self.roles))

    @property
    def question_digest(self) -> str:
        """Digest of the hypotheses and of the options that change the model's answers."""
        return fingerprint(self.hypotheses._asdict(), self.remove_prior, self.settings)

    @property
    def settings(self) -> dict[str, object]:
        """Options of an engine that change the model's answers."""
        return {}

    @property
    def judgement_settings(self) -> dict[str, object]:
        """Settings and digests that change the judgements, besides the model."""
        return {
            **self.settings,
            "question_digest": self.question_digest,
            "calibration": self.calibration_digest,
        }

    @abstractmethod
    def load(self) -> None:
        """Load the model, and set `labels`."""

    @abstractmethod
    def identity(self) -> ModelIdentity:
        """The model's identity."""

    @abstractmethod
    def logits(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The model's answers to premises and hypotheses: float array (questions, labels)."""

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        """Log-odds of each role, the mean over a pair's views: float array (pairs, wordings, features)."""
        views = [view for pair in pairs for view in pair.views()]
        counts = [len(pair.views()) for pair in pairs]
        readings = self._readings(views, wordings)
        if self.remove_prior:
            readings -= self._readings([view._replace(premise="") for view in views], wordings)
        starts = np.cumsum([0, *counts[:-1]])
        means: NDArray[np.float64] = np.add.reduceat(readings, starts) / np.array(counts)[:, None, None]
        return means

    def negated(self) -> ZeroShotJudge:
        """A copy of the judge with negated hypotheses: "does not support", "does not oppose"."""
        other = copy(self)
        other.hypotheses = Hypotheses.of_negations(list(self.also))
        other.use(self.rule.without_steps())
        return other

    def _readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:
        stances = [question for pair in pairs for question in self.hypotheses.stances_of(pair, wordings)]
        further = [question for pair in pairs for question in self.hypotheses.further_of(pair)]
        odds = self.log_odds([*stances, *further])
        meanings = odds.shape[1]
        of_stances = odds[: len(stances)].reshape(len(pairs), 2, wordings, meanings).transpose(0, 2, 3, 1)
        of_further = odds[len(stances) :].reshape(len(pairs), 1, -1, meanings).transpose(0, 1, 3, 2)
        repeated = np.repeat(of_further, wordings, axis=1)
        return np.concatenate([of_stances, repeated], axis=-1).reshape(len(pairs), wordings, -1)

    def log_odds(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """Log-odds of entailment and, of three labels, of contradiction; each distinct question once.

        Returns:
            float array (questions, 1) or (questions, 2), in nats.
        """
        if len(self._known) > ANSWERS_IN_MEMORY:
            self._known.clear()
        new = [question for question in dict.fromkeys(questions) if question not in self._known]
        if new and self.memory:
            self._known |= self.memory.known(self._model, new)
            new = [question for question in new if question not in self._known]
        if new:
            start = time.perf_counter()
            self.load()
            self.on_load(time.perf_counter() - start)
            answers = dict(zip(new, self.labels.log_odds(self.logits(new)).tolist(), strict=True))
            if self.memory:
                self.memory.remember(self._model, answers)
            self._known |= answers
        return np.array([self._known[question] for question in questions], dtype=np.float64)

    @cached_property
    def _model(self) -> str:
        """Digest of all that an answer depends on, besides its question."""
        identity = self.identity()
        small_files = [digest for name, digest in identity.settings.items() if name == "configuration"]
        return fingerprint(identity.name, identity.revision, identity.sha256, self.settings, *small_files)
