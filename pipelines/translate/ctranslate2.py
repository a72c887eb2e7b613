"""MarianMT checkpoints run by CTranslate2, several times as fast, and folders that are already converted."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.cache import cache_folder
from pipelines.engines.hub import WEIGHTS, fetch, fingerprint_of_folder
from pipelines.engines.threads import processors
from pipelines.errors import ModelError
from pipelines.translate import converted
from pipelines.translate.checkpoint import MarianCheckpoint
from pipelines.translate.converted import ConvertedVocabulary, is_converted
from pipelines.translate.vocabulary import MarianVocabulary

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = "Install it: pip install 'polystance[ct2]'"
WHOLE = converted.WEIGHTS
"""A file of every converted model, whose folder is renamed into place once it is complete."""
TOKENS_AT_A_TIME = 512
"""Tokens of a batch; changes speed and memory, not results."""


class CTranslate2Translator(MarianCheckpoint):
    """Translates with a MarianMT checkpoint, converted once into the user's cache, or a converted model.

    Args:
        model: hub id, id@revision or local folder of a checkpoint as transformers reads it, or of a model
            that CTranslate2 reads as it is (model.bin with SentencePiece files).
        pivot: code of the language to translate to, which selects the target prefix of a multi-target model.
        offline: never ask the hub.
        beam_size: by default the one in the model's generation config.
        max_length: tokens of a translation and of a source sentence at most; never more than the
            model's positions; of a converted model, which does not say them, 256 by default. A longer
            sentence is cut at clause marks, translated and rejoined.
        quantization: int8, float16, float32 ...; by default int8 on the CPU, float16 on a GPU.
        batch_tokens: tokens at a time, over sentences sorted by length; changes speed only.
        threads: CPU threads; by default one per core.
        device: cpu or cuda; by default a GPU if there is one.
        no_repeat_ngram_size: no n-gram of this many tokens twice; 0 for no limit.
        place: of the model's name in the config, for errors.

    See Klein et al. (2020), Efficient and High-Quality Neural Machine Translation with OpenNMT.
    """

    engine = "ctranslate2"
    weights = (converted.WEIGHTS, *WEIGHTS)

    def __init__(
        self,
        model: str | None = None,
        *,
        pivot: str = "en",
        offline: bool = False,
        beam_size: PositiveInt | None = None,
        max_length: PositiveInt | None = None,
        quantization: str | None = None,
        batch_tokens: int = TOKENS_AT_A_TIME,
        threads: PositiveInt | None = None,
        device: str | None = None,
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
        if find_spec("ctranslate2") is None:
            raise ModelError(place, "engine 'ctranslate2' is not installed", INSTALL)
        self.quantization, self.batch_tokens = quantization, batch_tokens
        self.threads, self.device = threads, device
        self._engine: Any = None

    @property
    def settings(self) -> dict[str, object]:
        """The options that change the translations."""
        return super().settings | {"quantization": self._quantization()}

    def fetch(self) -> None:
        """Download the checkpoint and convert it, each if needed."""
        self._converted()

    def load(self) -> None:
        """Download and convert the model if needed, and load it."""
        if self._engine is not None:
            return
        import ctranslate2

        folder = fetch(self.model, self.offline, self.place, self.weights)
        vocabulary: MarianVocabulary | ConvertedVocabulary
        if is_converted(folder):
            vocabulary = ConvertedVocabulary(folder, self.pivot, self.model, self.place)
            settings = converted.decoding(folder, self.place)
            self._longest = self.max_length or settings["positions"]
        else:
            vocabulary = MarianVocabulary(folder, self.pivot, self.model, self.place)
            settings = _decoding(folder)
            self._longest = min(self.max_length or settings["positions"], settings["positions"])
        self._beams = settings["beams"]
        self._room = self._longest - settings["marks"]
        cores = self.threads or processors()
        try:
            engine = ctranslate2.Translator(
                str(self._converted()),
                device=self._device(),
                compute_type=self._quantization(),
                inter_threads=cores if self._device() == "cpu" else 1,
                intra_threads=1,
            )
        except (RuntimeError, ValueError) as error:
            cause = f"cannot load '{self.model}' ({' '.join(str(error).split())})"
            raise ModelError(self.place, cause, "Get its files again, or give another model") from error
        if is_converted(folder):
            converted.check_length(engine, self._longest, self.model, self.place)
        self._vocabulary, self._engine = vocabulary, engine

    def _fits(self, piece: str) -> bool:
        return len(self._vocabulary.encode(piece)) <= self._longest

    def _generated(self, pieces: list[str]) -> list[str]:
        results = self._engine.translate_batch(
            [self._vocabulary.encode(piece) for piece in pieces],
            max_batch_size=self.batch_tokens,
            batch_type="tokens",
            beam_size=self.beam_size or self._beams,
            max_decoding_length=self._room,
            no_repeat_ngram_size=self.no_repeat_ngram_size,
            num_hypotheses=self.rank + 1,
        )
        return [self._vocabulary.decode(result.hypotheses[self.rank]) for result in results]

    def _device(self) -> str:
        if self.device:
            return self.device
        import ctranslate2

        return "cuda" if ctranslate2.get_cuda_device_count() else "cpu"

    def _quantization(self) -> str:
        return self.quantization or ("float16" if self._device() == "cuda" else "int8")

    def _converted(self) -> Path:
        """The folder of the converted model, which may be the given one; converts it if needed.

        A second process waits for the first; a process that dies leaves no folder that looks complete.

        Raises:
            ModelError: the checkpoint cannot be converted.
        """
        import filelock

        source = fetch(self.model, self.offline, self.place, self.weights)
        if is_converted(source):
            return source
        folder = cache_folder() / "ctranslate2" / f"{fingerprint_of_folder(source)}-{self._quantization()}"
        if (folder / WHOLE).is_file():
            return folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{folder}.lock"):
            if not (folder / WHOLE).is_file():
                shutil.rmtree(folder, ignore_errors=True)
                self._convert(source, folder)
        return folder

    def _convert(self, source: Path, folder: Path) -> None:
        import warnings

        from ctranslate2.converters import TransformersConverter
        from transformers.utils import logging

        logging.disable_progress_bar()
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Recommended: pip install sacremoses")
                TransformersConverter(str(source)).convert(str(unfinished), quantization=self._quantization())
        except Exception as error:  # a damaged model can raise any error
            cause = f"cannot convert MarianMT model '{self.model}' ({error})".replace("\n", " ")
            raise ModelError(self.place, cause, "Fetch it again, or use engine marian") from error
        unfinished.rename(folder)


def _decoding(folder: Path) -> dict[str, int]:
    """The decoding defaults of a checkpoint, from its configuration."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    generation = folder / "generation_config.json"
    if generation.is_file():
        config |= json.loads(generation.read_text(encoding="utf-8"))
    return {
        "positions": int(config.get("max_position_embeddings", 512)),
        "beams": int(config.get("num_beams") or 1),
        # transformers counts the start mark, and an end mark that it forces, among a translation's tokens.
        "marks": 1 if config.get("forced_eos_token_id") is None else 2,
    }
