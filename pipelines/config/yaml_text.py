"""YAML as people mean it: `no` is Norwegian, a date is text, and a key stands once."""

from __future__ import annotations

import re
from typing import Any

import yaml

from pipelines.errors import ConfigError


class _Loader(yaml.SafeLoader):
    """Booleans as in YAML 1.2, no dates, no repeated keys."""

    yaml_implicit_resolvers = {  # noqa: RUF012  (the name and form are PyYAML's)
        first: [
            (tag, pattern) for tag, pattern in resolvers if tag.rsplit(":", 1)[1] not in {"bool", "timestamp"}
        ]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if isinstance(key, str | int) and key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' stands twice", key_node.start_mark
                )
            seen.add(key if isinstance(key, str | int) else repr(key))
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def parse_yaml(text: str, place: str) -> Any:
    """The value that a YAML text holds.

    Raises:
        ConfigError: not YAML, or a key stands twice; the place carries line and column.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place}:{mark.line + 1}:{mark.column + 1}" if mark else place
        raise ConfigError(
            where, getattr(error, "problem", None) or "not YAML", "Mend the YAML there"
        ) from error


def dump_yaml(value: object) -> str:
    """YAML text that `parse_yaml` reads back."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)
