"""Mention rates of ten actors in the same articles in several languages: each difference is the tool's own.

Usage: python benchmarks/mention_rate.py [--quick] [--missed] ARTICLES.jsonl...

The files hold the same articles, paired by `story`, translated by people; one of them must be English. The mention
rate of a language is the share of article-actor pairs in which the actor is named, over those ten actors; it is set
against that of English, as is the number of sentences that name one. The other columns are the rates of an exact search
for the same aliases between word boundaries, and of the English aliases alone. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path

from pipelines.config import Actor
from pipelines.config.yaml_text import parse_yaml
from pipelines.text.names import NameFinder

ACTORS = Path(__file__).with_suffix(".yaml")
QUICK = 20  # stories
Pair = tuple[str, str]
"""Story and actor."""


def mentions_by_line(
    articles: list[dict[str, str]], actors: list[Actor], language: str
) -> set[tuple[str, int, str]]:
    """Story, line number and actor of each mention."""
    finder = NameFinder(actors, language)
    return {
        (article["story"], number, mention.actor)
        for article in articles
        for number, line in enumerate(article["text"].split("\n"))
        for mention in finder.mentions(line)
    }


def exact_matches(articles: list[dict[str, str]], actors: list[Actor], language: str) -> set[Pair]:
    """Story and actor of each mention by exact search: an alias as written, between word boundaries."""
    pairs = set()
    for actor in actors:
        aliases = "|".join(rf"\b{re.escape(alias)}\b" for alias in actor.aliases_in(language))
        pairs |= {(a["story"], actor.name) for a in articles if re.search(aliases, a["text"])}
    return pairs


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("articles", type=Path, nargs="+")
    parser.add_argument("--missed", action="store_true", help="show what differs from English")
    parser.add_argument("--quick", action="store_true", help=f"the first {QUICK} stories")
    options = parser.parse_args()
    corpora: dict[str, list[dict[str, str]]] = {}
    for path in options.articles:
        lines_of_file = path.read_text(encoding="utf-8").splitlines()[: QUICK if options.quick else None]
        rows = [json.loads(line) for line in lines_of_file]
        corpora[rows[0]["language"]] = rows
    actors = [Actor(**actor) for actor in parse_yaml(ACTORS.read_text(encoding="utf-8"), ACTORS.name)]
    lines = {language: mentions_by_line(rows, actors, language) for language, rows in corpora.items()}
    named = {language: {(story, actor) for story, _, actor in some} for language, some in lines.items()}
    english = named["en"]
    pairs = len(corpora["en"]) * len(actors)
    print(f"{len(corpora['en'])} articles, {len(actors)} actors, {len(english)} pairs named in English\n")
    print("| language | mention rate | to English | sentences, to English | exact search | English aliases |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for language, articles in sorted(corpora.items()):
        here = named[language]
        in_lines = f"{len(lines[language]) / len(lines['en']):.2f}"
        exact, plain = (exact_matches(articles, actors, code) for code in (language, "en"))
        to_english, exactly, by_english = (f"{len(s) / len(english):.2f}" for s in (here, exact, plain))
        cells = language, f"{len(here) / pairs:.4f}", to_english, in_lines, exactly, by_english
        print("| " + " | ".join(cells) + " |")
        if options.missed:
            print("    missed", sorted(english - here), "more", sorted(here - english))
    ratios = {language: round(len(here) / len(english), 4) for language, here in sorted(named.items())}
    print(json.dumps({"worst": max(abs(ratio - 1) for ratio in ratios.values()), "to_english": ratios}))


if __name__ == "__main__":
    main()
