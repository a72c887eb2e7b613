"""MarianMT models of the hub or of a local folder, run by transformers."""

from __future__ import annotations

import warnings
from typing import Any, Literal

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.hub import fetch
from pipelines.errors import ModelError
from pipelines.translate.checkpoint import MarianCheckpoint
from pipelines.translate.vocabulary import target_code


class MarianTranslator(MarianCheckpoint):
    """Translates with a MarianMT checkpoint.

    Args:
        model: hub id, id@revision or local folder.
        pivot: code of the language to translate to, which selects the target prefix of a multi-target model.
        offline: never ask the hub.
        batch_size: sentences of a batch, sorted by length; changes speed only.
        beam_size: by default the one in the model's generation config.
        max_length: tokens of a translation and of a source sentence at most; never more than the
            model's positions. A longer sentence is cut at clause marks, translated and rejoined.
        device: cpu, cuda, ... ; by default the first GPU, else the CPU.
        dtype: float32, or bfloat16 or float16 for speed on a GPU.
        no_repeat_ngram_size: no n-gram of this many tokens twice; 0 for no limit.
        place: of the model's name in the config, for errors.

    See Junczys-Dowmunt et al. (2018), Marian: Fast Neural Machine Translation in C++.
    """

    engine = "marian"

    def __init__(
        self,
        model: str | None = None,
        *,
        pivot: str = "en",
        offline: bool = False,
        batch_size: PositiveInt = 16,
        beam_size: PositiveInt | None = None,
        max_length: PositiveInt | None = None,
        device: str | None = None,
        dtype: Literal["float32", "bfloat16", "float16"] = "float32",
        no_repeat_ngram_size: int = 0,
        place: str = "translation",
    ) -> None:
        super().__init__(
            model,
            pivot=pivot,
            offline=offline,
            beam_size=beam_size,
            max_length=max_length,
            no_repeat_ngram_size=no_repeat_ngram_size,
            place=place,
        )
        self.batch_size, self.device, self.dtype = batch_size, device, dtype
        self._network: Any = None
        self._tokenizer: Any = None

    @property
    def settings(self) -> dict[str, object]:
        """The options that change the translations; the default format is left out, as before it was one."""
        return super().settings | ({} if self.dtype == "float32" else {"dtype": self.dtype})

    def load(self) -> None:
        """Download the model if needed, and load it."""
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
                # It recommends sacremoses, whose normaliser it never calls.
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                tokenizer = MarianTokenizer.from_pretrained(folder)
            network = (
                MarianMTModel.from_pretrained(folder, weights_only=True, dtype=getattr(torch, self.dtype))
                .eval()
                .to(device)
            )
        except Exception as error:  # a damaged model can raise any error
            cause = f"cannot load MarianMT model '{self.model}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, "Fetch it again, or give another model") from error
        code = target_code(tokenizer.supported_language_codes, self.pivot, self.model, self.place)
        self._prefix = f"{code} " if code else ""
        self._tokenizer, self._network = tokenizer, network
        positions = int(network.config.max_position_embeddings)
        self._longest = min(self.max_length or positions, positions)

    def _fits(self, piece: str) -> bool:
        return len(self._tokenizer(self._prefix + piece)["input_ids"]) <= self._longest

    def _generated(self, pieces: list[str]) -> list[str]:
        ordered = sorted(pieces, key=lambda piece: (len(piece), piece))
        translations: dict[str, str] = {}
        for start in range(0, len(ordered), self.batch_size):
            batch = ordered[start : start + self.batch_size]
            translations.update(zip(batch, self._batch(batch), strict=True))
        return [translations[piece] for piece in pieces]

    def _batch(self, batch: list[str]) -> list[str]:
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
                num_return_sequences=self.rank + 1,
                **beams,
            )
        chosen = output[self.rank :: self.rank + 1]
        decoded: list[str] = self._tokenizer.batch_decode(chosen, skip_special_tokens=True)
        return decoded
