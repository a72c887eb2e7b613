"""The stages are listed once, in `pipelines.stages`, and everything else follows that list."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.run import STAGE_NAMES
from pipelines.job.freshness import CODE
from pipelines.stages import READ, RECORDED, STAGES, stages_until
from tests.conftest import SmallRun


def test_a_run_stops_at_each_stage_and_at_no_other() -> None:
    names = [stage.name for stage in STAGES]
    assert [[stage.name for stage in stages_until(name)] for name in names] == [
        names[: n + 1] for n in range(len(names))
    ]
    with pytest.raises(ValueError, match="sunset"):
        stages_until("sunset")


def test_the_command_line_offers_the_stages_in_their_order() -> None:
    assert [stage.name for stage in STAGES] == STAGE_NAMES
    shown = CliRunner().invoke(app, ["run", "--help"], env={"COLUMNS": "200"}).stdout
    assert ", ".join(STAGE_NAMES) in " ".join(shown.split())


def test_a_run_has_one_folder_of_parts_for_each_stage_that_writes_records(small_run: SmallRun) -> None:
    folders = {path.parent.name for path in small_run.folder.glob("*/part-*.parquet")}
    assert folders == {stage.folder for stage in RECORDED}
    assert len(folders) == len(RECORDED)


def test_each_of_them_is_made_again_when_its_code_changes() -> None:
    assert set(CODE) == set(RECORDED)
    assert STAGES[0] == READ
