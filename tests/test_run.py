"""The whole job on small real models: results, resumption, rejection."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job.shards import ShardWorker
from tests.conftest import ARTICLES, write_lines

TABLES = ("stance", "coverage", "differences", "evidence")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the run goes."""
    return tmp_path / "out"


def tables(folder: Path) -> dict[str, str]:
    """The CSV tables of a run as text."""
    return {name: (folder / "tables" / f"{name}.csv").read_text(encoding="utf-8") for name in TABLES}


def forbid_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to load a model fails the test."""

    def refuse(self: object, role: str) -> Any:
        raise AssertionError(f"asked the model for {role}")

    monkeypatch.setattr(ShardWorker, "_held_model", refuse)


def test_a_run_gives_every_file_of_the_design(config_file: Path, folder: Path) -> None:
    outcome = pipeline.run(load_config(config_file), folder)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expected = {
        "config.yaml",
        "manifest.json",
        "rejected.csv",
        "report.html",
        "report.md",
        "tables/comparison.xlsx",
    }
    expected |= {f"tables/{name}.{suffix}" for name in TABLES for suffix in ("csv", "md")}
    expected |= {f"tables/{name}.tex" for name in TABLES[:3]}
    for stage in ("articles", "translated", "passages", "judgements"):
        expected |= {f"{stage}/part-00000.parquet", f"{stage}/part-00001.parquet"}
    assert expected <= found
    assert outcome.manifest["counts"] == {
        "articles": 4, "sentences": 12, "passages": 11, "judgements": 11, "rejected": 0
    }  # fmt: skip
    assert [(m["role"], m["language"]) for m in outcome.manifest["models"]] == [
        ("translation", "pt"),
        ("stance", None),
    ]
    assert all(model["sha256"] and model["load_seconds"] > 0 for model in outcome.manifest["models"])


def test_evidence_leads_back_to_the_sentence_in_the_article(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    texts = {row["id"]: f"{row['title']}\n{row['text']}" for row in ARTICLES}
    evidence = pd.read_csv(folder / "tables" / "evidence.csv")
    assert list(evidence["actor"]).count("Putin") == 5
    for row in evidence.itertuples():
        assert row.source in texts[row.article_id]
        assert row.actor in row.source


def test_articles_in_the_pivot_language_are_left_as_they_are(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    evidence = pd.read_csv(folder / "tables" / "evidence.csv")
    english = evidence[evidence["language"] == "en"]
    assert list(english["source"]) == list(english["pivot"])
    assert not (
        evidence[evidence["language"] == "pt"]["source"] == evidence[evidence["language"] == "pt"]["pivot"]
    ).any()


def test_a_second_run_loads_no_model_and_gives_the_same(
    config_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.run(load_config(config_file), folder)
    before = tables(folder)
    forbid_models(monkeypatch)
    second = pipeline.run(load_config(config_file), folder)
    assert tables(folder) == before
    assert second.manifest["models"] == first.manifest["models"]
    assert second.manifest["seconds"]["judge"] == first.manifest["seconds"]["judge"]


@pytest.mark.parametrize(
    "override", ["execution.shard_size=1", "stance.options.batch_size=1", "articles.reader=lines"]
)
def test_tables_do_not_depend_on_how_the_work_is_cut(
    config_file: Path, tmp_path: Path, override: str
) -> None:
    pipeline.run(load_config(config_file), tmp_path / "a")
    pipeline.run(load_config(config_file, [override]), tmp_path / "b")
    assert tables(tmp_path / "a") == tables(tmp_path / "b")


def test_a_run_goes_on_where_it_was_killed(
    config_file: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(config_file, ["execution.shard_size=1"])
    pipeline.run(config, tmp_path / "whole")
    done: list[int] = []
    do = ShardWorker.do

    def dies_at_the_third(self: ShardWorker, stage: str, number: int) -> Any:
        if stage == "judge" and len(done) == 2:
            raise KeyboardInterrupt
        if stage == "judge":
            done.append(number)
        return do(self, stage, number)

    with monkeypatch.context() as patch:
        patch.setattr(ShardWorker, "do", dies_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            pipeline.run(config, folder)
    assert len(list((folder / "judgements").glob("part-*.parquet"))) == 2
    pipeline.run(config, folder)
    assert tables(folder) == tables(tmp_path / "whole")


def test_a_damaged_part_is_made_again(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    before = tables(folder)
    for stage in ("translated", "judgements"):
        (folder / stage / "part-00001.parquet").write_bytes(b"PAR1 half a file")
    pipeline.run(load_config(config_file), folder)
    assert tables(folder) == before


def test_a_new_article_costs_only_its_own_shard(config_file: Path, folder: Path) -> None:
    config = load_config(config_file)
    pipeline.run(config, folder)
    untouched = (folder / "judgements" / "part-00000.parquet").stat().st_mtime_ns
    more = {**ARTICLES[3], "id": "pt-3", "text": "Putin condenou Yoon."}
    write_lines(config_file.parent / "articles.jsonl", [*ARTICLES, more])
    outcome = pipeline.run(config, folder)
    assert outcome.manifest["counts"]["articles"] == 5
    assert (folder / "judgements" / "part-00000.parquet").stat().st_mtime_ns == untouched


@pytest.mark.parametrize(
    ("override", "redone"),
    [
        ("actors=[{name: Putin}]", {"passages", "judgements"}),
        ("targets=[{name: other}]", {"judgements"}),
        ("actors=[{name: Putin}, {name: Yoon, aliases: [X]}]", {"passages", "judgements"}),
        ("translation.options.beam_size=1", {"translated", "passages", "judgements"}),
        ("compare.seed=7", set()),
    ],
)
def test_a_changed_key_redoes_only_what_depends_on_it(
    config_file: Path, folder: Path, override: str, redone: set[str]
) -> None:
    def stamps() -> dict[str, int]:
        stages = ("articles", "translated", "passages", "judgements")
        return {stage: (folder / stage / "part-00001.parquet").stat().st_mtime_ns for stage in stages}

    pipeline.run(load_config(config_file), folder)
    before = stamps()
    pipeline.run(load_config(config_file, [override]), folder)
    assert {stage for stage, stamp in stamps().items() if stamp != before[stage]} == redone


def test_fewer_articles_leave_nothing_of_the_others(config_file: Path, folder: Path) -> None:
    config = load_config(config_file, ["execution.shard_size=1"])
    pipeline.run(config, folder)
    outcome = pipeline.run(config, folder, limit=1)
    assert outcome.manifest["counts"]["articles"] == 1
    assert [path.name for path in (folder / "judgements").iterdir()] == ["part-00000.parquet"]


def test_articles_of_no_use_are_rejected_and_counted(config_file: Path, folder: Path) -> None:
    rows = [
        *ARTICLES,
        {"id": "empty", "text": " "},
        {"id": "en-1", "text": "Twice."},
        {"id": "tlh-1", "language": "tlh", "text": "Putin jatlhpu'."},
    ]
    write_lines(config_file.parent / "articles.jsonl", rows)
    outcome = pipeline.run(load_config(config_file), folder, offline=True)
    rejected = pd.read_csv(folder / "rejected.csv").set_index("article_id")
    assert outcome.manifest["counts"]["rejected"] == 3
    assert "empty text" in rejected.loc["empty", "reason"]
    assert "id already taken" in rejected.loc["en-1", "reason"]
    assert rejected.loc["tlh-1", "stage"] == "translate"
    assert "no model translates 'tlh'" in rejected.loc["tlh-1", "reason"]
    assert set(pd.read_csv(folder / "tables" / "evidence.csv")["article_id"]) == {
        "en-1",
        "en-2",
        "pt-1",
        "pt-2",
    }


def test_articles_that_are_all_of_no_use_stop_the_run(config_file: Path, folder: Path) -> None:
    write_lines(config_file.parent / "articles.jsonl", [{"id": "a", "text": ""}])
    with pytest.raises(InputError, match="no article of use"):
        pipeline.run(load_config(config_file), folder)
    assert len(pd.read_csv(folder / "rejected.csv")) == 1


def test_until_stops_after_the_stage(
    config_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = pipeline.run(load_config(config_file), folder, until="translate")
    assert outcome.tables is None
    assert outcome.manifest["counts"]["sentences"] == 12
    assert not (folder / "passages").exists()
    assert pipeline.run(load_config(config_file), folder, until="compare").tables is not None
    assert not (folder / "report.html").exists()


def test_two_runs_in_one_folder_are_refused(config_file: Path, folder: Path) -> None:
    from pipelines.job.store import Store

    with Store(folder).lock(), pytest.raises(InputError, match="another run is writing"):
        pipeline.run(load_config(config_file), folder)


def test_fresh_removes_only_what_a_run_wrote(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    (folder / "notes.txt").write_text("mine")
    stamp = (folder / "judgements" / "part-00000.parquet").stat().st_mtime_ns
    pipeline.run(load_config(config_file), folder, fresh=True)
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "judgements" / "part-00000.parquet").stat().st_mtime_ns != stamp


def test_report_groups_anew_without_any_model(
    config_file: Path, folder: Path, nli_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pipeline.run(load_config(config_file), folder)
    forbid_models(monkeypatch)
    monkeypatch.setattr(ShardWorker, "_build", lambda self, role: pytest.fail("built an engine"))
    config = load_config(folder / "config.yaml", ["compare.by=[month]"])
    outcome = pipeline.report(config, folder)
    assert outcome.tables is not None
    assert set(outcome.tables.stance["group"]) == {"all", "2024-10"}
    assert outcome.manifest["models"] == first.manifest["models"]


def test_report_of_an_unfinished_run_is_refused(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder, until="find")
    with pytest.raises(InputError, match="no finished run"):
        pipeline.report(load_config(config_file), folder)


def test_the_resolved_config_runs_to_the_same_tables(config_file: Path, folder: Path, tmp_path: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    shutil.copy(folder / "config.yaml", tmp_path / "resolved.yaml")
    pipeline.run(load_config(tmp_path / "resolved.yaml"), tmp_path / "again")
    assert tables(folder) == tables(tmp_path / "again")


def test_one_sentence_that_breaks_the_model_costs_one_article(
    config_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.translate.marian import MarianTranslator

    translate = MarianTranslator.translate

    def breaks_on_soldiers(self: MarianTranslator, sentences: list[str], language: str) -> Any:
        if any("soldados" in sentence for sentence in sentences):
            raise RuntimeError("out of range")
        return translate(self, sentences, language)

    monkeypatch.setattr(MarianTranslator, "translate", breaks_on_soldiers)
    outcome = pipeline.run(load_config(config_file), folder)
    assert outcome.manifest["counts"]["rejected"] == 1
    assert (folder / "rejected.csv").read_text().splitlines()[
        1
    ] == "pt-2,translate,RuntimeError: out of range"


def test_the_manifest_is_json_with_the_documented_keys(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file), folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    keys = ["name", "version", "fingerprint", "started", "finished", "counts", "seconds", "models", "options"]
    assert list(manifest) == keys
    assert set(manifest["seconds"]) == {"read", "translate", "find", "judge", "compare", "report"}


def test_a_judge_that_fails_on_everything_stops_the_run(
    config_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.judge.nli import NliJudge

    def fails(self: NliJudge, pairs: list[Any]) -> Any:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(NliJudge, "judge", fails)
    with pytest.raises(InputError, match=r"stage judge could use no article .*out of memory"):
        pipeline.run(load_config(config_file), folder)


def test_what_a_judge_failed_on_altogether_is_judged_again(
    config_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.judge.nli import NliJudge

    def out_of_memory(self: NliJudge, questions: object) -> None:
        raise RuntimeError("out of memory")

    config = load_config(config_file, ["stance.memory=false"])
    with monkeypatch.context() as patched:
        patched.setattr(NliJudge, "logits", out_of_memory)
        with pytest.raises(InputError, match="stage judge could use no article"):
            pipeline.run(config, folder)
    outcome = pipeline.run(config, folder)
    assert outcome.manifest["counts"]["rejected"] == 0


def test_a_second_run_elsewhere_translates_from_memory(
    config_file: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.translate.marian import MarianTranslator

    config = load_config(config_file, ["translation.check=true"])
    pipeline.run(config, folder)
    monkeypatch.setattr(MarianTranslator, "load", lambda self: pytest.fail("loaded the model"))
    pipeline.run(config, tmp_path / "elsewhere")
    assert tables(tmp_path / "elsewhere") == tables(folder)


def test_flags_of_translations_reach_evidence_and_the_suspect_share(config_file: Path, folder: Path) -> None:
    pipeline.run(load_config(config_file, ["translation.check=true"]), folder)
    evidence = pd.read_csv(folder / "tables" / "evidence.csv").fillna("")
    portuguese = evidence[evidence["language"] == "pt"]
    assert (portuguese["flags"] != "").all()
    assert (evidence[evidence["language"] == "en"]["flags"] == "").all()
    stance = pd.read_csv(folder / "tables" / "stance.csv")
    suspect = stance[stance["group_by"] == "language"].groupby("group")["suspect"].mean()
    assert dict(suspect) == {"en": 0.0, "pt": 1.0}
