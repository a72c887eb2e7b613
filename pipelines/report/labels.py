"""The texts of the report, from labels.yaml or a translation of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.config.yaml_text import packaged_yaml, parse_yaml
from pipelines.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "labels.yaml"
Labels = dict[str, Any]


def load_labels(path: Path | None = None) -> Labels:
    """The texts by key; those that a translation lacks are English.

    Args:
        path: a translation: YAML with some of the keys of labels.yaml; None for English.

    Raises:
        InputError: no such file, or a key that labels.yaml lacks.
    """
    labels: Labels = packaged_yaml(__package__, FILE)
    if path is None:
        return labels
    if not path.is_file():
        raise InputError(str(path), "no such file", f"Give a translation of pipelines/report/{FILE}")
    translation = parse_yaml(path.read_text("utf-8"), str(path))
    if not isinstance(translation, dict) or (unknown := sorted(set(translation) - set(labels))):
        cause = "not a mapping" if not isinstance(translation, dict) else f"unknown keys {', '.join(unknown)}"
        raise InputError(str(path), cause, f"Use the keys of pipelines/report/{FILE}")
    return {key: _merged(value, translation.get(key)) for key, value in labels.items()}


def _merged(english: Any, translation: Any) -> Any:
    if translation is None:
        return english
    return {**english, **translation} if isinstance(english, dict) else translation


def language_name(labels: Labels, code: str) -> str:
    """The name of a language, or its code if labels.yaml has no name for it."""
    return str(labels["language_names"].get(code, code))


def group_name(labels: Labels, by: str, group: str) -> str:
    """A group as it is called in a sentence."""
    return language_name(labels, group) if by == "language" else group


def enumeration(labels: Labels, names: Sequence[str]) -> str:
    """Names as a sentence lists them: a, b and c."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {labels['and']} {names[-1]}"


def date_in_words(labels: Labels, day: str) -> str:
    """YYYY-MM-DD as `24 October 2024`; any other text as it is."""
    year, _, rest = day.partition("-")
    month, _, number = rest.partition("-")
    if not (month.isdigit() and number.isdigit() and 1 <= int(month) <= 12):
        return day
    return f"{int(number)} {labels['months'][int(month) - 1]} {year}"


def filled(text: str, values: Mapping[str, object]) -> str:
    """A text with its names in braces filled in."""
    return text.format_map(values)
