"""The labels that an answer gives, and how likely each was when the model began to write it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from pipelines.chat.reply import MalformedError, json_object, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.chat.reply import Reply, Token

AROUND = re.compile(r"^\W+|\W+$")
"""Signs that a token may have before and after a label, or its beginning."""


def labels_schema(keys: Sequence[str], labels: Sequence[str]) -> dict[str, object]:
    """The JSON schema of an object that has one of the labels under each key."""
    label = {"type": "string", "enum": list(labels)}
    return {
        "type": "object",
        "properties": dict.fromkeys(keys, label),
        "required": list(keys),
        "additionalProperties": False,
    }


def read_labels(reply: Reply, keys: Sequence[str], labels: Sequence[str]) -> list[str]:
    """The label under each key of an answer.

    Raises:
        MalformedError: the answer is cut, not JSON, or has another label.
    """
    if reply.is_cut:
        raise MalformedError(f"the answer is cut at options.max_tokens: {shown(reply.text)!r}")
    if len(keys) == 1 and (label := _label(reply.text, labels)):
        return [label]
    answer = json_object(reply.text)
    values = [_label(str(answer.get(key, "")), labels) for key in keys]
    for key, value in zip(keys, values, strict=True):
        if value is None:
            kinds = ", ".join(labels)
            raise MalformedError(f"{key} is none of {kinds} in the answer {shown(reply.text)!r}")
    return [value for value in values if value is not None]


def _label(value: str, labels: Sequence[str]) -> str | None:
    """The label that a value is, in either case, with signs around it or the word "option" before it."""
    written = re.fullmatch(_around(labels), value.strip(), re.IGNORECASE)
    return next((label for label in labels if written and label.lower() == written[1].lower()), None)


def _around(labels: Sequence[str]) -> str:
    return rf"\W*(?:option\W+)?({'|'.join(map(re.escape, labels))})\W*"


def label_log_probabilities(
    reply: Reply, keys: Sequence[str], labels: Sequence[str]
) -> list[list[float]] | None:
    """The log-probability of each label under each key, in nats; None if the reply has none.

    Each is that of the tokens that are the label, or its beginning, in the place where the answer has its
    first letter; all labels begin with another letter. A label that is none of the likeliest tokens there
    counts as the least likely of them, which is more than it can have.

    Raises:
        MalformedError: the tokens are not those of the answer.
    """
    if not reply.tokens:
        return None
    text = "".join(token.text for token in reply.tokens)
    places = [_place(text, key, labels, alone=len(keys) == 1) for key in keys]
    return [_by_label(*_token_at(reply.tokens, place), text[place], labels) for place in places]


def _place(text: str, key: str, labels: Sequence[str], *, alone: bool) -> int:
    """Where the last value under a key begins, or the whole text if it is one; thoughts may have others."""
    pattern = rf'"{re.escape(key)}"\s*:{_around(labels)}(?!\w)'
    values = list(re.finditer(pattern, text, re.IGNORECASE))
    if not values and alone and (whole := re.fullmatch(_around(labels), text, re.IGNORECASE)):
        values = [whole]
    if not values:
        raise MalformedError(f"no {key} among the tokens of {shown(text)!r}")
    return values[-1].start(1)


def _token_at(tokens: Sequence[Token], place: int) -> tuple[Token, int]:
    """The token that has the letter at a place of the text, and the letter's place in it."""
    reached = 0
    for token in tokens:
        if place < reached + len(token.text):
            return token, place - reached
        reached += len(token.text)
    raise AssertionError("the place is in the text of the tokens")


def _by_label(token: Token, start: int, letter: str, labels: Sequence[str]) -> list[float]:
    """Log-probabilities of the labels by the likeliest tokens in the place of one.

    Raises:
        MalformedError: that of the token itself is not among them.
    """
    of_label: dict[str, list[float]] = {label: [] for label in labels}
    is_small = letter.islower()
    for text, log_probability in token.likeliest:
        beginning = AROUND.sub("", text.removeprefix(token.text[:start]))
        for label in labels:
            if beginning and (label.lower() if is_small else label).startswith(beginning):
                of_label[label].append(log_probability)
    if not of_label[letter.upper() if is_small else letter]:
        raise MalformedError(f"no log-probability of the label in {token.text!r}")
    least = min(log_probability for _, log_probability in token.likeliest)
    return [_log_sum(values) if values else least for values in of_label.values()]


def _log_sum(values: Sequence[float]) -> float:
    largest = max(values)
    return largest + math.log(sum(math.exp(value - largest) for value in values))
