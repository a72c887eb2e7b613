"""The command line in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import pytest
from typer.testing import CliRunner

from cli.main import main


class Shown(NamedTuple):
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


class Polystance(Protocol):
    """Runs the command line."""

    def __call__(self, *arguments: object) -> Shown:
        """The exit code and what was printed on a terminal of 80 columns."""


def shown(*arguments: object) -> Shown:
    """Run `polystance` with these arguments, errors turned into exit codes."""
    with pytest.MonkeyPatch.context() as patch, CliRunner().isolation(env={"COLUMNS": "80"}) as streams:
        patch.setattr(sys, "argv", ["polystance", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        sys.stdout.flush()
        sys.stderr.flush()
        stdout, stderr = (stream.getvalue().decode() for stream in streams[:2])
    return Shown(int(ended.value.code or 0), stdout, stderr)


@pytest.fixture
def polystance() -> Iterator[Polystance]:
    """Runs the command line; what it sets in the environment ends with the test."""
    before = dict(os.environ)
    yield shown
    os.environ.clear()
    os.environ.update(before)
