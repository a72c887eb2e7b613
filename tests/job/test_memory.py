"""The translation memory: known sentences cost nothing, and damage costs no run."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from pipelines.engines.base import ModelIdentity, Translation
from pipelines.job.memory import TranslationMemory
from pipelines.translate.remembering import RememberingTranslator


class Shouting:
    """A translator that counts the sentences it was asked for."""

    def __init__(self, beam_size: int = 1) -> None:
        self.beam_size, self.asked, self.loads = beam_size, 0, 0

    def identity(self) -> ModelIdentity:
        return ModelIdentity("shouting", "shouting", settings={"beam_size": self.beam_size})

    def fetch(self) -> None: ...

    def load(self) -> None:
        self.loads += 1

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        self.asked += len(sentences)
        return [Translation(sentence.upper(), ("cut",) if " " in sentence else ()) for sentence in sentences]


def remembering(
    inner: Shouting, memory: TranslationMemory, seconds: list[float] | None = None
) -> RememberingTranslator:
    """The translator with the memory; the seconds of each loading are added to the list."""
    return RememberingTranslator(inner, memory, (seconds if seconds is not None else []).append)


@pytest.fixture
def memory(tmp_path: Path) -> TranslationMemory:
    return TranslationMemory(tmp_path / "memory.sqlite")


def test_only_new_sentences_are_asked_and_flags_come_back(memory: TranslationMemory) -> None:
    first = remembering(Shouting(), memory)
    assert first.translate(["a", "b c", "a"], "pt") == [("A", ()), ("B C", ("cut",)), ("A", ())]
    inner = Shouting()
    again = remembering(inner, memory)
    assert again.translate(["b c", "d"], "pt") == [("B C", ("cut",)), ("D", ())]
    assert inner.asked == 1


def test_the_model_is_loaded_only_for_a_sentence_that_is_not_known(memory: TranslationMemory) -> None:
    remembering(Shouting(), memory).translate(["a"], "pt")
    inner, seconds = Shouting(), list[float]()
    again = remembering(inner, memory, seconds)
    again.translate(["a"], "pt")
    assert (inner.loads, seconds) == (0, [])
    again.translate(["b"], "pt")
    again.translate(["c"], "pt")
    assert inner.loads == len(seconds) == 1


@pytest.mark.parametrize(("beam_size", "language"), [(2, "pt"), (1, "es")])
def test_another_model_setting_or_language_is_another_translation(
    memory: TranslationMemory, beam_size: int, language: str
) -> None:
    remembering(Shouting(), memory).translate(["a"], "pt")
    inner = Shouting(beam_size)
    remembering(inner, memory).translate(["a"], language)
    assert inner.asked == 1


def test_a_damaged_file_is_set_aside_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(b"this is not a database, and it is longer than a header of one hundred bytes " * 3)
    translator = remembering(Shouting(), TranslationMemory(path))
    with pytest.warns(UserWarning, match="damaged"):
        assert translator.translate(["a"], "pt") == [("A", ())]
    assert list(tmp_path.glob("memory.sqlite.damaged-*"))
    inner = Shouting()
    translator = remembering(inner, TranslationMemory(path))
    translator.translate(["b"], "pt")
    translator.translate(["b"], "pt")
    assert inner.asked == 1


def test_a_memory_that_cannot_be_written_does_not_stop_a_run(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite").mkdir()
    translator = remembering(Shouting(), TranslationMemory(tmp_path / "memory.sqlite"))
    with pytest.warns(UserWarning, match="not used"):
        assert translator.translate(["a"], "pt") == [("A", ())]


def fill(path: Path, start: int) -> None:
    """Remember 200 sentences one by one."""
    translator = remembering(Shouting(), TranslationMemory(path))
    for number in range(start, start + 200):
        translator.translate([str(number)], "pt")


def test_several_processes_share_one_memory(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with ProcessPoolExecutor(3) as pool:
        for task in [pool.submit(fill, path, start) for start in (0, 100, 300)]:
            task.result()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM memory").fetchone() == (500,)
    connection.close()


def test_more_sentences_than_one_query_takes_are_found(memory: TranslationMemory) -> None:
    sentences = [str(number) for number in range(1200)]
    remembering(Shouting(), memory).translate(sentences, "pt")
    inner = Shouting()
    assert [t.text for t in remembering(inner, memory).translate(sentences, "pt")] == sentences
    assert inner.asked == 0


def test_a_memory_whose_folder_cannot_be_made_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    memory = TranslationMemory(tmp_path / "file" / "memory.sqlite")
    with pytest.warns(UserWarning, match="memory not used"):
        assert memory.known("model", ["Yoon"]) == {}
