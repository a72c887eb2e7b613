"""Commands on runs in stores."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fsspec

from tests.cli.conftest import Polystance

FakesConfig = Callable[..., Path]


def test_commands_take_the_address_of_a_run(
    polystance: Polystance, fakes_config: FakesConfig, tmp_path: Path
) -> None:
    address = f"memory://{tmp_path.name}/run"
    done = polystance("run", fakes_config(), "--output", address, "--quiet")
    assert (done.code, done.stdout.strip()) == (0, address), done.stderr
    assert "small: done" in polystance("status", address).stdout
    assert "no difference" in polystance("diff", address, address).stdout
    assert polystance("code", "sheet", address, "--size", "8", "--coders", "1", "--overlap", "0").code == 0
    assert fsspec.filesystem("memory").exists(f"{address}/coding/sheet.html")
    reported = polystance("report", address, "--quiet", "--by", "outlet")
    assert (reported.code, reported.stdout.strip()) == (0, f"{address}/report-outlet"), reported.stderr
    assert fsspec.filesystem("memory").exists(f"{address}/report-outlet/report.html")
    refused = polystance("report", address, "--output", "s3://bucket/x")
    assert (refused.code, refused.stderr.count("\n")) == (2, 1)
    nowhere = polystance("status", f"{address}-2")
    assert (nowhere.code, nowhere.stderr) == (
        2,
        f"polystance: {address}-2: nothing is there. Give the address of a run\n",
    )
