"""Faults of a server: what passes is tried again, what does not ends the run or costs one question."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks.chat_server import MODEL, Request, Response, Script, Server, answer, completion, serving
from pipelines.chat import client, sender
from pipelines.chat import server as together
from pipelines.chat.faults import pause_of
from pipelines.chat.reply import AnswerError
from pipelines.engines.base import Pair, Usage
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, ModelError, ServerError
from pipelines.job.memory import AnswerMemory

KEY = "sk-very-secret"
PAIRS = [
    Pair(f"Minister {n} {verb} the deal.", f"Minister {n}", "the deal")
    for n, verb in enumerate(["condemns", "supports", "mentions"] * 4)
]
LABELS = ["opposes", "supports", "neutral"] * 4

UNPROBED = {"level_letters": False}
"""Without the questions by which a model's liking of letters is measured: requests are counted here."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(together, "LAST_WAIT", 0.2)


def judge_of(server: Server, **options: Any) -> Any:
    return build(
        "stance", "llm", UNPROBED | {"base_url": server.url, "timeout": 60} | options, "stance", model=MODEL
    )


def labels_of(server: Server, **options: Any) -> list[str]:
    return [scores.label for scores in judge_of(server, **options).judge(PAIRS)]


def at_first(fault: Callable[[Request], Response], times: int = 3) -> Script:
    """The fault for the first requests, then right answers."""
    return lambda request: fault(request) if request.number < times else answer(request)


PASSING: dict[str, Callable[[Request], Response]] = {
    "rate limit": lambda _: Response(b"slow down", 429),
    "rate limit with a pause": lambda _: Response(b"{}", 429, {"retry-after": "0.05"}),
    "fault of the server": lambda _: Response(b"oops", 500),
    "overload": lambda _: Response(b"", 503),
    "cut connection": lambda request: Response(answer(request).body, cut=True),
    "no HTTP body of a completion": lambda _: Response(b"<html>gateway</html>"),
    "JSON of another kind": lambda _: Response(b'{"choices": []}'),
    "malformed JSON in the answer": lambda _: completion('{"option": "'),
    "no JSON in the answer": lambda _: completion("I think that the minister is happy."),
    "another label": lambda _: completion('{"option": "enthusiastic"}'),
    "nothing": lambda _: completion(None),
    "an answer that is cut": lambda _: completion('{"option":', finish_reason="length"),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_fault_that_passes_costs_no_answer(fault: str) -> None:
    with serving(at_first(PASSING[fault])) as server:
        assert labels_of(server) == LABELS
    assert len(server.requests) == len(PAIRS) + 3


def test_a_slow_answer_is_given_up_and_asked_for_again() -> None:
    def slow(request: Request) -> Response:
        return Response(answer(request).body, delay=30)

    with serving(at_first(slow, 1)) as server:
        start = time.monotonic()
        assert labels_of(server, timeout=3) == LABELS
        assert time.monotonic() - start < 20


def test_the_pause_that_a_server_names_holds_for_all_requests() -> None:
    times: list[float] = []

    def limited(request: Request) -> Response:
        times.append(time.monotonic())
        return Response(b"", 429, {"retry-after": "0.5"}) if request.number == 0 else answer(request)

    with serving(limited) as server:
        assert labels_of(server, concurrency=2) == LABELS
    late = [moment - times[0] for moment in times[2:]]
    assert min(late) > 0.45


@pytest.mark.parametrize(
    ("header", "seconds"),
    [(None, None), ("2.5", 2.5), ("-1", 0.0), ("soon", None), ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0)],
)
def test_a_pause_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert pause_of(header) == seconds


def test_no_more_requests_a_minute_are_made_than_the_config_allows() -> None:
    with serving() as server:
        start = time.monotonic()
        assert labels_of(server, requests_per_minute=1200) == LABELS
        assert time.monotonic() - start > (len(PAIRS) - 1) * 60 / 1200


def test_requests_are_made_at_once_but_never_more_than_the_config_allows() -> None:
    with serving(lambda request: Response(answer(request).body, delay=0.05)) as server:
        labels_of(server, concurrency=3)
    assert server.most_at_once == 3


def test_a_server_that_stays_down_ends_the_run_and_keeps_what_it_answered(tmp_path: Path) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")

    def dies(request: Request) -> Response:
        return answer(request) if request.number < 5 else Response(b"", 500)

    with serving(dies) as server:
        judge = build(
            "stance", "llm", UNPROBED | {"base_url": server.url, "attempts": 2, "concurrency": 1}, "stance",
            model=MODEL, memory=memory,
        )  # fmt: skip
        with pytest.raises(
            ServerError, match=r"stance: options\.base_url: http.* fails: status 500"
        ) as caught:
            judge.judge(PAIRS)
        assert "\n" not in str(caught.value)
        server.script = answer
        again = build(
            "stance", "llm", UNPROBED | {"base_url": server.url}, "stance", model=MODEL, memory=memory
        )
        assert [scores.label for scores in again.judge(PAIRS)] == LABELS
    assert sorted(r.quoted["actor"] for r in server.answered) == sorted(pair.actor for pair in PAIRS)


def test_a_rate_limit_without_end_ends_the_run() -> None:
    with serving(lambda _: Response(b"quota", 429)) as server, pytest.raises(ServerError, match="429: quota"):
        labels_of(server, patience=0.2)


def test_no_server_at_all_is_one_line() -> None:
    with serving() as server:
        url = server.url
    judge = build("stance", "llm", {"base_url": url}, "stance", model=MODEL)
    with pytest.raises(ServerError, match=r"does not answer \(ConnectError.*\. Start the server"):
        judge.judge(PAIRS)


