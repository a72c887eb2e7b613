"""What a response that is no completion means: for one question, for all, or for now."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pipelines.chat.faults import OF_KEY, OF_QUESTION, PASSING, LimitError, PassingError, pause_of
from pipelines.chat.reply import AnswerError
from pipelines.errors import ModelError, ServerError

if TYPE_CHECKING:
    from pipelines.chat.address import Address
    from pipelines.chat.client import Response

EXHAUSTED = frozenset({"insufficient_quota", "insufficient_balance", "billing_hard_limit_reached"})
"""Codes of OpenAI and others for an account without money, with status 429 or 402: no waiting ends that."""
UNPAID = 402
FILTERED = frozenset({"content_filter", "content_policy_violation"})
"""Codes of Azure and OpenAI for a question that a filter kept from the model."""
OK, FAULT, LIMIT = 200, 500, 429
ERRORS = range(400, 600)


class Said(NamedTuple):
    """A response's status, or that which its body names, and the code of the error in the body."""

    status: int
    code: str


def said_in(response: Response) -> Said:
    """What a response says; gateways have the status of an error in the body of a 200, or no JSON at all."""
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return Said(FAULT if response.status == OK else response.status, "")  # a page of the gateway
    error = body.get("error") if isinstance(body, dict) else None
    if not error:
        return Said(response.status, "")
    code = str(error.get("code") or error.get("type") or "") if isinstance(error, dict) else ""
    if response.status != OK:
        return Said(response.status, code)
    return Said(int(code) if code.isdecimal() and int(code) in ERRORS else FAULT, code)


def is_filtered(response: Response) -> bool:
    """Whether a filter before the model refused the question."""
    said = said_in(response)
    return said.status in OF_QUESTION and said.code in FILTERED


def refusal(response: Response, address: Address, place: str) -> Exception:
    """The error of a response that is no completion.

    Args:
        response: of a status other than 200, or one whose body is no completion.
        address: of the server.
        place: of the address in the config.
    """
    status, code = said_in(response)
    said = f"status {response.status}: {address.cleaned(response.content)}"
    if status == UNPAID or code in EXHAUSTED:
        cure = "Pay or raise the limit; the same command resumes, and asks nothing twice"
        return ServerError(place, f"the account is exhausted, {said}", cure)
    if status in PASSING:
        kind = LimitError if status == LIMIT else PassingError
        return kind(said, pause_of(response.headers.get("retry-after")))
    if status in OF_QUESTION:
        return AnswerError(said)
    if status in OF_KEY:
        return ModelError(place, f"refused with {said}", "Check the key that options.key_variable names")
    if location := response.headers.get("location"):
        said += f" (a redirection to {address.cleaned(location)})"
    return ModelError(place, f"refused with {said}", "Check base_url and the model's name")
