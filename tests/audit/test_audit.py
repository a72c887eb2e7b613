"""The translation audit: which second way is taken, and what labels that differ make of the table."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from cli.main import app
from pipelines import run as pipeline
from pipelines.audit import Audit, audit, stored_audit, write_audit
from pipelines.config import load_config
from pipelines.errors import ConfigError, InputError
from pipelines.job.store import Store
from pipelines.report.csv_files import read_csv
from tests.samples import write_config

REWORDING = "{engine: 'tests.fakes:RewordingTranslator', options: {word: condenou, by: defendeu}}"
"""Another translator of Portuguese, which makes the condemnations defences."""


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the sample articles, only to be read: Yoon opposes the deployment in both languages."""
    home = tmp_path_factory.mktemp("audit")
    config = write_config(
        home,
        translation={"engine": "tests.fakes:ShoutingTranslator", "memory": False},
        stance={"engine": "tests.fakes:KeywordJudge", "controls": 0},
        find={"near": False},
    )
    pipeline.run(load_config(config), home / "out")
    return home / "out"


@pytest.fixture
def run_dir(judged: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(judged, tmp_path / "run"))


@pytest.fixture
def audited(run_dir: Path) -> Callable[..., Audit]:
    def made(overrides: Sequence[str] = (), size: int = 200) -> Audit:
        config = load_config(run_dir / "config.yaml")
        return audit(config, run_dir, load_config(run_dir / "config.yaml", overrides), size=size)

    return made


def row_of(rows: pd.DataFrame, actor: str) -> pd.Series:
    [row] = rows[(rows["actor"] == actor) & (rows["language"] == "pt")].to_dict("records")
    return pd.Series(row)


def test_a_translator_that_turns_stances_round_is_noticed(audited: Callable[..., Audit]) -> None:
    result = audited([f"translation.models.pt={REWORDING}"])
    passages = result.passages
    assert set(passages["language"]) == {"pt"}, "an article of the pivot has no translation to audit"
    turned = passages[passages["actor"] == "Yoon"]
    assert set(zip(turned["label"], turned["again"], strict=True)) == {("opposes", "supports")}
    yoon, putin, every = (row_of(result.rows, name) for name in ("Yoon", "Putin", "all"))
    assert (yoon["agreement"], yoon["lean"]) == (0, -2)
    assert (putin["agreement"], putin["lean"]) == (1, 0)
    assert every["pairs"] == yoon["pairs"] + putin["pairs"] == len(passages)
    assert every["lean"] == pytest.approx(-2 * yoon["pairs"] / every["pairs"])
    assert every["alpha"] < 0.5
    assert every["reference"] == "fake condenou as defendeu"


def test_without_another_translator_the_translation_goes_back_and_forth(
    audited: Callable[..., Audit],
) -> None:
    result = audited()
    assert set(result.passages["language"]) == {"en", "pt"}
    assert (result.passages["label"] == result.passages["again"]).all()
    assert row_of(result.rows, "all")["reference"].startswith("back by fake")
    [way] = set(result.passages.loc[result.passages["language"] == "en", "way"])
    assert way.startswith("through pt, back by fake")


def test_the_fallback_of_a_language_comes_before_its_translation_back(audited: Callable[..., Audit]) -> None:
    first = "{engine: 'tests.fakes:ShoutingTranslator', fallback: " + REWORDING + "}"
    result = audited([f"translation.models.pt={first}"])
    assert row_of(result.rows, "all")["reference"] == "fake condenou as defendeu"


def test_a_smaller_sample_is_part_of_a_larger_one(audited: Callable[..., Audit]) -> None:
    small, large = audited(size=2).passages, audited().passages
    assert small["language"].value_counts().to_dict() == {"en": 2, "pt": 2}
    merged = small.merge(large, on=list(small.columns))
    assert len(merged) == len(small) < len(large)


def test_a_sample_larger_than_the_run_is_all_of_it(audited: Callable[..., Audit], run_dir: Path) -> None:
    judged = pd.read_csv(run_dir / "tables" / "evidence.csv")["label"].notna().sum()
    assert len(audited(size=10_000).passages) == judged


def test_a_run_that_was_not_finished_is_not_audited(audited: Callable[..., Audit], run_dir: Path) -> None:
    shutil.rmtree(run_dir / "judgements")
    with pytest.raises(InputError, match="no finished run"):
        audited()


def test_the_run_s_own_translator_is_no_second_one(audited: Callable[..., Audit]) -> None:
    result = audited(["translation.models.pt={engine: 'tests.fakes:ShoutingTranslator'}"])
    assert not result.passages["way"].eq("").any()
    assert "back" in str(row_of(result.rows, "all")["reference"])


def test_the_comparison_takes_the_rows_until_the_run_is_judged_again(
    audited: Callable[..., Audit], run_dir: Path
) -> None:
    config, store = load_config(run_dir / "config.yaml"), Store(run_dir)
    write_audit(run_dir, audited([f"translation.models.pt={REWORDING}"]))
    pipeline.report(config, run_dir)
    table = read_csv(run_dir / "tables" / "invariance.csv")
    [row] = table[(table["actor"] == "Yoon") & (table["compared"] == "translations")].to_dict("records")
    assert (row["agreement"], row["lean"], row["language"]) == (0, -2, "pt")
    assert "same passage in two translations" in (run_dir / "report.html").read_text(encoding="utf-8")
    reading = store.reading()
    assert reading is not None
    assert stored_audit(store, reading.shards[:1]) is None, "made from other judgements"


def test_only_the_translation_may_differ(audited: Callable[..., Audit]) -> None:
    with pytest.raises(ConfigError, match="an audit changes the translation, and nothing else"):
        audited(["stance.controls=3"])


def test_a_model_for_one_direction_has_no_way_back_unless_one_is_named(run_dir: Path, tmp_path: Path) -> None:
    engine = "tests.fakes:RewordingTranslator"
    private = f"translation.models.pt={{engine: '{engine}', model: {tmp_path}}}"
    one_way = load_config(run_dir / "config.yaml", [private])
    with pytest.raises(
        InputError, match=r"pt: no second translator: give one by --set translation.models.pt"
    ):
        audit(one_way, run_dir, one_way, size=5)
    back = load_config(run_dir / "config.yaml", [private, f"translation.models.en={{engine: '{engine}'}}"])
    assert row_of(audit(one_way, run_dir, back, size=5).rows, "all")["reference"].startswith("back by fake")


def test_the_command_prints_the_rows_and_the_file_of_the_passages(run_dir: Path) -> None:
    done = CliRunner().invoke(
        app, ["audit", str(run_dir), "--sample", "50", "--set", f"translation.models.pt={REWORDING}"]
    )
    assert done.exception is None
    path = run_dir / "audit" / "passages.csv"
    assert done.stdout.splitlines()[-1] == str(path)
    assert "Yoon on deployment" in done.stdout
    assert set(read_csv(path)["again"]) >= {"supports"}
