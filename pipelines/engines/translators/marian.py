"""MarianMT models of the hub or of a local folder, run by transformers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from pipelines.engines.base import Translation
from pipelines.engines.hub import fetch, identify
from pipelines.engines.translators.cutting import cut
from pipelines.engines.translators.vocabulary import target_code
from pipelines.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import ModelIdentity, Translator


class MarianTranslator:
    """Translates with a MarianMT checkpoint.

    Args:
        model: hub id, id@revision or local folder.
        pivot: language to translate to, which names the target prefix of a multi-target model.
        offline: never ask the hub.
        batch_size: sentences at a time, sorted by length; changes speed only.
        beam_size: by default the one in the model's generation config.
        max_length: tokens of a translation and of a source sentence at most; never more than the
            model's positions. A longer sentence is cut at clause marks, translated and rejoined.
        device: cpu, cuda, ... ; by default the first GPU, else the CPU.
        no_repeat_ngram_size: no sequence of so many tokens twice; 0 for no limit.
        place: of the model's name in the config, for errors.

    See Junczys-Dowmunt et al. (2018), Marian: Fast Neural Machine Translation in C++.
    """

    def __init__(
        self,
        model: str | None = None,
        pivot: str = "en",
        offline: bool = False,
        batch_size: int = 16,
        beam_size: int | None = None,
        max_length: int | None = None,
        device: str | None = None,
        no_repeat_ngram_size: int = 0,
        place: str = "translation",
    ) -> None:
        if model is None:
            raise ModelError(
                place, "engine 'marian' needs a model", "Give a hub id or a local folder as model"
            )
        self.model, self.pivot, self.offline, self.place = model, pivot, offline, place
        self.batch_size, self.beam_size, self.max_length, self.device = (
            batch_size,
            beam_size,
            max_length,
            device,
        )
        self.no_repeat_ngram_size = no_repeat_ngram_size
        self._network: Any = None
        self._tokenizer: Any = None

    def identity(self) -> ModelIdentity:
        """The model's name, revision and hashes; what is not here yet is not fetched for it."""
        settings = {
            "beam_size": self.beam_size,
            "max_length": self.max_length,
            "pivot": self.pivot,
            "no_repeat_ngram_size": self.no_repeat_ngram_size,
        }
        return identify("marian", self.model, settings)

    def fetch(self) -> None:
        """Fetches the model from the hub where it is not here yet."""
        fetch(self.model, self.offline, self.place)

    def load(self) -> None:
        """Fetches the model where needed, and loads it."""
        if self._network is not None:
            return
        folder = fetch(self.model, self.offline, self.place)
        import torch
        from transformers import MarianMTModel, MarianTokenizer
        from transformers.utils import logging

        logging.disable_progress_bar()
        device = self.device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            with warnings.catch_warnings():
                # It asks for sacremoses, whose normaliser it then never calls.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = MarianTokenizer.from_pretrained(folder)
            network = (
                MarianMTModel.from_pretrained(folder, weights_only=True, dtype=torch.float32)
                .eval()
                .to(device)
            )
        except Exception as error:  # a damaged model fails in as many ways as it has files
            cause = f"cannot load MarianMT model '{self.model}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, "Fetch it again, or give another model") from error
        code = target_code(tokenizer.supported_language_codes, self.pivot, self.model, self.place)
        self._prefix = f"{code} " if code else ""
        self._tokenizer, self._network = tokenizer, network
        positions = int(network.config.max_position_embeddings)
        self._longest = min(self.max_length or positions, positions)

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """One translation for each sentence, in order; `cut` marks those that were too long."""
        self.load()
        pieces = [cut(sentence, self._fits) for sentence in sentences]
        distinct = sorted({piece for cuts in pieces for piece in cuts}, key=lambda piece: (len(piece), piece))
        translated: dict[str, str] = {}
        for start in range(0, len(distinct), self.batch_size):
            batch = distinct[start : start + self.batch_size]
            translated.update(zip(batch, self._generate(batch), strict=True))
        return [
            Translation(" ".join(translated[piece] for piece in cuts), ("cut",) if len(cuts) > 1 else ())
            for cuts in pieces
        ]

    def alternatives(self) -> list[Translator]:
        """The same loaded model decoding otherwise, for sentences that it got wrong."""
        return [self._with(no_repeat_ngram_size=3), self._with(no_repeat_ngram_size=3, beam_size=1)]

    def _with(self, **settings: int) -> MarianTranslator:
        other = object.__new__(type(self))
        other.__dict__ |= self.__dict__ | settings
        return other

    def _fits(self, piece: str) -> bool:
        return len(self._tokenizer(self._prefix + piece)["input_ids"]) <= self._longest

    def _generate(self, batch: list[str]) -> list[str]:
        import torch

        inputs = self._tokenizer(
            [self._prefix + piece for piece in batch], return_tensors="pt", padding=True
        ).to(self._network.device)
        beams = {} if self.beam_size is None else {"num_beams": self.beam_size}
        with torch.inference_mode():
            output = self._network.generate(
                **inputs,
                max_length=self._longest,
                no_repeat_ngram_size=self.no_repeat_ngram_size,
                **beams,
            )
        decoded: list[str] = self._tokenizer.batch_decode(output, skip_special_tokens=True)
        return decoded
