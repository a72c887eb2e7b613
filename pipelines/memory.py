"""Remembers translations between runs, in one SQLite file that processes may share."""

from __future__ import annotations

import hashlib
import sqlite3
import time
import warnings
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.engines.base import Translation
from pipelines.store import fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.engines.base import ModelIdentity, Translator

KEYS_AT_A_TIME = 500
SECONDS_TO_WAIT = 60.0
SECONDS_BETWEEN_TRIES = 0.05
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
TABLE = "CREATE TABLE IF NOT EXISTS memory (key BLOB PRIMARY KEY, text TEXT, flags TEXT) WITHOUT ROWID"


class TranslationMemory:
    """Translations by model, decoding options and source sentence.

    A damaged file is set aside with a warning, and the run goes on without what it held.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def known(self, model: str, sentences: Iterable[str]) -> dict[str, Translation]:
        """Those of the sentences that the model, told by a hash of its identity, has translated."""
        keys = {_key(model, sentence): sentence for sentence in sentences}
        found: dict[str, Translation] = {}

        def look_up(connection: sqlite3.Connection) -> None:
            for some in _runs(keys, KEYS_AT_A_TIME):
                marks = ",".join("?" * len(some))
                query = f"SELECT key, text, flags FROM memory WHERE key IN ({marks})"  # noqa: S608  (only marks)
                for key, text, flags in connection.execute(query, some):
                    found[keys[key]] = Translation(text, tuple(flags.split()))

        self._with_connection(look_up)
        return found

    def remember(self, model: str, translations: Mapping[str, Translation]) -> None:
        """Keeps translations by their sources; one write for all of them."""
        rows = [(_key(model, source), t.text, " ".join(t.flags)) for source, t in translations.items()]

        def write(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO memory VALUES (?, ?, ?)", rows)

        self._with_connection(write)

    def _with_connection(self, work: Callable[[sqlite3.Connection], None]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        patience = time.monotonic() + SECONDS_TO_WAIT
        while True:
            try:
                self._once(work)
            except sqlite3.OperationalError as error:
                # SQLite's own time-out does not cover the first switch to WAL, nor the last one to close.
                if error.sqlite_errorcode & 0xFF in BUSY and time.monotonic() < patience:
                    time.sleep(SECONDS_BETWEEN_TRIES)
                    continue
                warnings.warn(f"{self.path}: translation memory not used ({error})", stacklevel=1)
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


class RememberingTranslator:
    """A translator that asks its model only for sentences that the memory does not know.

    Args:
        translator: loaded at the first sentence that is not known.
        memory: None to remember nothing.
        on_load: told the seconds that loading took.
    """

    def __init__(
        self,
        translator: Translator,
        memory: TranslationMemory | None,
        on_load: Callable[[float], None] = lambda seconds: None,  # noqa: ARG005
    ) -> None:
        self.translator, self.memory, self.on_load = translator, memory, on_load
        self._loaded = False
        self._model = ""

    def identity(self) -> ModelIdentity:
        """The model's own."""
        return self.translator.identity()

    def fetch(self) -> None:
        """Fetches the model."""
        self.translator.fetch()

    def load(self) -> None:
        """Loads the model."""
        if not self._loaded:
            start = time.perf_counter()
            self.translator.load()
            self.on_load(time.perf_counter() - start)
            self._loaded = True

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """One translation for each sentence, in order."""
        self._model = self._model or fingerprint(self.identity(), language)
        known = self.memory.known(self._model, sentences) if self.memory else {}
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in known]
        if new:
            self.load()
            translated = dict(zip(new, self.translator.translate(new, language), strict=True))
            if self.memory:
                self.memory.remember(self._model, translated)
            known |= translated
        return [known[sentence] for sentence in sentences]

    def alternatives(self) -> list[Translator]:
        """The model's other ways of decoding, each remembered by itself."""
        others: list[Translator] = getattr(self.translator, "alternatives", list)()
        return [RememberingTranslator(other, self.memory, self.on_load) for other in others]


def _key(model: str, sentence: str) -> bytes:
    return hashlib.sha256(f"{model}\x1f{sentence}".encode("utf-8", "surrogatepass")).digest()[:20]


def _runs(keys: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    waiting = iter(keys)
    while some := list(islice(waiting, size)):
        yield some
