"""Copies found among made-up articles, beside a hash of the exact text: recall by edit, precision, time, memory.

Usage: python benchmarks/copies.py [--quick] [ARTICLES]

A tenth of the stories are printed again by up to four outlets, changed in one of the ways of EDITS. Another
tenth quote three sentences of one statement, which makes them no copies. Every outlet puts a banner and a footer
around its articles, and a twentieth of these have one sentence besides. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import accumulate, islice
from typing import NamedTuple

from pipelines.read.copies import find_copies
from pipelines.records import Article

SEED = 1
LANGUAGES = {"en": "abcdefghijklmnopqrstuvwxyz", "ru": "абвгдежзийклмнопрстуфхцчшщъыьэюя", "zh": ""}
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]  # as many as a newspaper uses
WORDS = 20_000
OUTLETS = 100
COPIES = 4  # of one article, at most
KILOBYTES = 1024  # in a megabyte: the unit of ru_maxrss on Linux
QUICK, FULL = 3_000, 100_000


class Made(NamedTuple):
    """An article, its id, its story, and the edit that made it from the story's original; empty for that."""

    article: Article | None
    id: str
    story: int
    edit: str


Paragraphs = list[str]


def dateline(text: Paragraphs, words: Callable[[int], str]) -> Paragraphs:
    """Another place, agency and author before the text."""
    return [f"{words(1).upper()} ({words(1)}) - {words(2)}\n{text[0]}", *text[1:]]


def place(text: Paragraphs, words: Callable[[int], str]) -> Paragraphs:
    """Another word for one word, wherever it is."""
    old, new = text[0].split()[0] if " " in text[0] else text[0][:2], words(1)
    return [paragraph.replace(old, new) for paragraph in text]


def added(text: Paragraphs, words: Callable[[int], str]) -> Paragraphs:
    """A paragraph more."""
    return [*text[:2], paragraph(words), *text[2:]]


