"""Answers of the engine `llm` in other forms than the one asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.chat_server import MODEL, Request, Response, Server, answer, completion, letter, serving
from pipelines.chat import sender
from pipelines.chat.labels import label_log_probabilities, read_labels
from pipelines.chat.reply import AnswerError, MalformedError, Reply, Token, read_reply
from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.job.memory import AnswerMemory
from pipelines.judge.llm_question import LETTERS

PAIRS = [Pair(f"Doe{n} condemns the deal.", f"Doe{n}", "the deal") for n in range(8)]
TWO = [Pair("Doe condemns the deal.", "Doe", target) for target in ("the deal", "the treaty", "the pact")]

UNPROBED = {"level_letters": False}
"""Without the questions by which a model's liking of letters is measured: requests are counted here."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.01)


def judge_of(server: Server, **options: Any) -> Any:
    return build("stance", "llm", UNPROBED | {"base_url": server.url} | options, "stance", model=MODEL)


@pytest.mark.parametrize(
    "text",
    [
        '{"option": "b"}', '{"option": "B."}', '{"option": "(B)"}', '{"option": "Option B"}', '{"option": "**B**"}',
        '{"option": " B "}', '{"option": ["B"]}', '{"Reason": "x", "option": "B"}', '```json\n{"option": "B"}\n```',
        "B", "b.", "**B**", "Option B", "(B)\n",
    ],
)  # fmt: skip
def test_a_label_in_another_case_or_with_signs_is_that_label(text: str) -> None:
    reply = Reply(text, (), is_refusal=False, is_cut=False)
    assert read_labels(reply, ["option"], LETTERS) == ["B"]
    pieces = [text[: text.upper().rindex("B")], text[text.upper().rindex("B") :]]
    likely = {pieces[1]: -0.5, pieces[1].replace("b", "a").replace("B", "A"): -1.0, "zebra": -7.0}
    tokens = (Token(pieces[0], ()), Token(pieces[1], tuple(likely.items())))
    ((a, b, c),) = label_log_probabilities(reply._replace(tokens=tokens), ["option"], LETTERS) or []
    assert (a, b, c) == (-1.0, -0.5, -7.0)


@pytest.mark.parametrize(
    "text",
    ['{"option": "AB"}', '{"option": "A or B"}', '{"option": "not B"}', '{"option": "Beta"}', '{"option": "В"}',
     '{"option": 2}', "A, B", "B C", "I choose B", '{"letter": "B"}', '{"option": ["A", "B"]}'],
)  # fmt: skip
def test_what_is_no_label_or_two_is_none(text: str) -> None:
    with pytest.raises(MalformedError):
        read_labels(Reply(text, (), is_refusal=False, is_cut=False), ["option"], LETTERS)


def test_the_letter_and_its_log_probability_are_taken_from_one_place() -> None:
    tokens = (
        Token('{"option": "Option', ()),
        Token(" C", ((" C", -0.1), (" A", -3.0), (" B", -4.0))),
        Token('"}', (('"}', 0.0), ("A", -0.01))),
    )
    reply = Reply('{"option": "Option C"}', tokens, is_refusal=False, is_cut=False)
    assert label_log_probabilities(reply, ["option"], LETTERS) == [[-3.0, -4.0, -0.1]]


@pytest.mark.parametrize("likely", [(), (("zebra", -1.0),), (("A", -1.0), ("C", -2.0))])
def test_a_letter_without_a_log_probability_of_its_own_is_no_even_chance(likely: Any) -> None:
    reply = Reply('{"option": "B"}', (Token('{"option": "', ()), Token('B"}', likely)), False, False)
    with pytest.raises(MalformedError, match="no log-probability"):
        label_log_probabilities(reply, ["option"], LETTERS)


