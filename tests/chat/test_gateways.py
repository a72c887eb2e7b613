"""What gateways between a run and a model do: pages and errors in a 200, filters, proxies, certificates."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme

from benchmarks.chat_server import MODEL, Request, Response, answer, completion, serving
from pipelines.chat import sender
from pipelines.chat.faults import pause_of
from pipelines.chat.reply import AnswerError
from pipelines.engines.base import Pair, Usage
from pipelines.engines.registry import build
from pipelines.errors import ConfigError, ModelError, ServerError
from pipelines.judge import stance_label

PAIRS = [Pair(f"Minister {n} condemns the deal.", f"Minister {n}", "the deal") for n in range(16)]
LABELS = ["opposes"] * len(PAIRS)

UNPROBED = {"level_letters": False}
"""Without the questions by which a model's liking of letters is measured: requests are counted here."""


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.01)


def judge_of(url: str, **options: Any) -> Any:
    return build("stance", "llm", UNPROBED | {"base_url": url} | options, "stance", model=MODEL)


def labels_of(url: str, **options: Any) -> list[str]:
    return [scores.label for scores in judge_of(url, **options).judge(PAIRS)]


def error(status: int, body: object) -> Response:
    return Response(json.dumps(body).encode(), status)


HTML = Response(b"<html><h1>We are down for maintenance</h1></html>", headers={"content-type": "text/html"})
PASSING: dict[str, Callable[[Request], Response]] = {
    "HTML page with status 200": lambda _: HTML,
    "rate limit in a 200": lambda _: error(200, {"error": {"code": 429, "message": "slow down"}}),
    "fault in a 200": lambda _: error(200, {"error": "upstream crashed"}),
    "cut between chunks": lambda r: Response(
        b"%x\r\n" % len(answer(r).body) + answer(r).body, headers={"transfer-encoding": "chunked"}, cut=True
    ),
    "cut without a length": lambda r: Response(
        answer(r).body, headers={"content-length": "", "connection": "close"}, cut=True
    ),
    "stream that was not ordered": lambda _: Response(b'data: {"choices": []}\n\n'),
    "wrong compression": lambda r: Response(answer(r).body, headers={"content-encoding": "gzip"}),
    "bytes that are no text": lambda _: Response(b'{"choices": "\xff\xfe"}'),
    "answer of another model's form": lambda _: Response(b'{"choices": [{"text": "A"}]}'),
}


@pytest.mark.parametrize("fault", PASSING)
def test_a_gateways_fault_that_passes_costs_no_answer(fault: str) -> None:
    def script(request: Request) -> Response:
        return PASSING[fault](request) if request.number < 3 else answer(request)

    with serving(script) as server:
        assert labels_of(server.url) == LABELS
    assert len(server.requests) == len(PAIRS) + 3


def test_a_gateway_that_shows_a_page_for_good_ends_the_run_and_rejects_nothing() -> None:
    with (
        serving(lambda _: HTML) as server,
        pytest.raises(ServerError, match=r"fails: status 200: <html><h1>We are down.*resumes"),
    ):
        labels_of(server.url, attempts=2)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (429, {"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}),
        (402, {"error": {"message": "Insufficient Balance", "code": "invalid_request_error"}}),
        (200, {"error": {"message": "Insufficient credits", "code": 402}}),
    ],
)
def test_an_account_without_money_ends_the_run_at_once_and_resumably(status: int, body: object) -> None:
    with serving(lambda _: error(status, body)) as server:
        with pytest.raises(ServerError, match=r"account is exhausted.*the same command resumes"):
            labels_of(server.url)
        assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_question_that_a_filter_refuses_is_unclear(status: int) -> None:
    filtered = {"error": {"code": "content_filter", "message": "The prompt triggered the policy"}}

    def script(request: Request) -> Response:
        return error(status, filtered) if request.quoted["actor"] == "Minister 4" else answer(request)

    with serving(script) as server:
        scores = judge_of(server.url).judge(PAIRS)
        assert len(server.requests) == len(PAIRS)
    labels = [stance_label(one, 0.3, 0.3) for one in scores]
    assert [n for n, label in enumerate(labels) if label == "unclear"] == [4]


@pytest.mark.parametrize(
    "fault",
    [
        error(400, {"error": {"message": "logprobs is not supported with this model"}}),
        completion("I would say that the minister is against it."),
        completion(None),
        completion('{"option": "', finish_reason="length"),
        Response(b'{"choices": []}'),
    ],
)
def test_requests_that_no_question_survives_end_the_run_before_all_articles_are_rejected(
    fault: Response,
) -> None:
    with serving(lambda _: fault) as server:
        with pytest.raises(ModelError, match=r"none of the first 10 questions .*request: {logprobs: null"):
            labels_of(server.url, attempts=2, concurrency=2)
        assert len(server.requests) <= 2 * (10 + 2)


