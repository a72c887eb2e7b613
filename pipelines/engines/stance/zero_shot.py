"""Stance from entailment: what the engines that hold an NLI model share."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipelines.config.yaml_text import parse_yaml
from pipelines.engines.base import Pair, Scores
from pipelines.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MARGIN, SHARPNESS = 0.3, 6.0


class Hypotheses(NamedTuple):
    """Wordings of the two stances; those at the same place mirror each other."""

    supports: tuple[str, ...]
    opposes: tuple[str, ...]

    @classmethod
    def of(cls, given: dict[str, list[str]] | None, place: str) -> Hypotheses:
        """The given wordings, or those of the data file.

        Raises:
            ConfigError: not as many of one stance as of the other, or an unknown field in one.
        """
        if given is None:
            given = parse_yaml(
                files(__package__).joinpath("hypotheses.yaml").read_text("utf-8"), "hypotheses.yaml"
            )
        where = f"{place}: options.hypotheses"
        if set(given) != {"supports", "opposes"} or not len(given["supports"]) == len(given["opposes"]) > 0:
            cause = "not as many wordings under supports as under opposes"
            raise ConfigError(where, cause, "Give both, in pairs that mirror each other")
        for wording in (*given["supports"], *given["opposes"]):
            try:
                wording.format(actor="", target="")
            except (KeyError, IndexError, ValueError) as error:
                cause = f"'{wording}' has a field that is neither {{actor}} nor {{target}}"
                raise ConfigError(where, cause, "Write {actor} and {target}") from error
        return cls(tuple(given["supports"]), tuple(given["opposes"]))

    def filled(self, pair: Pair) -> list[tuple[str, str]]:
        """Premise and hypothesis for each wording: all that support, then all that oppose."""
        return [
            (pair.premise, wording.format(actor=pair.actor, target=pair.target))
            for wording in (*self.supports, *self.opposes)
        ]


def stance_scores(entailment: NDArray[np.float64], margin: float, sharpness: float) -> list[Scores]:
    """Stance from the entailment of mirrored hypotheses.

    An NLI model that is sure of "A supports T" is often nearly as sure of "A opposes T" on a text that
    says neither; what tells is their difference. So with d the mean entailment of the supporting
    wordings minus that of the opposing ones, the three are softmax(s·d, -s·d, s·m): a stance is
    likelier than neutral where the difference exceeds the margin m, and s says how sharply.

    Args:
        entailment: float array (pairs, 2, wordings), in [0, 1]; supports first.
        margin: in [0, 1].
        sharpness: above 0.

    Returns:
        One score for each pair; agreement is the share of wordings whose own likeliest of the three is
        that of their mean.
    """
    difference = entailment[:, 0] - entailment[:, 1]
    means = _three(difference.mean(axis=1), margin, sharpness)
    each = _three(difference, margin, sharpness).argmax(axis=0)
    agreement = (each == means.argmax(axis=0)[:, None]).mean(axis=1)
    return [Scores(*row) for row in np.column_stack([means.T, agreement]).tolist()]


def _three(difference: NDArray[np.float64], margin: float, sharpness: float) -> NDArray[np.float64]:
    """Array (3, ...): supports, opposes, neutral."""
    neutral = np.full_like(difference, margin)
    exponentials = np.exp(sharpness * np.stack([difference, -difference, neutral]))
    three: NDArray[np.float64] = exponentials / exponentials.sum(axis=0)
    return three


class ZeroShotJudge:
    """Judges stance by asking an NLI model; an engine adds `entailment`, `identity` and `load`."""

    def __init__(
        self,
        hypotheses: dict[str, list[str]] | None = None,
        margin: float = MARGIN,
        sharpness: float = SHARPNESS,
        place: str = "stance",
    ) -> None:
        self.hypotheses = Hypotheses.of(hypotheses, place)
        self.margin, self.sharpness, self.place = margin, sharpness, place

    def entailment(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The probability, in [0, 1], that each premise entails its hypothesis: float array (pairs,)."""
        raise NotImplementedError

    @property
    def settings(self) -> dict[str, object]:
        """What changes the answers beside the model."""
        return {"hypotheses": self.hypotheses._asdict(), "margin": self.margin, "sharpness": self.sharpness}

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        """One score for each pair, in order; each distinct question is asked once."""
        if not pairs:
            return []
        asked = [question for pair in pairs for question in self.hypotheses.filled(pair)]
        distinct = list(dict.fromkeys(asked))
        answer = dict(zip(distinct, self.entailment(distinct).tolist(), strict=True))
        entailment = np.array([answer[question] for question in asked], dtype=np.float64)
        return stance_scores(entailment.reshape(len(pairs), 2, -1), self.margin, self.sharpness)
