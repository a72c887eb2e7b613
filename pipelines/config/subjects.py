"""Whom a config asks about, and toward what: actors and targets."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    model_validator,
)

from pipelines.config.section import Section
from pipelines.config.types import (
    Aliases,
    AliasKey,
    NotBlank,
    Pronoun,
    distinct_languages,
    listed,
)

PerLanguage = Annotated[
    dict[AliasKey, Aliases],
    BeforeValidator(distinct_languages),
    BeforeValidator(lambda value: {"all": value} if isinstance(value, str | list) else value),
]
"""Words per language, `all` for every language; a word or a list alone is for all."""


class Named(Section):
    """What may be given as its name alone."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    name: NotBlank


class Actor(Named):
    """A person, organisation or country whose stance is judged."""

    aliases: PerLanguage = {}
    """Names per language, `all` for every language; by default the name alone."""
    epithets: PerLanguage = {}
    """What else the actor is called, per language (the Russian leader): counts only after a name."""
    pronouns: Annotated[list[Pronoun], BeforeValidator(listed)] = []
    """Pronouns that may refer to the actor: he, she, they, it; by default he and she."""
    needs_full_name: bool = False
    """Count a name that is a part of a longer one (Yoon) only after the longer one (Yoon Suk Yeol)."""

    def aliases_in(self, language: str) -> list[str]:
        """The actor's aliases in a language, without repeats."""
        return _named(self.aliases, language) or [self.name]

    def epithets_in(self, language: str) -> list[str]:
        """The actor's epithets in a language, without repeats."""
        return _named(self.epithets, language)


def _named(names: dict[str, list[str]], language: str) -> list[str]:
    return list(dict.fromkeys([*names.get("all", []), *names.get(language, [])]))


class Target(Named):
    """Something that an actor may support or oppose."""

    text: str = ""
    """As hypotheses name it, in the pivot language; by default the name."""
    kind: Literal["general", "policy", "event", "person", "organisation"] = "general"
    """Chooses the wordings of the hypotheses, and the words that may refer back to the target."""
    aliases: PerLanguage = {}
    """What texts call the target, per language, `all` for every language; looked for in source and pivot."""
    terms: PerLanguage = {}
    """Single words that show that a text speaks of the target, per language or one list for all. Without
    aliases and terms, the words of the target's text count."""

    @property
    def wording(self) -> str:
        """The target as hypotheses name it."""
        return self.text.strip() or self.name

    def aliases_in(self, language: str) -> list[str]:
        """The target's aliases in a language, without repeats."""
        return _named(self.aliases, language)

    def terms_in(self, language: str) -> list[str]:
        """The target's terms in a language, without repeats."""
        return _named(self.terms, language)
