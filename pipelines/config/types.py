"""The types of single values in a config, and their checks."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Protocol, TypeVar, get_args

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from pipelines.text.languages import normalise_language
from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

ArticleField = Literal["id", "language", "text", "title", "outlet", "published", "url", "story"]
FIELDS: tuple[ArticleField, ...] = get_args(ArticleField)
Pronoun = Literal["he", "she", "they", "it"]
TimeUnit = Literal["day", "week", "month", "quarter", "year"]
TIME_UNITS: tuple[TimeUnit, ...] = get_args(TimeUnit)
DateOrder = Literal["day_first", "month_first"]
ISO_DAY = r"^\d{4}(-\d{2}(-\d{2})?)?$"
CROSSING = " x "
"""Between the two parts of a crossed grouping, as in `language x month`."""


def known_language(code: str) -> str:
    """The normalised code, for pydantic.

    Raises:
        PydanticCustomError: no such language.
    """
    language = normalise_language(code)
    if language is None:
        raise PydanticCustomError(
            "unknown_language",
            "unknown language '{code}'. Give a BCP 47 code such as pt, ru or zh-Hant",
            {"code": code, "below": ()},
        )
    return language


def listed(value: object) -> object:
    """A list; of a string, a list of that one."""
    return [value] if isinstance(value, str) else value


NotBlank = Annotated[str, Field(min_length=1, pattern=r"\S")]
_STRING_OR_LIST = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}
Strings = Annotated[
    list[NotBlank], Field(min_length=1), BeforeValidator(listed), WithJsonSchema(_STRING_OR_LIST)
]


def distinct_languages(value: object) -> object:
    """The value; two spellings of one language are refused, since one would silently disappear.

    Raises:
        PydanticCustomError: a language is given twice.
    """
    seen: dict[str, str] = {}
    for key in value if isinstance(value, dict) else ():
        code = normalise_language(str(key)) or str(key)
        if code in seen:
            raise PydanticCustomError(
                "repeated_language",
                "'{first}' and '{second}' are the same language. Keep one of them",
                {"first": seen[code], "second": str(key), "below": (str(key),)},
            )
        seen[code] = str(key)
    return value


def spaced_crossing(name: str) -> str:
    """A grouping with single spaces around the x that crosses two of them."""
    return CROSSING.join(part.strip() for part in re.split(r"\s+[x×]\s+", name.strip()))


Named = TypeVar("Named", bound="HasName")


class HasName(Protocol):
    """An actor or a target."""

    @property
    def name(self) -> str:
        """As the tables show it."""


def distinct_names(items: list[Named]) -> list[Named]:
    """The items; no two of them have the same name.

    Raises:
        PydanticCustomError: a name is given twice.
    """
    names: set[str] = set()
    for position, item in enumerate(items):
        if item.name in names:
            raise PydanticCustomError(
                "repeated_name",
                "the name '{name}' is given twice. Give each its own name",
                {"name": item.name, "below": (str(position), "name")},
            )
        names.add(item.name)
    return items


def _visible(alias: str) -> str:
    if not normalise(alias):
        raise PydanticCustomError(
            "empty_alias", "an alias without a letter or sign. Remove it", {"below": ()}
        )
    return alias


def _switch_or_path(value: object) -> object:
    """The value; a wrong one is refused here, since pydantic would list each type that it could have been."""
    if isinstance(value, bool | str) or value in (0, 1):
        return value
    raise PydanticCustomError(
        "no_switch_or_path", "neither true, false nor a file's path. Give one of them", {"below": ()}
    )


Memory = Annotated[bool | str, BeforeValidator(_switch_or_path)]
GroupBy = Annotated[str, Field(min_length=1), AfterValidator(spaced_crossing)]
LanguageCode = Annotated[str, AfterValidator(known_language)]
Alias = Annotated[str, AfterValidator(_visible)]
Aliases = Annotated[
    list[Alias], Field(min_length=1), BeforeValidator(listed), WithJsonSchema(_STRING_OR_LIST)
]
AliasKey = Annotated[str, AfterValidator(lambda key: key if key == "all" else known_language(key))]
RUN_NAME = r"^[\w][\w.-]*$"
RunName = Annotated[str, Field(pattern=RUN_NAME)]
Options = dict[str, Any]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A cure for a misspelt word: the nearest known one, or all of them."""
    known = list(known)
    # 0.6, similarity in [0, 1]: the default of difflib
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known) or 'none'}"
