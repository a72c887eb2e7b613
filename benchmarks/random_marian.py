"""Builds a Marian checkpoint with random weights and a published size: enough to measure speed.

Usage: python benchmarks/random_marian.py TOKENIZER_FOLDER OUT [--layers 6] [--width 512] [--feed-forward 2048]

TOKENIZER_FOLDER holds source.spm, target.spm, vocab.json and tokenizer_config.json of a real model. The end mark is
made all but impossible, so that every translation is as long as the decoder may write.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

TOKENIZER = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
NEVER = -1e4


def build(tokenizer: Path, out: Path, layers: int, width: int, feed_forward: int) -> None:
    """Writes the checkpoint."""
    import torch
    from transformers import MarianConfig, MarianMTModel

    out.mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER:
        shutil.copy(tokenizer / name, out / name)
    vocabulary = json.loads((out / "vocab.json").read_text(encoding="utf-8"))
    torch.manual_seed(0)
    size: dict[str, int] = {}
    for side in ("encoder", "decoder"):
        size |= {
            f"{side}_layers": layers,
            f"{side}_attention_heads": width // 64,
            f"{side}_ffn_dim": feed_forward,
        }
    pad = vocabulary["<pad>"]
    config = MarianConfig(
        vocab_size=len(vocabulary), d_model=width, max_position_embeddings=512, num_beams=4, pad_token_id=pad,
        eos_token_id=vocabulary["</s>"], decoder_start_token_id=pad, forced_eos_token_id=None, activation_function="swish",
        scale_embedding=True, **size,
    )  # fmt: skip
    model = MarianMTModel(config)
    with torch.no_grad():
        model.final_logits_bias[0, vocabulary["</s>"]] = NEVER
    model.save_pretrained(out)


def main() -> None:
    """Reads the arguments."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--feed-forward", type=int, default=2048)
    given = parser.parse_args()
    build(given.tokenizer, given.out, given.layers, given.width, given.feed_forward)


if __name__ == "__main__":
    main()