def cut(text: Paragraphs, _: Callable[[int], str]) -> Paragraphs:
    """The end left out: a quarter of the paragraphs."""
    return text[: len(text) - max(1, len(text) // 4)]


def every(text: Paragraphs, words: Callable[[int], str]) -> Paragraphs:
    """All of these but the added paragraph."""
    return dateline(place(cut(text, words), words), words)


def headline(text: Paragraphs, _: Callable[[int], str]) -> Paragraphs:
    """The text as it is; every article has a title of its own."""
    return text


EDITS = {"headline": headline, "dateline": dateline, "place": place, "added": added, "cut": cut, "all": every}


@cache
def vocabulary(language: str) -> tuple[list[str], list[float]]:
    """Made-up words and their cumulative weights, by Zipf's law."""
    chance = random.Random(f"{SEED}{language}")
    letters = LANGUAGES[language]
    words = [
        "".join(chance.choices(letters or HAN, k=chance.randint(2, 9) if letters else chance.randint(1, 3)))
        for _ in range(WORDS)
    ]
    return words, list(accumulate(1 / rank for rank in range(3, WORDS + 3)))


def writer(language: str, chance: random.Random) -> Callable[[int], str]:
    """A function that writes n words of a language."""
    words, weights = vocabulary(language)
    joint = " " if LANGUAGES[language] else ""
    return lambda count: joint.join(chance.choices(words, cum_weights=weights, k=count))


def sentence(words: Callable[[int], str]) -> str:
    """A sentence of 14 words."""
    return words(14) + ". "


def paragraph(words: Callable[[int], str]) -> str:
    """A paragraph of three sentences."""
    return "".join(sentence(words) for _ in range(3))


@cache
def frame(language: str, outlet: int) -> tuple[str, str]:
    """An outlet's banner and footer."""
    words = writer(language, random.Random(f"{SEED}{language}{outlet}"))
    return "".join(sentence(words) for _ in range(12)), "".join(sentence(words) for _ in range(4))


def made_up(count: int, languages: Iterable[str] = tuple(LANGUAGES)) -> Iterator[Made]:
    """Articles in these languages in turn, as many as asked for."""
    return islice(_articles(list(languages)), count)


def _articles(languages: list[str]) -> Iterator[Made]:
    numbers = iter(range(10**9))

    def printed(text: Paragraphs, story: int, edit: str) -> Made:
        number, outlet = next(numbers), chance.randrange(OUTLETS)
        banner, footer = frame(language, outlet)
        day = f"2024-{1 + number % 12:02}-{1 + number % 28:02}"
        whole = "\n\n".join([banner, *text, footer])
        article = Article(f"a{number}", language, whole, words(6), f"{language}{outlet}", day)
        return Made(article, article.id, story, edit)

    for story in range(10**9):
        language, chance = languages[story % len(languages)], random.Random(f"{SEED}{story}")
        words = writer(language, chance)
        text = [paragraph(words) for _ in range(chance.randint(4, 10))]
        if story % 10 == 1:
            text = [sentence(words)] if story % 20 == 1 else text
        if story % 10 == 2:
            quoted = writer(language, random.Random(f"{SEED}{story // 100}{language}"))
            text[1] = paragraph(quoted)
        yield printed(text, story, "")
        for _ in range(chance.randint(1, COPIES) if story % 10 == 0 else 0):
            edit = chance.choice(list(EDITS))
            yield printed(EDITS[edit](text, words), story, edit)


class Score(NamedTuple):
    """Shares of pairs: precision of those in one group, recall of the true ones, and recall by edit."""

    precision: float
    recall: float
    by_edit: dict[str, float]


def score(made: Sequence[Made], copies: Mapping[str, str]) -> Score:
    """The score of groups; `copies` has, by the id of each article but the first, the id of the first."""
    group = [copies.get(m.id, m.id) for m in made]
    original = {m.story: place for place, m in enumerate(made) if not m.edit}
    both = _pairs((m.story, of) for m, of in zip(made, group, strict=True))
    by_edit: dict[str, list[bool]] = defaultdict(list)
    for place, m in enumerate(made):
        if m.edit:
            by_edit[m.edit].append(group[place] == group[original[m.story]])
    shares = {edit: round(sum(hits) / len(hits), 4) for edit, hits in sorted(by_edit.items())}
    return Score(both / max(1, _pairs(group)), both / _pairs(m.story for m in made), shares)


def _pairs(names: Iterable[Hashable]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(names).values())


def exact(articles: Iterable[Article]) -> dict[str, str]:
    """The peer: copies by a hash of the exact text."""
    first: dict[str, str] = {}
    pairs = ((a.id, first.setdefault(sha256(a.text.encode()).hexdigest(), a.id)) for a in articles)
    return {one: of for one, of in pairs if one != of}


def memory() -> float:
    """The most memory that the process used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES


def main() -> None:
    """Print a table, and a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, metavar="ARTICLES")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    count = options.count or (QUICK if options.quick else FULL)
    start = time.process_time()
    made = [Made(None, m.id, m.story, m.edit) for m in made_up(count)]
    making = time.process_time() - start
    rows: dict[str, tuple[Score, float, float]] = {}
    for name, find in (("exact text", exact), ("polystance", find_copies)):
        before, start = memory(), time.process_time()
        copies = find(m.article for m in made_up(count) if m.article)
        seconds = time.process_time() - start - making
        rows[name] = score(made, copies), round(seconds, 1), round(memory() - before)
    print(f"{count} articles in {len(LANGUAGES)} languages\n")
    print("| | precision | recall | " + " | ".join(EDITS) + " | CPU s | MB |")
    print("|" + " --- |" * (len(EDITS) + 5))
    for name, (scores, seconds, megabytes) in rows.items():
        shares = [scores.precision, scores.recall, *(scores.by_edit.get(edit, 1) for edit in EDITS)]
        print(f"| {' | '.join([name, *(f'{share:.3f}' for share in shares), f'{seconds} | {megabytes}'])} |")
    figures = {
        name: scores._asdict() | {"cpu_seconds": seconds, "memory_mb": megabytes}
        for name, (scores, seconds, megabytes) in rows.items()
    }
    print(json.dumps({"articles": count, **figures}))


if __name__ == "__main__":
    main()
