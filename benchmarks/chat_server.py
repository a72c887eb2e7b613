"""An OpenAI-compatible server that answers by a script, so that its faults and its speed are known.

Usage: python benchmarks/chat_server.py [--delay SECONDS]; prints its address, and answers until it is killed.

It speaks real HTTP on loopback. Of a passage, a stance is what its words say (condemns, supports), so that whoever asks in
whatever order gets the same; a translation is the text in capitals.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

MODEL = "scripted"
LETTERS = ("A", "B", "C")
LOG_PROBABILITIES = (-0.2, -2.0, -2.0)
"""Of the letter that is given and of the other two."""
WORDS = {"condemn": "opposes", "oppos": "opposes", "support": "supports", "defend": "supports"}


@dataclass
class Response:
    """What is sent back; a body that is cut ends before its announced length, and `delay` is in seconds.

    A header that is empty is not sent, also not one that the server would add.
    """

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False


@dataclass
class Request:
    """A request as it came, and how many came before it."""

    number: int
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def quoted(self) -> dict[str, Any]:
        """The JSON object in the question: passage, actor and target, or text."""
        blocks = self.body["messages"][-1]["content"].split("\n\n")
        quoted: dict[str, Any] = json.loads(next(block for block in blocks if block.startswith("{")))
        return quoted

    @property
    def options(self) -> dict[str, str]:
        """The text of each letter."""
        lines = self.body["messages"][-1]["content"].split("\n\n")[0].split("\n")
        return dict(line.split(": ", 1) for line in lines[-len(LETTERS) :])


Script = Callable[[Request], Response]


def answer(request: Request) -> Response:
    """The stance, or the translation, with log-probabilities if they are asked for."""
    quoted = request.quoted
    if "text" in quoted:
        return completion(json.dumps({"translation": quoted["text"].upper()}, ensure_ascii=False))
    label = next((label for word, label in WORDS.items() if word in quoted["passage"].lower()), "neutral")
    keys = quoted.get("targets") or {"option": ""}
    choice = json.dumps(dict.fromkeys(keys, letter(request, label)))
    return completion(choice, logprobs=bool(request.body.get("logprobs")))


def letter(request: Request, label: str) -> str:
    """The letter of a label in a question."""
    words = {"supports": "favours", "opposes": "rejects", "neutral": "no stance"}
    return next(letter for letter, text in request.options.items() if words[label] in text)


def completion(
    text: str | None, *, logprobs: bool = False, finish_reason: str = "stop", **message: Any
) -> Response:
    """A chat completion with this text."""
    choice: dict[str, Any] = {
        "index": 0,
        "finish_reason": finish_reason,
        "message": {"role": "assistant", "content": text, **message},
    }
    if logprobs and text is not None:
        choice["logprobs"] = {"content": list(tokens(text))}
    usage = {"prompt_tokens": 100, "completion_tokens": 8, "total_tokens": 108}
    body = {"id": "x", "object": "chat.completion", "model": MODEL, "choices": [choice], "usage": usage}
    return Response(json.dumps(body).encode())


def tokens(text: str) -> Iterator[dict[str, Any]]:
    """Tokens of an answer: its letters, and all else in pieces between quotation marks."""
    for number, piece in enumerate(text.split('"')):
        if number:
            yield {"token": '"', "logprob": 0.0, "top_logprobs": []}
        if piece in LETTERS:
            ranked = [piece, *(other for other in LETTERS if other != piece)]
            likely = [{"token": t, "logprob": p} for t, p in zip(ranked, LOG_PROBABILITIES, strict=True)]
            yield {**likely[0], "top_logprobs": likely}
            continue
        yield {"token": piece, "logprob": 0.0, "top_logprobs": []}


class Server:
    """A server in a thread of its own.

    Args:
        script: makes the response to each request for a completion.
        models: names that it lists.
    """

    def __init__(self, script: Script = answer, models: tuple[str, ...] = (MODEL,)) -> None:
        self.script, self.models = script, models
        self.requests: list[Request] = []
        """For completions, as they came."""
        self.answered: list[Request] = []
        """Those whose response was sent with status 200."""
        self.at_once = self.most_at_once = 0
        self.url = ""

    async def start(self) -> asyncio.Server:
        """Listen on a free port of this machine."""
        server = await asyncio.start_server(self._connection, "127.0.0.1", 0, backlog=256)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        return server

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await self._request(reader):
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    if not await self._respond(request, writer):
                        return
                finally:
                    self.at_once -= 1
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader) -> Request | None:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        return Request(len(self.requests), first.split()[1], headers, json.loads(content or b"{}"))

    async def _respond(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        """Send the response; False if the connection is then cut."""
        if request.path.endswith("/models"):
            response = Response(json.dumps({"data": [{"id": name} for name in self.models]}).encode())
        else:
            self.requests.append(request)
            response = self.script(request)
        if response.delay:
            await asyncio.sleep(response.delay)
        headers = {"content-type": "application/json", "content-length": str(len(response.body))}
        lines = [f"{name}: {value}\r\n" for name, value in (headers | response.headers).items() if value]
        body = response.body[: len(response.body) // 2] if response.cut else response.body
        writer.write(f"HTTP/1.1 {response.status} x\r\n{''.join(lines)}\r\n".encode() + body)
        await writer.drain()
        if response.status == 200 and not response.cut and not request.path.endswith("/models"):
            self.answered.append(request)
        return not response.cut


@contextmanager
def serving(script: Script = answer, models: tuple[str, ...] = (MODEL,)) -> Iterator[Server]:
    """A server for the time of the block."""
    server = Server(script, models)
    loop, ready = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        listening = await server.start()
        ready.set()
        await stopped.wait()
        listening.close()
        rest = asyncio.all_tasks(loop) - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    stopped = asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    ready.wait()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stopped.set)
        thread.join()
        loop.close()


def main() -> None:
    """Answer until killed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    delay = parser.parse_args().delay

    def script(request: Request) -> Response:
        response = answer(request)
        response.delay = delay
        return response

    async def serve() -> None:
        server = Server(script)
        listening = await server.start()
        print(server.url, flush=True)
        await listening.serve_forever()

    asyncio.run(serve())


if __name__ == "__main__":
    main()
