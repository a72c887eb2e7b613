"""The whole job on small real models: its files, and that its tables are the same however it is done."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.job.store import Store
from pipelines.stages import RECORDED
from tests.conftest import SmallRun
from tests.samples import ARTICLES, TABLES, tables


def evidence_of(folder: Path) -> pd.DataFrame:
    """The evidence table, all cells as text."""
    return pd.read_csv(folder / "tables" / "evidence.csv", dtype=str, keep_default_na=False)


def test_a_run_gives_every_file_of_the_design(small_run: SmallRun) -> None:
    folder = small_run.folder
    present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expected = {"config.yaml", "manifest.json", "rejected.csv", "report.html", "report.md", "tables/comparison.xlsx"}  # fmt: skip
    expected |= {f"tables/{name}.{suffix}" for name in TABLES for suffix in ("csv", "md")}
    expected |= {f"tables/{name}.tex" for name in TABLES[:3]}
    expected |= {f"{stage.folder}/part-{shard:05d}.parquet" for stage in RECORDED for shard in range(2)}
    assert expected <= present
    assert not [name for name in present if name.endswith(".unfinished")]


def test_evidence_leads_back_to_the_sentence_in_the_article(small_run: SmallRun) -> None:
    texts = {row["id"]: f"{row['title']}\n{row['text']}" for row in ARTICLES}
    rows = evidence_of(small_run.folder).astype(str).to_dict("records")
    assert [row["actor"] for row in rows].count("Putin") == 5
    for row in rows:
        assert row["source"] in texts[row["article_id"]]
        assert row["actor"] in row["source"] or row["matched"] == "resolved"
    (resolved,) = [row for row in rows if row["matched"] == "resolved"]
    assert (resolved["actor"], resolved["source"]) == ("Yoon", "The president said that on Thursday.")


def test_articles_in_the_pivot_language_are_left_as_they_are(small_run: SmallRun) -> None:
    evidence = evidence_of(small_run.folder)
    same = (evidence["source"] == evidence["pivot"]).groupby(evidence["language"])
    assert same.mean().to_dict() == {"en": 1.0, "pt": 0.0}


@pytest.mark.parametrize(
    "override", ["execution.shard_size=1", "stance.options.batch_size=1", "articles.reader=lines"]
)
def test_tables_do_not_depend_on_how_the_work_is_cut(
    small_run: SmallRun, tmp_path: Path, override: str
) -> None:
    pipeline.run(load_config(small_run.config_file, [override]), tmp_path / "out")
    assert tables(tmp_path / "out") == tables(small_run.folder)


def test_the_resolved_config_runs_to_the_same_tables(small_run: SmallRun, tmp_path: Path) -> None:
    shutil.copy(small_run.folder / "config.yaml", tmp_path / "resolved.yaml")
    pipeline.run(load_config(tmp_path / "resolved.yaml"), tmp_path / "again")
    assert tables(tmp_path / "again") == tables(small_run.folder)


def test_until_stops_after_the_stage(small_run: SmallRun, tmp_path: Path) -> None:
    config, folder = load_config(small_run.config_file), tmp_path / "out"
    outcome = pipeline.run(config, folder, until="translate")
    assert outcome.tables is None
    assert outcome.manifest["counts"]["sentences"] == 12
    assert not (folder / "passages").exists()
    assert pipeline.run(config, folder, until="compare").tables is not None
    assert not (folder / "report.html").exists()


def test_two_runs_in_one_folder_are_refused(small_run: SmallRun, tmp_path: Path) -> None:
    with Store(tmp_path / "out").lock(), pytest.raises(InputError, match="another run is writing"):
        pipeline.run(load_config(small_run.config_file), tmp_path / "out")


def test_report_groups_anew_without_any_model(finished: SmallRun) -> None:
    engine = "no_such_module:Engine"
    overrides = ["compare.by=[month]", f"stance.engine={engine}", f"translation.models.pt.engine={engine}"]
    config = load_config(finished.folder / "config.yaml", overrides)
    outcome = pipeline.report(config, finished.folder)
    assert outcome.tables is not None
    assert set(outcome.tables.stance["group"]) == {"all", "2024-10"}
    assert outcome.manifest["models"] == finished.manifest["models"]


def test_report_of_an_unfinished_run_is_refused(finished: SmallRun) -> None:
    (finished.folder / "judgements" / "part-00001.parquet").unlink()
    with pytest.raises(InputError, match="no finished run"):
        pipeline.report(load_config(finished.config_file), finished.folder)


def test_flags_of_translations_reach_evidence_and_the_suspect_share(
    small_run: SmallRun, tmp_path: Path
) -> None:
    pipeline.run(load_config(small_run.config_file, ["translation.check=true"]), tmp_path)
    evidence = evidence_of(tmp_path)
    flagged = (evidence["flags"] != "").groupby(evidence["language"]).mean()
    assert flagged.to_dict() == {"en": 0.0, "pt": 1.0}
    stance = pd.read_csv(tmp_path / "tables" / "stance.csv")
    suspect = stance[stance["group_by"] == "language"].groupby("group")["suspect"].mean()
    assert suspect.to_dict() == {"en": 0.0, "pt": 1.0}
