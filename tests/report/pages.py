"""Reports of made-up corpora, for tests of the page."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pandas as pd

from pipelines.compare import compare
from pipelines.compare.renderings import Rendering
from pipelines.compare.stories import story_tables
from pipelines.compare.tables import Tables
from pipelines.config import Compare
from pipelines.records import Rejection
from pipelines.report import write_pages
from pipelines.report.stories import Stories
from pipelines.stories.sayings import saying

SCRIPT = "<script>globalThis.hacked = 1</script>"
IMAGE = "<img src=x onerror='globalThis.hacked = 2'>"
RIGHT_TO_LEFT = "قال \u202eالرئيس\u202c إنه يدعم نشر القوات"
ZALGO = "P" + "\u0300\u0316\u0301" * 60 + "utin"
LINKS = [
    "javascript:globalThis.hacked=3",
    "data:text/html,<script>globalThis.hacked=4</script>",
    "//x.example",
    "https://example.org/a",
]
LABELS = ("supports", "opposes", "neutral", "unclear")
CHANCES = {
    "supports": (0.8, 0.1, 0.1),
    "opposes": (0.1, 0.8, 0.1),
    "neutral": (0.1, 0.1, 0.8),
    "unclear": (0.4, 0.3, 0.3),
}


def tables_of(
    articles: int = 40,
    per_article: int = 3,
    outlets: int = 4,
    actors: tuple[str, ...] = ("Putin", "Yoon"),
    text: str = "Putin backs the deployment",
    by: tuple[str, ...] = ("language", "outlet"),
) -> Tables:
    """Tables of articles in two languages; the labels are drawn by chance."""
    rng = random.Random(1)
    rows: list[dict[str, Any]] = []
    passages, judgements = [], []
    for n in range(articles):
        language = ("en", "pt")[n % 2]
        rows.append(
            {
                "id": f"a{n:05d}", "language": language, "outlet": f"{language}-{n % outlets} {text}"[:60],
                "published": f"2024-10-{1 + n % 28:02d}", "title": f"{text} {n}", "story": None,
                "url": LINKS[n % len(LINKS)], "characters": 100,
            }
        )  # fmt: skip
        for place in range(per_article):
            actor = actors[place % len(actors)]
            id_ = f"a{n:05d}:{place}"
            about = {"deployment": "named"} if place or n % 5 else {}
            pivot = f"{text} number {n} of {place}"
            passages.append(
                {
                    "id": id_, "article_id": f"a{n:05d}", "actor": actor, "start": 10 * place, "end": 10 * place + 5,
                    "source": pivot if language == "en" else f"{text} em português {n}", "pivot": pivot, "context": pivot,
                    "voice": "quoted", "matched": "both", "about": list(about.items()), "flags": ["cut"] if n % 7 == 0 else [],
                }
            )  # fmt: skip
            if about:
                label = rng.choices(LABELS, (3, 2, 4, 1))[0]
                chances = dict(zip(LABELS, CHANCES[label], strict=False))
                judged = {
                    "passage_id": id_,
                    "target": "deployment",
                    "label": label,
                    "agreement": 1.0,
                    "choice": label,
                    "confidence": 0.8,
                }
                judgements.append(judged | chances)
    first, second, third = (pd.DataFrame(part) for part in (rows, passages, judgements))
    return compare(
        first, second, third, list(actors), ["deployment"], Compare(by=list(by), minimum_articles=3)
    )


SAID = {
    "en": ("“I saw 3 pictures of soldiers there,” {actor} said.", ""),
    "pt": ("{actor} claimed that he saw 4 pictures of soldiers there.", "{actor} afirmou ter visto 4 fotos de soldados."),
    "ar": ("{actor} said he saw 3 pictures.", "قال الرئيس إنه رأى 3 صور."),
}  # fmt: skip
"""Renderings of one quotation: in the pivot, and as published if that is another language."""


def stories_of(text: str = "Putin", articles: int = 8, stories: int = 1) -> Stories:
    """Stories told in three languages by four outlets; the last outlet has no quotation."""
    rows, renderings = [], []
    for n in range(articles * stories):
        number, place = divmod(n, articles)
        language, outlet = [*SAID][n % 3], f"outlet {place % 4} {text}"[:60]
        story, day = f"{number} {text}", f"2024-10-{1 + place % 28:02d}"
        rows.append({"id": f"a{n:05d}", "language": language, "outlet": outlet, "published": day, "story": story, "title": f"{text} {n}", "url": LINKS[n % 4]})  # fmt: skip
        if place % 4 < 3:
            pivot, source = (said.format(actor=text) for said in SAID[language])
            renderings.append(Rendering(f"u{number}", f"a{n:05d}:1", f"a{n:05d}", story, text, language, outlet, day, source or pivot, pivot, *saying(pivot)))  # fmt: skip
    frame = pd.DataFrame(rows)
    passages = pd.DataFrame({"article_id": frame["id"], "actor": text, "about": [[] for _ in rows]})
    titles = {str(story): ("a00000", f"{text} in pivot", text) for story in frame["story"].unique()}
    tables = story_tables(frame, passages, renderings, titles, ["language", "outlet"])
    return Stories(tables, frame, lambda ids: dict.fromkeys(ids, f"headline {text}"))


def manifest(name: str = "made up", target: str = "the deployment of troops") -> dict[str, Any]:
    """What the page shows of a run."""
    return {
        "name": name, "version": "1", "counts": {"articles": 40, "copies": 0, "sentences": 90, "passages": 120, "judgements": 110},
        "models": [{"role": "stance", "language": None, "engine": "x", "name": "small", "revision": None, "licence": "unknown", "sha256": None}],
        "options": {
            "pivot": "en", "compare": {"minimum_articles": 3},
            "stance": {"minimum_probability": 0.5, "minimum_agreement": 0.5, "calibration": None},
            "actors": [{"name": "Putin", "aliases": {"all": ["Putin", "Putin-the-(1st)/a.b*c"]}, "epithets": {}}, {"name": "Yoon", "aliases": {}, "epithets": {}}],
            "targets": [{"name": "deployment", "text": target, "aliases": {"en": ["the deployment"]}, "terms": {}}],
        },
    }  # fmt: skip


def write_page(folder: Path, tables: Tables, stories: Stories | None = None, **of: Any) -> Path:
    """The page of the tables."""
    folder.mkdir(parents=True, exist_ok=True)
    write_pages(tables, manifest(**of), [Rejection(SCRIPT, "read", IMAGE)], folder, stories=stories)
    return folder / "report.html"
