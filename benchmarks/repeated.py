"""Seconds per stage on one megabyte of one repeated piece: a character, a pair or a line.

Usage: python benchmarks/repeated.py [--quick] [PIECE...]

Reading is not timed. Translation is its fragments and checks, with the text as its own translation. The last
line is one JSON object: the slowest seconds of each stage.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from pipelines.config import Actor
from pipelines.config.models import Find
from pipelines.engines.base import Translation
from pipelines.find import find
from pipelines.records import Article, Sentence, TranslatedArticle
from pipelines.text.segment import segment
from pipelines.translate.checks import translation_flags
from pipelines.translate.fragments import with_fragments_apart

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 1_000_000
"""Characters of a text."""
PIECES = [
    *"a,.'\"“”‘’«»(-—!?:;@#/1A \t你。가я", "ab", "a ", ", ", ". ", "A. ", "a.", "“a", "a”", '" ', "' ", "A ", "A-", "1.", "1 ", "1/", "(a",
    "Putin", "Putin ", "Putin, ", "Putin said ", "said ", "he ", "the president ", "“Putin” ", "a\n", "“\n", "Putin said.\n",
    "— A", "A: ", "A:\n", "a@", ".com", "http://", "| ", "\t|", "¿", "普京", "и ", "“We go,” he said.\n",
]  # fmt: skip
ACTORS = [Actor(name="Putin", aliases={"all": ["Vladimir Putin", "Putin"], "zh": ["普京"]}, pronouns=["he"])]


def stages(text: str) -> dict[str, Callable[[], object]]:
    """What to time, by the name of the stage."""
    article = Article("a", "en", text)
    spans = segment(article)
    sentences = tuple(Sentence(s.start, s.end, s.source, s.source) for s in spans)
    translated = TranslatedArticle(article, sentences)
    sources = list(dict.fromkeys(span.source for span in spans))  # as the stage does
    return {
        "segment": lambda: segment(article),
        "fragments": lambda: with_fragments_apart(sources, lambda x: [Translation(s) for s in x]),
        "checks": lambda: [translation_flags(source, source, "pt", "en") for source in sources],
        "find": lambda: list(find([translated], ACTORS, [], "en", Find())),
    }


def main() -> None:
    """Print the stages that take over a second, and the slowest of each."""
    pieces = [argument.replace("\\n", "\n") for argument in sys.argv[1:] if argument != "--quick"] or PIECES
    size = SIZE // 10 if "--quick" in sys.argv else SIZE
    slowest: dict[str, float] = {}
    for piece in pieces:
        for stage, work in stages(piece * (size // len(piece))).items():
            start = time.process_time()
            work()
            seconds = time.process_time() - start
            slowest[stage] = max(slowest.get(stage, 0.0), round(seconds, 2))
            if seconds > 1:
                print(f"{piece!r} {stage} {seconds:.1f}", flush=True)
    print(json.dumps(slowest))


if __name__ == "__main__":
    main()
