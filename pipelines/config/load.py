"""A config file and its overrides, checked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.config.models import RunConfig
from pipelines.config.refusals import validated
from pipelines.config.yaml_text import KeyPath, Places, parse_with_places
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA_URL = "https://json-schema.org/draft/2020-12/schema"


def load_config(path: Path, overrides: Sequence[str] = ()) -> RunConfig:
    """The checked config, with paths made absolute.

    Args:
        path: the YAML file; paths in it are relative to its folder.
        overrides: `key.key=value` each, the value as YAML; paths in them are relative to the
            working directory.

    Raises:
        ConfigError: the file or an override is unreadable, or a key is unknown, missing, given twice or
            of the wrong type. The place is `FILE:LINE: key.key` or `--set KEY=VALUE: key.key`.
    """
    raw, places = _file_content(path)
    raw = _with_absolute_paths(raw, path.resolve().parent)
    for override in overrides:
        raw = _overridden(raw, places, override)
    return validated(RunConfig, raw, str(path), places=places)


def json_schema() -> str:
    """The JSON schema of the config, for editors."""
    schema = {"$schema": SCHEMA_URL, **RunConfig.model_json_schema()}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _file_content(path: Path) -> tuple[dict[str, Any], Places]:
    if path.is_dir():
        raise ConfigError(str(path), "a folder, not a file", "Give the path of the config in it")
    if not path.is_file():
        raise ConfigError(
            str(path), "no such file", "Give the path of a config; `polystance init DIR` writes one"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        cure = "Check the path and who may read it"
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", cure) from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"not UTF-8 at byte {error.start}", "Save the file as UTF-8") from error
    raw, places = parse_with_places(text, lambda line: f"{path}:{line}")
    if not isinstance(raw, dict):
        raise ConfigError(places[()], "not a mapping of keys to values", "Start from `polystance init DIR`")
    return raw, places


def _overridden(raw: Mapping[str, Any], places: Places, override: str) -> dict[str, Any]:
    """A copy of the config with one `key.key=value` applied, and the places of its keys noted."""
    key, equals, value = override.partition("=")
    place = f"--set {override}"
    if not equals or not key.strip():
        raise ConfigError(place, "not of the form KEY=VALUE", "Write for example --set find.context=1")
    path = tuple(key.strip().split("."))
    nested: Any = parse_with_places(value, lambda _: place, path)[0]
    for part in reversed(path):
        nested = {part: nested}
    reader = _reader_of(nested) or _reader_of(raw)
    return _merged(raw, _with_absolute_paths(nested, Path.cwd(), reader), places, place)


def _reader_of(raw: Mapping[str, Any]) -> object:
    articles = raw.get("articles")
    return articles.get("reader") if isinstance(articles, dict) else None


def _merged(
    below: Mapping[str, Any], above: Mapping[str, Any], places: Places, place: str, path: KeyPath = ()
) -> dict[str, Any]:
    """`above` merged over `below`; the keys that it replaces or adds get its place."""
    merged = dict(below)
    for key, value in above.items():
        inner = (*path, str(key))
        under = merged.get(key)
        if isinstance(under, dict) and isinstance(value, dict):
            merged[key] = _merged(under, value, places, place, inner)
            continue
        for replaced in [other for other in places if other[: len(inner)] == inner]:
            del places[replaced]
        places[inner] = place
        merged[key] = value
    return merged


def _with_absolute_paths(raw: Mapping[str, Any], base: Path, reader: object = None) -> dict[str, Any]:
    """The config with article paths, and models that are local folders, made absolute."""
    resolved = dict(raw)
    articles = resolved.get("articles")
    if isinstance(articles, str | list):  # the path alone
        articles = {"path": articles}
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
    """A model's name, made absolute if it is a folder below `base`."""
    if isinstance(spec, dict) and "model" in spec:
        return spec | {"model": _local_model(spec["model"], base)}
    is_folder = isinstance(spec, str) and bool(spec) and (base / Path(spec).expanduser()).is_dir()
    return _absolute(spec, base) if is_folder else spec
