"""The stories of a run: stored by day, found again only if they may differ."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job.store import Store
from pipelines.job.stories import story_table
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]


def of_run(config_file: Path, folder: Path) -> dict[str, str]:
    pipeline.run(load_config(config_file), folder, until="stories")
    return dict(zip(*story_table(Store(folder)).to_pydict().values(), strict=True))


def day_files(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "stories").glob("day-*.parquet")}


def dated(*days: str) -> list[dict[str, str]]:
    return [dict(article, published=day) for article, day in zip(ARTICLES, days, strict=False)]


def test_every_article_has_a_story_and_a_day_is_joined_once(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file, folder = fakes_config(), tmp_path / "out"
    write_lines(config_file.parent / "articles.jsonl", dated("2024-10-01", "2024-10-01", "2024-10-02", ""))
    stories, before = of_run(config_file, folder), day_files(folder)
    assert len(stories) == 4
    assert sorted(before) == ["day-2024-10-01.parquet", "day-2024-10-02.parquet", "day-undated.parquet"]
    assert of_run(config_file, folder) == stories
    assert day_files(folder) == before


def test_a_later_article_leaves_the_days_before_as_they_are(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file, folder = fakes_config(), tmp_path / "out"
    articles = dated("2024-10-01", "2024-10-02", "2024-10-02", "2024-10-09")
    write_lines(config_file.parent / "articles.jsonl", articles[:3])
    stories, before = of_run(config_file, folder), day_files(folder)
    write_lines(config_file.parent / "articles.jsonl", articles)
    assert stories.items() <= of_run(config_file, folder).items()
    assert before.items() <= day_files(folder).items()


def test_a_damaged_day_is_joined_again_and_a_day_without_articles_is_removed(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config_file, folder = fakes_config(), tmp_path / "out"
    write_lines(config_file.parent / "articles.jsonl", dated("2024-10-01", "2024-10-01", "2024-10-02"))
    stories = of_run(config_file, folder)
    path = folder / "stories" / "day-2024-10-01.parquet"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.warns(UserWarning, match="damaged; set aside"):
        assert of_run(config_file, folder) == stories
    write_lines(config_file.parent / "articles.jsonl", dated("2024-10-01", "2024-10-01", "2024-10-01"))
    of_run(config_file, folder)
    assert list(day_files(folder)) == ["day-2024-10-01.parquet"]


def test_stories_can_be_left_out(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config_file = fakes_config(stories={"join": False})
    assert of_run(config_file, tmp_path / "out") == {}
    tables = pipeline.run(load_config(config_file), tmp_path / "out").folder / "tables"
    assert len((tables / "stories.csv").read_text("utf-8").splitlines()) == 1  # the head


def test_a_damaged_day_is_named_by_a_report(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config = load_config(fakes_config())
    folder = pipeline.run(config, tmp_path / "out").folder
    path = next((folder / "stories").glob("day-*.parquet"))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="damaged"):
        pipeline.report(config, folder)


def test_a_day_after_the_window_is_not_joined_again(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config_file, folder = fakes_config(), tmp_path / "out"
    articles = dated("2024-10-01", "2024-10-01", "2024-10-09", "2024-10-20")
    write_lines(config_file.parent / "articles.jsonl", [articles[0], *articles[2:]])
    of_run(config_file, folder)
    before = day_files(folder)
    write_lines(config_file.parent / "articles.jsonl", articles)
    of_run(config_file, folder)
    redone = [name for name, written in day_files(folder).items() if before[name] != written]
    assert redone == ["day-2024-10-01.parquet"]


def test_stories_are_the_same_in_shards_of_any_size(fakes_config: FakesConfig, tmp_path: Path) -> None:
    made = [
        of_run(fakes_config(execution={"shard_size": size}), tmp_path / f"shards of {size}")
        for size in (1, 3, 100)
    ]
    assert made[0]
    assert made[0] == made[1] == made[2]
