"""YAML as people mean it, with the place of each key: `no` is Norwegian, a date is text."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KeyPath = tuple[str, ...]
"""Keys and list positions from the outermost inwards, each as text: ("actors", "0", "name")."""
Places = dict[KeyPath, str]
"""The place of each key and list item, as errors show it; that of the whole text is under ()."""

# Patterns of all that is not text in the YAML 1.2 core schema, and the characters that a match begins with.
# Each matches less than PyYAML's own pattern, so that what `dump_yaml` writes without quotes reads back.
_NOT_TEXT = {
    "bool": (r"true|True|TRUE|false|False|FALSE", [*"tTfF"]),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", [*"-+0123456789"]),
    "float": (
        r"(?:[-+]?[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        [*"-+.0123456789"],
    ),
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "merge": (r"<<", ["<"]),
}


QUOTE = "Put quotation marks around the value"
TAGGED = re.compile(r"!!?\w|\d{1000}")
NEEDS_QUOTES = re.compile(r":\s+[^\s\"'\[{].*:\s|:\s+[@`%&*!|>]|-\s+[@`%&*!|>]")
"""A value with a colon and a space, or one that begins with a sign of YAML."""
EXPLAINED = {
    "mapping values are not allowed": ("a colon and a space inside a value", QUOTE),
    "found undefined alias": ("a value that begins with * refers to something that has no such name", QUOTE),
    "could not determine a constructor": ("a value that begins with !", QUOTE),
    "found character '%' that": ("a value that begins with %", QUOTE),
    "found character '@' that": ("a value that begins with @", QUOTE),
    "found character '`' that": ("a value that begins with `", QUOTE),
    "found unexpected end of stream": ("a quotation mark or bracket that is never closed", "Close it"),
    "found duplicate anchor": ("two values with the same & name", "Give each its own"),
    "expected ',' or ']'": ("a list without its closing bracket, or without a comma", "Add it"),
    "expected ',' or '}'": ("a { without its closing bracket, or without a comma", "Add it"),
    "found unknown escape character": ('a backslash inside "..."', "Use '...' or write it twice"),
    "unhashable": ("a list or section as a key", QUOTE),
    "expected the node content": ("a value that is missing or begins with a sign of YAML", QUOTE),
    "another document": ("a line of --- begins a second document", "Remove what is below it"),
    "found a tab": ("a tab before a key", "Indent with spaces"),
}
"""What PyYAML says, and what people have to know."""


class _Loader(yaml.SafeLoader):
    """Booleans and numbers as in YAML 1.2; dates are text."""

    yaml_implicit_resolvers = {}


for _tag, (_pattern, _first) in _NOT_TEXT.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)


def parse_yaml(text: str, place: str) -> Any:
    """The value that a YAML text holds.

    Raises:
        ConfigError: not YAML, or a key is given twice; the place carries the line.
    """
    return parse_with_places(text, lambda line: f"{place}:{line}")[0]


def packaged_yaml(package: str, name: str) -> Any:
    """The value in a YAML file that a package of polystance brings.

    Args:
        package: as its modules' `__package__`.
        name: of the file.
    """
    return parse_yaml(files(package).joinpath(name).read_text("utf-8"), name)


def parse_with_places(text: str, place_of: Callable[[int], str], under: KeyPath = ()) -> tuple[Any, Places]:
    """The value that a YAML text holds, and the place of each of its keys.

    Args:
        text: YAML.
        place_of: names the place of a line, counted from 1.
        under: the key that the text is the value of.

    Raises:
        ConfigError: not YAML, or a key is given twice.
    """
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        places = _places(root, place_of, under)
        return (None if root is None else loader.construct_document(root)), places
    except yaml.YAMLError as error:
        key = f": {'.'.join(under)}" if under else ""
        line = _line_of(error, text)
        raise ConfigError(f"{place_of(line)}{key}", *_explained(error, text, line)) from error
    except RecursionError as error:
        raise ConfigError(place_of(1), "nested too deeply", "Write fewer levels") from error
    except (
        ValueError,
        TypeError,
        KeyError,
        OverflowError,
        AttributeError,
        IndexError,
    ) as error:  # of a value after a tag such as !!int
        raise ConfigError(
            place_of(_tag_line(text)), "a value that does not fit its tag, or has too many digits", QUOTE
        ) from error


def _tag_line(text: str) -> int:
    """The first line with a tag or a very long number, counted from 1."""
    tagged = TAGGED.search(text)
    return text.count("\n", 0, tagged.start()) + 1 if tagged else 1


def _explained(error: yaml.YAMLError, text: str, line: int) -> tuple[str, str]:
    """Cause and cure of what the parser refuses, in words of what people write."""
    lines = text.splitlines()
    near = [lines[place] for place in (line - 1, line - 2) if 0 <= place < len(lines)]
    if isinstance(error, yaml.reader.ReaderError):
        return "a character that YAML does not allow", "Remove it; it may be invisible"
    if any("\t" in text[: len(text) - len(text.lstrip())] for text in near):
        return "a tab before a key", "Indent with spaces"
    problem = str(getattr(error, "problem", None) or error)
    for sign, (cause, cure) in EXPLAINED.items():
        if sign in problem:
            return cause, cure
    value = next((text.strip() for text in near if NEEDS_QUOTES.search(text)), "")
    if value:
        return f"the value in `{value[:60]}` has a sign with a meaning of its own", QUOTE
    return (
        "not YAML: brackets, quotation marks or indentation do not fit together",
        "Correct this line or the one above",
    )


def _line_of(error: yaml.YAMLError, text: str) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1


def _places(root: yaml.Node | None, place_of: Callable[[int], str], under: KeyPath) -> Places:
    lines = {under: root.start_mark.line + 1 if root else 1}
    for path, line in _lines(root, under, set()):
        if path in lines:
            first = f", first on line {lines[path]}" if lines[path] != line else ""
            raise ConfigError(
                f"{place_of(line)}: {'.'.join(path)}", f"the key is given twice{first}", "Keep one of them"
            )
        lines[path] = line
    return {path: place_of(line) for path, line in lines.items()}


def _lines(node: yaml.Node | None, path: KeyPath, walked: set[int]) -> Iterator[tuple[KeyPath, int]]:
    """Each key and list item with its line; an anchored node is visited once, so that a loop ends."""
    if id(node) in walked:
        return
    walked.add(id(node))
    if isinstance(node, yaml.MappingNode):
        inner = [
            (str(key.value), key, value) for key, value in node.value if isinstance(key, yaml.ScalarNode)
        ]
    elif isinstance(node, yaml.SequenceNode):
        inner = [(str(position), item, item) for position, item in enumerate(node.value)]
    else:
        return
    for name, named, value in inner:
        yield (*path, name), named.start_mark.line + 1
        yield from _lines(value, (*path, name), walked)


def dump_yaml(value: object) -> str:
    """YAML text that `parse_yaml` reads back."""
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)
