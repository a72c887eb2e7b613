"""Speed of translation: polystance beside transformers and raw CTranslate2, on the same sentences.

Usage: python benchmarks/translation.py --model FOLDER --articles FILE.jsonl [--language fr] [--limit 20] [--quick]

All decode with the same beam and to the same length (`random_marian.py` builds a model that never stops by itself),
on the same machine, one after the other. Loading, converting and tokenising are not counted for the peers; loading
and converting are not counted for polystance. transformers one by one is timed on a sample of the sentences.
`--quick`: 1 article, 24 tokens of each translation. The last line is one JSON object: sentences, seconds of each way to
translate, and of each its speed in proportion to that of polystance.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

QUICK = {"limit": 1, "length": 24}
ONE_BY_ONE = 24
"""Sentences timed one by one, evenly spread over lengths. Not tuned; bounds time."""


def sentences(articles: Path, language: str, limit: int) -> list[str]:
    """Distinct sentences that polystance would translate.

    Args:
        articles: JSON Lines file.
        language: its code.
        limit: number of articles.
    """
    from pipelines.records import Article
    from pipelines.text.segment import segment

    rows = [json.loads(line) for line in articles.read_text(encoding="utf-8").splitlines()[:limit]]
    spans = [s for row in rows for s in segment(Article(row["id"], language, row["text"], row.get("title")))]
    return list(dict.fromkeys(span.source for span in spans))


def polystance_seconds(
    model: Path, articles: Path, options: argparse.Namespace, memory: object, out: Path
) -> float:
    """Seconds of the translate stage of `polystance run --until translate`."""
    config = {
        "name": "speed",
        "articles": {"path": str(articles), "language": options.language},
        "translation": {
            "engine": "ctranslate2",
            "models": {options.language: str(model)},
            "options": {"beam_size": options.beam, "max_length": options.length, "threads": options.threads},
            "memory": memory,
            "check": False,
        },
        "actors": [{"name": "Nobody at all"}],
        "targets": [{"name": "nothing"}],
        "stance": {"engine": "polystance"},
    }
    path = out.parent / f"{out.name}.yaml"
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "cli.main",
        "run",
        str(path),
        "--output",
        str(out),
        "--until",
        "translate",
    ]
    subprocess.run(
        [*command, "--limit", str(options.limit), "--quiet", "--offline"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return float(json.loads((out / "manifest.json").read_text(encoding="utf-8"))["seconds"]["translate"])


def timed(work: Callable[[], Any]) -> float:
    """Seconds that the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def transformers_seconds(model: Path, texts: list[str], options: argparse.Namespace, batch: int) -> float:
    """Seconds of MarianMTModel.generate, in batches of sentences sorted by length."""
    import torch
    from transformers import MarianMTModel, MarianTokenizer

    torch.set_num_threads(options.threads)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tokenizer = MarianTokenizer.from_pretrained(model)
    network = MarianMTModel.from_pretrained(model).eval()
    ordered = sorted(texts, key=len)
    batches = [
        tokenizer(ordered[i : i + batch], return_tensors="pt", padding=True)
        for i in range(0, len(ordered), batch)
    ]

    def generate() -> None:
        with torch.inference_mode():
            for inputs in batches:
                network.generate(**inputs, num_beams=options.beam, max_length=options.length)

    return timed(generate)


def raw_seconds(model: Path, pieces: list[list[str]], options: argparse.Namespace) -> float:
    """Seconds of translate_batch on all sentences, already tokenised."""
    import ctranslate2

    from pipelines.translate.ctranslate2 import TOKENS_AT_A_TIME, CTranslate2Translator

    folder = CTranslate2Translator(str(model))._converted()
    engine = ctranslate2.Translator(
        str(folder), device="cpu", compute_type="int8", inter_threads=options.threads, intra_threads=1
    )
    decoding = {"beam_size": options.beam, "max_decoding_length": options.length - 1}
    engine.translate_batch(pieces[:8], **decoding)
    return timed(
        lambda: engine.translate_batch(
            pieces, max_batch_size=TOKENS_AT_A_TIME, batch_type="tokens", **decoding
        )
    )


def measured(options: argparse.Namespace) -> tuple[dict[str, float], list[str], float, int]:
    """Time each way to translate, one after the other.

    Returns:
        Seconds by way; the sentences; their mean length in tokens; how many of them were timed one by one.
    """
    from pipelines.translate.cutting import cut
    from pipelines.translate.vocabulary import MarianVocabulary

    vocabulary = MarianVocabulary(options.model, "en", str(options.model), "--model")
    whole = sentences(options.articles, options.language, options.limit)
    texts = list(
        dict.fromkeys(p for s in whole for p in cut(s, lambda x: len(vocabulary.encode(x)) <= options.length))
    )
    pieces = [vocabulary.encode(text) for text in texts]
    few = sorted(texts, key=len)[:: max(1, len(texts) // ONE_BY_ONE)]
    model, articles = options.model.resolve(), options.articles.resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["POLYSTANCE_CACHE"] = folder
        raw = raw_seconds(model, pieces, options)
        memory = str(Path(folder, "memory.sqlite"))
        cold = polystance_seconds(model, articles, options, False, Path(folder, "cold"))
        filling = polystance_seconds(model, articles, options, memory, Path(folder, "filling"))
        warm = polystance_seconds(model, articles, options, memory, Path(folder, "warm"))
    one_by_one = transformers_seconds(model, few, options, 1) * len(texts) / len(few)
    seconds = {
        "transformers, one by one": one_by_one,
        "transformers, batches of 16 sorted by length": transformers_seconds(model, texts, options, 16),
        "raw ctranslate2, int8, tokenised before": raw,
        "polystance, cold": cold,
        "polystance, cold, filling the memory": filling,
        "polystance, warm": warm,
    }
    return seconds, texts, sum(map(len, pieces)) / len(pieces), len(few)


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--articles", type=Path, required=True)
    parser.add_argument("--language", default="fr")
    parser.add_argument("--limit", type=int, default=20, help="articles")
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--length", type=int, default=96, help="tokens of each translation")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    seconds, texts, length, few = measured(options)
    tokens, cold = len(texts) * (options.length - 1), seconds["polystance, cold"]
    usage = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(
        f"{len(texts)} sentences of {length:.0f} tokens, beam {options.beam}, {options.length - 1} tokens out each, "
        f"{options.threads} threads, peak memory {max(usage) / 1e6:.1f} GB\n"
    )
    print("| | seconds | tokens/s out | polystance cold / this, in speed |\n| --- | ---: | ---: | ---: |")
    for name, taken in seconds.items():
        print(f"| {name} | {taken:.2f} | {tokens / taken:.0f} | {taken / cold:.2f} |")
    print(f"\nOne by one was timed on {few} of the sentences, evenly spread over their lengths.\n")
    ratios = {name: round(taken / cold, 3) for name, taken in seconds.items()}
    print(json.dumps({"sentences": len(texts), "seconds": seconds, "polystance_cold_to_this": ratios}))


if __name__ == "__main__":
    main()
