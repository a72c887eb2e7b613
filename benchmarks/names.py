"""Time to find thousands of names in many sentences, beside one compiled alternation of regular expressions.

Usage: python benchmarks/names.py [--quick] [ALIASES [SENTENCES]]

The sentences are those of the sample articles, repeated, with one of the names in every tenth. The
alternation gets text that is already case-folded and checks only word boundaries; it is timed on every hundredth
sentence and scaled. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from itertools import cycle, islice
from pathlib import Path

from pipelines.config import Actor
from pipelines.text.names import NameFinder

ARTICLES = Path(__file__).parent.parent / "configs/articles/en.jsonl"
SYLLABLES = [
    "ba",
    "ke",
    "li",
    "mo",
    "nu",
    "ra",
    "se",
    "ti",
    "vo",
    "zu",
    "dan",
    "fer",
    "gol",
    "hin",
    "jor",
    "kas",
    "lem",
    "mar",
    "nov",
    "pol",
]
SCALE = 100
"""One sentence in 100 is timed for the alternation. Not tuned; bounds time."""


def made_up_names(count: int, chance: random.Random) -> list[str]:
    """Distinct names of two words, of two to four syllables each."""
    names: set[str] = set()
    while len(names) < count:
        words = ("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))).capitalize() for _ in range(2))
        names.add(" ".join(words))
    return sorted(names)


def main() -> None:
    """Print the two times and their ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("aliases", type=int, nargs="?", default=5000)
    parser.add_argument("sentences", type=int, nargs="?", default=100_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of both")
    options = parser.parse_args()
    aliases, count = (n // 10 if options.quick else n for n in (options.aliases, options.sentences))
    chance = random.Random(1)
    names = made_up_names(aliases, chance)
    lines = ARTICLES.read_text(encoding="utf-8").splitlines()
    pool = [s for line in lines for s in re.split(r"(?<=[.!?])\s+", json.loads(line)["text"]) if s]
    sentences = [
        f"{chance.choice(names)} said: {sentence}" if number % 10 == 0 else sentence
        for number, sentence in enumerate(islice(cycle(pool), count))
    ]
    start = time.perf_counter()
    finder = NameFinder([Actor(name=name) for name in names], "en")
    built = time.perf_counter()
    matches = [{m.actor for m in finder.mentions(sentence)} for sentence in sentences]
    ours = time.perf_counter() - start

    begin = time.perf_counter()
    alternation = re.compile(rf"\b(?:{'|'.join(re.escape(name.casefold()) for name in names)})\b")
    sample = sentences[::SCALE]
    their_matches = [set(alternation.findall(sentence.casefold())) for sentence in sample]
    theirs = (time.perf_counter() - begin) * SCALE
    assert [{name.casefold() for name in f} for f in matches[::SCALE]] == their_matches, "they do not agree"
    print(f"{aliases} names, {count} sentences, {sum(map(bool, matches))} with a name")
    print(f"one pass: {ours:.1f} s, of which {built - start:.1f} s to build")
    print(
        f"one alternation: {theirs:.0f} s ({len(sample)} sentences timed), {theirs / ours:.0f} times as long"
    )
    figures = {"seconds": ours, "seconds_to_build": built - start, "ratio": theirs / ours}
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