def test_ten_questions_without_an_answer_do_not_matter_if_another_has_one() -> None:
    def script(request: Request) -> Response:
        return answer(request) if request.quoted["actor"] == "Minister 3" else error(400, {})

    with serving(script) as server, pytest.raises(AnswerError, match="status 400"):
        labels_of(server.url)


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_until_a_date_holds_for_all(status: int) -> None:
    times: list[float] = []

    def limited(request: Request) -> Response:
        times.append(time.monotonic())
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
        return Response(b"", status, {"retry-after": date}) if request.number == 0 else answer(request)

    with serving(limited) as server:
        assert labels_of(server.url, concurrency=4) == LABELS
    assert min(times[1:]) - times[0] > 0.9  # dates have whole seconds


def test_a_date_of_no_zone_is_one_of_greenwich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        date = datetime.now(UTC) + timedelta(seconds=100)
        assert pause_of(date.strftime("%a, %d %b %Y %H:%M:%S -0000")) == pytest.approx(100, abs=2)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_redirection_is_named() -> None:
    moved = Response(b"", 308, {"location": "https://new.example.org/v1/chat/completions"})
    with (
        serving(lambda _: moved) as server,
        pytest.raises(ModelError, match=r"a redirection to https://new\.example\.org/v1"),
    ):
        labels_of(server.url)


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serving() as server:
        assert labels_of(server.url) == LABELS


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:9", "SOCKS"),
        ("HTTPS_PROXY", "ftp://127.0.0.1", "Unknown scheme"),
        ("HTTPS_PROXY", "::", "Invalid port"),
        ("SSL_CERT_FILE", "/no/such/file.pem", "No such file"),
    ],
)
def test_what_the_environment_names_wrongly_is_one_line(
    name: str, value: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ModelError, match=rf"environment names cannot be used \(.*{said}.*{name}") as caught:
        judge_of("https://llm.example.org/v1").load()
    assert "\n" not in str(caught.value)


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_url(authority: trustme.CA) -> Iterator[str]:
    """An address with a certificate of an authority that nobody knows; it lists the model."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"data": [{"id": MODEL}]}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_certificate_that_is_not_trusted_is_named_with_the_cure(secure_url: str) -> None:
    with pytest.raises(ModelError, match=r"certificate is not trusted .*SSL_CERT_FILE") as caught:
        judge_of(secure_url).load()
    assert "\n" not in str(caught.value)


def test_a_certificate_of_ones_own_authority_is_trusted(
    secure_url: str, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    judge_of(secure_url).load()


def test_plain_http_to_a_secure_port_is_one_line(secure_url: str) -> None:
    with pytest.raises((ServerError, ModelError)) as caught:
        judge_of(secure_url.replace("https:", "http:")).judge(PAIRS[:1])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-ключ", "sk-☃", "sk-a\u200bb", "sk-a\nb", "sk-\x7f"])
def test_a_key_that_no_header_can_hold_is_named_without_it(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", key)
    with pytest.raises(ConfigError, match="TEST_KEY holds no key") as caught:
        judge_of("http://127.0.0.1/v1", key_variable="TEST_KEY")
    assert key not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "cause"),
    [
        ("http://127.0.0.1:8080/v1/chat/completions", "address of one question"),
        ("http://x..y/v1", "not the address"),
        ("http://☃☃/v1", "not the address"),
        ("http://[::1/v1", "not the address"),
        ("http://host name/v1", "not the address"),
        ("http://host/v1\n", "not the address"),
        ("http://host/v1\x07", "not the address"),
    ],
)
def test_an_address_that_nothing_can_look_up_is_named_before_anything_is_sent(url: str, cause: str) -> None:
    with pytest.raises(ConfigError, match=cause):
        judge_of(url)


def test_what_was_spent_on_filtered_and_strange_answers_is_counted() -> None:
    spent: list[Usage] = []
    strange = {"choices": [{"message": {"content": None}}], "usage": {"prompt_tokens": -5}}
    script = {0: error(400, {"error": {"code": "content_filter"}}), 1: error(200, strange)}
    with serving(lambda request: script.get(request.number) or answer(request)) as server:
        judge = judge_of(server.url, concurrency=1)
        judge.on_usage = spent.append
        judge.judge(PAIRS)
    total = sum(spent, Usage())
    assert total.requests == len(server.requests) == len(PAIRS) + 1
    assert total.prompt_tokens == 100 * (len(PAIRS) - 1)
