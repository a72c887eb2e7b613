"""Direct quotations: the share found whole, and the share given to the right speaker, beside the nearest name.

Usage: python benchmarks/quotations.py [--quick] [--errors] ARTICLES...

ARTICLES are JSON lines (text, language, quotations: type, quote and speaker with start, end and text), or text
files of our own as `benchmarks/data/quotations.en.txt`: one article a line, each quotation as {Speaker|"words"}.
The speakers are the actors, by the names that the gold gives; quotations whose speaker is a pronoun or unknown
count only as found. Whole is a quotation whose first and last letter are the gold's. A speaker is right if the
finder gives the sentences of the quotation to nobody else. --errors prints what is wrong. The last line is one
JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import regex

from pipelines.config import Actor
from pipelines.config.models import Find
from pipelines.find import find
from pipelines.find.grammar import grammar_of
from pipelines.find.quotations import quotations
from pipelines.records import Article, TranslatedArticle
from pipelines.text.names import NameFinder
from pipelines.text.segment import segment
from pipelines.translate import translate

QUICK = 60
"""Articles with --quick, so that it takes seconds."""
PRONOUNS = frozenset(
    {"er", "sie", "es", "ich", "wir", "man", "dieser", "diese", "der", "die", "das", "ihr"}
    | {"he", "she", "they", "i", "we", "it"}
)
MARKED = regex.compile(r"\{([^|{}]+)\|([^{}]+)\}")
LETTERS = regex.compile(r"[\p{L}\p{N}]")


class Gold(NamedTuple):
    """A direct quotation: `text[start:end]`, and its speaker, None if not a name."""

    start: int
    end: int
    speaker: str | None


def articles_of(path: Path) -> list[tuple[Article, list[Gold]]]:
    """The articles of a file, each with its direct quotations."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".txt":
        language = path.stem.rsplit(".", 1)[-1]
        return [_marked(str(i), line, language) for i, line in enumerate(lines) if line and line[0] != "#"]
    return [_annotated(json.loads(line)) for line in lines]


def _annotated(row: dict[str, Any]) -> tuple[Article, list[Gold]]:
    gold = [
        Gold(q["quote"]["start"], q["quote"]["end"], _name((q["speaker"] or {}).get("text")))
        for q in row["quotations"]
        if q["type"] == "Direct" and not q["nested"]
    ]
    return Article(row["id"], row["language"], row["text"]), gold


def _marked(number: str, line: str, language: str) -> tuple[Article, list[Gold]]:
    line = line.replace("\\n", "\n")
    text, gold, last = "", [], 0
    for match in MARKED.finditer(line):
        text += line[last : match.start()]
        gold.append(Gold(len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        last = match.end()
    return Article(number, language, text + line[last:]), gold


def _name(speaker: str | None) -> str | None:
    return None if speaker is None or speaker.casefold() in PRONOUNS else speaker


def actors_of(gold: list[Gold]) -> list[Actor]:
    """The speakers as actors, named by the last word of their names."""
    aliases: dict[str, set[str]] = {}
    for quotation in gold:
        if quotation.speaker:
            last = key(quotation.speaker)
            aliases.setdefault(last, set()).update({quotation.speaker, last})
    return [Actor(name=name, aliases={"all": sorted(names)}) for name, names in aliases.items()]


def key(speaker: str) -> str:
    """The last word of a name."""
    return str(regex.findall(r"[\w'’-]+", speaker)[-1])


def found_spans(article: Article) -> set[tuple[int, int]]:
    """The places of the first and last letter of each quotation that the finder sees."""
    spans = segment(article)
    grammar = grammar_of(article.language or "")
    dashes, speech = (grammar.dialogue_dashes, grammar.speech) if grammar else (False, None)
    parts_of = quotations([span.source for span in spans], dashes=dashes, speech=speech)
    edges: dict[int, tuple[int, int]] = {}
    for span, parts in zip(spans, parts_of, strict=True):
        for part in parts:
            start, _ = edges.get(part.number, (span.start + part.start, 0))
            edges[part.number] = start, span.start + part.end
    pieces = {
        (span.start + p.start, span.start + p.end)
        for span, parts in zip(spans, parts_of, strict=True)
        for p in parts
    }
    return {letters(article.text, *edge) for edge in pieces | set(edges.values())}


def letters(text: str, start: int, end: int) -> tuple[int, int]:
    """The places of the first and last letter or digit in `text[start:end]`."""
    places = [match.start() for match in LETTERS.finditer(text, start, end)]
    return (places[0], places[-1]) if places else (start, end)


def speakers_of(article: Article, actors: list[Actor]) -> list[tuple[int, int, str]]:
    """(start, end, actor) of each passage in which an actor is quoted."""
    language = article.language or "en"
    translated = (t for t in translate([article], None) if isinstance(t, TranslatedArticle))
    passages = find(translated, actors, [], language, Find())
    return [(p.start, p.end, p.actor) for p in passages if p.voice == "quoted"]


def nearest(article: Article, actors: list[Actor], gold: Gold) -> str | None:
    """The actor whose name outside the quotation is nearest to it."""
    mentions = NameFinder(actors, article.language or "en").mentions(article.text)
    outside = [m for m in mentions if m.end <= gold.start or m.start >= gold.end]
    if not outside:
        return None
    return min(outside, key=lambda m: max(gold.start - m.end, m.start - gold.end)).actor


def main() -> None:
    """Print the table."""
    paths = [Path(argument) for argument in sys.argv[1:] if not argument.startswith("--")]
    counts = dict.fromkeys(("quotations", "whole", "with a name", "speaker", "nearest"), 0)
    print(
        "| file | quotations | whole | with a name | speaker | nearest name |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    )
    for path in paths:
        own = dict.fromkeys(counts, 0)
        for article, gold in articles_of(path)[: QUICK if "--quick" in sys.argv else None]:
            measure(article, gold, own)
        counts = {name: counts[name] + own[name] for name in counts}
        print(f"| {path.name} | {' | '.join(map(str, own.values()))} |")
    whole, named = max(1, counts["quotations"]), max(1, counts["with a name"])
    shares = {
        "whole": counts["whole"] / whole,
        "speaker": counts["speaker"] / named,
        "nearest": counts["nearest"] / named,
    }
    print(
        json.dumps(
            {name: round(share, 4) for name, share in shares.items()} | {"quotations": counts["quotations"]}
        )
    )


def measure(article: Article, gold: list[Gold], counts: dict[str, int]) -> None:
    """Add one article's quotations to the counts."""
    if not gold:
        return
    actors, found = actors_of(gold), found_spans(article)
    passages = speakers_of(article, actors) if actors else []
    for quotation in gold:
        counts["quotations"] += 1
        is_whole = letters(article.text, quotation.start, quotation.end) in found
        counts["whole"] += is_whole
        if not is_whole and "--errors" in sys.argv:
            print("not whole:", article.text[quotation.start : quotation.end], file=sys.stderr)
        if quotation.speaker is None:
            continue
        counts["with a name"] += 1
        first, _ = letters(article.text, quotation.start, quotation.end)
        speakers = {actor for start, end, actor in passages if start <= first < end}
        counts["speaker"] += speakers == {key(quotation.speaker)}
        if speakers != {key(quotation.speaker)} and "--errors" in sys.argv:
            print(
                f"{key(quotation.speaker)}, not {speakers}:",
                article.text[first : quotation.end],
                file=sys.stderr,
            )
        counts["nearest"] += nearest(article, actors, quotation) == key(quotation.speaker)


if __name__ == "__main__":
    main()
