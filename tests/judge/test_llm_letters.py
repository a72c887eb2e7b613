"""A model's liking of letters is measured once and taken out of its answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chat_server import MODEL, WORDS, Request, Response, completion, letter, serving
from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.errors import ModelError
from pipelines.job.memory import AnswerMemory
from pipelines.judge.llm_answers import Answer
from pipelines.judge.llm_letters import levelled, liking, probes
from pipelines.judge.llm_question import LETTERS, ORDERS
from pipelines.records import LABELS

LIKING = {"A": 1.5, "B": 0.0, "C": -1.5}
"""Nats by which the model of these tests likes a letter, whatever it stands for."""
VERBS = ["condemns", "supports", "saw"]
PAIRS = [Pair(f"Doe{n} {VERBS[n % 3]} the deal.", f"Doe{n}", "the deal") for n in range(12)]
RIGHT = ["opposes", "supports", "neutral"] * 4


def partial_to_a(request: Request) -> Response:
    """Log-odds of 1 for what the passage says, and of the letter's own on top of that."""
    said = request.quoted["passage"].lower()
    label = next((label for word, label in WORDS.items() if word in said), "neutral")
    own = {x: LIKING[x] + (x == letter(request, label)) for x in LETTERS}
    chosen = max(own, key=own.__getitem__)
    total = np.log(sum(np.exp(value) for value in own.values()))
    body = json.loads(completion(json.dumps({"option": chosen}), logprobs=True).body)
    token = next(t for t in body["choices"][0]["logprobs"]["content"] if t["token"] == chosen)
    token["logprob"] = own[chosen] - total
    token["top_logprobs"] = [{"token": x, "logprob": value - total} for x, value in own.items()]
    return Response(json.dumps(body).encode())


def judged(url: str, **options: Any) -> list[Any]:
    memory = options.pop("memory", None)
    judge = build("stance", "llm", {"base_url": url} | options, "stance", model=MODEL, memory=memory)
    return [scores.label for scores in judge.judge(PAIRS)]


def test_a_model_that_likes_one_letter_is_right_once_that_is_taken_out() -> None:
    with serving(partial_to_a) as server:
        assert judged(server.url) == RIGHT
        assert judged(server.url, level_letters=False) != RIGHT


def test_the_questions_for_it_are_asked_once_for_a_model(tmp_path: Path) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")
    with serving(partial_to_a) as server:
        for _ in range(2):
            assert judged(server.url, memory=memory) == RIGHT
        assert len(server.requests) == len(ORDERS) + len(PAIRS)
        assert judged(server.url, probabilities="samples", samples=1)  # answers that are counted need none
        assert len(server.requests) == len(ORDERS) + 2 * len(PAIRS)


def test_each_option_has_each_letter_equally_often() -> None:
    places = [[question.label(letter) for question in probes()] for letter in LETTERS]
    assert all(sorted(labels) == sorted(2 * LABELS) for labels in places)


@given(
    st.tuples(*[st.floats(-3, 0)] * 3).map(np.array),
    st.tuples(*[st.floats(-1, 0)] * 3).map(np.array),
)
def test_what_a_letter_adds_is_found_whatever_the_labels_are_worth(
    letters: np.ndarray, labels: np.ndarray
) -> None:
    def answer(order: tuple[int, ...]) -> Answer:
        s, o, n = (labels[place] + letters[order.index(place)] for place in range(3))
        return Answer("logprobs", (s, o, n))

    answers = {question: (answer(question.order),) for question in probes()}
    own = liking(answers)
    assert own == pytest.approx(letters - letters.mean(), abs=0.5)  # exact but for the normalisation
    question = probes()[0]
    (level,) = levelled(answers[question], question, letters)
    assert level.numbers == pytest.approx(tuple(labels))


def test_a_sure_model_likes_no_letter() -> None:
    neutral = {q: (Answer("logprobs", (-14.0, -19.0 + n, -0.0)),) for n, q in enumerate(probes())}
    assert liking(neutral) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["samples", "refused"])
def test_without_log_probabilities_all_letters_are_alike(kind: Any) -> None:
    answers = {question: (Answer(kind, (0.0, 5.0, 0.0)),) for question in probes()}
    assert list(liking(answers)) == [0, 0, 0]
    assert list(liking({})) == [0, 0, 0]


def test_a_model_that_cannot_answer_the_easiest_question_is_refused() -> None:
    with (
        serving(lambda _: completion("Let me think about that.")) as server,
        pytest.raises(ModelError, match=r"usable answer.*no JSON object"),
    ):
        judged(server.url, attempts=1)
