"""The articles in a config: where they are, how to read them, which to keep."""

from __future__ import annotations

import difflib
from typing import Annotated

from pydantic import (
    BeforeValidator,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from pipelines.config.section import Section
from pipelines.config.types import (
    FIELDS,
    ISO_DAY,
    DateOrder,
    LanguageCode,
    NotBlank,
    Options,
    Strings,
    listed,
)


class Filter(Section):
    """Which articles to keep: those that have all that is given here."""

    since: Annotated[str | None, Field(pattern=ISO_DAY)] = None
    """The first day: 2024-10-01, 2024-10 or 2024."""
    until: Annotated[str | None, Field(pattern=ISO_DAY)] = None
    """The last day, month or year."""
    outlets: Annotated[list[NotBlank], BeforeValidator(listed)] = []
    """Outlets to keep, as the articles name them."""
    languages: Annotated[list[LanguageCode], BeforeValidator(listed)] = []
    """Languages to keep."""
    words: Annotated[list[NotBlank], BeforeValidator(listed)] = []
    """Words of which the title or the text has one at least, in any case."""


class Articles(Section):
    """The places of the articles, and how to read them."""

    @model_validator(mode="before")
    @classmethod
    def _path_alone(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str | list) else value

    path: Strings
    """Files, globs or folders, relative to this file; with `reader: hub` a data set id of the hub."""
    reader: str | None = None
    """lines (JSONL), csv, parquet, json, excel, sqlite, text, html, documents, files (of several kinds), hub,
    or my_module:MyReader; by default the path's ending."""
    columns: dict[str, str | list[str]] = {}
    """Which column holds which field, if the names differ: a name, a path (source.title), or a list of
    columns to
    join; under any other name a further column to group by."""

    @field_validator("columns")
    @classmethod
    def _no_misspelt_field(cls, columns: dict[str, str | list[str]]) -> dict[str, str | list[str]]:
        for name in columns:
            near = difflib.get_close_matches(name, FIELDS, n=1)
            if near and name not in FIELDS:
                message = (
                    "no such field. Did you mean '{near}'? A further column needs a name less like a field's"
                )
                raise PydanticCustomError("unknown_field", message, {"near": near[0], "below": (name,)})
        return columns

    encoding: str | None = None
    """Of text files, such as cp1251; by default found in each file."""
    dates: DateOrder | None = None
    """day_first or month_first: how to read 03/04/2024; by default such dates count as unknown."""
    repair: bool = False
    """Repair texts that were decoded in a wrong encoding before they came here (VladÃ\xadmir)."""
    filter: Filter | None = None
    """Keep only some of the articles."""
    language: LanguageCode | None = None
    """The language of all articles that do not name their own; identified from the text if absent."""
    max_characters: int = Field(200_000, ge=1)  # some 30,000 words: no news article is as long
    """Characters of an article's text; a longer article is rejected."""
    options: Options = {}
    """Constructor arguments of the reader."""
