"""A run does again only what is missing, damaged, or made from something else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.job import freshness
from pipelines.stages import FIND, JUDGE, READ, TRANSLATE, Stage
from tests.conftest import SmallRun
from tests.samples import ARTICLES, copies, stamps, tables, write_lines

FakesConfig = Callable[..., Path]


def redone(before: dict[str, int], folder: Path) -> set[str]:
    """The folders of the stages whose part was written again."""
    return {name for name, stamp in stamps(folder, 1).items() if stamp != before[name]}


def test_a_second_run_loads_no_model_and_gives_the_same(finished: SmallRun) -> None:
    before = tables(finished.folder), stamps(finished.folder, 1)
    again = pipeline.run(load_config(finished.config_file), finished.folder).manifest
    assert (tables(finished.folder), stamps(finished.folder, 1)) == before
    assert again["models"] == finished.manifest["models"]  # with the seconds that the first run took to load
    assert again["seconds"]["judge"] == finished.manifest["seconds"]["judge"]


def test_a_second_run_asks_no_model_anything(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path
) -> None:
    config = load_config(fakes_config())
    pipeline.run(config, tmp_path / "out", until="judge")
    journal.write_text("")
    pipeline.run(config, tmp_path / "out")
    assert {line.rpartition(" ")[2] for line in journal.read_text().splitlines()} == {"built"}


def test_a_run_resumes_where_it_was_interrupted(fakes_config: FakesConfig, tmp_path: Path) -> None:
    cut = {"execution": {"shard_size": 1}}
    config_file = fakes_config(judge={"interrupts_on": "CONDENOU O the deployment."}, **cut)
    with pytest.raises(KeyboardInterrupt):
        pipeline.run(load_config(config_file), tmp_path / "out")
    assert len(list((tmp_path / "out" / "judgements").glob("part-*.parquet"))) == 2
    config = load_config(fakes_config(**cut))
    pipeline.run(config, tmp_path / "out")
    pipeline.run(config, tmp_path / "whole")
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_a_damaged_part_is_made_again(finished: SmallRun) -> None:
    before = tables(finished.folder)
    for stage in (TRANSLATE, JUDGE):
        (finished.folder / stage.folder / "part-00001.parquet").write_bytes(b"PAR1 half a file")
    with pytest.warns(UserWarning, match=r"part-00001.parquet: damaged; set aside as .* and made again"):
        pipeline.run(load_config(finished.config_file), finished.folder)
    assert tables(finished.folder) == before


def test_a_new_article_costs_only_its_own_shard(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config, folder = load_config(fakes_config()), tmp_path / "out"
    pipeline.run(config, folder, until="judge")
    english = stamps(folder, 0)
    more = {**ARTICLES[3], "id": "pt-3", "text": "Putin condenou Yoon."}
    write_lines(tmp_path / "articles.jsonl", [*ARTICLES, more])
    outcome = pipeline.run(config, folder, until="judge")
    assert outcome.manifest["counts"]["articles"] == 5
    assert stamps(folder, 0) == english
    assert stamps(folder, 1) == {}  # its articles are a new shard's
    assert len(stamps(folder, 2)) == len(english)


@pytest.mark.parametrize("place", [0, 40, 79])
def test_an_article_more_or_less_costs_few_of_many_shards(
    fakes_config: FakesConfig, tmp_path: Path, place: int
) -> None:
    config, folder, rows = (
        load_config(fakes_config(execution={"shard_size": 8})),
        tmp_path / "out",
        copies(20),
    )

    def parts() -> dict[Path, int]:
        pipeline.run(config, folder, until="translate")
        return {path: path.stat().st_mtime_ns for path in folder.glob("*/part-*.parquet")}

    changed = {**ARTICLES[2], "id": "changed", "text": "Putin condenou Yoon."}
    write_lines(tmp_path / "articles.jsonl", rows)
    before = parts()
    assert len(before) >= 2 * 2 * 40 // 8
    write_lines(tmp_path / "articles.jsonl", [*rows[:place], changed, *rows[place:]])
    more = parts()
    assert 0 < len(more.items() - before.items()) <= 2 * 4  # of two stages
    write_lines(tmp_path / "articles.jsonl", rows)
    assert len(parts().items() - more.items()) <= 2 * 4


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("actors=[{name: Putin}]", {"passages", "stories", "judgements", "narration"}),
        ("targets=[{name: other}]", {"passages", "stories", "judgements", "narration"}),
        (
            "actors=[{name: Putin}, {name: Yoon, aliases: [X]}]",
            {"passages", "stories", "judgements", "narration"},
        ),
        ("translation.options.beam_size=1", {"translated", "passages", "stories", "judgements", "narration"}),
        ("compare.pool=languages", set()),
    ],
)
def test_a_changed_key_redoes_only_what_depends_on_it(
    finished: SmallRun, override: str, expected: set[str]
) -> None:
    before = stamps(finished.folder, 1)
    pipeline.run(load_config(finished.config_file, [override]), finished.folder)
    assert redone(before, finished.folder) == expected


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        (READ, set()),  # the articles are the same
        (TRANSLATE, {"translated", "passages", "stories", "judgements", "narration"}),
        (FIND, {"passages", "stories", "judgements", "narration"}),
        (JUDGE, {"judgements"}),
    ],
    ids=lambda value: value.name if isinstance(value, Stage) else "",
)
def test_changed_code_of_a_stage_redoes_it_and_those_after_it(
    finished: SmallRun, monkeypatch: pytest.MonkeyPatch, stage: Stage, expected: set[str]
) -> None:
    before = tables(finished.folder), stamps(finished.folder, 1)
    monkeypatch.setitem(
        freshness.CODE, stage, (*freshness.CODE[stage], "report")
    )  # more code, another digest
    pipeline.run(load_config(finished.config_file), finished.folder)
    assert redone(before[1], finished.folder) == expected
    assert tables(finished.folder) == before[0]


def test_fewer_articles_leave_nothing_of_the_others(fakes_config: FakesConfig, tmp_path: Path) -> None:
    config = load_config(fakes_config(execution={"shard_size": 1}))
    pipeline.run(config, tmp_path / "out", until="judge")
    outcome = pipeline.run(config, tmp_path / "out", limit=1, until="judge")
    assert outcome.manifest["counts"]["articles"] == 1
    assert [path.name for path in (tmp_path / "out" / "judgements").iterdir()] == ["part-00000.parquet"]


def test_fresh_removes_only_what_a_run_wrote(finished: SmallRun) -> None:
    (finished.folder / "notes.txt").write_text("mine")
    before = stamps(finished.folder, 1)
    pipeline.run(load_config(finished.config_file), finished.folder, fresh=True)
    assert (finished.folder / "notes.txt").read_text() == "mine"
    assert redone(before, finished.folder) == {
        "articles",
        "translated",
        "passages",
        "stories",
        "judgements",
        "narration",
    }


def test_what_was_translated_once_is_remembered_in_another_folder(
    fakes_config: FakesConfig, tmp_path: Path, journal: Path
) -> None:
    config = load_config(fakes_config(), ["translation.memory=true"])
    pipeline.run(config, tmp_path / "first", until="translate")
    asked = journal.read_text().count("translator of pt asked")
    write_lines(tmp_path / "articles.jsonl", [*ARTICLES, *copies(2)])
    pipeline.run(config, tmp_path / "second", until="translate")
    assert journal.read_text().count("translator of pt asked") == asked == 1


def test_a_run_whose_answers_are_all_remembered_loads_no_model(finished: SmallRun, tmp_path: Path) -> None:
    manifest = pipeline.run(load_config(finished.config_file), tmp_path / "elsewhere").manifest
    assert tables(tmp_path / "elsewhere") == tables(finished.folder)
    assert [model["load_seconds"] for model in manifest["models"]] == [None, None]
