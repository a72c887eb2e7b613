"""Renderings of one utterance: which sentences of two articles give the same words of the same speaker.

Usage: python benchmarks/renderings.py [--quick] [ARTICLES.jsonl...]

Measures on 60 pairs by hand (`data/renderings.tsv`), by kind. ARTICLES are the same articles in English and in
one other language, line by line, as JSON lines of which `story` pairs them: the quoted sentences of the English
article are matched with those of its translation back, whoever speaks, and right is the sentence of the same
line. Beside it, the cosine of the embeddings of what is in quotation marks, from 0.8. `--quick` changes nothing:
it takes seconds. The last line is JSON.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the other benchmark

from benchmarks.stories import joined, rows_of
from pipelines.job.store import Store
from pipelines.records import NOT_IN_TEXT
from pipelines.stories.pairs import cosines, rounded
from pipelines.stories.sayings import saying
from pipelines.stories.utterances import Quoted, likeness, pairs, spoken, utterances
from pipelines.text.embed import Encoder

HAND = Path(__file__).parent / "data" / "renderings.tsv"
BASELINE = 0.8


class Line(NamedTuple):
    """A quoted sentence, with the line of the article that it is in."""

    quoted: Quoted
    line: int


def by_hand(encoder: Encoder) -> dict[str, list[bool]]:
    """Whether each pair of a kind is judged as the table says."""
    right: dict[str, list[bool]] = defaultdict(list)
    rows = [row for row in HAND.read_text(encoding="utf-8").splitlines() if not row.startswith("#")]
    for row in rows:
        kind, same, first, one, second, other = row.split("\t")
        two = [Quoted("1", "1", "", first, one), Quoted("2", "2", "", second, other)]
        together = len({first for _, firsts in utterances(spoken(two), encoder) for first in firsts}) == 1
        right[kind].append(together == (same == "same"))
    return right


def lines_of(folder: Path, stories: dict[str, str]) -> dict[str, list[Line]]:
    """The quoted sentences of each article of a run."""
    store = Store(folder / "run")
    reading = store.reading()
    assert reading is not None
    quoted: dict[str, list[Line]] = {}
    for shard in reading.shards:
        for translated in store.translated(shard.number):
            article = translated.article
            quoted[article.id] = [
                Line(
                    Quoted(f"{article.id}:{place}", article.id, stories[article.id], "", sentence.pivot),
                    article.text[: sentence.start].count("\n"),
                )
                for place, sentence in enumerate(translated.sentences)
                if sentence.start != NOT_IN_TEXT and saying(sentence.pivot).direct
            ]
    return quoted


def counts(quoted: dict[str, list[Line]], english: set[str], encoder: Encoder) -> np.ndarray:
    """Pairs and right pairs of ours, of the baseline, and English lines, those matched by either: int (6,)."""
    total = np.zeros(6, int)
    by_story: dict[str, list[Line]] = defaultdict(list)
    for lines in quoted.values():
        for line in lines:
            by_story[line.quoted.story].append(line)
    for lines in by_story.values():
        own = [line.quoted.article_id in english for line in lines]
        if not any(own):
            continue
        sentences = [line.quoted for line in lines]
        whole = rounded(encoder.embed([sentence.text for sentence in sentences]))
        ours = pairs(likeness(sentences, whole), [sentence.article_id for sentence in sentences])
        words = rounded(encoder.embed([saying(sentence.text).words for sentence in sentences]))
        plain = zip(*np.nonzero(np.triu(cosines(words, words), 1) >= BASELINE), strict=True)
        hits = []
        for place, joins in enumerate((ours, plain)):
            across = [(a, b) for a, b in joins if own[a] != own[b]]
            right = [(a, b) for a, b in across if lines[a].line == lines[b].line]
            hits.append({lines[a].line for a, _ in right})
            total[2 * place : 2 * place + 2] += len(across), len(right)
        total[4] += len({line.line for line, mine in zip(lines, own, strict=True) if mine})
        total[5] += len(hits[0])
    return total


def main() -> None:
    """Print the tables."""
    encoder = Encoder()
    right = by_hand(encoder)
    print("| kind | pairs | right |\n| --- | ---: | ---: |")
    for kind, each in right.items():
        print(f"| {kind} | {len(each)} | {sum(each)} |")
    every = [one for each in right.values() for one in each]
    result = {"hand": round(sum(every) / len(every), 4)}
    paths = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    if paths:
        rows = rows_of(paths)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "articles"
            joined(rows, folder)
            truth = {row["id"]: row["story"] for row in rows}
            english = {row["id"] for row in rows if row["language"] == "en"}
            made, good, plain, plain_good, lines, matched = counts(lines_of(folder, truth), english, encoder)
        result |= {"precision": round(good / made, 4), "recall": round(matched / lines, 4)}
        print(f"\n{lines} lines with a quotation; the quoted words alone: precision {plain_good / plain:.3f}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
