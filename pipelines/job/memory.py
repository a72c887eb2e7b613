"""Remembers what models answer between runs, in SQLite files that processes may share."""

from __future__ import annotations

import base64
import hashlib
import sqlite3
import time
import warnings
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.engines.base import Translation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

KEYS_AT_A_TIME = 500
SECONDS_TO_WAIT = 60.0
SECONDS_BETWEEN_TRIES = 0.05
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
FLOATS = "<f4"
"""An embedding's numbers as bytes: 32 bits each, the least significant first on every machine."""
_SEPARATOR = "\x1f"
TABLE = "CREATE TABLE IF NOT EXISTS memory (key BLOB PRIMARY KEY, text TEXT, flags TEXT) WITHOUT ROWID"


class Memory:
    """Texts by a model, told by a hash of its identity, and a key.

    A damaged file is set aside with a warning, and the run goes on without what it held.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def rows(self, model: str, keys: Iterable[str]) -> dict[str, tuple[str, str]]:
        """Text and flags of those of the keys that are known."""
        hashed = {_key(model, key): key for key in keys}
        found: dict[str, tuple[str, str]] = {}

        def look_up(connection: sqlite3.Connection) -> None:
            for some in _runs(hashed, KEYS_AT_A_TIME):
                marks = ",".join("?" * len(some))
                query = f"SELECT key, text, flags FROM memory WHERE key IN ({marks})"  # noqa: S608  (only marks)
                for key, text, flags in connection.execute(query, some):
                    found[hashed[key]] = text, flags

        self._with_connection(look_up)
        return found

    def keep(self, model: str, rows: Mapping[str, tuple[str, str]]) -> None:
        """Keeps text and flags by their keys; one write for all of them."""
        hashed = [(_key(model, key), text, flags) for key, (text, flags) in rows.items()]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", hashed)

        self._with_connection(write)

    def _with_connection(self, work: Callable[[sqlite3.Connection], None]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            warnings.warn(f"{self.path}: memory not used ({error.strerror})", stacklevel=1)
            return
        patience = time.monotonic() + SECONDS_TO_WAIT
        while True:
            try:
                self._once(work)
            except sqlite3.OperationalError as error:
                # SQLite's own time-out does not cover the first switch to WAL, nor the last one to close.
                if error.sqlite_errorcode & 0xFF in BUSY and time.monotonic() < patience:
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
        """Those of the sentences that the model has translated."""
        rows = self.rows(model, sentences)
        return {source: Translation(text, tuple(flags.split())) for source, (text, flags) in rows.items()}

    def remember(self, model: str, translations: Mapping[str, Translation]) -> None:
        """Keeps translations by their sources."""
        self.keep(model, {source: (t.text, " ".join(t.flags)) for source, t in translations.items()})


class AnswerMemory(Memory):
    """What an NLI model answers to premises and hypotheses, as log-odds in nats."""

    def known(self, model: str, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[float]]:
        """Those of the questions that the model has answered."""
        keys = {_SEPARATOR.join(question): question for question in questions}
        rows = self.rows(model, keys)
        return {keys[key]: [float(number) for number in text.split()] for key, (text, _) in rows.items()}

    def remember(self, model: str, answers: Mapping[tuple[str, str], Sequence[float]]) -> None:
        """Keeps answers by their questions."""
        rows = {_SEPARATOR.join(question): " ".join(map(repr, told)) for question, told in answers.items()}
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


def _key(model: str, sentence: str) -> bytes:
    return hashlib.sha256(f"{model}\x1f{sentence}".encode("utf-8", "surrogatepass")).digest()[:20]


def _runs(keys: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    waiting = iter(keys)
    while some := list(islice(waiting, size)):
        yield some
