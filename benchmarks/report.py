"""Time and memory of the report, and how fast its page opens, by the number of passages.

    python benchmarks/report.py [--quick] [--passages N] [--keep FOLDER]

Makes a run of that many passages from sentences of the sample articles, with judgements by chance, and reports it in
a process of its own. With a browser (chromium, and the package playwright) it opens the page and a cell of the matrix.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from pipelines.config import load_config
from pipelines.config.yaml_text import dump_yaml
from pipelines.job.copies import write_copies
from pipelines.job.results import CONTROLS
from pipelines.job.store import Shard, Store
from pipelines.records import Article, Judgement, Passage, Sentence, TranslatedArticle
from pipelines.stages import FIND, JUDGE, READ, TRANSLATE

ROOT = Path(__file__).parents[1]
QUICK, FULL = 10_000, 200_000
"""Passages: the most that open in under two seconds by the page's own promise, and ten times INSIDE."""
SHARD = 640
"""Articles of a shard: ten times as many as by default, which only makes fewer files."""
OUTLETS = 48
PER_ARTICLE = 5
LABELS = ("supports", "opposes", "neutral", "unclear")


def make_run(folder: Path, passages: int) -> Path:
    """A finished run of that many passages, as the stages would have stored it."""
    config = load_config(ROOT / "configs/quickstart.yaml", ["compare.minimum_articles=5"])
    rows = [
        json.loads(line)
        for name in ("en", "pt")
        for line in (ROOT / f"configs/articles/{name}.jsonl").read_text("utf-8").splitlines()
    ]
    store, rng = Store(folder), random.Random(1)
    folder.mkdir(parents=True, exist_ok=True)
    store.write_text("config.yaml", dump_yaml(config.model_dump(mode="json")))
    shards = []
    total = -(-passages // PER_ARTICLE)
    for number, start in enumerate(range(0, total, SHARD)):
        language = ("en", "pt")[number % 2]
        sample = [row for row in rows if row.get("lang", row.get("language")) == language] or rows
        articles = [
            _article(n, language, sample[n % len(sample)]) for n in range(start, min(start + SHARD, total))
        ]
        translated = [_translated(article) for article in articles]
        parts = [p for t in translated for p in _passages(t, [actor.name for actor in config.actors])]
        judged = [_judgement(passage, target.name, rng) for passage in parts for target in config.targets]
        for stage, records in ((READ, articles), (TRANSLATE, translated), (FIND, parts), (JUDGE, judged)):
            store.write_part(stage, number, records, str(number))
        shards.append(Shard(number, language, len(articles), str(number)))
    store.end_reading("made", shards, 0.0, 0)
    write_copies(store, shards, "made")
    reading = store.reading()
    assert reading is not None
    store.write_json(CONTROLS, {"fingerprint": "made", "parts": store.state(reading), "rows": []})
    return folder


def _article(number: int, language: str, row: dict[str, Any]) -> Article:
    text = next(str(row[key]) for key in ("text", "body") if key in row)
    day = f"2024-{1 + number % 12:02d}-{1 + number % 28:02d}"
    url = f"https://example.org/{number}"
    outlet = f"{language}-outlet-{number % OUTLETS:02d}"
    return Article(f"a{number:07d}", language, f"{text} ({number})", str(row["title"]), outlet, day, url)


def _translated(article: Article) -> TranslatedArticle:
    sentences, at = [], 0
    for part in article.text.split(". "):
        start = article.text.index(part, at)
        at = start + len(part)
        pivot = part if article.language == "en" else f"{part} (in English)"
        sentences.append(Sentence(start, at, part, pivot))
    return TranslatedArticle(article, tuple(sentences))


def _passages(translated: TranslatedArticle, actors: list[str]) -> list[Passage]:
    article = translated.article
    return [
        Passage(
            f"{article.id}-{place}", article.id, actors[place % len(actors)], s.start, s.end, s.source, s.pivot,
            s.pivot, "quoted" if place % 2 else "narrated", "both", {"deployment": "named"},
        )
        for place, s in enumerate((translated.sentences * PER_ARTICLE)[:PER_ARTICLE])
    ]  # fmt: skip


def _judgement(passage: Passage, target: str, rng: random.Random) -> Judgement:
    label = rng.choices(LABELS, (3, 2, 4, 1))[0]
    made = Judgement(passage.id, target, 0.2, 0.2, 0.6, "neutral", 1.0, "neutral", 0.6)
    if label in LABELS[:2]:
        return replace(made, label=label, choice=label, **{label: 0.6}, neutral=0.2)  # type: ignore[arg-type]
    return replace(made, label=label)  # type: ignore[arg-type]


def open_page(page: Path) -> dict[str, float]:
    """Seconds until the page is there, and until a cell shows its passages; empty without a browser."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {}
    if browser is None:
        return {}
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        start = time.perf_counter()
        opened.goto(page.as_uri())
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        opened.locator(".matrix td a").first.click()
        opened.wait_for_selector("li.passage")
        return {"open_seconds": round(seconds, 2), "cell_seconds": round(time.perf_counter() - start, 2)}


def main() -> None:
    """Print the figures; the last line is a JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--passages", type=int)
    parser.add_argument("--keep", type=Path, help="the folder of the run, which then stays")
    arguments = parser.parse_args()
    passages = arguments.passages or (QUICK if arguments.quick else FULL)
    with tempfile.TemporaryDirectory() as temporary:
        folder = make_run(arguments.keep or Path(temporary) / "run", passages)
        command = [sys.executable, "-m", "cli.main", "report", str(folder), "--quiet"]
        start = time.perf_counter()
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        seconds = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu, memory = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
        size = (folder / "report.html").stat().st_size / 1e6
        figures = {
            "passages": passages, "seconds": round(seconds, 1), "cpu_seconds": round(cpu, 1), "report_seconds": manifest["seconds"]["report"],
            "memory_mb": round(memory), "page_mb": round(size, 2), **open_page(folder / "report.html"),
        }  # fmt: skip
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
