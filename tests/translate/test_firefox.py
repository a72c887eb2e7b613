"""Firefox Translations models in folders and archives: whole ones are translated with, others are named."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from pipelines.errors import ConfigError, ModelError
from pipelines.translate.bergamot import BergamotTranslator
from pipelines.translate.firefox import FirefoxModel
from pipelines.translate.native import package_folder
from tests.samples import sentences

SENTENCE = "Imagens são uma coisa séria."
TRANSLATION = "Images are a serious thing."
LONG = " ".join(["palavra"] * 10_000)


def name_of(folder: Path, beginning: str) -> Path:
    return next(path for path in folder.iterdir() if path.name.startswith(beginning))


@pytest.fixture
def folder(firefox_folder: Path, tmp_path: Path) -> Path:
    """A model of the test's own, to damage."""
    return Path(shutil.copytree(firefox_folder, tmp_path / "model"))


def test_a_folder_gives_what_the_embedded_model_gives(firefox_folder: Path) -> None:
    texts = [SENTENCE, *sentences(20)]
    assert BergamotTranslator(str(firefox_folder)).translate(texts, "pt") == BergamotTranslator().translate(
        texts, "pt"
    )


def test_a_model_with_two_vocabularies_is_computed_by_fxtranslate(split_firefox_folder: Path) -> None:
    translator = BergamotTranslator(str(split_firefox_folder))
    assert translator.identity().settings["computed_by"].startswith("fxtranslate ")
    assert translator.translate([SENTENCE], "pt")[0].text == TRANSLATION


def test_a_zip_archive_and_gzipped_files_are_read_as_they_are(firefox_folder: Path, tmp_path: Path) -> None:
    archive, zipped = tmp_path / "pten.zip", tmp_path / "zipped"
    zipped.mkdir()
    with zipfile.ZipFile(archive, "w") as stream:
        for path in firefox_folder.iterdir():
            stream.write(path, f"models/pten/{path.name}")
            (zipped / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 1))
    identities = {
        BergamotTranslator(str(path)).identity().sha256 for path in (firefox_folder, archive, zipped)
    }
    assert len(identities) == 1
    for path in (archive, zipped):
        assert BergamotTranslator(str(path)).translate([SENTENCE], "pt")[0].text == TRANSLATION


@pytest.mark.parametrize("split", [False, True])
def test_hostile_text_is_neither_invented_nor_lost(
    split: bool, firefox_folder: Path, split_firefox_folder: Path
) -> None:
    translator = BergamotTranslator(str(split_firefox_folder if split else firefox_folder))
    texts = ["", " \t\n", "🙂🙂🙂", "\x00\x07\x1b", "2024 – 17:30", "\u200b", "Não.\x00", "a" * 3_000]
    empty, blank, emoji, control, numbers, invisible, _, endless = translator.translate(texts, "pt")
    assert (empty.text, blank.text) == ("", "")
    assert (emoji.text, control.text, numbers.text, invisible.text) == (*texts[2:5], "\u200b")
    assert endless.flags == ("cut",)


def test_ten_thousand_words_are_cut_and_all_of_them_translated(firefox_folder: Path) -> None:
    (long,) = BergamotTranslator(str(firefox_folder)).translate([LONG], "pt")
    assert long.flags == ("cut",)
    assert len(long.text.split()) > 1_000  # a model that sees one word only shortens its repetition


@pytest.mark.parametrize("missing", ["model", "vocab"])
def test_a_missing_file_is_named(folder: Path, missing: str) -> None:
    name_of(folder, missing).unlink()
    with pytest.raises(ModelError, match=rf"test: no {missing}\.\*.* in .*model\. Get all files of the pair"):
        BergamotTranslator(str(folder), place="test")


@pytest.mark.parametrize("beginning", ["model", "vocab", "lex"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_damaged_file_is_named_before_anything_is_translated(
    folder: Path, beginning: str, share: float
) -> None:
    path = name_of(folder, beginning)
    os.truncate(path, int(path.stat().st_size * share))
    translator = BergamotTranslator(str(folder), place="test")
    with pytest.raises(ModelError) as caught:
        translator.load()
    assert str(caught.value).startswith(f"test: {path} is damaged")
    assert "\n" not in str(caught.value)


def test_a_pointer_to_a_large_file_is_no_model(folder: Path) -> None:
    name_of(folder, "model").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\n")
    with pytest.raises(ModelError, match=r"is damaged \(not a binary model of Marian\)"):
        BergamotTranslator(str(folder)).fetch()


def test_a_vocabulary_of_another_model_is_noticed(folder: Path, marian_folder: Path) -> None:
    shutil.copy(marian_folder / "source.spm", name_of(folder, "vocab"))
    with pytest.raises(ModelError, match=r"vocab.*is damaged \(\d+ pieces, and the model has 32000\)"):
        BergamotTranslator(str(folder)).fetch()


def damaged_archive(folder: Path) -> Path:
    archive = folder.with_suffix(".zip")
    archive.write_bytes(b"PK not an archive")
    return archive


def second_model(folder: Path) -> Path:
    (folder / "model.enpt.intgemm.alphas.bin").touch()
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda folder: folder / "absent", "no folder or archive"),
        (damaged_archive, r"model\.zip is damaged"),
        (second_model, r"has two of model"),
    ],
)
def test_what_is_no_model_is_refused_with_its_path(
    folder: Path, change: Callable[[Path], Path], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        BergamotTranslator(str(change(folder)))


@pytest.mark.parametrize(
    ("language", "pivot", "refused"),
    [("pt", "en", False), ("gl", "en", True), ("es", "en", True), ("pt", "de", True), ("en", "pt", True)],
)
def test_a_model_of_other_languages_is_refused(
    firefox_folder: Path, language: str, pivot: str, refused: bool
) -> None:
    files = FirefoxModel.at(str(firefox_folder), "test")
    if refused:
        with pytest.raises(ConfigError, match=f"translates pt to en, not {language} to {pivot}"):
            files.check_languages(language, pivot)
    else:
        files.check_languages(language, pivot)


def test_a_process_that_dies_is_replaced(split_firefox_folder: Path) -> None:
    translator = BergamotTranslator(str(split_firefox_folder), threads=1)
    translator.load()
    for worker in multiprocessing.active_children():
        worker.kill()
        worker.join()
    with pytest.raises(RuntimeError, match="a process of the translation engine has died"):
        translator.translate([SENTENCE], "pt")
    assert translator.translate([SENTENCE], "pt")[0].text == TRANSLATION


def test_the_processes_end_with_the_one_that_started_them(split_firefox_folder: Path) -> None:
    code = f"""
import multiprocessing, time
from pipelines.translate.bergamot import BergamotTranslator
translator = BergamotTranslator({str(split_firefox_folder)!r}, threads=1)
translator.load()
print(multiprocessing.active_children()[0].pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        worker = int(process.stdout.readline())
        os.kill(worker, 0)
        process.kill()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and alive(worker):
        time.sleep(0.1)
    assert not alive(worker)


def send_translation(pipe: Connection, folder: Path) -> None:
    pipe.send(BergamotTranslator(str(folder)).translate([SENTENCE], "pt")[0].text)


def test_a_process_that_may_start_no_others_works_itself(split_firefox_folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=send_translation, args=(theirs, split_firefox_folder), daemon=True)
    process.start()
    assert ours.poll(100)
    assert ours.recv() == TRANSLATION
    process.join()


def alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


def test_the_package_has_the_portuguese_model() -> None:
    folder = package_folder()
    assert folder is not None
    assert BergamotTranslator().identity().name == "pten-1693087646"
