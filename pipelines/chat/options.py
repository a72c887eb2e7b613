"""Options that the engines share which ask a server, and the parts of requests that follow from them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from pipelines.chat.limits import MILLION
from pipelines.engines.base import Usage
from pipelines.errors import ConfigError, ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping

Constraint = Literal["schema", "json", "none"]
"""How the server is asked for the form of an answer: by a JSON schema, as any JSON, or in words alone."""
Prices = dict[Literal["prompt", "completion"], Annotated[float, Field(ge=0)]]
"""Of a million tokens that the model reads and writes."""
PACKAGES = ("httpx2", "tenacity")
CHARACTERS_OF_A_TOKEN = 3.5
"""Of English news, in the vocabularies of current models: 3.5 to 4.5, so that costs are overestimated."""


def prices_of(prices: Mapping[Any, float]) -> tuple[float, float]:
    """The prices of a million tokens read and written."""
    return prices.get("prompt", 0.0), prices.get("completion", 0.0)


def named_model(model: str | None, place: str) -> str:
    """The model's name.

    Raises:
        ConfigError: none is given.
        ModelError: the packages of the engine are not installed.
    """
    if any(find_spec(package) is None for package in PACKAGES):
        raise ModelError(place, "engine 'llm' is not installed", "Install it: pip install 'polystance[llm]'")
    if not model:
        cure = "Name it as the server does (GET base_url/models lists its models)"
        raise ConfigError(f"{place}: model", "engine 'llm' needs the name of a model", cure)
    return model


def constrained(constraint: Constraint, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a request that asks for the form of the answer.

    Args:
        constraint: how to ask.
        name: of the schema.
        schema: of the answer.
    """
    if constraint == "none":
        return {}
    if constraint == "json":
        return {"response_format": {"type": "json_object"}}
    form = {"name": name, "strict": True, "schema": dict(schema)}
    return {"response_format": {"type": "json_schema", "json_schema": form}}


def expected(requests: int, read: float, written: float, prices: tuple[float, float]) -> Usage:
    """An estimate of what requests cost.

    Args:
        requests: their number.
        read: characters that the model reads, in all of them.
        written: characters that it writes.
        prices: of a million tokens read and written.
    """
    prompt, completion = (round(characters / CHARACTERS_OF_A_TOKEN) for characters in (read, written))
    cost = (prompt * prices[0] + completion * prices[1]) / MILLION
    return Usage(requests, prompt, completion, cost)
