"""Stance by a language model behind an OpenAI-compatible address."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import PositiveFloat, PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.chat.address import checked_address
from pipelines.chat.engine import ServerEngine
from pipelines.chat.limits import Limits
from pipelines.chat.options import Constraint, Prices, expected, named_model, prices_of
from pipelines.chat.sender import UNSUITED
from pipelines.chat.server import ChatServer
from pipelines.engines.base import ModelIdentity
from pipelines.errors import ConfigError, ModelError
from pipelines.hashing import fingerprint
from pipelines.judge.answers import Answers  # noqa: TC001  (read when options are checked)
from pipelines.judge.calibrated import CalibratedJudge
from pipelines.judge.calibration import Calibration, Linear
from pipelines.judge.llm_answers import Answer, key_of, kind_of, numbers_of, remembered
from pipelines.judge.llm_asking import LIKELIEST, SEED, WARM, Asking
from pipelines.judge.llm_letters import FLOOR, levelled, liking, probes
from pipelines.judge.llm_question import Question, grouped, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipelines.chat.reply import AnswerError
    from pipelines.engines.base import Pair, Scores, Usage
    from pipelines.judge.calibration import Rule

ROUNDS = 16
"""Requests one after the other in a block; not tuned: the last one costs a sixteenth at most."""
CHARACTERS_OF_A_LABEL = 30  # of an answer, with its braces and key
ANSWERS_IN_MEMORY = 100_000  # more are forgotten all at once: bounds memory, changes speed only
PLAIN = Calibration(
    Linear(("supports", "opposes"), np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [0.0, 0.0]])), 0.0, 1
)
"""The rule without a calibration: the model's own log-odds."""


