"""How one question about stance is asked: by one request, or by several whose answers are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipelines.chat.options import Constraint, constrained
from pipelines.chat.reply import MalformedError
from pipelines.errors import ConfigError
from pipelines.judge.llm_answers import Answer, labels_and_log_probabilities, refused
from pipelines.records import LABELS

if TYPE_CHECKING:
    from pipelines.chat.reply import Reply
    from pipelines.chat.server import ChatServer
    from pipelines.judge.llm_question import Question
    from pipelines.records import Label

LIKELIEST = 20
"""Tokens whose log-probabilities are asked for: the most that the API of OpenAI gives."""
WARM = 1.0
"""Temperature of samples: the model's own distribution, which a calibration then corrects."""
SEED = 1  # of the first sample


@dataclass
class Asking:
    """Asks a server.

    Args:
        server: of the model.
        kind: how probabilities are known; None until the first answer shows it, which is to be awaited before
            others are asked for: else a server of several minds would decide it by chance.
        samples: number of answers to each question, if they are counted.
        constrain: how the server is asked for the form of the answer.
        max_tokens: of an answer.
        place: location of the engine in the config, for errors.
    """

    server: ChatServer
    kind: Literal["logprobs", "samples"] | None
    samples: int
    constrain: Constraint
    max_tokens: int
    place: str
    has_log_probabilities: bool = False
    """Whether an answer had some."""

    def answers(self, question: Question) -> tuple[Answer, ...]:
        """The answers to one question: by one request, or by several that are counted.

        A model that leaves out a target, whatever the number of attempts, is asked about each by itself.
        """
        try:
            return self._counted(question) if self.kind == "samples" else self._read_off(question)
        except MalformedError:
            if len(question.targets) == 1:
                raise
        return tuple(answer for single in question.singly for answer in self.answers(single))

    def _read_off(self, question: Question) -> tuple[Answer, ...]:
        """The answers by the log-probabilities of one reply; counted if no reply has had any."""
        labels, numbers = self.server.answer(
            self._body(question, temperature=0, logprobs=True, top_logprobs=LIKELIEST),
            lambda reply: self._read(reply, question),
        )
        if labels is None:
            return (refused(),) * len(question.targets)
        if numbers is not None:
            self.kind, self.has_log_probabilities = "logprobs", True
            return tuple(Answer("logprobs", (s, o, n)) for s, o, n in numbers)
        if self.kind == "logprobs":
            cause = "the server gave no log-probabilities, on which the probabilities rest"
            raise ConfigError(f"{self.place}: options.probabilities", cure="Set it to samples", cause=cause)
        self.kind = "samples"
        return self._counted(question)

    def _read(self, reply: Reply, question: Question) -> tuple[list[Label] | None, list[list[float]] | None]:
        labels, numbers = labels_and_log_probabilities(reply, question)
        if labels is not None and numbers is None and self.has_log_probabilities:
            raise MalformedError("the answer has no log-probabilities, and others have")
        return labels, numbers

    def _counted(self, question: Question) -> tuple[Answer, ...]:
        rows = []
        for number in range(self.samples):
            body = self._body(question, temperature=WARM, seed=SEED + number)
            labels, _ = self.server.answer(body, lambda reply: labels_and_log_probabilities(reply, question))
            if labels is None:
                return (refused(),) * len(question.targets)
            rows.append(labels)
        counts = ([column.count(label) for label in LABELS] for column in zip(*rows, strict=True))
        return tuple(Answer("samples", (float(s), float(o), float(n))) for s, o, n in counts)

    def _body(self, question: Question, **fields: object) -> dict[str, Any]:
        form = constrained(self.constrain, "option", question.schema)
        seeded = {"seed": SEED, "max_tokens": self.max_tokens}
        return {"messages": question.messages, **seeded, **form, **fields}
