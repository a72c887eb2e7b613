"""What a server answered: its text, the likeliest tokens at each place, and what it cost."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from pydantic import BaseModel, Field, ValidationError

THOUGHTS = re.compile(r"\A.*</think>", re.DOTALL)
"""What models that reason write before an answer, if the server leaves it there; some omit its beginning."""
SHOWN = 80  # characters of what a server said, so that an error stays one line


class AnswerError(Exception):
    """A question has no usable answer; others may have one."""


class MalformedError(AnswerError):
    """An answer is not of the form that it was to have; another attempt may be."""


class Token(NamedTuple):
    """A token of an answer, and the likeliest ones in its place with their log-probabilities in nats."""

    text: str
    likeliest: tuple[tuple[str, float], ...]


class Reply(NamedTuple):
    """An answer; `tokens` is empty if the server gives no log-probabilities."""

    text: str
    tokens: tuple[Token, ...]
    is_refusal: bool
    is_cut: bool
    """Whether the answer reached the most tokens allowed."""


class Spent(NamedTuple):
    """Tokens of a request, as the server counts them."""

    prompt_tokens: int
    completion_tokens: int


class _Likely(BaseModel):
    token: str
    logprob: float | None = None


class _Token(_Likely):
    top_logprobs: list[_Likely] | None = None


class _Tokens(BaseModel):
    content: list[_Token] | None = None


class _Part(BaseModel):
    text: str = ""  # parts of other kinds, such as thoughts, have none


class _Message(BaseModel):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Tokens | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Body(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Usage | None = None


def read_reply(received: bytes) -> tuple[Reply, Spent]:
    """The answer in the body of a response, and what it cost.

    Raises:
        MalformedError: the body is not that of a chat completion.
    """
    try:
        body = _Body.model_validate_json(received)
    except ValidationError as error:
        raise MalformedError(f"no chat completion: {shown(received)!r}") from error
    choice, usage = body.choices[0], body.usage or _Usage()
    spent = Spent(max(0, usage.prompt_tokens or 0), max(0, usage.completion_tokens or 0))
    refused = bool(choice.message.refusal) or choice.finish_reason == "content_filter"
    content = choice.message.content or ""
    whole = content if isinstance(content, str) else "".join(part.text for part in content)
    text = (whole if whole.lstrip().startswith("{") else THOUGHTS.sub("", whole)).strip()
    tokens = (choice.logprobs and choice.logprobs.content) or []
    return Reply(text, tuple(map(_token, tokens)), refused, choice.finish_reason == "length"), spent


def json_object(text: str) -> dict[str, Any]:
    """The JSON object in a text, which some models put into words or fences.

    Raises:
        MalformedError: there is none.
    """
    try:
        value = json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"no JSON object in the answer {shown(text)!r}") from error
    if not isinstance(value, dict):
        raise MalformedError(f"no JSON object in the answer {shown(text)!r}")
    return value


def shown(content: bytes | str) -> str:
    """The beginning of what a server said, in one line."""
    text = content[: 4 * SHOWN].decode("utf-8", "replace") if isinstance(content, bytes) else content
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * SHOWN]).split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN]}..."


def _token(token: _Token) -> Token:
    likeliest = [(other.token, other.logprob) for other in (token, *(token.top_logprobs or ()))]
    known = {text: float(p) for text, p in likeliest if p is not None and p > float("-inf")}
    return Token(token.token, tuple(known.items()))
