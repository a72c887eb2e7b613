"""The commands: help, a place in the guide, and a fast start."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest
import typer.main

from cli.main import app
from tests.cli.processes import ROOT, started

HEAVY = ("torch", "transformers", "pandas", "pydantic", "numpy", "pyarrow")


def commands() -> list[list[str]]:
    """Every command, as its words."""
    root = typer.main.get_command(app)
    words = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", None)
        words += [[name, inner] for inner in below] if below else [[name]]
    return words


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_has_help_and_a_place_in_the_guide(words: list[str]) -> None:
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    assert command.help
    for parameter in command.params:
        assert getattr(parameter, "help", None) or parameter.name == "help", parameter.name
    guide = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    assert f"polystance {' '.join(words)}" in guide
    options = {name for p in command.params for name in p.opts if name.startswith("--")} - {"--help"}
    assert {option for option in options if option not in guide} == set()


def test_help_loads_no_heavy_library() -> None:
    code = (
        f"import sys, cli.main; heavy = set({HEAVY}) & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_takes_under_a_second() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with started("--help") as process:
        assert "Compare how news" in process.communicate()[0]
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert process.returncode == 0
    # Of the processor, and not by the clock: the machine may be busy with something else.
    assert (after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime) < 1
