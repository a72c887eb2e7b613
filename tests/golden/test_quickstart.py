"""The quickstart gives what it gave, and the README shows what it prints.

After a change that is meant to change results: `pytest tests/golden --update-golden`, then read the diff.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from pipelines.coding import Wish, draw_sheet
from pipelines.job.store import Store
from pipelines.stages import FIND, JUDGE
from tests.cli.conftest import shown
from tests.cli.processes import ROOT

HERE = Path(__file__).parent
LABELS, STANCE, README = HERE / "labels.csv", HERE / "stance.csv", ROOT / "README.md"
KEY = ["article_id", "start", "actor", "target"]
TOLERANCE = 0.01
"""Of shares and net stance, in [-1, 1]: what a reader of two decimals sees."""
CPU = Path("/proc/cpuinfo")
pytestmark = [
    pytest.mark.timeout(600),  # two models of full size, on a machine that may be busy
    pytest.mark.skipif(
        not CPU.is_file() or "vnni" not in CPU.read_text(),
        reason="the embedded translator computes in 8 bits: not verified on processors without VNNI",
    ),
]
COMMAND = "$ polystance run configs/quickstart.yaml\n"
BLOCKS_SHOWN = 3
"""In the README: what is said above the table, and the rows of two actors."""


CODED, VALIDATION = ROOT / "benchmarks" / "data" / "coded_quickstart.csv", ROOT / "docs" / "validation.md"
READ = "$ polystance code read outputs/quickstart benchmarks/data/coded_quickstart.csv\n"


class Quickstart(NamedTuple):
    """What the quickstart gave: its folder, judged passages, the stance table, and what it printed."""

    folder: Path
    labels: pd.DataFrame
    stance: pd.DataFrame
    printed: str


@pytest.fixture(scope="module")
def quickstart(tmp_path_factory: pytest.TempPathFactory) -> Quickstart:
    """The quickstart, run once, with nothing remembered from before."""
    home, environment = tmp_path_factory.mktemp("quickstart"), dict(os.environ)
    os.environ["POLYSTANCE_CACHE"] = str(home / "cache")
    done = shown("run", ROOT / "configs" / "quickstart.yaml", "--output", home / "out", "--offline")
    os.environ.clear()
    os.environ.update(environment)
    assert done.code == 0, done.stderr
    store = Store(home / "out")
    reading = store.reading()
    assert reading is not None
    passages, judgements = (store.table(stage, reading.shards).to_pandas() for stage in (FIND, JUDGE))
    judged = judgements.merge(passages, left_on="passage_id", right_on="id", validate="many_to_one")
    labels = judged[[*KEY, "label"]].sort_values(KEY, ignore_index=True)
    stance = pd.read_csv(home / "out" / "tables" / "stance.csv")
    return Quickstart(home / "out", labels, stance, done.stdout)


@pytest.fixture
def updates(request: pytest.FixtureRequest) -> bool:
    """Whether what the quickstart gives now is to be taken as right."""
    return bool(request.config.getoption("--update-golden"))


def test_the_quickstart_judges_the_same_passages_alike(quickstart: Quickstart, updates: bool) -> None:
    if updates:
        quickstart.labels.to_csv(LABELS, index=False, lineterminator="\n")
    expected, now = (table.set_index(KEY)["label"] for table in (pd.read_csv(LABELS), quickstart.labels))
    assert set(now.index) == set(expected.index)
    changed = expected.compare(now.reindex(expected.index), result_names=("golden", "now"))
    assert changed.empty, f"\n{changed.to_string()}"


def test_the_quickstart_gives_the_same_stance_table(quickstart: Quickstart, updates: bool) -> None:
    if updates:
        quickstart.stance.to_csv(STANCE, index=False, lineterminator="\n")
    expected = pd.read_csv(STANCE)
    assert list(quickstart.stance.columns) == list(expected.columns)
    pd.testing.assert_frame_equal(quickstart.stance, expected, check_dtype=False, rtol=0, atol=TOLERANCE)


def test_the_readme_shows_what_the_quickstart_prints(quickstart: Quickstart, updates: bool) -> None:
    if updates:
        before, _, rest = README.read_text(encoding="utf-8").partition(COMMAND)
        example = "\n".join(line.rstrip() for line in beginning(quickstart.printed))
        README.write_text(f"{before}{COMMAND}\n{example}\n{rest[rest.index('```') :]}", encoding="utf-8")
    example = README.read_text(encoding="utf-8").partition(COMMAND)[2].partition("```")[0]
    lines = folded(example)
    assert len(lines) > 10
    assert lines == folded(quickstart.printed)[: len(lines)]


def test_the_documentation_shows_what_the_coded_sheet_makes_of_the_quickstart(quickstart: Quickstart) -> None:
    draw_sheet(quickstart.folder, Wish())
    done = shown("code", "read", quickstart.folder, CODED)
    assert done.code == 0, done.stderr
    lines = folded(VALIDATION.read_text(encoding="utf-8").partition(READ)[2].partition("```")[0])
    assert len(lines) > 40
    printed = set(folded(done.stdout))
    assert [line for line in lines if line not in printed] == []


def beginning(printed: str) -> list[str]:
    """The head of the printed table and its first blocks, without the margin around them."""
    blocks = "\n".join(line.rstrip().removeprefix(" ") for line in printed.strip("\n ").splitlines()).split(
        "\n\n"
    )
    return "\n\n".join(blocks[:BLOCKS_SHOWN]).splitlines()


def folded(text: str) -> list[str]:
    """The lines that are not blank, with each run of white space as one space."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
