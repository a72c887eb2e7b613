"""What cannot be used costs itself, is counted and listed; a run of which nothing is left stops."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job import rejected
from pipelines.job.places import INDEX
from pipelines.job.rejected import RejectedParts
from pipelines.job.rejections import rejections_of
from pipelines.job.store import Store
from pipelines.records import Rejection
from tests.conftest import SmallRun
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]


def test_unusable_articles_are_rejected_and_counted(config_file: Path, tmp_path: Path) -> None:
    rows = [
        *ARTICLES,
        {"id": "empty", "text": " "},
        {"id": "en-1", "language": "en", "text": "Twice."},
        {"id": "tlh-1", "language": "tlh", "text": "Putin jatlhpu'."},
    ]
    write_lines(config_file.parent / "articles.jsonl", rows)
    outcome = pipeline.run(load_config(config_file), tmp_path / "out", offline=True)
    rejected = pd.read_csv(tmp_path / "out" / "rejected.csv").set_index("article_id").astype(str)
    reasons = rejected["reason"].to_dict()
    assert outcome.manifest["counts"]["rejected"] == 3
    assert "empty text" in reasons["empty"]
    assert "id already taken" in reasons["en-1"]
    assert rejected["stage"].to_dict()["tlh-1"] == "translate"
    assert "no model translates 'tlh'" in reasons["tlh-1"]
    evidence = pd.read_csv(tmp_path / "out" / "tables" / "evidence.csv")
    assert set(evidence["article_id"]) == {"en-1", "en-2", "pt-1", "pt-2"}


def test_a_run_without_a_usable_article_stops(config_file: Path, tmp_path: Path) -> None:
    write_lines(config_file.parent / "articles.jsonl", [{"id": "a", "text": ""}])
    with pytest.raises(InputError, match=r"no usable article .*empty text"):
        pipeline.run(load_config(config_file), tmp_path / "out")
    assert len(pd.read_csv(tmp_path / "out" / "rejected.csv")) == 1


def test_one_sentence_that_breaks_the_model_costs_one_article(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    config = load_config(fakes_config(translator={"fails_on": "soldados"}))
    outcome = pipeline.run(config, tmp_path / "out", until="judge")
    assert outcome.manifest["counts"]["rejected"] == 1
    rejected = (tmp_path / "out" / "rejected.csv").read_text().splitlines()
    assert rejected[1:] == ["pt-2,translate,RuntimeError: out of memory"]


def test_a_judge_that_fails_on_everything_stops_the_run_and_is_asked_again_by_the_next(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    broken = load_config(fakes_config(judge={"fails_on": " "}))
    with pytest.raises(InputError, match=r"stage judge could use no article .*out of memory"):
        pipeline.run(broken, tmp_path / "out")
    outcome = pipeline.run(load_config(fakes_config()), tmp_path / "out", until="judge")
    assert outcome.manifest["counts"]["rejected"] == 0
    assert outcome.manifest["counts"]["judgements"] == 8


def test_a_run_with_nothing_to_reject_lists_nothing(small_run: SmallRun) -> None:
    assert (small_run.folder / "rejected.csv").read_text("utf-8-sig").splitlines() == [
        "article_id,stage,reason"
    ]


def many_rejections(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write articles, of which seven are empty, and have parts of three rejections."""
    monkeypatch.setattr(rejected, "ROWS", 3)
    empty = [{"id": f"empty-{number}", "text": ""} for number in range(7)]
    write_lines(folder / "articles.jsonl", [*ARTICLES, *empty])


def test_what_reading_rejects_is_in_parts_and_not_in_the_index(
    fakes_config: FakesConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = fakes_config(), tmp_path / "out"
    many_rejections(path.parent, monkeypatch)
    assert pipeline.run(load_config(path), folder, until="judge").manifest["counts"]["rejected"] == 7
    assert "empty" not in (folder / "articles" / "index.json").read_text()
    names = [path.name for path in sorted((folder / "articles").glob("rejected-*"))]
    assert names == ["rejected-00000.parquet", "rejected-00001.parquet", "rejected-00002.parquet"]
    store = Store(folder)
    reading = store.reading()
    assert reading is not None
    assert [one.article_id for one in rejections_of(store, reading)] == [f"empty-{n}" for n in range(7)]
    write_lines(path.parent / "articles.jsonl", ARTICLES)
    assert pipeline.run(load_config(path), folder, until="judge").manifest["counts"]["rejected"] == 0
    assert not list((folder / "articles").glob("rejected-*"))


@pytest.mark.parametrize("damage", ["flip", "cut", "gone", "of another reading"])
def test_a_damaged_part_of_rejections_is_made_again_and_no_other(
    fakes_config: FakesConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    path, folder = fakes_config(), tmp_path / "out"
    many_rejections(path.parent, monkeypatch)
    pipeline.run(load_config(path), folder, until="judge")
    listed = (folder / "rejected.csv").read_bytes()
    others = {part: part.stat().st_mtime_ns for part in folder.rglob("part-*.parquet")}
    part = folder / "articles" / "rejected-00001.parquet"
    content = bytearray(part.read_bytes())
    if damage == "flip":
        content[len(content) // 2] ^= 4
        part.write_bytes(content)
    elif damage == "cut":
        part.write_bytes(content[:-9])
    elif damage == "gone":
        part.unlink()
    else:
        with_other = RejectedParts(tmp_path / "other", "another reading")
        for number in range(6):
            with_other.add(Rejection(f"other-{number}", "read", "empty text"))
        (tmp_path / "other" / "articles" / part.name).replace(part)
    with pytest.raises(InputError, match="no finished run"):
        pipeline.report(load_config(path), folder)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        pipeline.run(load_config(path), folder, until="judge")
    assert ("set aside" in str([line.message for line in said])) == (damage in {"flip", "cut"})
    assert (folder / "rejected.csv").read_bytes() == listed
    assert {part: part.stat().st_mtime_ns for part in others} == others


def test_a_run_that_begins_anew_keeps_no_rejections(
    fakes_config: FakesConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, folder = fakes_config(), tmp_path / "out"
    many_rejections(path.parent, monkeypatch)
    pipeline.run(load_config(path), folder, until="judge")
    (folder / "articles" / "rejected-00007.parquet").write_bytes(b"of a run before")
    pipeline.run(load_config(path), folder, fresh=True, until="judge")
    assert len(list((folder / "articles").glob("rejected-*"))) == 3


def test_rejections_that_an_earlier_version_has_in_its_index_count(
    fakes_config: FakesConfig, tmp_path: Path
) -> None:
    path, folder = fakes_config(), tmp_path / "out"
    pipeline.run(load_config(path), folder, until="judge")
    store = Store(folder)
    index = store.read_json(INDEX)
    del index["rejections"]
    store.write_json(INDEX, {**index, "rejected": [["a", "read", "empty text"], ["b", "read", "empty text"]]})
    outcome = pipeline.report(load_config(path), folder)
    assert outcome.manifest["counts"]["rejected"] == 2
    assert "b,read,empty text" in (folder / "rejected.csv").read_text()
