"""A language model's liking of letters, measured once and taken out of its answers.

Models prefer a letter whatever it stands for, small ones so much that it decides. Averaged over questions in
which each option has each letter equally often, what remains is the letter's own: Zheng et al. 2024,
https://arxiv.org/abs/2309.03882, who estimate it on a few questions and subtract it from all.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipelines.judge.llm_question import LETTERS, ORDERS, Question

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipelines.judge.llm_answers import Answer

FLOOR = -5.0
"""Nats below which letters count alike: how little a sure model likes the wrong ones decides nothing."""


@cache
def probes() -> tuple[Question, ...]:
    """Questions about passages without a stance, in which each option has each letter twice."""
    by_order: dict[tuple[int, ...], Question] = {}
    number = 0
    while len(by_order) < len(ORDERS):
        number += 1
        actor = f"Speaker {number}"
        question = Question(f"{actor} spoke about the plan on Monday.", actor, ("the plan",))
        by_order.setdefault(question.order, question)
    return tuple(by_order[order] for order in ORDERS)


def liking(answers: Mapping[Question, tuple[Answer, ...]]) -> NDArray[np.float64]:
    """Log-odds of each letter by itself: float array (letters,), in nats, of mean 0.

    Args:
        answers: to the probes, among others; one without log-probabilities, or none, makes all letters alike.
    """
    rows = [answers[question][0] for question in probes() if question in answers]
    if len(rows) < len(ORDERS) or any(answer.kind != "logprobs" for answer in rows):
        return np.zeros(len(LETTERS))
    by_label = np.array([answer.numbers for answer in rows])
    shares = by_label - np.logaddexp.reduce(by_label, axis=1, keepdims=True)
    orders = np.array([question.order for question in probes()])
    by_letter = np.take_along_axis(np.maximum(shares, FLOOR), orders, axis=1).mean(axis=0)
    means: NDArray[np.float64] = by_letter - by_letter.mean()
    return means


def levelled(
    answers: Sequence[Answer], question: Question, letters: NDArray[np.float64]
) -> tuple[Answer, ...]:
    """Answers without the liking of letters; those that are no log-probabilities stay as they are."""
    s, o, n = (float(letters[question.order.index(place)]) for place in range(len(LETTERS)))
    return tuple(
        answer._replace(numbers=(answer.numbers[0] - s, answer.numbers[1] - o, answer.numbers[2] - n))
        if answer.kind == "logprobs"
        else answer
        for answer in answers
    )
