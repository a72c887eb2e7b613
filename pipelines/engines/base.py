"""The Protocols that engines fit, and the small records they exchange.

An engine's constructor takes its YAML options as keyword arguments, checks them and finds its files, all
without loading a model. It also gets those of these arguments that it names as parameters: `offline` and
`place`; a reader `path` and `columns`; a translator `model`, `language` and `pivot`; a judge `model`,
`calibration` and `memory`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from pipelines.records import Label

Result = TypeVar("Result")


class Row(NamedTuple):
    """One record of the input, its values by column; `place` is the file and line, for messages."""

    place: str
    values: Mapping[str, Any]


class Unreadable(NamedTuple):
    """A record that cannot be read, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class ModelIdentity:
    """All that a result depends on: the model's files, and the settings that change its answers."""

    engine: str
    name: str
    revision: str | None = None
    sha256: str | None = None
    licence: str = "see the model's page"
    size: int | None = None
    """Bytes on disk; None if not downloaded yet."""
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """What requests to a server were, and cost, in the currency of the prices that the config gives."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        """Both together."""
        return Usage(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cost + other.cost,
        )


class Translation(NamedTuple):
    """A sentence in the pivot language, with flags for what looks wrong."""

    text: str
    flags: tuple[str, ...] = ()


class Pair(NamedTuple):
    """A question to a stance judge: the actor's stance toward the target in the premise.

    `kind` is the target's: policy, event, person, organisation or general. `sentence` is the passage alone,
    if the premise contains more; an engine may read both, as the NLI engines do, half and half.
    """

    premise: str
    actor: str
    target: str
    kind: str = "general"
    sentence: str | None = None

    def views(self) -> list[Pair]:
        """The pair with its premise and, if it has one, the pair with its sentence as premise."""
        if self.sentence is None or self.sentence == self.premise:
            return [self._replace(sentence=None)]
        return [self._replace(sentence=None), self._replace(premise=self.sentence, sentence=None)]


class Scores(NamedTuple):
    """Probabilities that sum to 1, and the share in [0, 1] of wordings that agree with the label.

    `agreement` is NaN if only one wording was asked. `label` is the engine's own choice; None for the
    likeliest of the three. `confidence`, in [0, 1], is how sure the engine is of its label, to which a
    minimum probability applies; None for the label's probability.
    """

    supports: float
    opposes: float
    neutral: float
    agreement: float
    label: Label | None = None
    confidence: float | None = None


@runtime_checkable
class Reader(Protocol):
    """Reads articles from files or a dataset."""

    def rows(self) -> Iterator[Row | Unreadable]:
        """Yield each record, in a fixed order.

        Raises:
            InputError: the input cannot be read.
        """

    def fingerprint(self) -> str:
        """A string that changes when the input does; cheap, reads no article.

        Raises:
            InputError: no such input.
        """


@runtime_checkable
class Model(Protocol):
    """An engine that holds a model."""

    def identity(self) -> ModelIdentity:
        """The identity of the model, without downloading or loading it."""

    def fetch(self) -> None:
        """Download the model if needed and verify its files.

        Raises:
            ModelError: the files are unavailable or not the expected ones.
        """

    def load(self) -> None:
        """Load the model; a second call does nothing.

        Raises:
            ModelError: the model's files are missing, damaged or in an unknown format.
        """


@runtime_checkable
class Translator(Model, Protocol):
    """Translates sentences into the pivot language."""

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate each sentence, in order; the result does not depend on the batch size.

        Args:
            sentences: n sentences of one language.
            language: their code.

        Returns:
            n translations.
        """


@runtime_checkable
class StanceJudge(Model, Protocol):
    """Judges stance."""

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Score each pair, n for n, in order; the result does not depend on the batch size."""


@runtime_checkable
class Alternatives(Protocol):
    """A translator that can decode in other ways, for sentences that it gets wrong."""

    def alternatives(self) -> list[Translator]:
        """Translators over the same model, the most promising first."""


@runtime_checkable
class Ranking(Protocol):
    """A translator whose search has further hypotheses, for sentences that lack a word of the glossary."""

    def hypotheses(self) -> list[Translator]:
        """Translators over the same model that give its second best hypothesis, its third, ..."""


@runtime_checkable
class Negatable(Protocol):
    """A judge that can be asked the negated question, which controls use."""

    def negated(self) -> StanceJudge:
        """The same judge, asked whether the actor does not support, and does not oppose, the target."""


@runtime_checkable
class LoadReporting(Protocol):
    """An engine that loads its model only when its memory lacks an answer."""

    on_load: Callable[[float], None]
    """Called with the seconds spent on loading."""


class Lost(NamedTuple):
    """A shard whose work has no result, and why: its worker ended, or its stage failed."""

    shard: int
    cause: str


@runtime_checkable
class Metered(Protocol):
    """An engine whose answers cost something."""

    on_usage: Callable[[Usage], None]
    """Called with what was spent since the last call."""

    def expected_usage(self, questions: int, characters: int) -> Usage:
        """An estimate of what answers cost.

        Args:
            questions: number of pairs, or of sentences.
            characters: of all their texts together.
        """


@runtime_checkable
class Parallel(Protocol):
    """A judge that works on many pairs at once, and so waits for the last ones of each block."""

    pairs_at_a_time: int
    """Of a block; changes speed only."""


@runtime_checkable
class Gradual(Protocol):
    """A translator whose translations come one by one, each of them dear."""

    def translate_gradually(
        self, sentences: Sequence[str], language: str, keep: Callable[[dict[str, Translation]], None]
    ) -> None:
        """Translate distinct sentences, and call `keep` with those that are done, by sentence."""


@runtime_checkable
class Executor(Protocol):
    """Runs the work on shards, in this process or in others.

    One that is a context manager is entered before the first stage of a run that has shards, and left after
    the last one: it may keep its workers, which then load each model once.
    """

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        """Yield the result of `work` for each shard, in any order; or the shard as lost, if its worker was.

        Args:
            work: takes the number of a shard; may be pickled.
            shards: numbers of the shards.

        Raises:
            Exception: from `work`.
        """
