"""Who speaks in the same articles in several languages: each difference from English is the tool's own.

Usage: python benchmarks/speakers.py [--quick] ENGLISH.jsonl OTHER.jsonl...

The files hold the same articles, paired by `story`, translated by people, one sentence a line. The English line
is the translation of each sentence, so in languages that are read in the translation (those without a full
grammar) only marks and names can differ. Columns: passages without a name, and passages in which an actor
speaks, of the ten actors of mention_rate.yaml, and how far they agree with those of English (F1). The last line
is one JSON object: both F1 by language.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.false_alarms import language_of, lines_by_story
from pipelines.config import Actor
from pipelines.config.models import Find
from pipelines.config.yaml_text import parse_yaml
from pipelines.find import find
from pipelines.records import Article, Sentence, TranslatedArticle

ACTORS = Path(__file__).with_name("mention_rate.yaml")
QUICK = 20
"""Stories with --quick."""
Passages = dict[tuple[str, int, str], tuple[str, str]]
"""Voice and kind of match, by story, line and actor."""


def passages_of(
    stories: dict[str, list[str]], english: dict[str, list[str]], language: str, actors: list[Actor]
) -> Passages:
    """The passages of articles whose translation is the English one."""
    passages: Passages = {}
    for story, lines in stories.items():
        pairs = enumerate(zip(lines, english[story], strict=True))
        sentences = tuple(Sentence(i, i + 1, source, pivot) for i, (source, pivot) in pairs)
        article = TranslatedArticle(Article(story, language, "\n".join(lines)), sentences)
        for passage in find([article], actors, [], "en", Find()):
            passages[story, passage.start, passage.actor] = passage.voice, passage.matched
    return passages


def agreement(own: Passages, english: Passages, value: str) -> tuple[int, int, float]:
    """How many passages have a value, in the language and in English, and F1 of their places."""
    one, other = ({place for place, values in side.items() if value in values} for side in (own, english))
    return len(one), len(other), 2 * len(one & other) / max(1, len(one) + len(other))


def main() -> None:
    """Print the table."""
    paths = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    actors = [Actor(**row) for row in parse_yaml(ACTORS.read_text("utf-8"), str(ACTORS))]
    english = lines_by_story(paths[0])
    kept = list(english)[: QUICK if "--quick" in sys.argv else None]
    figures: dict[str, list[float]] = {}
    print(
        "| language | without a name, in English | F1 | speaks, in English | F1 |\n| --- | ---: | ---: | ---: | ---: |"
    )
    for path in paths[1:]:
        lines = lines_by_story(path)
        stories = {s: lines[s] for s in kept if len(lines.get(s, ())) == len(english[s])}
        language = language_of(path)
        own = passages_of(stories, english, language, actors)
        gold = passages_of({s: english[s] for s in stories}, english, "en", actors)
        resolved, quoted = (agreement(own, gold, value) for value in ("resolved", "quoted"))
        figures[language] = [round(resolved[2], 3), round(quoted[2], 3)]
        cells = [f"{mine}, {theirs} | {f1:.2f}" for mine, theirs, f1 in (resolved, quoted)]
        print(f"| {language} | {' | '.join(cells)} |")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
