"""The hypotheses that an NLI model is asked about."""

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
    """Wordings of the two stances; those at the same place mirror each other."""

    supports: tuple[str, ...]
    opposes: tuple[str, ...]


class Hypotheses(NamedTuple):
    """Wordings for each kind of target, and further hypotheses by their roles."""

    by_kind: dict[str, Wordings]
    further: dict[str, str]

    @classmethod
    def of(cls, given: Mapping[str, Sequence[str]] | None, also: Sequence[str], place: str) -> Hypotheses:
        """Those of the data file; wordings that are given stand for every kind of target.

        Args:
            given: wordings under supports and opposes, or None.
            also: further roles of the data file.
            place: of the engine in the config, for errors.

        Raises:
            ConfigError: not as many of one stance as of the other, or an unknown field in one.
        """
        table = _table()
        further = {
            name if len(table["also"][name]) == 1 else f"{name} {number}": wording
            for name in also
            for number, wording in enumerate(table["also"][name], 1)
        }
        if given is None:
            return cls({kind: _wordings(own, FILE) for kind, own in table["kinds"].items()}, further)
        return cls({GENERAL: _wordings(given, f"{place}: options.hypotheses")}, further)

    def further_of(self, pair: Pair) -> list[tuple[str, str]]:
        """Premise and hypothesis of the further roles."""
        return [(pair.premise, w.format(actor=pair.actor, target=pair.target)) for w in self.further.values()]

    def stances_of(self, pair: Pair, wordings: int) -> list[tuple[str, str]]:
        """Premise and hypothesis of the first wordings: those that support, then those that oppose."""
        own = self.by_kind.get(pair.kind) or self.by_kind[GENERAL]
        chosen = (*own.supports[:wordings], *own.opposes[:wordings])
        return [(pair.premise, wording.format(actor=pair.actor, target=pair.target)) for wording in chosen]

    @classmethod
    def of_negations(cls, also: Sequence[str]) -> Hypotheses:
        """Wordings that say the contrary of what they stand under."""
        return cls.of(_table()["negated"], also, FILE)

    @property
    def size(self) -> int:
        """How many wordings each stance has."""
        return min(len(own.supports) for own in self.by_kind.values())


def _wordings(given: Mapping[str, Sequence[str]], where: str) -> Wordings:
    if set(given) != {"supports", "opposes"} or not len(given["supports"]) == len(given["opposes"]) > 0:
        cause = "not as many wordings under supports as under opposes"
        raise ConfigError(where, cause, "Give both, in pairs that mirror each other")
    for wording in (*given["supports"], *given["opposes"]):
        try:
            wording.format(actor="", target="")
        except (AttributeError, KeyError, IndexError, ValueError) as error:
            cause = f"'{wording}' has a field that is neither {{actor}} nor {{target}}"
            raise ConfigError(where, cause, "Write {actor} and {target}") from error
    return Wordings(tuple(given["supports"]), tuple(given["opposes"]))


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = parse_yaml(files(__package__).joinpath(FILE).read_text("utf-8"), FILE)
    return table
