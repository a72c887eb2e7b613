"""CTranslate2 gives what transformers gives; a conversion that dies leaves nothing broken."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
import warnings
from pathlib import Path

import pytest

from pipelines.errors import ModelError
from pipelines.translate.converted import ConvertedVocabulary
from pipelines.translate.ctranslate2 import CTranslate2Translator
from pipelines.translate.marian import MarianTranslator
from pipelines.translate.vocabulary import MarianVocabulary, target_code
from tests.fakes import POSITIONS
from tests.samples import sentences


@pytest.mark.parametrize("batch_tokens", [32, 4096])
def test_greedy_float32_gives_the_text_of_transformers(marian_folder: Path, batch_tokens: int) -> None:
    texts = sentences(300, seed=1)
    expected = MarianTranslator(str(marian_folder), beam_size=1).translate(texts, "pt")
    given = CTranslate2Translator(
        str(marian_folder), quantization="float32", beam_size=1, batch_tokens=batch_tokens
    ).translate(texts, "pt")
    same = sum(a == b for a, b in zip(expected, given, strict=True))
    assert same >= 0.99 * len(texts)


@pytest.fixture
def ready(converted_folder: Path, tmp_path: Path) -> Path:
    """A converted model of the test's own, to damage."""
    return Path(shutil.copytree(converted_folder, tmp_path / "ready"))


def test_a_converted_folder_gives_what_its_checkpoint_gives(
    marian_folder: Path, converted_folder: Path
) -> None:
    texts = sentences(50, seed=2)
    checkpoint = CTranslate2Translator(str(marian_folder), beam_size=1, max_length=40)
    converted = CTranslate2Translator(
        str(converted_folder), beam_size=1, max_length=38
    )  # two marks do not count
    assert converted.translate(texts, "pt") == checkpoint.translate(texts, "pt")


def test_a_converted_model_that_takes_fewer_tokens_is_an_error(converted_folder: Path) -> None:
    message = r"does not take 256 tokens \(.*64.*\)\. Give fewer as options: \{max_length: \.\.\.\}"
    with pytest.raises(ModelError, match=message):
        CTranslate2Translator(str(converted_folder)).load()
    CTranslate2Translator(str(converted_folder), max_length=POSITIONS).load()


def test_files_named_as_quickmt_names_them_get_no_end_mark(ready: Path) -> None:
    (ready / "source.spm").rename(ready / "src.spm.model")
    (ready / "target.spm").rename(ready / "tgt.spm.model")
    tokens = json.loads((ready / "shared_vocabulary.json").read_text())
    (ready / "shared_vocabulary.json").unlink()
    for side in ("source", "target"):
        (ready / f"{side}_vocabulary.json").write_text(json.dumps(tokens))
    assert ConvertedVocabulary(ready, "en", "quickmt-pt-en", "test").encode("tropas") == ["▁tropas"]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        (
            "source.spm",
            None,
            "no SentencePiece files in .*ready. It needs one of: source.spm and target.spm, ",
        ),
        ("target.spm", b"junk", r"target\.spm is damaged \(not a SentencePiece model\)"),
        ("shared_vocabulary.json", None, "no source_vocabulary.json or shared_vocabulary.json in .*ready"),
        (
            "shared_vocabulary.json",
            b"[1",
            r"shared_vocabulary\.json is missing or damaged \(JSONDecodeError\)",
        ),
        ("shared_vocabulary.json", b'["eng_Latn", "a"]', "several target languages"),
        ("config.json", b"", r"config\.json is missing or damaged"),
        ("model.bin", b"version https://git-lfs.github.com/spec/v1", "cannot load '.*ready'"),
    ],
)
def test_a_missing_or_damaged_file_of_a_converted_folder_is_named(
    ready: Path, file: str, content: bytes | None, message: str
) -> None:
    (ready / file).unlink()
    if content is not None:
        (ready / file).write_bytes(content)
    with pytest.raises(ModelError, match=message) as caught:
        CTranslate2Translator(str(ready), place="test").load()
    assert "\n" not in str(caught.value)


