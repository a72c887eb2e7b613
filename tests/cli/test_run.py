"""`polystance run`, `report`, `check` and `init`, as a person meets them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Polystance
from tests.conftest import SmallRun
from tests.samples import ARTICLES, write_lines

FakesConfig = Callable[..., Path]


def test_a_run_shows_its_table_and_its_path(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = polystance("run", fakes_config())
    assert done.code == 0, done.stderr
    assert "Yoon on deployment" in done.stdout
    assert done.stdout.splitlines()[-1] == str(tmp_path / "outputs" / "small" / "report.html")
    assert "4 articles, 12 passages, 8 judgements, 0 rejected" in done.stderr


def test_quiet_prints_only_the_path(polystance: Polystance, finished: SmallRun) -> None:
    path = f"{finished.folder}\n"
    done = polystance("run", finished.config_file, "--quiet", "--output", finished.folder)
    assert done == (0, path, "")
    assert polystance("report", finished.folder, "--quiet") == (0, path, "")


def test_other_groupings_go_to_a_folder_of_their_own(polystance: Polystance, finished: SmallRun) -> None:
    files = [path for path in finished.folder.rglob("*") if path.is_file() and path.name != "run.log"]
    before = {path: path.read_bytes() for path in files}
    grouped = finished.folder / "report-language-month"
    done = polystance("report", finished.folder, "--by", "language,month", "--quiet")
    assert done == (0, f"{grouped}\n", "")
    assert "month,2024-10" in (grouped / "tables" / "stance.csv").read_text()
    assert (grouped / "report.html").is_file()
    assert {path: path.read_bytes() for path in before} == before


def test_a_folder_with_a_run_of_other_articles_is_refused(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    config = fakes_config()
    assert polystance("run", config, "--output", out).code == 0
    other = write_lines(tmp_path / "other.jsonl", ARTICLES[:2])
    arguments = ("run", config, "--output", out, "--set", f"articles.path={other}")
    refused = polystance(*arguments)
    assert refused.code == 2
    assert "holds a run of other articles" in refused.stderr
    assert "--fresh" in refused.stderr
    write_lines(
        tmp_path / "articles.jsonl", [*ARTICLES, {**ARTICLES[0], "id": "en-9"}]
    )  # one more is no other
    assert polystance("run", config, "--output", out).code == 0
    assert polystance(*arguments, "--fresh").code == 0


def test_two_runs_are_compared(polystance: Polystance, finished: SmallRun, tmp_path: Path) -> None:
    assert polystance("diff", finished.folder, finished.folder).stdout == "no difference\n"
    stance = finished.folder / "tables" / "stance.csv"
    other = Path(shutil.copytree(finished.folder, tmp_path / "other"))
    (other / "tables" / "stance.csv").write_text(
        stance.read_text("utf-8-sig").replace(",0.", ",-0."), encoding="utf-8"
    )
    done = polystance("diff", finished.folder, other, "--output", tmp_path / "diff.csv")
    assert done.code == 0
    assert (tmp_path / "diff.csv").read_text("utf-8-sig").startswith("what,name,a,b\n")


def test_strict_makes_rejected_articles_an_exit_code(
    polystance: Polystance, config_file: Path, tmp_path: Path
) -> None:
    write_lines(config_file.parent / "articles.jsonl", [*ARTICLES, {"id": "empty", "text": ""}])
    arguments = ("run", config_file, "--until", "read", "--output", tmp_path / "out")
    assert polystance(*arguments).code == 0
    assert polystance(*arguments, "--strict").code == 3
    assert "empty,read," in (tmp_path / "out" / "rejected.csv").read_text()


def test_check_lists_languages_models_and_gaps(polystance: Polystance, config_file: Path) -> None:
    rows = [*ARTICLES, {"id": "tlh", "language": "tlh", "text": "Habari."}, {"id": "bad", "text": ""}]
    write_lines(config_file.parent / "articles.jsonl", rows)
    done = polystance("check", config_file, "--offline", "--verbose")
    assert done.code == 0, done.stderr
    for line in ("nothing translates 'tlh'", "rejected: ", "marian"):
        assert line in done.stdout
    assert "minimum_articles: 1" not in polystance("check", config_file, "--offline").stdout


def test_check_recommends_clusters_and_names_a_filter_that_leaves_nothing(
    polystance: Polystance, config_file: Path
) -> None:
    rows = [
        {"id": f"{n}", "language": "en", "outlet": "Daily", "story": f"s{n}", "text": f"Putin said {n}."}
        for n in range(8)
    ]
    write_lines(config_file.parent / "articles.jsonl", rows)
    shown = polystance("check", config_file, "--offline").stdout
    assert "shares its outlet with 7 others" in shown
    assert "without compare.cluster: [story, outlet]" in shown
    clustered = polystance("check", config_file, "--offline", "--set", "compare.cluster=[story, outlet]")
    assert "compare.cluster" not in clustered.stdout
    done = polystance("check", config_file, "--offline", "--set", "articles.filter={outlets: [Nightly]}")
    assert done.code == 2
    assert "articles.filter leaves out all 8" in done.stderr


def test_check_reports_an_alias_that_two_actors_share(polystance: Polystance, small_run: SmallRun) -> None:
    actors = "actors=[{name: A, aliases: [X]}, {name: B, aliases: [x]}]"
    shown = polystance("check", small_run.config_file, "--set", actors).stdout
    assert "shared alias: 'x' (all)" in shown
    assert "A and B" in shown


def test_init_writes_a_config_that_checks(polystance: Polystance, tmp_path: Path) -> None:
    made = polystance("init", tmp_path / "start")
    assert made.code == 0, made.stderr
    assert polystance("check", tmp_path / "start" / "quickstart.yaml").code == 0
    assert polystance("init", tmp_path / "start").code == 2


def test_models_list_shows_what_is_not_fetched(polystance: Polystance, small_run: SmallRun) -> None:
    arguments = ("models", "list", small_run.config_file, "--set", "stance.model=nobody/nothing", "--offline")
    done = polystance(*arguments)
    assert done.code == 0, done.stderr
    assert "not fetched" in done.stdout


def test_models_pull_checks_models_that_are_here(polystance: Polystance, small_run: SmallRun) -> None:
    done = polystance("models", "pull", small_run.config_file)
    assert done.code == 0, done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_version_is_that_of_the_package(polystance: Polystance) -> None:
    import pipelines

    assert polystance("--version") == (0, f"polystance {pipelines.__version__}\n", "")
