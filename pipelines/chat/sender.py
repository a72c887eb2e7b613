"""One question to a server, asked until it is answered or cannot be.

`tenacity` repeats requests.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any, TypeVar

from pipelines.chat.client import Client
from pipelines.chat.faults import OF_KEY, LimitError, PassingError, StoppedError
from pipelines.chat.limits import MILLION
from pipelines.chat.refusals import OK, is_filtered, refusal, said_in
from pipelines.chat.reply import AnswerError, MalformedError, Reply, Spent, read_reply, shown
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
LONGEST_PAUSE = 60.0
"""Seconds between two attempts at most, also if the server names more: it says so again."""
FIRST_PAUSE = 0.5
"""Seconds before the second attempt, doubled with each one and spread by chance; not tuned."""
FAILURES = 10
"""Questions without a usable answer, before the first one with, after which no more are asked: the server
takes no such request, or the model cannot keep the form. Not tuned; a filter may refuse a few in a row."""
UNSUITED = (
    "Leave out what the server does not take (request: {logprobs: null, top_logprobs: null}; constrain: none;"
    " probabilities: samples), raise max_tokens, or take a model that keeps to the form"
)
REFUSED = Reply("", (), is_refusal=True, is_cut=False)


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
        self._client: Client | None = None
        self.stop, self._lock = threading.Event(), threading.Lock()
        self._next = self._resume = 0.0  # of time.monotonic: the next request, and the end of a rate limit
        self.answered = 0.0
        self._spent = Usage()
        self._failures: int | None = 0  # before the first usable answer; None after it

    def load(self) -> None:
        """Check that the server answers and has the model; a second call does nothing.

        Raises:
            ModelError: the server does not know the key or the model.
            ServerError: the server does not answer.
        """
        if self._client is not None:
            return
        client = Client(self.address, self.limits, self.place)
        try:
            self._check_model(client)
        except BaseException:
            client.close()
            raise
        self._client = client

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
        except AnswerError as error:
            self._note_failure(error)
            raise
        except (ModelError, ServerError):
            self.stop.set()  # no other question has an answer either
            raise
        except PassingError as error:
            self.stop.set()
            cure = "Start or relieve it; the same command resumes, and asks nothing twice"
            raise ServerError(self.place, f"{self.address.url} fails: {error}", cure) from error
        self._failures = None
        return result

    def _note_failure(self, error: AnswerError) -> None:
        """Raise if no question at all has an answer, so that none of their articles is given up for that."""
        with self._lock:
            self._failures = None if self._failures is None else self._failures + 1
            failures = self._failures
        if failures is not None and failures >= FAILURES:
            self.stop.set()
            cause = f"none of the first {failures} questions has a usable answer; the last: {error}"
            raise ModelError(self.place.replace("base_url", "request"), cause, UNSUITED) from error

    def _once(self, content: bytes, read: Callable[[Reply], Result]) -> Result:
        self._await_turn()
        try:
            reply, spent = self._completion(content)
        except PassingError as error:
            if error.pause is not None:
                with self._lock:  # all wait, not this thread alone
                    self._resume = max(self._resume, time.monotonic() + min(error.pause, LONGEST_PAUSE))
            raise
        self._count(spent)
        return read(reply)

    def _completion(self, content: bytes) -> tuple[Reply, Spent]:
        assert self._client is not None
        response = self._client.sent("POST", "/chat/completions", content)
        try:
            if response.status == OK:
                completion = read_reply(response.content)
                self.answered = time.monotonic()
                return completion
            raise MalformedError
        except MalformedError:
            if is_filtered(response):
                return REFUSED, Spent(0, 0)
            self._count(Spent(0, 0))
            if said_in(response).status == OK:
                raise
            raise refusal(response, self.address, self.place) from None

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

    def _check_model(self, client: Client) -> None:
        """Raise if the server does not answer or, on this machine, lists models without this one.

        A server here may answer to any name, so that results would carry a wrong one; a company's gateway may
        list other names than it takes, and refuses those that it does not.
        """
        try:
            response = client.sent("GET", "/models")
        except PassingError as error:
            cause = f"{self.address.url} does not answer ({error})"
            raise ServerError(self.place, cause, "Start the server, or correct the address") from error
        except AnswerError:
            return  # a list without end is none
        if response.status in OF_KEY:
            raise refusal(response, self.address, self.place)
        try:
            names = [str(model["id"]) for model in json.loads(response.content)["data"]]
        except (ValueError, TypeError, KeyError, RecursionError):
            return  # a server need not list its models
        known = {self.model, f"{self.model}:latest"} & set(names)  # the second as Ollama lists it
        if names and not known and self.address.is_loopback:
            cause = f"{self.address.url} has no model '{self.model}'"
            listed = shown(", ".join(names))
            raise ModelError(self.place.replace("options.base_url", "model"), cause, f"It has: {listed}")

    def _count(self, spent: Spent) -> None:
        reading, writing = self.limits.prices
        cost = (spent.prompt_tokens * reading + spent.completion_tokens * writing) / MILLION
        with self._lock:
            self._spent += Usage(1, *spent, cost)

    def drained(self) -> Usage:
        """What was spent since the last call."""
        with self._lock:
            spent, self._spent = self._spent, Usage()
        return spent
