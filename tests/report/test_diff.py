"""What `polystance diff` finds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from pipelines.errors import InputError
from pipelines.report.diff import difference
from tests.conftest import SmallRun


def test_a_run_does_not_differ_from_itself(small_run: SmallRun) -> None:
    assert difference(small_run.folder, small_run.folder).empty


def test_settings_labels_and_estimates_that_changed_are_listed(small_run: SmallRun, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(small_run.folder, other)
    manifest = json.loads((other / "manifest.json").read_text("utf-8"))
    manifest["options"]["compare"]["minimum_articles"] = 9
    manifest["models"][0]["name"] = "another"
    (other / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    for name, column, value in (("evidence", "label", "unclear"), ("stance", "net", 0.875)):
        path = other / f"tables/{name}.csv"
        table = pd.read_csv(path)
        table.loc[0, column] = value
        table.to_csv(path, index=False)
    rows = difference(small_run.folder, other)
    assert {"options", "model", "labels", "net"} <= set(rows["what"])
    changed = rows[rows["name"] == "compare.minimum_articles"]
    assert changed[["a", "b"]].to_numpy().tolist() == [["1", "9"]]
    assert "+0.88" in rows["b"].tolist()


def test_a_folder_without_a_run_is_refused(small_run: SmallRun, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no finished run"):
        difference(small_run.folder, tmp_path)
