"""Meanings of an NLI model's labels."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipelines.config.yaml_text import parse_yaml
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

Meaning = Literal["entailment", "neutral", "contradiction", "not_entailment"]
CURE = "Name their meanings in order, such as stance.options.labels: [contradiction, neutral, entailment]"


class LabelOrder(NamedTuple):
    """The index of each meaning in a model's logits; `contradiction` is None if there are two labels."""

    entailment: int
    other: int
    contradiction: int | None = None

    def log_odds(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of entailment and, of three labels, of contradiction against the other label.

        Args:
            logits: float array (questions, labels).

        Returns:
            float array (questions, 1) or (questions, 2), in nats.
        """
        columns = [self.entailment] if self.contradiction is None else [self.entailment, self.contradiction]
        return logits[:, columns] - logits[:, [self.other]]


def label_order(names: Mapping[int, str], meanings: Sequence[Meaning] | None, place: str) -> LabelOrder:
    """Derive the order of a model's labels from their names or from the user's list.

    Args:
        names: index -> name, from the model's config.
        meanings: the user's list of their meanings, in order; None to read the names.
        place: of the engine in the config, for errors.

    Raises:
        ModelError: not two or three labels, or names from which their meanings do not follow.
    """
    known = ", ".join(names[index] for index in sorted(names))
    if len(names) not in (2, 3):
        cause = f"the model has {len(names)} labels ({known}); an NLI model has two or three"
        raise ModelError(place, cause, "Give an NLI model")
    order = list(meanings) if meanings else [_meaning(names[index]) for index in sorted(names)]
    if len(order) == len(names) and order.count("entailment") == 1:
        first = order.index("entailment")
        if len(order) == 2:
            return LabelOrder(first, 1 - first)
        if set(order) == {"entailment", "neutral", "contradiction"}:
            return LabelOrder(first, order.index("neutral"), order.index("contradiction"))
    raise ModelError(place, f"cannot tell what the model's labels ({known}) mean", CURE)


def _meaning(name: str) -> str | None:
    return _meanings().get(_plain(name))


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


@cache
def _meanings() -> dict[str, str]:
    table = parse_yaml(files(__package__).joinpath("labels.yaml").read_text("utf-8"), "labels.yaml")
    return {_plain(name): meaning for meaning, known in table.items() for name in known}
