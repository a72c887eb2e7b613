"""The Protocols that engines fit, and the small records they exchange.

An engine's constructor takes its YAML options as keyword arguments, checks them and finds its files, all
without loading a model. It may also ask, by naming them as parameters, for `offline` and `place`; a reader
for `path`; a translator for `model`, `language` and `pivot`; a judge for `model`, `calibration` and `memory`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipelines.records import Label

Result = TypeVar("Result")


class Row(NamedTuple):
    """One record as a reader found it; `place` tells a person where it stands."""

    place: str
    values: Mapping[str, Any]


class Unreadable(NamedTuple):
    """A record that could not be read, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class ModelIdentity:
    """What a result depends on: the model's files, and the settings that change its answers."""

    engine: str
    name: str
    revision: str | None = None
    sha256: str | None = None
    licence: str = "see the model's page"
    size: int | None = None
    """Bytes on disk; None where it is not fetched yet."""
    settings: Mapping[str, Any] = field(default_factory=dict)


class Translation(NamedTuple):
    """A sentence in the pivot language, with what went wrong on the way."""

    text: str
    flags: tuple[str, ...] = ()


class Pair(NamedTuple):
    """What a stance judge is asked: the actor's stance toward the target in the premise.

    `kind` is the target's: policy, event, person, organisation or general. `sentence` is the passage alone,
    where the premise holds more than it: what is read in both counts half and half.
    """

    premise: str
    actor: str
    target: str
    kind: str = "general"
    sentence: str | None = None

    def views(self) -> list[Pair]:
        """The pair by its premise and, where it has one, by its sentence."""
        if self.sentence is None or self.sentence == self.premise:
            return [self._replace(sentence=None)]
        return [self._replace(sentence=None), self._replace(premise=self.sentence, sentence=None)]


class Scores(NamedTuple):
    """Probabilities that sum to 1, and the share in [0, 1] of wordings that agree with the label.

    `label` is the engine's own choice; where it is None, the likeliest of the three.
    """

    supports: float
    opposes: float
    neutral: float
    agreement: float
    label: Label | None = None


@runtime_checkable
class Reader(Protocol):
    """Reads articles from where they lie."""

    def rows(self) -> Iterator[Row | Unreadable]:
        """Each record, in a fixed order.

        Raises:
            InputError: nothing can be read there.
        """

    def fingerprint(self) -> str:
        """Changes when the input does; cheap, reads no article.

        Raises:
            InputError: no such input.
        """


@runtime_checkable
class Model(Protocol):
    """An engine that holds a model."""

    def identity(self) -> ModelIdentity:
        """Which model answers; found without fetching or loading it."""

    def fetch(self) -> None:
        """Make the model's files be on this machine, and check them.

        Raises:
            ModelError: they are not to be had, or not the right ones.
        """

    def load(self) -> None:
        """Make the model ready; a second call does nothing.

        Raises:
            ModelError: the model's files are missing, damaged or not understood.
        """


@runtime_checkable
class Translator(Model, Protocol):
    """Translates sentences into the pivot language."""

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """One translation for each sentence, in order, the same in any batch size."""


@runtime_checkable
class StanceJudge(Model, Protocol):
    """Judges stance."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """One score for each pair, in order, the same in any batch size."""


@runtime_checkable
class Alternatives(Protocol):
    """A translator that can decode in other ways, tried on sentences that it gets wrong."""

    def alternatives(self) -> list[Translator]:
        """Translators over the same model, the most promising first."""


@runtime_checkable
class Negatable(Protocol):
    """A judge that can be asked for the contrary, which controls use."""

    def negated(self) -> StanceJudge:
        """The same judge, asked whether the actor does not support and does not oppose the target."""


@runtime_checkable
class LoadReporting(Protocol):
    """An engine that loads its model at the first question that its memory does not know."""

    on_load: Callable[[float], None]
    """Called with the seconds that loading took."""


@runtime_checkable
class Executor(Protocol):
    """Runs shards, here or elsewhere."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result]:
        """The result of `work` on each shard, in any order."""
