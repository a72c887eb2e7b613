"""A config file and its overrides, checked; each error names the file, the key, the cause and the cure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.config.models import RunConfig
from pipelines.config.yaml_text import parse_yaml
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Model = TypeVar("Model", bound=BaseModel)
SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"


def load_config(path: Path, overrides: Sequence[str] = ()) -> RunConfig:
    """The checked config, with paths made absolute.

    Args:
        path: the YAML file; paths in it are relative to its folder.
        overrides: `key.key=value` each, the value as YAML; paths in them are relative to the
            working directory.

    Raises:
        ConfigError: the file or an override is unreadable, or a key is unknown, missing or of the
            wrong type.
    """
    if not path.is_file():
        raise ConfigError(
            str(path), "no such file", "Give the path of a config; `polystance init DIR` writes one"
        )
    try:
        raw = parse_yaml(path.read_text(encoding="utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"not UTF-8 at byte {error.start}", "Save the file as UTF-8") from error
    if not isinstance(raw, dict):
        raise ConfigError(str(path), "not a mapping of keys to values", "Start from `polystance init DIR`")
    raw = _with_absolute_paths(raw, path.resolve().parent)
    for override in overrides:
        raw = _overridden(raw, override)
    return validated(RunConfig, raw, str(path))


def validated(model: type[Model], raw: object, place: str, under: str = "") -> Model:
    """`raw` as the model.

    Args:
        model: what to make of it.
        raw: parsed YAML.
        place: of the error, for example a file's name.
        under: key under which `raw` stands, before the keys in an error.

    Raises:
        ConfigError: one line for each thing that is wrong.
    """
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        lines = [_told(item, place, under) for item in error.errors(include_url=False)]
        (first_place, cause, cure), rest = lines[0], lines[1:]
        more = "".join(f"\n{a}: {b}. {c}" for a, b, c in rest)
        raise ConfigError(first_place, cause, (cure + more) or more) from error


def json_schema() -> str:
    """The JSON schema of the config, for editors."""
    schema = {"$schema": SCHEMA_URL, **RunConfig.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _told(item: Any, place: str, under: str) -> tuple[str, str, str]:
    """Place, cause and cure of one of pydantic's errors."""
    keys = [under] if under else []
    keys += [str(part) for part in item["loc"] if part != "[key]"]
    context = item.get("ctx", {})
    if item["type"] == "unknown_key":
        keys.append(context["key"])
    where = f"{place}: {'.'.join(keys)}" if keys else place
    if item["type"] == "missing":
        return where, "required, but not given", "Add it; configs/quickstart.yaml shows how"
    if "cure" in context or item["type"] in {
        "unknown_language",
        "repeated_name",
        "repeated_language",
        "empty_alias",
    }:
        cause, _, cure = item["msg"].partition(". ")
        return where, cause, cure
    message = item["msg"][0].lower() + item["msg"][1:]
    return where, f"{message}, got {_shortened(item['input'])}", "Change the value"


def _shortened(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _overridden(raw: Mapping[str, Any], override: str) -> dict[str, Any]:
    """A copy of the config with one `key.key=value` applied."""
    key, equals, value = override.partition("=")
    place = f"--set {override}"
    if not equals or not key.strip():
        raise ConfigError(place, "not of the form KEY=VALUE", "Write for example --set find.context=1")
    nested: Any = parse_yaml(value, place)
    for part in reversed(key.strip().split(".")):
        nested = {part: nested}
    reader = nested.get("articles", {}).get("reader") if isinstance(nested.get("articles"), dict) else None
    reader = reader or (raw.get("articles") or {}).get("reader")
    return _merged(raw, _with_absolute_paths(nested, Path.cwd(), reader))


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _with_absolute_paths(raw: Mapping[str, Any], base: Path, reader: str | None = None) -> dict[str, Any]:
    """The config with article paths, and models that are local folders, made absolute."""
    resolved = dict(raw)
    articles = resolved.get("articles")
    if isinstance(articles, dict) and "path" in articles and (articles.get("reader") or reader) != "hub":
        path = articles["path"]
        absolute = [_absolute(p, base) for p in path] if isinstance(path, list) else _absolute(path, base)
        resolved["articles"] = articles | {"path": absolute}
    translation = resolved.get("translation")
    if isinstance(translation, dict) and isinstance(translation.get("models"), dict):
        models = {code: _local_model(spec, base) for code, spec in translation["models"].items()}
        resolved["translation"] = translation | {"models": models}
    if "stance" in resolved:
        resolved["stance"] = _local_model(resolved["stance"], base)
        if isinstance(resolved["stance"], dict) and resolved["stance"].get("calibration"):
            calibration = _absolute(resolved["stance"]["calibration"], base)
            resolved["stance"] = resolved["stance"] | {"calibration": calibration}
    return resolved


def _absolute(path: object, base: Path) -> object:
    if not isinstance(path, str) or "://" in path:
        return path
    return str((base / Path(path).expanduser()).resolve()) if path else path


def _local_model(spec: object, base: Path) -> object:
    """A model's name, made absolute where it is a folder beside `base`."""
    if isinstance(spec, dict) and "model" in spec:
        return spec | {"model": _local_model(spec["model"], base)}
    is_folder = isinstance(spec, str) and bool(spec) and (base / Path(spec).expanduser()).is_dir()
    return _absolute(spec, base) if is_folder else spec
