"""Whether the judge gives the same labels without AVX-512, on gold rows.

Usage: python benchmarks/processors.py GOLD.jsonl [--quick]

The judge runs as installed, in onnxruntime, which takes the instructions that the processor has; and once more in
another process in which the same weights run in torch, with AVX-512 and AMX switched off there and in oneDNN
(ATEN_CPU_CAPABILITY=avx2, ONEDNN_MAX_CPU_ISA=AVX2). Other kernels sum in another order, so this is more than a change of
instructions. Needs the base models of training/requirements*.txt for the networks' shapes. `--quick`: the small network,
300 rows drawn at random. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from pipelines.config import load_config
from pipelines.engines.base import Pair
from pipelines.evaluate.gold import read_gold
from pipelines.job.models import Models
from pipelines.judge import stance_label
from pipelines.judge.polystance import PolystanceJudge

CONFIG = Path(__file__).parents[1] / "configs" / "quickstart.yaml"
QUICK = 300
WITHOUT = {"ATEN_CPU_CAPABILITY": "avx2", "ONEDNN_MAX_CPU_ISA": "AVX2", "MKL_ENABLE_INSTRUCTIONS": "AVX2"}
THRESHOLDS = (0.5, 0.5)
"""Of a run by default."""


class TorchSession:
    """The network in torch, called as onnxruntime's session."""

    def __init__(self, size: str, folder: Path) -> None:
        from transformers import AutoModelForSequenceClassification

        from training.recover import recover

        recover(size, folder)
        self.network = AutoModelForSequenceClassification.from_pretrained(folder).eval()

    def run(self, _: None, inputs: dict[str, Any]) -> list[Any]:
        """The logits of one question, in a list."""
        import torch

        with torch.inference_mode():
            tensors = {name: torch.from_numpy(values) for name, values in inputs.items()}
            return [self.network(**tensors).logits.numpy()]


def labels(engine: PolystanceJudge, pairs: list[Pair]) -> list[str]:
    """The labels of a run."""
    return [stance_label(scores, *THRESHOLDS) for scores in engine.judge(pairs)]


def main() -> None:
    """Print the line of JSON; in the other process the labels."""
    parser = argparse.ArgumentParser()
    parser.add_argument("gold", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--torch", action="store_true", help="print the labels of the network in torch")
    args = parser.parse_args()
    size = "small" if args.quick else "large"
    models = Models(
        load_config(CONFIG, [f"stance.options.network={size}", "stance.memory=false"]), offline=True
    )
    pairs = [row.pair for row in read_gold([args.gold], models, limit=None)]
    if args.quick:
        pairs = random.Random(1).sample(pairs, QUICK)
    engine = models.judge
    assert isinstance(engine, PolystanceJudge)
    if args.torch:
        with TemporaryDirectory() as folder:
            engine.load()
            engine._session = TorchSession(size, Path(folder))
            print(json.dumps(labels(engine, pairs)))
        return
    here = labels(engine, pairs)
    command = [sys.executable, __file__, str(args.gold), "--torch", *(["--quick"] if args.quick else [])]
    other = subprocess.run(command, env=os.environ | WITHOUT, check=True, capture_output=True, text=True)
    there = json.loads(other.stdout.splitlines()[-1])
    same = float(np.mean([a == b for a, b in zip(here, there, strict=True)]))
    print(f"same labels with and without AVX-512: {100 * same:.2f} % of {len(pairs)}")
    print(json.dumps({"benchmark": "processors", "network": size, "rows": len(pairs), "same": same}))


if __name__ == "__main__":
    main()
