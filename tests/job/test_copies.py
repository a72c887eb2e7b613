"""The copies of a run: found once, when reading, and stored beside the articles."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipelines import run as pipeline
from pipelines.compare.frames import article_frame
from pipelines.config import load_config
from pipelines.job.copies import FILE, stored_copies
from pipelines.job.store import Store
from tests.samples import write_lines

FakesConfig = Callable[..., Path]
SAMPLES = Path(__file__).parents[2] / "configs/articles/en.jsonl"


def articles(**stories: str) -> list[dict[str, Any]]:
    """Two reprints of one article, `a` and `b` after `first`, one of another, and an article alone."""
    one, two, alone = map(json.loads, SAMPLES.read_text(encoding="utf-8").splitlines()[:3])
    texts = {"first": one["text"], "a": f"{one['text']}\n\nBy A. Writer", "b": f"KAZAN - {one['text']}"}
    texts |= {"two": two["text"], "c": two["text"].upper(), "alone": alone["text"]}
    return [
        {
            "id": name,
            "language": "en",
            "published": "2024-10-2" + str(day),
            "text": text,
            "story": stories.get(name),
        }
        for day, (name, text) in enumerate(texts.items())
    ]


COPIES = {"a": "first", "b": "first", "c": "two"}


@pytest.fixture
def config_file(fakes_config: FakesConfig) -> Path:
    config_file = fakes_config(execution={"shard_size": 2})
    write_lines(config_file.parent / "articles.jsonl", articles())
    return config_file


def test_copies_are_stored_and_counted(config_file: Path, tmp_path: Path) -> None:
    outcome = pipeline.run(load_config(config_file), tmp_path / "out")
    table = pq.read_table(tmp_path / "out" / FILE).to_pydict()
    assert dict(zip(table["article_id"], table["copy_of"], strict=True)) == COPIES
    assert outcome.manifest["counts"]["copies"] == 3
    for page in ("report.md", "report.html"):
        assert "3 articles copy another one" in (tmp_path / "out" / page).read_text(encoding="utf-8")


def test_any_order_of_the_input_gives_the_same(config_file: Path, tmp_path: Path) -> None:
    write_lines(config_file.parent / "articles.jsonl", articles()[::-1])
    pipeline.run(load_config(config_file), tmp_path / "out", until="read")
    assert stored_copies(Store(tmp_path / "out")) == COPIES


def test_copies_are_found_again_only_if_the_articles_changed_or_the_file_is_damaged(
    config_file: Path, tmp_path: Path
) -> None:
    config, file = load_config(config_file), tmp_path / "out" / FILE

    def found_by_another_run() -> int:
        pipeline.run(config, tmp_path / "out", until="read")
        assert list((tmp_path / "out/articles").glob(".*")) == []
        return file.stat().st_mtime_ns

    before = found_by_another_run()
    assert found_by_another_run() == before
    file.write_bytes(b"PAR1 half a file")
    with pytest.warns(UserWarning, match=r"copies.parquet: damaged; set aside"):
        assert found_by_another_run() != before
    assert stored_copies(Store(tmp_path / "out")) == COPIES
    file.unlink()
    found_by_another_run()
    assert stored_copies(Store(tmp_path / "out")) == COPIES
    write_lines(config_file.parent / "articles.jsonl", articles()[:3])
    found_by_another_run()
    assert stored_copies(Store(tmp_path / "out")) == {"a": "first", "b": "first"}


def frame(config_file: Path, folder: Path, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The articles of a run as the comparison gets them, by id."""
    write_lines(config_file.parent / "articles.jsonl", rows)
    pipeline.run(load_config(config_file), folder, until="translate")
    store = Store(folder)
    reading = store.reading()
    assert reading is not None
    return article_frame(store, reading.shards, stored_copies(store) or {}).set_index("id")


def test_the_comparison_knows_the_copies_and_gives_them_a_story(config_file: Path, tmp_path: Path) -> None:
    found = frame(config_file, tmp_path / "out", articles())
    assert found["copy_of"].to_dict() == {"first": "first", "two": "two", "alone": "alone"} | COPIES
    first, two = "copies of first", "copies of two"
    assert found["story"].dropna().to_dict() == {"first": first, "a": first, "b": first, "two": two, "c": two}


def test_copies_take_the_story_that_one_of_them_has(config_file: Path, tmp_path: Path) -> None:
    found = frame(config_file, tmp_path / "out", articles(b="later", a="kursk", c="summit", alone="talks"))
    stories = {"first": "kursk", "a": "kursk", "b": "later", "two": "summit", "c": "summit", "alone": "talks"}
    assert found["story"].to_dict() == stories


def test_a_corpus_without_copies_keeps_its_stories(config_file: Path, tmp_path: Path) -> None:
    found = frame(config_file, tmp_path / "out", [articles()[0], articles(alone="talks")[-1]])
    assert found["copy_of"].to_dict() == {"first": "first", "alone": "alone"}
    assert found["story"].dropna().to_dict() == {"alone": "talks"}


def test_check_says_how_many_copies_there_are(config_file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "check", str(config_file), "--offline"],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": "."}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert "copies: 3 of 6 articles carry the text of another one" in done.stdout, done.stderr
