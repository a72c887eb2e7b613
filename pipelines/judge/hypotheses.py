"""Hypotheses whose entailment an NLI model judges."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.config.yaml_text import parse_yaml
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.engines.base import Pair

FILE = "hypotheses.yaml"
GENERAL = "general"


class Wordings(NamedTuple):
    """Wordings of the two stances; the two at the same index mirror each other."""

    supports: tuple[str, ...]
    opposes: tuple[str, ...]


class Hypotheses(NamedTuple):
    """Wordings for each kind of target, and further hypotheses by their roles."""

    by_kind: dict[str, Wordings]
    further: dict[str, str]

    @classmethod
    def of(cls, wordings: Mapping[str, Sequence[str]] | None, also: Sequence[str], place: str) -> Hypotheses:
        """Hypotheses of the data file, or own wordings, which are used for every kind of target.

        Args:
            wordings: own wordings under supports and opposes; None for the data file's.
            also: further roles of the data file.
            place: of the engine in the config, for errors.

        Raises:
            ConfigError: unequal numbers of wordings for the two stances, or an unknown field in one.
        """
        table = _table()
        further = {
            name if len(table["also"][name]) == 1 else f"{name} {number}": wording
            for name in also
            for number, wording in enumerate(table["also"][name], 1)
        }
        if wordings is None:
            return cls({kind: _wordings(own, FILE) for kind, own in table["kinds"].items()}, further)
        return cls({GENERAL: _wordings(wordings, f"{place}: options.hypotheses")}, further)

    def further_of(self, pair: Pair) -> list[tuple[str, str]]:
        """Premise and hypothesis of each further role."""
        return [(pair.premise, w.format(actor=pair.actor, target=pair.target)) for w in self.further.values()]

    def stances_of(self, pair: Pair, wordings: int) -> list[tuple[str, str]]:
        """Premise and hypothesis of the first `wordings` wordings: of support, then of opposition."""
        own = self.by_kind.get(pair.kind) or self.by_kind[GENERAL]
        chosen = (*own.supports[:wordings], *own.opposes[:wordings])
        return [(pair.premise, wording.format(actor=pair.actor, target=pair.target)) for wording in chosen]

    @classmethod
    def of_negations(cls, also: Sequence[str]) -> Hypotheses:
        """Hypotheses with negated wordings: each says the contrary of the stance that it is listed under."""
        return cls.of(_table()["negated"], also, FILE)

    @property
    def size(self) -> int:
        """Number of wordings of each stance."""
        return min(len(own.supports) for own in self.by_kind.values())


def _wordings(texts: Mapping[str, Sequence[str]], place: str) -> Wordings:
    if set(texts) != {"supports", "opposes"} or not len(texts["supports"]) == len(texts["opposes"]) > 0:
        cause = "not as many wordings under supports as under opposes"
        raise ConfigError(place, cause, "Give both, in pairs that mirror each other")
    for wording in (*texts["supports"], *texts["opposes"]):
        try:
            wording.format(actor="", target="")
        except (AttributeError, KeyError, IndexError, ValueError) as error:
            cause = f"'{wording}' has a field that is neither {{actor}} nor {{target}}"
            raise ConfigError(place, cause, "Write {actor} and {target}") from error
    return Wordings(tuple(texts["supports"]), tuple(texts["opposes"]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = parse_yaml(files(__package__).joinpath(FILE).read_text("utf-8"), FILE)
    return table
