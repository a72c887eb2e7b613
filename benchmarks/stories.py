"""Stories: which articles report the same event, beside a TF-IDF cosine with one threshold.

Usage: python benchmarks/stories.py [--quick] [ARTICLES.jsonl...]

Measures on a made-up day of 500 articles (`made_news.py`, the kinds of events that no weight was fitted on), on
the samples of the quickstart, and on ARTICLES: JSON lines as a run reads them, in which `story` is the truth.
The truth is taken away before the run. Articles in other languages than English are translated by bergamot.

Pairs: of the pairs of articles that are put together the share of one story (precision), and of the pairs of
one story the share put together (recall). B-cubed: the same by article (Bagga and Baldwin 1998). Different
stories of the truth that `data/same_events.txt` says are of one event count neither way in "one event".
The last line is JSON: the pairs' precision and recall on ARTICLES, without any on the made-up day.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # for the grammar beside this script

from benchmarks.made_news import made_day
from pipelines.config import load_config
from pipelines.job.store import Store
from pipelines.job.stories import story_table
from pipelines.run import run

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "configs" / "articles"
SAME_EVENTS = Path(__file__).parent / "data" / "same_events.txt"
BASELINE = 0.65
"""Cosine of TF-IDF above which the baseline puts two articles together: the best B-cubed F1 on a made-up day of
the kinds that our weights were fitted on."""
QUICK = {"articles": 150, "stories": 18, "twins": 4}
CONFIG = {
    "name": "stories",
    "articles": {"path": "articles.jsonl"},
    "translation": {"models": {"pt": {"engine": "bergamot"}}},
    "actors": ["Putin", "Trump", "Yoon"],
    "targets": ["war"],
    "find": {"near": False},
}


class Figures(NamedTuple):
    """Precision and recall of pairs, the same with one event's stories left out, and B-cubed."""

    precision: float
    recall: float
    events: float
    bcubed_precision: float
    bcubed_recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the B-cubed figures."""
        both = self.bcubed_precision + self.bcubed_recall
        return 2 * self.bcubed_precision * self.bcubed_recall / both if both else 0.0


def figures(truth: Sequence[str], joined: Sequence[object]) -> Figures:
    """The figures of a grouping.

    Args:
        truth: the story of each article.
        joined: the group that each was put in, aligned with `truth`.
    """
    one_event = same_events()
    event = [one_event.get(story, story) for story in truth]
    groups, stories = Counter(joined), Counter(truth)
    shared = Counter(zip(truth, joined, strict=True))
    true, together, both = _pairs(stories), _pairs(groups), _pairs(shared)
    apart = together - _pairs(Counter(zip(event, joined, strict=True)))
    pairs = list(zip(truth, joined, strict=True))
    return Figures(
        both / max(1, together),
        both / max(1, true),
        both / max(1, both + apart),
        sum(shared[pair] / groups[pair[1]] for pair in pairs) / len(pairs),
        sum(shared[pair] / stories[pair[0]] for pair in pairs) / len(pairs),
    )


def _pairs(sizes: Counter[Any]) -> int:
    """The pairs within groups of these sizes."""
    return sum(size * (size - 1) // 2 for size in sizes.values())


def same_events() -> dict[str, str]:
    """The first story of each line of `data/same_events.txt`, by each story of the line."""
    lines = [line.split() for line in SAME_EVENTS.read_text().splitlines() if not line.startswith("#")]
    return {story: line[0] for line in lines for story in line}


def made_rows(part: str, seed: int, **size: Any) -> list[dict[str, Any]]:
    """A made-up day as articles in the pivot language."""
    return [
        {"id": made.id, "story": made.story, "language": "en", "outlet": made.outlet,
         "published": made.published, "title": made.sentences[0], "text": "\n".join(made.sentences[1:])}
        for made in made_day(part, seed, **size)
    ]  # fmt: skip


def rows_of(paths: Sequence[Path]) -> list[dict[str, Any]]:
    """The articles of files of JSON lines."""
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def joined(rows: Sequence[dict[str, Any]], folder: Path) -> dict[str, str]:
    """The story of each article that a run finds, by its id."""
    folder.mkdir(parents=True)
    blind = [{key: value for key, value in row.items() if key != "story"} for row in rows]
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in blind)
    (folder / "articles.jsonl").write_text(lines, encoding="utf-8")
    (folder / "config.yaml").write_text(json.dumps(CONFIG), encoding="utf-8")
    run(load_config(folder / "config.yaml"), folder / "run", until="stories")
    return dict(zip(*story_table(Store(folder / "run")).to_pydict().values(), strict=True))


def baseline(folder: Path, least: float = BASELINE) -> dict[str, int]:
    """Groups of articles whose TF-IDF cosine is above a threshold, directly or through others, by id."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.feature_extraction.text import TfidfVectorizer

    store = Store(folder / "run")
    reading = store.reading()
    assert reading is not None
    texts: dict[str, str] = {}
    for shard in reading.shards:
        for article, sentences in store.sentences(shard.number).items():
            texts[article] = " ".join(sentence.pivot for sentence in sentences)
    vectors = TfidfVectorizer(stop_words="english", sublinear_tf=True).fit_transform(texts.values())
    _, groups = connected_components((vectors @ vectors.T) > least, directed=False)
    return dict(zip(texts, groups.tolist(), strict=True))


def line(name: str, rows: Sequence[dict[str, Any]], groups: dict[str, Any]) -> Figures:
    """Print a row of the table, and return its figures."""
    known = [row for row in rows if row["id"] in groups]
    of = figures([row["story"] for row in known], [groups[row["id"]] for row in known])
    stories, made = len({row["story"] for row in known}), len(set(groups.values()))
    print(
        f"| {name} | {len(known)} | {stories} | {made} | {of.precision:.3f} | {of.recall:.3f} | {of.events:.3f} "
        f"| {of.bcubed_precision:.3f} | {of.bcubed_recall:.3f} | {of.f1:.3f} |",
        flush=True,
    )
    return of


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("articles", nargs="*", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sets = {
        "made-up day": made_rows("test", 1, **(QUICK if options.quick else {})),
        "samples": rows_of([SAMPLES / "en.jsonl", SAMPLES / "pt.jsonl"]),
    }
    if options.articles:
        sets["articles"] = rows_of(options.articles)
    print(
        "| | articles | stories | groups | precision | recall | one event | B³ precision | B³ recall | F1 |"
    )
    print("| --- |" + " ---: |" * 9)
    last = Figures(0, 0, 0, 0, 0)
    results: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as temporary:
        for name, rows in sets.items():
            folder = Path(temporary) / name
            results[name] = last = line(name, rows, joined(rows, folder))
            line(f"{name}, TF-IDF", rows, baseline(folder))
    last = results.get("articles", results["made-up day"])
    made = results["made-up day"]
    print(
        json.dumps(
            {"precision": round(last.precision, 4), "recall": round(last.recall, 4)}
            | {"precision_events": round(last.events, 4), "made_f1": round(made.f1, 4)}
            | {
                "made_precision": round(made.bcubed_precision, 4),
                "samples_f1": round(results["samples"].f1, 4),
            }
        )
    )


if __name__ == "__main__":
    main()
