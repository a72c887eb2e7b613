"""Build a Marian checkpoint with random weights and a published size, to measure speed.

Usage: python benchmarks/random_marian.py TOKENIZER_FOLDER OUT [--quick] [--layers 6] [--width 512] [--feed-forward 2048]

TOKENIZER_FOLDER holds source.spm, target.spm, vocab.json and tokenizer_config.json of a real model. The end
token gets a probability of about zero, so every translation has the maximum length. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

TOKENIZER = ("source.spm", "target.spm", "vocab.json", "tokenizer_config.json")
NEVER = -1e4
"""Logit of the end token: far below all others."""


QUICK = {"layers": 1, "width": 64, "feed_forward": 128}  # too small to say anything of speed


def build(tokenizer: Path, out: Path, *, layers: int, width: int, feed_forward: int) -> int:
    """Write the checkpoint, and return the number of its weights.

    Args:
        tokenizer: folder of a real model's tokenizer.
        out: folder to write to.
        layers: of the encoder, and of the decoder.
        width: of the embeddings, a multiple of 64.
        feed_forward: width of the feed-forward layers.
    """
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
    return int(model.num_parameters())


def main() -> None:
    """Read the arguments and build."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tokenizer", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--width", type=int, default=512)
    parser.add_argument("--feed-forward", type=int, default=2048)
    parser.add_argument("--quick", action="store_true", help=f"a model of {QUICK}")
    options = parser.parse_args()
    size = {name: getattr(options, name) for name in QUICK}
    size = QUICK if options.quick else size
    weights = build(options.tokenizer, options.out, **size)
    print(json.dumps({**size, "weights": weights}))


if __name__ == "__main__":
    main()