class LlmJudge(ServerEngine, CalibratedJudge):
    """Judges by one question for each pair, or for several targets of a passage at once.

    Args:
        model: its name at the server.
        base_url: address of the server, up to and with `/v1`.
        offline: allow a server on this machine alone.
        calibration: file of a fitted calibration.
        memory: remembers each answer as soon as it is there.
        key_variable: name of the environment variable that holds the key; None for a server without keys.
        revision: of the model, by any name: another one is asked anew.
        targets_at_once: targets of one passage in one question, at most.
        probabilities: logprobs, of the first token of the label; samples, the shares of `samples` answers;
            auto, log-probabilities if the server gives them.
        samples: number of answers to each question, if they are counted.
        level_letters: take the model's liking of letters, by six questions, out of log-probabilities.
        constrain: schema, json, or none: how the server is asked for the form of the answer.
        max_tokens: of an answer.
        request: further fields of each request, such as {reasoning_effort: low}; null removes a field.
        concurrency: requests at once; changes speed only, as do all that follow.
        requests_per_minute: at most.
        timeout: seconds for a whole answer.
        attempts: requests for one answer at most.
        patience: seconds without an answer after which a rate limit ends the run.
        prices: of a million tokens: {prompt: 0.15, completion: 0.6}.
        place: location of the engine in the config, for errors.

    Raises:
        ConfigError: the address, the variable or the model is missing or wrong.
        ModelError: the engine's packages are not installed.
    """

    features = ("supports", "opposes")
    wordings = 1

    def __init__(
        self,
        model: str | None = None,
        *,
        base_url: str,
        offline: bool = False,
        calibration: str | None = None,
        memory: Answers | None = None,
        key_variable: str | None = None,
        revision: str | None = None,
        targets_at_once: PositiveInt = 1,
        probabilities: Literal["auto", "logprobs", "samples"] = "auto",
        samples: PositiveInt = 5,
        level_letters: bool = True,
        constrain: Constraint = "schema",
        max_tokens: PositiveInt = 200,
        request: dict[str, Any] = {},  # noqa: B006  (never changed)
        concurrency: PositiveInt = 8,
        requests_per_minute: PositiveFloat | None = None,
        timeout: PositiveFloat = 120,
        attempts: PositiveInt = 5,
        patience: PositiveFloat = 600,
        prices: Prices = {},  # noqa: B006  (never changed)
        place: str = "stance",
    ) -> None:
        super().__init__(named_model(model, place), calibration)
        address = checked_address(base_url, key_variable, place, offline=offline)
        limits = Limits(concurrency, requests_per_minute, timeout, attempts, patience, prices_of(prices))
        self.server = ChatServer(address, self.name, limits, request, place)
        self.memory, self.revision, self.place = memory, revision, place
        self.targets_at_once, self.probabilities = targets_at_once, probabilities
        kind = None if probabilities == "auto" else probabilities
        self.asking = Asking(self.server, kind, samples, constrain, max_tokens, place)
        self.level_letters = level_letters
        self.on_load: Callable[[float], None] = lambda seconds: None  # noqa: ARG005
        self._known: dict[Question, tuple[Answer, ...]] = {}
        self._failures: dict[Question, AnswerError] = {}

    @property
    def pairs_at_a_time(self) -> int:
        """Pairs of a block: many rounds of requests, since the last round has fewer and fewer at once."""
        return ROUNDS * self.server.limits.concurrency

    @property
    def settings(self) -> dict[str, object]:
        """Options that change the answers, and a digest of the wordings."""
        return {
            "texts": fingerprint(texts(), LIKELIEST, WARM, SEED, probes(), FLOOR),
            "targets_at_once": self.targets_at_once,
            "samples": self.asking.samples,
            "level_letters": self.level_letters,
            "constrain": self.asking.constrain,
            "max_tokens": self.asking.max_tokens,
            "request": dict(self.server.request),
        }

    @property
    def question_digest(self) -> str:
        """Digest of the wordings, of the options and of how probabilities are known."""
        return fingerprint(self.settings, self.asking.kind)

    @property
    def rule(self) -> Rule:
        """The calibration of the config, else the shipped one, else the model's own log-odds.

        A calibration is valid for one kind of probabilities, which it decides if the options do not.

        Raises:
            ConfigError: the config's calibration is missing, damaged or for another model or other questions.
        """
        if self._rule is None and self._calibration and self.probabilities == "auto":
            self.asking.kind = "logprobs"
            try:
                return super().rule
            except ConfigError:
                self.asking.kind = "samples"
        return super().rule

    @property
    def uncalibrated(self) -> Rule:
        """The model's own log-odds."""
        return PLAIN

    def identity(self) -> ModelIdentity:
        """The model's name and the server's address; the server is not asked."""
        settings = self.settings | {
            "base_url": self.server.address.url,
            "probabilities": self.probabilities,
            "calibration": self.calibration_digest,
        }
        return ModelIdentity("llm", self.name, revision=self.revision, settings=settings)

    def expected_usage(self, questions: int, characters: int) -> Usage:
        """An estimate of what pairs cost, whose passages have this many characters together."""
        overhead = len(f"{texts()}")
        requests = questions * (self.asking.samples if self.probabilities == "samples" else 1)
        repeats = requests / max(1, questions)
        read = (characters + questions * overhead) * repeats
        return expected(requests, read, requests * CHARACTERS_OF_A_LABEL, self.server.limits.prices)

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Score each pair, in order; a refusal to answer has even probabilities and no confidence."""
        scored = super().judge(pairs)
        answers = self._answers(pairs)
        return [answer.revised(scores) for answer, scores in zip(answers, scored, strict=True)]

    def readings(self, pairs: Sequence[Pair], wordings: int) -> NDArray[np.float64]:  # noqa: ARG002  (one)
        """Log-odds of each stance against neutral: float array (pairs, 1, 2), in nats."""
        odds = np.array([answer.log_odds for answer in self._answers(pairs)], dtype=np.float64)
        return odds.reshape(-1, 1, 2)

    def _answers(self, pairs: Sequence[Pair]) -> list[Answer]:
        """The answer to each pair, from the memory if it is there."""
        groups = grouped(pairs, self.targets_at_once)
        questions = [Question.of([pairs[place] for place in group]) for group in groups]
        if questions:
            self._ask([*self._probes, *questions])
        letters = liking(self._known if self.level_letters else {})
        answers: dict[int, Answer] = {}
        for group, question in zip(groups, questions, strict=True):
            if question in self._failures:
                raise self._failures[question]
            answers |= zip(group, levelled(self._known[question], question, letters), strict=True)
        return [answers[place] for place in range(len(pairs))]

    @property
    def _probes(self) -> tuple[Question, ...]:
        """What is asked before all else, if probabilities are log-probabilities."""
        return probes() if self.level_letters and self.asking.kind != "samples" else ()

    def _ask(self, questions: Sequence[Question]) -> None:
        """Fill `_known` and `_failures`; each distinct question is asked once."""
        if len(self._known) > ANSWERS_IN_MEMORY:
            self._known.clear()
        new = [q for q in dict.fromkeys(questions) if q not in self._known and q not in self._failures]
        if new and self.memory:
            self._known |= remembered(self.memory, self._model, new)
            new = [question for question in new if question not in self._known]
            self.asking.kind = self.asking.kind or kind_of(self._known.values())
        if new:
            start = time.perf_counter()
            self.load()
            self.on_load(time.perf_counter() - start)
            while new and self.asking.kind is None:  # the first answer decides how all are read
                first, *new = new
                self._failures |= self.server.each([first], self.asking.answers, self._remember)
            if self.asking.kind == "samples":
                new = [question for question in new if question not in probes()]
            self._failures |= self.server.each(new, self.asking.answers, self._remember)
        if failure := next((self._failures[q] for q in self._probes if q in self._failures), None):
            cause = f"the model has no usable answer to a question of ours: {failure}"
            raise ModelError(f"{self.place}: model", cause, UNSUITED)

    def _remember(self, answers: dict[Question, tuple[Answer, ...]]) -> None:
        if self.memory and answers:
            self.memory.remember(
                self._model, {key_of(q): numbers_of(answer) for q, answer in answers.items()}
            )
        self._known |= answers

    @property
    def _model(self) -> str:
        """Digest of all that an answer depends on, besides its question."""
        identity = self.identity()
        same = {k: v for k, v in identity.settings.items() if k != "calibration"}
        return fingerprint(identity.engine, identity.name, identity.revision, same)
