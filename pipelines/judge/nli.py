"""Stance from any NLI checkpoint of the hub or of a local folder, run by transformers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.hub import fetch, identify
from pipelines.errors import ModelError
from pipelines.job.memory import AnswerMemory  # noqa: TC001  (read when options are checked)
from pipelines.judge.labels import Meaning, label_order
from pipelines.judge.zero_shot import Further, ZeroShotJudge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipelines.engines.base import ModelIdentity

DEFAULT_MODEL = "mlburnham/Political_DEBATE_base_v1.0"


class NliJudge(ZeroShotJudge):
    """Judges with a sequence-classification model trained on natural language inference.

    Args:
        model: hub id, id@revision or local folder, of two labels (entailment or not) or three.
        offline: never ask the hub.
        calibration: file of a fitted calibration.
        memory: cache of the model's answers.
        hypotheses: wordings under `supports` and `opposes`, over {actor} and {target}.
        also: further hypotheses: position (does the actor take one?), swapped (the target as the holder).
        remove_prior: subtract the model's log-odds for an empty premise.
        labels: meanings of the model's labels, in order, if their names do not show them.
        batch_size: pairs at a time, sorted by length; changes speed only.
        max_length: tokens of premise and hypothesis; a longer premise loses its end.
        threads: number of torch's threads on the CPU; by default torch's own choice.
        device: cpu, cuda, ... ; by default the first GPU, else the CPU.
        dtype: float32, or bfloat16 or float16 for speed on a GPU.
        place: location of the engine in the config, for errors.

    See Yin, Hay and Roth (2019), Benchmarking Zero-shot Text Classification.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        offline: bool = False,
        calibration: str | None = None,
        memory: AnswerMemory | None = None,
        hypotheses: dict[str, list[str]] | None = None,
        also: list[Further] = [],  # noqa: B006  (never changed)
        remove_prior: bool = False,
        labels: list[Meaning] | None = None,
        batch_size: PositiveInt = 16,
        max_length: PositiveInt = 256,
        threads: PositiveInt | None = None,
        device: str | None = None,
        dtype: Literal["float32", "bfloat16", "float16"] = "float32",
        place: str = "stance",
    ) -> None:
        self.model, self.offline = model or DEFAULT_MODEL, offline
        super().__init__(self.model, hypotheses, also, remove_prior, calibration, memory, place)
        self.meanings, self.batch_size, self.max_length = labels, batch_size, max_length
        self.threads, self.device, self.dtype = threads, device, dtype
        self._network: Any = None

    @property
    def settings(self) -> dict[str, object]:
        """Options that change the model's answers."""
        return {"max_length": self.max_length, "labels": self.meanings, "dtype": self.dtype}

    def identity(self) -> ModelIdentity:
        """The model's name, revision and hashes; nothing is fetched for it."""
        return identify("nli", self.model, self.judgement_settings)

    def fetch(self) -> None:
        """Fetch the model from the hub if it is not on this machine."""
        fetch(self.model, self.offline, self.place)

    def load(self) -> None:
        """Fetch the model if needed, and load it."""
        if self._network is not None:
            return
        folder = fetch(self.model, self.offline, self.place)
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        if self.threads is not None:
            torch.set_num_threads(self.threads)
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder)
            network = AutoModelForSequenceClassification.from_pretrained(
                folder, weights_only=True, dtype=getattr(torch, self.dtype)
            )
        except Exception as error:  # a damaged model fails in as many ways as it has files
            cause = f"cannot load NLI model '{self.model}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, "Fetch it again, or give another model") from error
        self.labels = label_order(network.config.id2label, self.meanings, self.place)
        self._tokenizer, self._network = tokenizer, network.eval().to(device)

    def logits(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """The model's answers to premises and hypotheses: float array (questions, labels)."""
        self.load()
        order = sorted(range(len(questions)), key=lambda i: len(questions[i][0]) + len(questions[i][1]))
        batches = [order[start : start + self.batch_size] for start in range(0, len(order), self.batch_size)]
        logits = np.concatenate([self._batch([questions[i] for i in batch]) for batch in batches])
        answers = np.empty_like(logits)
        answers[order] = logits
        return answers

    def _batch(self, questions: list[tuple[str, str]]) -> NDArray[np.float64]:
        import torch

        premises, hypotheses = zip(*questions, strict=True)
        inputs = self._tokenizer(
            list(premises),
            list(hypotheses),
            truncation="only_first",
            max_length=self.max_length,
            padding=True,
            return_tensors="pt",
        ).to(self._network.device)
        with torch.inference_mode():
            logits: NDArray[np.float64] = self._network(**inputs).logits.double().cpu().numpy()
        return logits
