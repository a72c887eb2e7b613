"""Memory of translations and of NLI answers between runs, in SQLite files that processes may share."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import time
import warnings
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.engines.base import Translation
from pipelines.engines.cache import cache_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

KEYS_AT_A_TIME = 500
"""Keys in one query: below 999, the most parameters that SQLite allowed before version 3.32."""
SECONDS_TO_WAIT = 60.0
"""Time after which a locked memory is not used: far longer than any write takes; not tuned."""
SECONDS_BETWEEN_TRIES = 0.05
"""Pause before a locked file is tried again; not tuned."""
DIGEST_BYTES = 20
"""Bytes of a key, of the 32 of SHA-256: enough that no two keys collide, and a smaller file."""
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
FLOATS = "<f4"
"""An embedding's numbers as bytes: 32 bits each, the least significant first on every machine."""
_SEPARATOR = "\x1f"
TABLE = "CREATE TABLE IF NOT EXISTS memory (key BLOB PRIMARY KEY, text TEXT, flags TEXT) WITHOUT ROWID"


class Memory:
    """Texts by model, identified by a hash, and key.

    A damaged file is set aside with a warning, and the run continues without its content.

    Args:
        path: of the SQLite file, which is created if needed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, model: str, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Text and flags of those keys that are in the memory."""
        key_of_digest = {_digest(model, key): key for key in keys}
        rows: dict[str, tuple[str, str]] = {}

        def look_up(connection: sqlite3.Connection) -> None:
            for digests in _runs(key_of_digest, KEYS_AT_A_TIME):
                marks = ",".join("?" * len(digests))
                query = f"SELECT key, text, flags FROM memory WHERE key IN ({marks})"  # noqa: S608  (only marks)
                for digest, text, flags in connection.execute(query, digests):
                    rows[key_of_digest[digest]] = text, flags

        self._with_connection(look_up)
        return rows

    def keep(self, model: str, rows: Mapping[str, tuple[str, str]]) -> None:
        """Store text and flags by their keys, all in one transaction."""
        values = [(_digest(model, key), text, flags) for key, (text, flags) in rows.items()]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", values)

        self._with_connection(write)

    def _with_connection(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            warnings.warn(f"{self.path}: memory not used ({error.strerror})", stacklevel=1)
            return
        deadline = time.monotonic() + SECONDS_TO_WAIT
        while True:
            try:
                self._once(work)
            except sqlite3.OperationalError as error:
                # SQLite's own time-out does not cover the first switch to WAL, nor the last close.
                if error.sqlite_errorcode & 0xFF in BUSY and time.monotonic() < deadline:
                    time.sleep(SECONDS_BETWEEN_TRIES)
                    continue
                warnings.warn(f"{self.path}: memory not used ({error})", stacklevel=1)
            except sqlite3.DatabaseError as error:
                self._set_aside(error)
            return

    def _once(self, work: Callable[[sqlite3.Connection], None]) -> None:
        with closing(sqlite3.connect(self.path, timeout=SECONDS_TO_WAIT)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(TABLE)
            work(connection)

    def _set_aside(self, error: Exception) -> None:
        damaged = self.path.with_name(f"{self.path.name}.damaged-{time.time_ns()}")
        self.path.rename(damaged)
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        warnings.warn(f"{self.path}: damaged ({error}); set aside as {damaged.name}", stacklevel=1)


class TranslationMemory(Memory):
    """Translations by model, decoding options and source sentence."""

    def known(self, model: str, sentences: Iterable[str]) -> dict[str, Translation]:
        """Translations of those sentences that the model has translated before, by sentence."""
        rows = self.rows(model, sentences)
        return {source: Translation(text, tuple(flags.split())) for source, (text, flags) in rows.items()}

    def remember(self, model: str, translations: Mapping[str, Translation]) -> None:
        """Store translations by their source sentences."""
        self.keep(model, {source: (t.text, " ".join(t.flags)) for source, t in translations.items()})


class AnswerMemory(Memory):
    """Answers of an NLI model to pairs of premise and hypothesis, as log-odds in nats."""

    def known(self, model: str, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[float]]:
        """Answers to those questions that the model has answered before, by question."""
        keys = {_SEPARATOR.join(question): question for question in questions}
        rows = self.rows(model, keys)
        return {keys[key]: [float(number) for number in text.split()] for key, (text, _) in rows.items()}

    def remember(self, model: str, answers: Mapping[tuple[str, str], Sequence[float]]) -> None:
        """Store answers by their questions."""
        rows = {
            _SEPARATOR.join(question): " ".join(map(repr, answer)) for question, answer in answers.items()
        }
        self.keep(model, {key: (text, "") for key, text in rows.items()})


class EmbeddingMemory(Memory):
    """Embeddings of texts, in 32 bits, so that a remembered one equals a new one to the last bit."""

    def known(self, model: str, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """Embeddings of those of the texts that the model has embedded, float32 arrays (dimensions,)."""
        import numpy as np

        rows = self.rows(model, texts)
        return {key: np.frombuffer(base64.b64decode(text), FLOATS) for key, (text, _) in rows.items()}

    def remember(self, model: str, embeddings: Mapping[str, NDArray[np.float32]]) -> None:
        """Keep embeddings by their texts."""
        numbers = {text: embedding.astype(FLOATS).tobytes() for text, embedding in embeddings.items()}
        self.keep(model, {text: (base64.b64encode(some).decode(), "") for text, some in numbers.items()})


def memory_path(setting: bool | str, name: str) -> Path | None:
    """The file of a memory; None if the config's setting turns it off."""
    if setting is False:
        return None
    return cache_folder() / name if setting is True else Path(setting).expanduser()


def _digest(model: str, key: str) -> bytes:
    text = f"{model}{_SEPARATOR}{key}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:DIGEST_BYTES]


def _runs(keys: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    """Split keys into lists of this size, the last of which may be shorter."""
    rest = iter(keys)
    while run := list(islice(rest, size)):
        yield run
