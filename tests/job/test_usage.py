"""A run that asks a server: killed and resumed, counted, and estimated before."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.chat_server import MODEL, Request, Response, Server, answer, serving
from pipelines.config import load_config
from pipelines.job.plan import make_plan
from pipelines.progress import Silent
from tests.samples import copies, write_config, write_lines

KEY = "sk-never-shown"
HELD = 20
"""Requests after which the server keeps the run waiting."""
ARTICLES = 6


def config_of(folder: Path, server: Server) -> Path:
    options = {
        "base_url": server.url,
        "key_variable": "TEST_KEY",
        "concurrency": 4,
        "prices": {"prompt": 2.0},
    }
    llm = {"engine": "llm", "options": options}
    unprobed = options | {"level_letters": False}
    config = write_config(
        folder, translation={**llm, "models": {"pt": {"model": MODEL}}}, stance={**llm, "options": unprobed, "model": MODEL},
        find={"near": False},
    )  # fmt: skip
    rows = [{**row, "text": f"{row['text']} It was day {n}."} for n, row in enumerate(copies(ARTICLES))]
    write_lines(folder / "articles.jsonl", rows)
    return config


def polystance(*arguments: object, cache: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"TEST_KEY": KEY, "POLYSTANCE_CACHE": str(cache)}
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def questions(server: Server) -> list[str]:
    return [request.body["messages"][-1]["content"] for request in server.answered]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_is_killed_asks_nothing_twice_and_loses_nothing(
    number: signal.Signals, tmp_path: Path
) -> None:
    holding = True

    def held(request: Request) -> Response:
        response = answer(request)
        if holding and request.number >= HELD:
            response.delay = 3600
        return response

    with serving(held) as server:
        config, out = config_of(tmp_path, server), tmp_path / "out"
        run = polystance("run", config, "--output", out, "--offline", "--quiet", cache=tmp_path / "cache")
        while len(server.answered) < HELD and run.poll() is None:
            time.sleep(0.05)
        time.sleep(1.0)  # the last answers are on their way into the memory
        run.send_signal(number)
        run.communicate()
        assert run.returncode in (1, -signal.SIGKILL)
        first, holding = questions(server), False
        assert len(first) == HELD
        again = polystance("run", config, "--output", out, "--offline", "--quiet", cache=tmp_path / "cache")
        _, errors = again.communicate()
        assert again.returncode == 0, errors
        assert len(set(questions(server))) == len(questions(server))
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    judged = [q for q in questions(server) if '"passage"' in q]
    assert manifest["counts"]["judgements"] >= len(judged) > 10
    assert manifest["counts"]["rejected"] == 0
    of = manifest["usage"]
    assert of["stance"]["requests"] == len(judged)
    assert of["translation from pt"]["requests"] == len(questions(server)) - len(judged)
    assert of["stance"]["prompt_tokens"] == 100 * len(judged)
    assert of["stance"]["cost"] == pytest.approx(200 * len(judged) / 1_000_000)
    written = [
        path.read_bytes()
        for folder in (out, tmp_path / "cache")
        for path in folder.rglob("*")
        if path.is_file()
    ]
    assert len(written) > 10
    assert not any(KEY.encode() in content for content in written)
    assert KEY not in errors


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (Response(b"<html>maintenance</html>"), 1, "fails: status 200: <html>maintenance"),
        (Response(b'{"error": {"message": "no such field: logprobs"}}', 400), 2, "none of the first 1"),
    ],
)  # fmt: skip
def test_a_server_that_answers_nothing_more_costs_no_article_and_the_same_command_resumes(
    fault: Response, code: int, said: str, tmp_path: Path
) -> None:
    answering = HELD if code == 1 else 0

    def failing(request: Request) -> Response:
        return answer(request) if request.number < answering else fault

    with serving(failing) as server:
        config, out = config_of(tmp_path, server), tmp_path / "out"
        settings = "--set", "translation.options.attempts=1", "--set", "stance.options.attempts=1"
        command = "run", config, "--output", out, "--offline", "--quiet", *settings
        first = polystance(*command, cache=tmp_path / "cache")
        _, errors = first.communicate()
        assert first.returncode == code, errors
        assert said in errors
        assert len(errors.strip().splitlines()) == 1
        server.script = answer
        again = polystance(*command, cache=tmp_path / "cache")
        _, errors = again.communicate()
        assert again.returncode == 0, errors
        assert len(server.answered) >= HELD
        if fault.status != 200:
            assert len(set(questions(server))) == len(questions(server))
    assert json.loads((out / "manifest.json").read_text("utf-8"))["counts"]["rejected"] == 0


def test_a_plan_says_what_will_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_KEY", KEY)
    with serving() as server:
        plan = make_plan(load_config(config_of(tmp_path, server)), Silent(), offline=True)
        assert server.requests == []
    assert plan.usage.keys() == {"stance", "translation from pt"}
    stance = plan.usage["stance"]
    assert 12 <= stance.requests <= 4 * 24 * ARTICLES
    assert stance.prompt_tokens > 100 * stance.requests
    assert stance.cost == pytest.approx(2 * stance.prompt_tokens / 1_000_000)


def test_check_shows_the_cost_and_asks_nothing(tmp_path: Path) -> None:
    with serving() as server:
        config = config_of(tmp_path, server)
        check = polystance("check", config, "--offline", "--estimate", cache=tmp_path / "cache")
        output, errors = check.communicate()
        assert server.requests == []
    assert "stance at a server: about " in output
    assert "translation from pt at a server: about " in output
    assert check.returncode == 2
    assert "--estimate: it would pay for answers" in errors
