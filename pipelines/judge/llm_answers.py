"""Answers of a language model about stance, and how they are remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import numpy as np

from pipelines.chat.labels import label_log_probabilities, read_labels
from pipelines.judge.llm_question import LETTERS
from pipelines.records import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.chat.reply import Reply
    from pipelines.engines.base import Scores
    from pipelines.judge.answers import Answers
    from pipelines.judge.llm_question import Question
    from pipelines.records import Label

Kind = Literal["logprobs", "samples", "refused"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ADDED = 0.5
"""Samples that each label is counted in beforehand, so that none is impossible (Jeffreys' prior)."""


class Answer(NamedTuple):
    """What the model answered about one target: how that is known, and a number for each label.

    The numbers are log-probabilities in nats, or numbers of samples; without meaning if it refused to answer.
    """

    kind: Kind
    numbers: tuple[float, float, float]

    @property
    def log_odds(self) -> tuple[float, float]:
        """Of supports and opposes against neutral, in nats; even if the model refused."""
        if self.kind == "refused":
            return 0.0, 0.0
        logs = np.log(np.array(self.numbers) + ADDED) if self.kind == "samples" else np.array(self.numbers)
        return float(logs[0] - logs[2]), float(logs[1] - logs[2])

    def revised(self, scores: Scores) -> Scores:
        """Scores with the share of samples that agree with the label; a refusal is no label at all."""
        if self.kind == "refused":
            return scores._replace(agreement=float("nan"), label="neutral", confidence=0.0)
        if self.kind == "samples" and scores.label is not None:
            return scores._replace(agreement=self.numbers[LABELS.index(scores.label)] / sum(self.numbers))
        return scores


def labels_and_log_probabilities(
    reply: Reply, question: Question
) -> tuple[list[Label] | None, list[list[float]] | None]:
    """The labels of a reply, None if it is a refusal; and all labels' log-probabilities, if it has them."""
    if reply.is_refusal:
        return None, None
    letters = read_labels(reply, question.keys, LETTERS)
    rows = label_log_probabilities(reply, question.keys, LETTERS)
    labels = [question.label(letter) for letter in letters]
    return labels, rows and [question.by_label(row) for row in rows]


def kind_of(answers: Iterable[tuple[Answer, ...]]) -> Literal["logprobs", "samples"] | None:
    """How the probabilities of answers are known; None if all are refusals."""
    kinds = (answer.kind for row in answers for answer in row)
    return next((kind for kind in kinds if kind != "refused"), None)


def refused() -> Answer:
    """A refusal to answer."""
    return Answer("refused", (0.0, 0.0, 0.0))


def key_of(question: Question) -> tuple[str, str]:
    """The key of a question in the memory."""
    return question.text, ""


def numbers_of(answers: Sequence[Answer]) -> list[float]:
    """Answers as numbers: of each, how it is known and its three numbers."""
    return [number for answer in answers for number in (float(KINDS.index(answer.kind)), *answer.numbers)]


def remembered(
    memory: Answers, model: str, questions: Sequence[Question]
) -> dict[Question, tuple[Answer, ...]]:
    """The answers that the memory has, one for each target of a question.

    Args:
        memory: of answers.
        model: digest of all that an answer depends on, besides its question.
        questions: to look up.
    """
    known = memory.known(model, map(key_of, questions))
    return {
        question: tuple(
            Answer(KINDS[int(kind)], (s, o, n))
            for kind, s, o, n in zip(*[iter(known[key_of(question)])] * 4, strict=True)
        )
        for question in questions
        if key_of(question) in known
    }
