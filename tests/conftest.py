"""Small real models, built offline in seconds, and a run that uses them."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import pytest

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

WORDS = (
    "o a de do da em um uma que presidente tropas soldados apoio envio Coreia Norte Rússia Ucrânia Putin Yoon "
    "the of in a that president troops soldiers support sending North Korea Russia Ukraine supports opposes is "
    "against favour defends condemns criticises deployment said on Thursday disse quinta-feira condenou defendeu"
).split()
POSITIONS = 64


def sentences(count: int, seed: int = 0) -> list[str]:
    """Made-up sentences of known words, of 3 to 12 words each."""
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=rng.randint(3, 12))) + "." for _ in range(count)]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Converted models and remembered translations of this test alone."""
    monkeypatch.setenv("POLYSTANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def marian_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer Marian model with SentencePiece vocabularies, as the hub's models are laid out."""
    import sentencepiece
    import torch
    from transformers import MarianConfig, MarianMTModel

    folder = tmp_path_factory.mktemp("marian")
    corpus = folder / "corpus.txt"
    corpus.write_text("\n".join(sentences(400)), encoding="utf-8")
    for side in ("source", "target"):
        sentencepiece.SentencePieceTrainer.train(
            input=str(corpus), model_prefix=str(folder / side), vocab_size=150, minloglevel=2, hard_vocab_limit=False
        )  # fmt: skip
        (folder / f"{side}.model").rename(folder / f"{side}.spm")
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    pieces = [processor.id_to_piece(i) for i in range(processor.get_piece_size())]
    ordinary = [piece for piece in pieces if piece not in {"<unk>", "<s>", "</s>"}]
    vocabulary = {piece: index for index, piece in enumerate(["</s>", "<unk>", *ordinary, "<pad>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "pt", "target_lang": "en"}))
    corpus.unlink()

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


def build_nli_folder(folder: Path, labels: list[str]) -> Path:
    """A one-layer BERT with the given labels, as an NLI checkpoint of the hub is laid out."""
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


@pytest.fixture(scope="session")
def nli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small NLI model of three labels."""
    return build_nli_folder(tmp_path_factory.mktemp("nli"), ["contradiction", "neutral", "entailment"])


ARTICLES = [
    {"id": "en-1", "language": "en", "outlet": "wire", "published": "2024-10-24", "title": "Putin supports the deployment",
     "text": "Putin said that the deployment is in favour of Russia. Yoon condemns the deployment."},
    {"id": "en-2", "language": "en", "outlet": "daily", "published": "2024-10-25", "title": "Yoon opposes Russia",
     "text": "Yoon opposes the deployment of troops.\n\nThe president said that on Thursday."},
    {"id": "pt-1", "language": "pt", "outlet": "jornal", "published": "2024-10-24", "title": "Putin disse que apoio",
     "text": "Putin defendeu o envio de tropas. Yoon condenou o envio."},
    {"id": "pt-2", "language": "pt", "outlet": "jornal", "published": "2024-10-26", "title": "Yoon disse",
     "text": "Yoon condenou o envio de soldados em Rússia. Putin disse que quinta-feira."},
]  # fmt: skip


def write_lines(path: Path, rows: list[dict[str, Any]]) -> Path:
    """A JSON Lines file."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def config_file(tmp_path: Path, marian_folder: Path, nli_folder: Path) -> Path:
    """A config of four articles in two languages, with the small models."""
    import yaml

    write_lines(tmp_path / "articles.jsonl", ARTICLES)
    config = {
        "name": "small",
        "articles": {"path": "articles.jsonl"},
        "translation": {"engine": "marian", "models": {"pt": str(marian_folder)}, "check": False},
        "actors": [{"name": "Putin"}, {"name": "Yoon"}],
        "targets": [{"name": "deployment", "text": "the deployment"}],
        "stance": {"engine": "nli", "model": str(nli_folder)},
        "compare": {"minimum_articles": 1},
    }
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    return path