def test_pieces_are_those_of_the_tokenizer_of_transformers(marian_folder: Path) -> None:
    from transformers import MarianTokenizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer = MarianTokenizer.from_pretrained(marian_folder)
    vocabulary = MarianVocabulary(marian_folder, "en", "model", "test")
    for text in [*sentences(50), "Unknown ☃ marks", "  spaces  "]:
        assert tokenizer.convert_tokens_to_ids(vocabulary.encode(text)) == tokenizer(text)["input_ids"]


def test_a_converted_model_is_kept_and_used_again(marian_folder: Path, own_cache: Path) -> None:
    CTranslate2Translator(str(marian_folder)).fetch()
    (folder,) = (path for path in (own_cache / "ctranslate2").iterdir() if path.is_dir())
    stamp = (folder / "model.bin").stat().st_mtime_ns
    CTranslate2Translator(str(marian_folder)).fetch()
    assert (folder / "model.bin").stat().st_mtime_ns == stamp
    CTranslate2Translator(str(marian_folder), quantization="float32").fetch()
    assert len([path for path in folder.parent.iterdir() if path.is_dir()]) == 2


def slowly(folder: Path) -> None:
    """Convert, and leave a sign just before the converted model is put in its place."""
    rename = Path.rename

    def waits(self: Path, target: Path) -> Path:
        (folder / "about-to-rename").touch()
        time.sleep(60)
        return rename(self, target)

    Path.rename = waits  # type: ignore[assignment, method-assign]
    CTranslate2Translator(str(folder)).fetch()


def test_a_conversion_that_is_killed_leaves_nothing_broken(
    marian_folder: Path, own_cache: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(marian_folder, tmp_path / "model"))
    process = multiprocessing.get_context("spawn").Process(target=slowly, args=(folder,))
    process.start()
    while not (folder / "about-to-rename").exists():
        assert process.is_alive()
        time.sleep(0.05)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    assert list((own_cache / "ctranslate2").glob("*.unfinished"))
    assert CTranslate2Translator(str(folder)).translate(["Putin disse."], "pt")[0].text
    assert not list((own_cache / "ctranslate2").glob("*.unfinished"))


def test_a_model_with_several_targets_is_asked_for_the_pivot(marian_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(marian_folder, tmp_path / "model"))
    tokens = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    del tokens["▁tropas"], tokens["▁soldados"]
    free = sorted(set(range(len(tokens) + 2)) - set(tokens.values()))
    tokens |= dict(zip((">>eng<<", ">>fra<<"), free, strict=True))
    (folder / "vocab.json").write_text(json.dumps(tokens, ensure_ascii=False), encoding="utf-8")
    vocabulary = MarianVocabulary(folder, "en", "model", "test")
    assert vocabulary.encode("Putin")[0] == ">>eng<<"
    assert vocabulary.encode("Putin")[-1] == "</s>"
    with pytest.raises(ModelError, match=r"does not translate to 'de'. It has eng, fra"):
        MarianVocabulary(folder, "de", "model", "test")


@pytest.mark.parametrize(
    ("codes", "pivot", "name", "expected"),
    [
        ([">>por<<", ">>pob<<"], "pt", "opus-mt-tc-big-en-pt", ">>por<<"),
        ([">>cmn_Hans<<", ">>cmn_Hant<<"], "zh", "opus-mt-en-zh", ">>cmn_Hans<<"),
        ([">>cmn_Hans<<", ">>cmn_Hant<<"], "zh-Hant", "opus-mt-en-zh", ">>cmn_Hant<<"),
        ([">>fr<<", ">>es<<"], "es", "opus-mt-en-ROMANCE", ">>es<<"),
        (["▁a"], "en", "opus-mt-ru-en", ""),
        ([">>xxx<<"], "en", "Helsinki-NLP/opus-mt-ROMANCE-en", ""),
    ],
)
def test_target_codes_are_found_in_all_their_spellings(
    codes: list[str], pivot: str, name: str, expected: str
) -> None:
    assert target_code(codes, pivot, name, "test") == expected


def test_a_folder_without_vocabulary_is_told_in_one_line(marian_folder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(marian_folder, tmp_path / "model"))
    (folder / "source.spm").unlink()
    with pytest.raises(ModelError, match="no Marian vocabulary in"):
        CTranslate2Translator(str(folder)).load()
