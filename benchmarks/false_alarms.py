"""False alarms of the checks of translations: flags on human translations of news, per language and flag.

Usage: python benchmarks/false_alarms.py [--quick] ENGLISH.jsonl OTHER.jsonl...

The files have the same articles, by `story`, one sentence a line; articles whose numbers of lines differ are left
out. Every sentence counts as a source in its language whose translation is the English line. Last line: one JSON
object with the share of flagged sentences of each language.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from pipelines.translate.checks import translation_flags

QUICK = 300
"""Sentences of each language with --quick, so that it takes seconds."""


def lines_by_story(path: str) -> dict[str, list[str]]:
    """The lines of each article of a file."""
    rows = map(json.loads, Path(path).read_text(encoding="utf-8").splitlines())
    return {row["story"]: row["text"].split("\n") for row in rows}


def language_of(path: str) -> str:
    """The code of the language of a file's articles."""
    first: str = json.loads(Path(path).read_text(encoding="utf-8").split("\n", 1)[0])["language"]
    return first


def pairs(path: str, english: dict[str, list[str]]) -> list[tuple[str, str]]:
    """(source, translation) of all sentences."""
    return [
        pair
        for story, lines in lines_by_story(path).items()
        if len(lines) == len(english.get(story, ()))
        for pair in zip(lines, english[story], strict=True)
    ]


def main() -> None:
    """Print the table."""
    paths = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    english, others = lines_by_story(paths[0]), paths[1:]
    shares: dict[str, float] = {}
    print("| language | sentences | flagged | flags |\n| --- | ---: | ---: | --- |")
    for path in others:
        language = language_of(path)
        sentences = pairs(path, english)[: QUICK if "--quick" in sys.argv else None]
        flags = [translation_flags(*pair, language, "en") for pair in sentences]
        shares[language] = sum(map(bool, flags)) / len(flags)
        counts = Counter(flag for raised in flags for flag in raised)
        kinds = ", ".join(f"{flag} {count / len(flags):.2%}" for flag, count in counts.most_common())
        print(f"| {language} | {len(flags)} | {shares[language]:.2%} | {kinds} |")
    print(json.dumps({language: round(share, 5) for language, share in shares.items()}))


if __name__ == "__main__":
    main()
