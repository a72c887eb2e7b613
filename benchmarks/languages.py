"""Sentences and names per language, on tables of our own.

Usage: python benchmarks/languages.py [--quick]

Sentences: F1 of the boundaries inside `data/sentences.txt`, beside sentencex alone. Names: of `data/names.txt`,
the share of forms found, and of foreign forms found falsely; the errors go to stderr. The last line is one JSON
object.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

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


class Hits(NamedTuple):
    """Places that two have in common, of the first, and of the second."""

    both: int = 0
    own: int = 0
    gold: int = 0

    def plus(self, own: set[int], gold: set[int]) -> Hits:
        """These and those of another text."""
        return Hits(self.both + len(own & gold), self.own + len(own), self.gold + len(gold))

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.both / max(1, self.own + self.gold)


def places(text: str, starts: set[int]) -> set[int]:
    """Places at which sentences begin, white space aside."""
    return {len(text[:at].rstrip()) for at in starts} - {0}


def splitting(line: str) -> tuple[str, set[int], set[int], set[int]]:
    """(language, our places, those of sentencex, gold) of one row."""
    language, marked = line.split(" ", 1)
    text, gold = "", set()
    for piece in marked.split("|"):
        text += piece
        gold.add(len(text))
    gold.discard(len(text))
    ours = {span.start for span in segment(Article("a", language, text))}
    theirs = {b["start_index"] for b in sentencex.get_sentence_boundaries(language, text)}
    return language, places(text, ours), places(text, theirs), places(text, gold)


def found(language: str, alias: str, form: str) -> bool:
    """Whether an alias is found in a form, in a text with capitals."""
    finder = NameFinder([Actor(name="A", aliases={"all": [alias]})], language)
    return bool(finder.mentions(f"{form} — Z"))


def main() -> None:
    """Print the table."""
    names: dict[str, list[tuple[bool, bool, str]]] = defaultdict(list)
    for row in rows("names.txt"):
        language, alias, right, wrong = (part.strip() for part in row.split(";"))
        for forms, is_right in ((right, True), (wrong, False)):
            names[language] += [
                (is_right, found(language, alias, form), f"{alias}: {form}") for form in forms.split(", ")
            ]
    ours, theirs = defaultdict[str, Hits](Hits), defaultdict[str, Hits](Hits)
    for language, own, peer, gold in map(splitting, rows("sentences.txt")):
        ours[language] = ours[language].plus(own, gold)
        theirs[language] = theirs[language].plus(peer, gold)
    print(
        "| language | splitting F1 | sentencex alone | names found | falsely found |\n| --- | ---: | ---: | ---: | ---: |"
    )
    for language in ours:
        hits = [hit for is_right, hit, _ in names[language] if is_right]
        errors = [hit for is_right, hit, _ in names[language] if not is_right]
        cells = [f"{sum(hits)}/{len(hits)}", f"{sum(errors)}/{len(errors)}"] if hits else ["", ""]
        print(f"| {language} | {ours[language].f1:.2f} | {theirs[language].f1:.2f} | {' | '.join(cells)} |")
    for language in names:
        wrong_forms = [form for is_right, hit, form in names[language] if is_right is not hit]
        print(f"{language}: {'; '.join(wrong_forms)}", file=sys.stderr)
    print(json.dumps({language: round(hits.f1, 3) for language, hits in ours.items()}))


if __name__ == "__main__":
    main()