@pytest.mark.parametrize("status", [401, 403, 404, 302, 418])
def test_what_no_waiting_changes_ends_the_run_at_once(status: int) -> None:
    with serving(lambda _: Response(b"no", status)) as server:
        with pytest.raises(ModelError, match=f"refused with status {status}: no"):
            labels_of(server, concurrency=1)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault", [Response(b"too long", 400), Response(b"", 422), completion('{"option": "D"}')]
)
def test_a_question_without_an_answer_costs_itself_alone(fault: Response) -> None:
    def script(request: Request) -> Response:
        return fault if request.quoted["actor"] == "Minister 4" else answer(request)

    with serving(script) as server:
        judge = judge_of(server, attempts=2)
        with pytest.raises(AnswerError):
            judge.judge(PAIRS)
        before = len(server.requests)
        rest = [pair for pair in PAIRS if pair.actor != "Minister 4"]
        assert [scores.label for scores in judge.judge(rest)] == [*LABELS[:4], *LABELS[5:]]
        assert len(server.requests) == before


@pytest.mark.parametrize(
    "refusal", [{"refusal": "I cannot judge people."}, {"finish_reason": "content_filter"}]
)
def test_a_refusal_is_no_label_and_is_not_asked_again(refusal: dict[str, Any], tmp_path: Path) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")

    def refuse(_: Request) -> Response:
        return completion(None, **refusal)

    from pipelines.judge import stance_label

    with serving(refuse) as server:
        for _ in range(2):
            judge = build(
                "stance", "llm", UNPROBED | {"base_url": server.url}, "stance", model=MODEL, memory=memory
            )
            scores = judge.judge(PAIRS)
            assert {stance_label(one, 0.5, 0.5) for one in scores} == {"unclear"}
            assert all(sum(one[:3]) == pytest.approx(1) for one in scores)
    assert len(server.requests) == len(PAIRS)


def test_an_answer_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LONGEST_REPLY", 10_000)
    with (
        serving(lambda _: Response(b" " * 100_000)) as server,
        pytest.raises(AnswerError, match="over 10000"),
    ):
        judge_of(server).judge(PAIRS[:3])


def test_a_model_that_the_server_lacks_is_named() -> None:
    with serving(models=("qwen3:8b", "gemma3:latest")) as server:
        with pytest.raises(ModelError, match=r"stance: model: .* has no model 'scripted'. It has: qwen3:8b"):
            labels_of(server)
        build("stance", "llm", UNPROBED | {"base_url": server.url}, "stance", model="gemma3").load()


def test_tokens_of_all_attempts_are_counted() -> None:
    spent: list[Usage] = []
    with serving(at_first(PASSING["another label"], 2)) as server:
        judge = judge_of(server, prices={"prompt": 1.0, "completion": 10.0})
        judge.on_usage = spent.append
        judge.judge(PAIRS)
    total = sum(spent, Usage())
    asked = len(PAIRS) + 2
    assert (total.requests, total.prompt_tokens, total.completion_tokens) == (asked, 100 * asked, 8 * asked)
    assert total.cost == pytest.approx(asked * 180 / 1_000_000)


def test_the_key_is_sent_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving(lambda _: Response(f"bad key {KEY}".encode(), 401)) as server:
        judge = judge_of(server, key_variable="TEST_KEY")
        with pytest.raises(ModelError, match=r"bad key \*\*\*\. Check the key") as caught:
            judge.judge(PAIRS)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in f"{caught.value!r} {judge.identity()} {vars(judge.server)} {judge.server.address}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"base_url": "127.0.0.1:8080"}, "not the address of a server"),
        ({"base_url": "ftp://127.0.0.1/v1"}, "not the address of a server"),
        ({"base_url": "http://127.0.0.1:x/v1"}, "not the address of a server"),
        ({"base_url": f"http://me:{KEY}@host/v1"}, "with a user, a key or a query"),
        ({"base_url": f"http://host/v1?key={KEY}"}, "with a user, a key or a query"),
        ({"base_url": "http://127.0.0.1/v1", "key_variable": KEY}, "not the name of an environment variable"),
        ({"base_url": "http://127.0.0.1/v1", "key_variable": "NOT_SET_HERE"}, "has no NOT_SET_HERE"),
        ({"base_url": "http://127.0.0.1/v1", "prices": {"prompts": 1}}, "prices"),
        ({"base_url": "http://127.0.0.1/v1", "concurrency": 0}, "concurrency"),
        ({}, "base_url"),
    ],
)
def test_wrong_options_are_named_without_the_key(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        build("stance", "llm", options, "stance", model=MODEL)
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://127.0.0.1:8080/v1", True), ("http://localhost/v1", True), ("http://[::1]:1/v1", True), ("http://127.9.9.9/v1", True),
        ("http://10.0.0.1/v1", False), ("https://api.example.org/v1", False), ("http://localhost.example.org/v1", False),
        ("http://0.0.0.0/v1", False), ("http://127.0.0.1.example.org/v1", False),
    ],
)  # fmt: skip
def test_offline_allows_this_machine_alone(url: str, allowed: bool) -> None:
    for kind in ("stance", "translator"):
        build(kind, "llm", {"base_url": url}, kind, model=MODEL, offline=False)
        if allowed:
            build(kind, "llm", {"base_url": url}, kind, model=MODEL, offline=True)
        else:
            with pytest.raises(ConfigError, match="another machine, and --offline is set"):
                build(kind, "llm", {"base_url": url}, kind, model=MODEL, offline=True)


def test_a_redirection_to_another_machine_is_not_followed() -> None:
    elsewhere = Response(b"", 307, {"location": "http://192.0.2.1/v1/chat/completions"})
    with serving(lambda _: elsewhere) as server, pytest.raises(ModelError, match="status 307"):
        labels_of(server)
