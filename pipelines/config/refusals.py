"""Values checked against a model; each error is one line: place, key, cause, cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.config.types import ISO_DAY, RUN_NAME
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.config.yaml_text import KeyPath, Places

Model = TypeVar("Model", bound=BaseModel)

LONGEST_VALUE = 60  # characters of a wrong value in an error, so that the line stays readable
# Pydantic's own messages for these use the terms of Python.
_CAUSES = {
    "missing": "required, but not given",
    "model_type": "should be a section of `key: value` lines",
    "dict_type": "should be a section of `key: value` lines",
    "list_type": "should be a list",
    "string_type": "should be text",
    "too_short": "should not be empty",
}
_OF_PATTERN = {
    RUN_NAME: "should be letters, digits and signs of `_-.` alone, since it names a folder",
    ISO_DAY: "should be a day, a month or a year, such as 2024-10-24, 2024-10 or 2024",
    r"\S": "should not be blank",
}
_CURES = {
    "missing": "Add it; configs/quickstart.yaml shows how",
    "string_type": "Write text, in quotation marks if it looks like a number",
}


def validated(
    model: type[Model], raw: object, place: str, under: str = "", places: Places | None = None
) -> Model:
    """The model made of `raw`.

    Args:
        model: the class to make.
        raw: parsed YAML.
        place: the place that an error names, for example a file's name.
        under: the key whose value `raw` is; errors put it before their own keys.
        places: the place of each key in `raw`; for a key without one, that of the section around it.

    Raises:
        ConfigError: the values do not fit the model; one line for each error.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        lines = [_refusal(item, place, under, places or {}) for item in error.errors(include_url=False)]
        (first_place, cause, cure), rest = lines[0], lines[1:]
        more = "".join(f"\n{ConfigError(*line)}" for line in rest)
        raise ConfigError(first_place, cause, (cure + more) or more) from error


def _refusal(item: Mapping[str, Any], place: str, under: str, places: Places) -> tuple[str, str, str]:
    """Place, cause and cure of one of pydantic's errors."""
    context = item.get("ctx", {})
    path = tuple(str(part) for part in item["loc"] if part != "[key]") + tuple(context.get("below", ()))
    keys = ".".join([under, *path] if under else path)
    place = _nearest(path, places) or place
    location = f"{place}: {keys}" if keys else place
    if "below" in context:  # one of our own, which names its cure
        cause, _, cure = item["msg"].partition(". ")
        return location, cause, cure
    if item["input"] is None:
        return location, "no value is given", "Give one, or remove the key"
    cause = (
        _CAUSES.get(item["type"])
        or _OF_PATTERN.get(context.get("pattern"))
        or item["msg"][0].lower() + item["msg"][1:]
    )
    value = "" if item["type"] == "missing" else f", got {_shortened(item['input'])}"
    return location, f"{cause}{value}", _CURES.get(item["type"], "Change the value")


def _nearest(path: KeyPath, places: Places) -> str | None:
    """The place of the key, or of the innermost section around it that has one."""
    known = (path[:length] for length in range(len(path), -1, -1) if path[:length] in places)
    return next((places[inner] for inner in known), None)


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."