CHOICE = {"message": {"content": '{"option": "A"}'}, "finish_reason": "stop"}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, '{"option": "A"}'),
        ({"message": {"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "A"}]}}, "A"),
        ({"message": {"content": "<think>{A or B}?</think>\n{\"option\": \"B\"}"}}, '{"option": "B"}'),
        ({"message": {"content": "A? No.</think>B"}}, "B"),
        ({"message": {"content": '{"translation": "</think> is a mark"}'}}, '{"translation": "</think> is a mark"}'),
        ({"message": {"content": None, "reasoning_content": "A"}}, ""),
        ({"logprobs": None}, '{"option": "A"}'),
        ({"logprobs": {"content": None}}, '{"option": "A"}'),
        ({"logprobs": {"tokens": ["A"], "token_logprobs": [-1]}}, '{"option": "A"}'),
        ({"logprobs": {"content": [{"token": "A", "logprob": None, "top_logprobs": None}]}}, '{"option": "A"}'),
    ],
)  # fmt: skip
def test_the_text_of_a_reply_is_read_whatever_else_it_holds(change: dict[str, Any], text: str) -> None:
    body = {"choices": [CHOICE | change], "usage": {"prompt_tokens": None, "total_tokens": 3}}
    reply, spent = read_reply(json.dumps(body).encode())
    assert reply.text == text
    assert spent == (0, 0)


def without_log_probabilities(request: Request) -> Response:
    body = json.loads(answer(request).body)
    body["choices"][0].pop("logprobs", None)
    return Response(json.dumps(body).encode())


def test_an_answer_that_lacks_the_log_probabilities_which_others_have_is_asked_for_again() -> None:
    def script(request: Request) -> Response:
        return without_log_probabilities(request) if request.number in (2, 4, 5) else answer(request)

    with serving(script) as server:
        scores = judge_of(server).judge(PAIRS)
        assert len(server.requests) == len(PAIRS) + 3
    assert len({one[:3] for one in scores}) == 1


def test_an_answer_that_always_lacks_them_costs_itself_alone() -> None:
    def script(request: Request) -> Response:
        is_odd = request.quoted["actor"] == "Doe5"
        return without_log_probabilities(request) if is_odd else answer(request)

    with serving(script) as server:
        judge = judge_of(server, attempts=2)
        with pytest.raises(AnswerError, match="no log-probabilities, and others have"):
            judge.judge(PAIRS)
        assert len(judge.judge([*PAIRS[:5], *PAIRS[6:]])) == len(PAIRS) - 1


def test_the_first_answer_decides_for_all_how_probabilities_are_known(tmp_path: Path) -> None:
    """Replicas with and without log-probabilities, the answers in any order, and a run that resumes."""

    def script(request: Request) -> Response:
        first = request.quoted["actor"] == "Doe0"
        response = without_log_probabilities(request) if first else answer(request)
        response.delay = 0.2 if first else 0.0
        return response

    memory = AnswerMemory(tmp_path / "answers.sqlite")
    with serving(script) as server:
        for pairs in (PAIRS[:4], PAIRS):
            judge = build(
                "stance", "llm", UNPROBED | {"base_url": server.url}, "stance", model=MODEL, memory=memory
            )
            scores = judge.judge(pairs)
            assert {one.agreement for one in scores} == {1.0}
        assert all(r.body["temperature"] == 1 for r in server.requests if r.quoted["actor"] != "Doe0")


def test_a_target_that_the_answer_leaves_out_is_asked_about_alone() -> None:
    def script(request: Request) -> Response:
        if "targets" not in request.quoted:
            return answer(request)
        labels = {n: letter(request, "opposes") for n in request.quoted["targets"] if n != "2"}
        return completion(json.dumps(labels))

    with serving(script) as server:
        scores = judge_of(server, targets_at_once=4, attempts=2, probabilities="samples", samples=1).judge(
            TWO
        )
        singly = [r.quoted["target"] for r in server.requests if "target" in r.quoted]
    assert [one.label for one in scores] == ["opposes"] * 3
    assert sorted(singly) == ["the deal", "the pact", "the treaty"]
    assert len(server.requests) == 2 + 3


def test_several_labels_have_each_its_own_log_probability() -> None:
    tokens = (
        Token('{"1": "', ()), Token("A", (("A", -0.1), ("B", -2.0), ("C", -3.0))), Token('", "2": "', ()),
        Token("c", (("c", -0.2), ("a", -1.0), ("B", -0.3), ("b", -4.0))), Token('"}', ()),
    )  # fmt: skip
    reply = Reply('{"1": "A", "2": "c"}', tokens, is_refusal=False, is_cut=False)
    assert read_labels(reply, ["1", "2"], LETTERS) == ["A", "C"]
    first, second = label_log_probabilities(reply, ["1", "2"], LETTERS) or []
    assert first == [-0.1, -2.0, -3.0]
    assert np.argmax(second) == 2
