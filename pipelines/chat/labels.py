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
        raise MalformedError(f"the answer is cut: {shown(reply.text)!r}")
    answer = json_object(reply.text)
    values = [str(answer.get(key, "")).strip() for key in keys]
    if wrong := [value for value in values if value not in labels]:
        raise MalformedError(f"{shown(wrong[0])!r} is none of {', '.join(labels)}, in {shown(reply.text)!r}")
    return values


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
    return [_by_label(_first_token(reply.tokens, key), labels) for key in keys]


def _first_token(tokens: Sequence[Token], key: str) -> Token:
    """The token with the first letter of the last value under a key; thoughts before it may have others."""
    text = "".join(token.text for token in tokens)
    ends = [value.end() for value in re.finditer(rf'"{re.escape(key)}"\s*:\s*"\s*', text)]
    reached = 0
    for token in tokens if ends else ():
        reached += len(token.text)
        if reached > ends[-1]:
            return token
    raise MalformedError(f"no {key} among the tokens of {shown(text)!r}")


def _by_label(token: Token, labels: Sequence[str]) -> list[float]:
    of_label: dict[str, list[float]] = {label: [] for label in labels}
    for text, log_probability in token.likeliest:
        beginning = AROUND.sub("", text)
        for label in labels:
            if beginning and label.startswith(beginning):
                of_label[label].append(log_probability)
    least = min((log_probability for _, log_probability in token.likeliest), default=0.0)
    return [_log_sum(values) if values else least for values in of_label.values()]


def _log_sum(values: Sequence[float]) -> float:
    largest = max(values)
    return largest + math.log(sum(math.exp(value - largest) for value in values))
