"""Recall of the sentences in which an actor holds a stance, and the volume of sentences, beside two baselines.

Usage: python benchmarks/passages.py [--quick] HOLDERS.jsonl ACTORS.json

HOLDERS has articles with one sentence a line and `holders`: sentence, actor, named. Volume is the number of
attributed sentence-actor pairs divided by that of pairs in which the sentence contains the actor's name. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from pipelines.config import Actor
from pipelines.config.models import Find
from pipelines.find import find
from pipelines.records import Article
from pipelines.translate import translate

Pair = tuple[str, int, str]
QUICK = 60  # articles
LOOKS_BACK = 3
"""Lines before a pronoun in which the baseline looks for a name; as many as the tool's own rules."""
REFERS = re.compile(r"\b(?:he|she|him|her|his|hers|they|them|their|i|we|my|our)\b|[\"“”]", re.I)


def polystance_pairs(articles: list[dict[str, Any]], actors: list[Actor]) -> set[Pair]:
    """Pairs of the find stage, by the line in which a passage begins."""
    translated = translate((Article(a["id"], "en", a["text"]) for a in articles), None)
    texts = {article["id"]: article["text"] for article in articles}
    return {
        (passage.article_id, texts[passage.article_id].count("\n", 0, passage.start), passage.actor)
        for passage in find(translated, actors, [], "en", Find())  # type: ignore[arg-type]
    }


def name_pairs(articles: list[dict[str, Any]], actors: list[Actor]) -> set[Pair]:
    """Pairs of a line and an actor whose alias it contains, by one regular expression per actor."""
    patterns = {
        a.name: re.compile("|".join(rf"\b{re.escape(x)}\b" for x in a.aliases_in("en"))) for a in actors
    }
    return {
        (article["id"], number, name)
        for article in articles
        for number, line in enumerate(article["text"].split("\n"))
        for name, pattern in patterns.items()
        if pattern.search(line)
    }


def nearest_name_pairs(articles: list[dict[str, Any]], named: set[Pair]) -> set[Pair]:
    """Named pairs, and lines with a pronoun or quotation mark and the actors last named in the lines before."""
    pairs = set(named)
    in_line: dict[tuple[str, int], set[str]] = {}
    for article_id, number, actor in named:
        in_line.setdefault((article_id, number), set()).add(actor)
    for article in articles:
        for number, line in enumerate(article["text"].split("\n")):
            if (article["id"], number) in in_line or not REFERS.search(line):
                continue
            before = (in_line.get((article["id"], number - back)) for back in range(1, LOOKS_BACK + 1))
            nearest: set[str] = next(filter(None, before), set())
            pairs |= {(article["id"], number, actor) for actor in nearest}
    return pairs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("holders", type=Path)
    parser.add_argument("actors", type=Path)
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} articles")
    options = parser.parse_args()
    lines = options.holders.read_text(encoding="utf-8").splitlines()[: QUICK if options.quick else None]
    articles = [json.loads(line) for line in lines]
    raw = json.loads(options.actors.read_text(encoding="utf-8"))
    actors = [Actor(name=actor["name"], aliases={"all": actor["aliases"]}) for actor in raw]
    gold = [((a["id"], h["sentence"], h["actor"]), h["named"]) for a in articles for h in a["holders"]]
    named = name_pairs(articles, actors)
    systems = {
        "polystance": polystance_pairs(articles, actors),
        "name match only": named,
        "nearest earlier name": nearest_name_pairs(articles, named),
    }
    print(
        f"{len(articles)} articles, {len(actors)} actors, {len(gold)} sentences in which one holds a stance\n"
    )
    print("| | recall, named | recall, unnamed | volume |\n| --- | ---: | ---: | ---: |")
    figures = {}
    for name, pairs in systems.items():
        recall = [
            sum(pair in pairs for pair, is_named in gold if is_named == kind)
            / max(1, sum(is_named == kind for _, is_named in gold))
            for kind in (True, False)
        ]
        print(f"| {name} | {recall[0]:.3f} | {recall[1]:.3f} | {len(pairs) / len(named):.2f} |")
        figures[name] = [round(value, 4) for value in (*recall, len(pairs) / len(named))]
    print(
        json.dumps(
            dict(zip(("recall_named", "recall_unnamed", "volume"), figures["polystance"], strict=True))
        )
    )


if __name__ == "__main__":
    main()
