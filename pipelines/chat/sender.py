"""One question to a server, asked until it is answered or cannot be.

The client is `httpx2`, which huggingface_hub brings along; `openai` would add 2.4 MB to use one POST of it.
`tenacity` repeats requests.
"""

from __future__ import annotations

import json
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.chat.faults import (
    OF_KEY,
    OF_QUESTION,
    PASSING,
    LimitError,
    PassingError,
    StoppedError,
    pause_of,
)
from pipelines.chat.limits import MILLION
from pipelines.chat.reply import AnswerError, MalformedError, Reply, read_reply, shown
from pipelines.engines.base import Usage
from pipelines.errors import ModelError, ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tenacity import RetryCallState, Retrying

    from pipelines.chat.address import Address
    from pipelines.chat.limits import Limits

Result = TypeVar("Result")
Body = dict[str, Any]
"""The JSON of a request."""
LONGEST_REPLY = 4_000_000
"""Bytes of a reply at most: one with 20 log-probabilities for each of 1,000 tokens has about 2 million."""
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most, also if the server names more: it says so again."""
FIRST_PAUSE = 0.5
"""Seconds before the second attempt, doubled with each one and spread by chance; not tuned."""


class Sender:
    """Asks one model of one server one thing at a time, from any thread.

    Args:
        address: of the server.
        model: its name there.
        limits: how hard to ask.
        request: further fields of each request; one that is None is left out.
        place: of the engine in the config, for errors.
    """

    def __init__(
        self, address: Address, model: str, limits: Limits, request: Mapping[str, Any], place: str
    ) -> None:
        self.address, self.model, self.limits, self.request = address, model, limits, request
        self.place = f"{place}: options.base_url"
        self.on_usage: Callable[[Usage], None] = lambda usage: None  # noqa: ARG005
        self._client: Any = None
        self.stop, self._lock = threading.Event(), threading.Lock()
        self._next = self._resume = 0.0  # of time.monotonic: the next request, and the end of a rate limit
        self.answered = 0.0
        self._spent = Usage()

    def load(self) -> None:
        """Check that the server answers and has the model; a second call does nothing.

        Raises:
            ModelError: the server does not know the key or the model.
            ServerError: the server does not answer.
        """
        if self._client is not None:
            return
        import httpx2

        headers = (
            {"Authorization": f"Bearer {self.address.key.get_secret_value()}"} if self.address.key else {}
        )
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=self.limits.concurrency)
        self._client = httpx2.Client(
            headers={**headers, "Content-Type": "application/json"},
            timeout=self.limits.timeout,
            limits=limits,
            trust_env=not self.address.is_loopback,  # no proxy between this machine and itself
        )
        weakref.finalize(self, self._client.close)
        try:
            self._check_model()
        except BaseException:
            self._client.close()
            self._client = None
            raise

    def answer(self, body: Body, read: Callable[[Reply], Result]) -> Result:
        """What `read` makes of the reply to a request, which is repeated if something passing is in the way.

        Args:
            body: the JSON of the request, without the model.
            read: raises MalformedError if another reply may be better.

        Raises:
            AnswerError: this question has no usable answer.
            ModelError: no question has one.
            ServerError: the server fails.
        """
        content = json.dumps(
            {k: v for k, v in ({"model": self.model} | body | dict(self.request)).items() if v is not None},
            ensure_ascii=False,
        ).encode("utf-8", "replace")
        try:
            result: Result = self._retrying()(self._once, content, read)
        except ModelError:
            self.stop.set()  # no other question has an answer either
            raise
        except PassingError as error:
            self.stop.set()
            cure = "Start or relieve it; the same command resumes, and asks nothing twice"
            raise ServerError(self.place, f"{self.address.url} fails: {error}", cure) from error
        return result

    def _once(self, content: bytes, read: Callable[[Reply], Result]) -> Result:
        self._await_turn()
        status, headers, answer = self._posted(content)
        if status != 200:
            self._count(0, 0)
            raise self._refusal(status, headers, answer)
        self.answered = time.monotonic()
        reply, spent = read_reply(answer)
        self._count(*spent)
        return read(reply)

    def _posted(self, content: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and body of the response; the time and the size of all of it are bounded."""
        import httpx2

        deadline = time.monotonic() + self.limits.timeout
        received = bytearray()
        try:
            with self._client.stream(
                "POST", f"{self.address.url}/chat/completions", content=content
            ) as response:
                for chunk in response.iter_bytes():
                    received += chunk
                    if len(received) > LONGEST_REPLY:
                        raise AnswerError(f"an answer of over {LONGEST_REPLY} bytes")
                    if time.monotonic() > deadline:
                        raise PassingError(f"no whole answer within {self.limits.timeout:g} seconds")
            return response.status_code, response.headers, bytes(received)
        except httpx2.TimeoutException as error:
            raise PassingError(f"no answer within {self.limits.timeout:g} seconds") from error
        except httpx2.HTTPError as error:  # also a connection that is refused or cut
            raise PassingError(f"{type(error).__name__}: {self._clean(str(error))}") from error

    def _refusal(self, status: int, headers: Mapping[str, str], content: bytes) -> Exception:
        """The error of a response other than 200."""
        said = f"status {status}: {self._clean(content)}"
        if status in PASSING:
            pause = pause_of(headers.get("retry-after"))
            if status == 429 and pause is not None:
                with self._lock:  # all wait, not this thread alone
                    self._resume = max(self._resume, time.monotonic() + min(pause, LONGEST_PAUSE))
            return (LimitError if status == 429 else PassingError)(said)
        if status in OF_QUESTION:
            return AnswerError(said)
        if status in OF_KEY:
            return ModelError(
                self.place, f"refused with {said}", "Check the key that options.key_variable names"
            )
        return ModelError(self.place, f"refused with {said}", "Check base_url and the model's name")

    def _await_turn(self) -> None:
        """Wait for the end of a rate limit, and for this request's place in the minute."""
        with self._lock:
            now = time.monotonic()
            start = max(now, self._resume, self._next)
            if self.limits.requests_per_minute:
                self._next = start + 60 / self.limits.requests_per_minute
        if start > now:
            self.stop.wait(start - now)
        if self.stop.is_set():
            raise StoppedError

    def _retrying(self) -> Retrying:
        import tenacity

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type((PassingError, MalformedError)),
            stop=self._is_enough,
            wait=tenacity.wait_random_exponential(FIRST_PAUSE, LONGEST_PAUSE),
            sleep=tenacity.sleep_using_event(self.stop),
            reraise=True,
        )

    def _is_enough(self, state: RetryCallState) -> bool:
        """Whether a request is given up: a rate limit is none that waiting will not end."""
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, LimitError) and not self.stop.is_set():
            return time.monotonic() - self.answered > self.limits.patience
        return self.stop.is_set() or state.attempt_number >= self.limits.attempts

    def _check_model(self) -> None:
        """Raise if the server does not answer or, on this machine, lists models without this one.

        A server here may answer to any name, so that results would carry a wrong one; a company's gateway may
        list other names than it takes, and refuses those that it does not.
        """
        import httpx2

        try:
            response = self._client.get(f"{self.address.url}/models")
        except httpx2.HTTPError as error:
            cause = f"{self.address.url} does not answer ({type(error).__name__}: {self._clean(str(error))})"
            raise ServerError(self.place, cause, "Start the server, or correct the address") from error
        if response.status_code in OF_KEY:
            raise self._refusal(response.status_code, response.headers, response.content)
        try:
            names = [str(model["id"]) for model in response.json()["data"]]
        except (ValueError, TypeError, KeyError, RecursionError):
            return  # a server need not list its models
        known = {self.model, f"{self.model}:latest"} & set(names)  # the second as Ollama lists it
        if names and not known and self.address.is_loopback:
            cause = f"{self.address.url} has no model '{self.model}'"
            listed = shown(", ".join(names))
            raise ModelError(self.place.replace("options.base_url", "model"), cause, f"It has: {listed}")

    def _count(self, prompt_tokens: int, completion_tokens: int) -> None:
        reading, writing = self.limits.prices
        cost = (prompt_tokens * reading + completion_tokens * writing) / MILLION
        with self._lock:
            self._spent += Usage(1, prompt_tokens, completion_tokens, cost)

    def drained(self) -> Usage:
        """What was spent since the last call."""
        with self._lock:
            spent, self._spent = self._spent, Usage()
        return spent

    def _clean(self, said: bytes | str) -> str:
        """What the server said, without the key, which some servers repeat."""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        return shown(text.replace(self.address.key.get_secret_value(), "***") if self.address.key else text)
