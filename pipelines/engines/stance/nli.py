"""Any NLI checkpoint of the hub or of a local folder, run by transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.engines.hub import fetch, identify
from pipelines.engines.stance.zero_shot import MARGIN, SHARPNESS, ZeroShotJudge
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import ModelIdentity

DEFAULT_MODEL = "mlburnham/Political_DEBATE_base_v1.0"
ENTAILMENT_NAMES = {"entailment", "entails", "entail", "entailed"}


class NliJudge(ZeroShotJudge):
    """Judges with a sequence-classification model trained on natural language inference.

    Args:
        model: hub id, id@revision or local folder, of two labels (entailment or not) or three.
        offline: never ask the hub.
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        margin: in [0, 1]: difference in entailment from which a stance is likelier than neutral.
        sharpness: how fast probabilities move away from the margin.
        entailment_label: the name of the model's entailment label, where it is not told by the name.
        batch_size: pairs at a time, sorted by length; changes speed only.
        max_length: tokens of premise and hypothesis; a longer premise loses its end.
        device: cpu, cuda, ... ; by default the first GPU, else the CPU.
        place: of the engine in the config, for errors.

    See Yin, Hay and Roth (2019), Benchmarking Zero-shot Text Classification.
    """

    def __init__(
        self,
        model: str | None = None,
        offline: bool = False,
        hypotheses: dict[str, list[str]] | None = None,
        margin: float = MARGIN,
        sharpness: float = SHARPNESS,
        entailment_label: str | None = None,
        batch_size: int = 16,
        max_length: int = 256,
        device: str | None = None,
        place: str = "stance",
    ) -> None:
        super().__init__(hypotheses, margin, sharpness, place)
        self.model, self.offline = model or DEFAULT_MODEL, offline
        self.entailment_label, self.batch_size = entailment_label, batch_size
        self.max_length, self.device = max_length, device
        self._network: Any = None

    def identity(self) -> ModelIdentity:
        """The model's name, revision and hashes; what is not here yet is not fetched for it."""
        settings = self.settings | {"max_length": self.max_length, "entailment_label": self.entailment_label}
        return identify("nli", self.model, settings)

    def fetch(self) -> None:
        """Fetches the model from the hub where it is not here yet."""
        fetch(self.model, self.offline, self.place)

    def load(self) -> None:
        """Fetches the model where needed, and loads it."""
        if self._network is not None:
            return
        folder = fetch(self.model, self.offline, self.place)
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            network = AutoModelForSequenceClassification.from_pretrained(
                folder, weights_only=True, dtype=torch.float32
            )
        except Exception as error:  # a damaged model fails in as many ways as it has files
            cause = f"cannot load NLI model '{self.model}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, "Fetch it again, or give another model") from error
        self._entailment = entailment_index(network.config.id2label, self.entailment_label, self.place)
        self._tokenizer, self._network = tokenizer, network.eval().to(device)

    def entailment(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The probability, in [0, 1], that each premise entails its hypothesis: float array (pairs,)."""
        self.load()
        order = sorted(range(len(pairs)), key=lambda i: len(pairs[i][0]) + len(pairs[i][1]))
        probabilities = np.zeros(len(pairs))
        for start in range(0, len(order), self.batch_size):
            batch = order[start : start + self.batch_size]
            probabilities[batch] = self._batch([pairs[i] for i in batch])
        return probabilities

    def _batch(self, pairs: list[tuple[str, str]]) -> NDArray[np.float64]:
        import torch

        premises, hypotheses = zip(*pairs, strict=True)
        inputs = self._tokenizer(
            list(premises),
            list(hypotheses),
            truncation="only_first",
            max_length=self.max_length,
            padding=True,
            return_tensors="pt",
        ).to(self._network.device)
        with torch.inference_mode():
            logits = self._network(**inputs).logits.double()
        probabilities: NDArray[np.float64] = torch.softmax(logits, dim=-1)[:, self._entailment].cpu().numpy()
        return probabilities


def entailment_index(labels: Mapping[int, str], named: str | None, place: str) -> int:
    """Which of a model's labels means entailment.

    Args:
        labels: index -> name, two or three of them.
        named: by the user, if at all.
        place: of the engine in the config, for errors.

    Raises:
        ModelError: none is called entailment, or several are; or not two or three labels.
    """
    known = ", ".join(labels.values())
    if len(labels) not in (2, 3):
        cause = f"the model has {len(labels)} labels ({known}); an NLI model has two or three"
        raise ModelError(place, cause, "Give an NLI model")
    wanted = {named.casefold()} if named else ENTAILMENT_NAMES
    fitting = [index for index, label in labels.items() if label.casefold() in wanted]
    if len(fitting) != 1:
        cause = f"cannot tell which of the model's labels ({known}) is entailment"
        raise ModelError(place, cause, "Name it as stance.options.entailment_label")
    return fitting[0]
