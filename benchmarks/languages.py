"""Sentences and names per language, on tables of our own.

Usage: python benchmarks/languages.py [--quick]

Sentences: F1 of the boundaries inside `data/sentences.txt`, beside sentencex alone. Names: of `data/names.txt`,
the share of forms found, and of foreign forms found falsely. The last line is one JSON object.
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import sentencex

from pipelines.config import Actor
from pipelines.records import Article
from pipelines.text.names import NameFinder
from pipelines.text.segment import segment

DATA = Path(__file__).parent / "data"


def rows(name: str) -> list[str]:
    """The lines of a table without its comments."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def f1(text: str, starts: set[int], gold: set[int]) -> float:
    """F1 of the places at which sentences begin, white space aside."""
    own, right = (
        {len(text[:at].split()) * 10_000 + len(text[:at].rstrip()) for at in x} for x in (starts, gold)
    )
    return 2 * len(own & right) / max(1, len(own) + len(right))


def splitting(line: str) -> tuple[str, float, float]:
    """(language, F1, F1 of sentencex) of one row."""
    language, marked = line.split(" ", 1)
    text, gold = "", set()
    for piece in marked.split("|"):
        text += piece
        gold.add(len(text))
    gold.discard(len(text))
    ours = {span.start for span in segment(Article("a", language, text))} - {0}
    theirs = {b["start_index"] for b in sentencex.get_sentence_boundaries(language, text)} - {0}
    return language, f1(text, ours, gold), f1(text, theirs, gold)


def found(language: str, alias: str, form: str) -> bool:
    """Whether an alias is found in a form, in a text with capitals."""
    finder = NameFinder([Actor(name="A", aliases={"all": [alias]})], language)
    return bool(finder.mentions(f"{form} — Z"))


def main() -> None:
    """Print the table."""
    names: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for row in rows("names.txt"):
        language, alias, right, wrong = (part.strip() for part in row.split(";"))
        names[language] += [(True, found(language, alias, form)) for form in right.split(", ")]
        names[language] += [(False, found(language, alias, form)) for form in wrong.split(", ")]
    results = {}
    print(
        "| language | splitting F1 | sentencex alone | names found | falsely found |\n| --- | ---: | ---: | ---: | ---: |"
    )
    for language, ours, theirs in map(splitting, rows("sentences.txt")):
        right = [hit for wanted, hit in names[language] if wanted]
        wrong = [hit for wanted, hit in names[language] if not wanted]
        cells = [f"{sum(right)}/{len(right)}", f"{sum(wrong)}/{len(wrong)}"] if right else ["", ""]
        print(f"| {language} | {ours:.2f} | {theirs:.2f} | {cells[0]} | {cells[1]} |")
        results[language] = round(ours, 3)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
