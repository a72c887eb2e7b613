"""Throughput of the hub's models on a GPU, by number format and batch size, beside the CPU's.

Usage: python benchmarks/gpu.py TEXT [--nli MODEL] [--marian MODEL] [--language fr] [--device cuda] [--quick]

TEXT has one sentence a line, in the language of the Marian model. MODEL is a hub id or a folder; without --nli a network of
the large judge's shape with random weights is used, without --marian no translation is measured (random_marian.py makes a
checkpoint of a published size). Each engine runs in float32 on the CPU first, then in each format on the device; its batch is
doubled until the throughput grows by less than 5 % or memory runs out. Without a GPU only the CPU is measured, and the output
says so. `--quick`: 64 sentences. The last line is one JSON object: gpu (its name or null), best (items a second of each engine
on the device), speedup (to the CPU), same (share of the CPU's labels or translations that the fastest format gives).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from pipelines.engines.base import Pair, Scores
from pipelines.engines.registry import build
from pipelines.judge.polystance import TOKENIZER, PolystanceJudge
from pipelines.records import LABELS

QUICK = 64
FORMATS = ("float32", "bfloat16", "float16")
SMALLEST, LARGEST = 16, 4096
"""Items of a batch, from the default of the engines to more than fits; for ctranslate2, which counts tokens, times 32."""
TOKENS = 32
WORTH = 1.05
"""Growth of the throughput below which a larger batch is not worth its memory."""
ACTOR, TARGET = "The president", "the deployment of troops"


class Engine(NamedTuple):
    """An engine, and the names of its options for format and batch; `unit` is what a batch counts, in items."""

    kind: str
    name: str
    model: str
    format: str
    batch: str
    unit: int = 1


class Speed(NamedTuple):
    """Items a second, with the batch that gave them, and the results."""

    items: float
    batch: int
    results: list[Any]


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("text", type=Path)
    parser.add_argument("--nli")
    parser.add_argument("--marian")
    parser.add_argument("--language", default="fr")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    lines = [line for line in options.text.read_text(encoding="utf-8").splitlines() if line.strip()]
    lines = lines[:QUICK] if options.quick else lines
    gpu = gpu_name() if options.device == "cuda" else None
    if options.device == "cuda" and gpu is None:
        print("No GPU here: only the CPU is measured.\n")
    with TemporaryDirectory() as folder:
        engines = [Engine("stance", "nli", options.nli or random_nli(Path(folder)), "dtype", "batch_size")]
        if options.marian:
            engines += [
                Engine("translator", "marian", options.marian, "dtype", "batch_size"),
                Engine("translator", "ctranslate2", options.marian, "quantization", "batch_tokens", TOKENS),
            ]
        device = None if options.device == "cuda" and gpu is None else options.device
        print("| engine | device | format | batch | items / s | times the CPU | same |")
        print("| --- | --- | --- | ---: | ---: | ---: | ---: |")
        figures = {engine.name: measured(engine, lines, options.language, device) for engine in engines}
    keys = ("best", "speedup", "same")
    print(json.dumps({"gpu": gpu} | {key: {name: f.get(key) for name, f in figures.items()} for key in keys}))


def measured(engine: Engine, lines: Sequence[str], language: str, device: str | None) -> dict[str, float]:
    """Print a row for the CPU and for each format on the device; its fastest, empty without a device."""
    cpu = fastest(engine, lines, language, "cpu", "float32")
    print(f"| {engine.name} | CPU | float32 | {cpu.batch} | {cpu.items:.1f} | 1 | 1 |")
    best: dict[str, float] = {}
    for form in FORMATS if device else ():
        assert device is not None
        speed = fastest(engine, lines, language, device, form)
        same = sum(a == b for a, b in zip(speed.results, cpu.results, strict=True)) / len(cpu.results)
        ratio = speed.items / cpu.items
        print(
            f"| {engine.name} | {device} | {form} | {speed.batch} | {speed.items:.1f} | {ratio:.2f} | {same:.3f} |"
        )
        if speed.items > best.get("best", 0):
            best = {"best": round(speed.items, 1), "speedup": round(ratio, 2), "same": round(same, 4)}
    return best


def fastest(engine: Engine, lines: Sequence[str], language: str, device: str, form: str) -> Speed:
    """The engine with its best batch; the batch is doubled while that is worth it."""
    best = Speed(0.0, 0, [])
    size = SMALLEST
    while size <= min(LARGEST, max(SMALLEST, len(lines))):
        try:
            speed = run(engine, lines, language, {engine.format: form, "device": device}, size)
        except RuntimeError as error:  # torch's and CTranslate2's errors of memory are of this class
            if best.results and "memory" in str(error).lower():
                break
            raise
        if speed.items < WORTH * best.items:
            return max(best, speed)
        best, size = speed, 2 * size
    return best


def run(engine: Engine, lines: Sequence[str], language: str, options: dict[str, Any], size: int) -> Speed:
    """Throughput with one batch size, after one batch that warms up."""
    loaded = build(
        engine.kind, engine.name, options | {engine.batch: size * engine.unit}, "benchmark",
        model=engine.model, language=language, pivot="en",
    )  # fmt: skip
    loaded.load()

    def work(texts: Sequence[str]) -> list[Any]:
        if engine.kind == "translator":
            return list(loaded.translate(texts, language))
        return [likeliest(scores) for scores in loaded.judge([Pair(text, ACTOR, TARGET) for text in texts])]

    work([f"{line} {line}" for line in lines[:size]])  # other texts: a judge keeps the answers that it gave
    start = time.perf_counter()
    results = work(lines)
    return Speed(len(lines) / (time.perf_counter() - start), size, results)


def likeliest(scores: Scores) -> str:
    """The label of the largest probability."""
    three = scores[:3]
    return LABELS[three.index(max(three))]


def gpu_name() -> str | None:
    """The first GPU; None if there is none."""
    import torch

    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else None


def random_nli(folder: Path) -> str:
    """A checkpoint of the shape of the large judge, with random weights: speed does not depend on them."""
    import torch
    from transformers import MPNetConfig, MPNetForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(0)
    file = PolystanceJudge(network="large").folder / TOKENIZER
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(file), pad_token="<pad>", model_max_length=512)
    labels = {0: "entailment", 1: "neutral", 2: "contradiction"}
    config = MPNetConfig(
        vocab_size=len(tokenizer), id2label=labels, label2id={name: i for i, name in labels.items()}
    )
    MPNetForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


if __name__ == "__main__":
    main()
