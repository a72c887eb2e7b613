"""Arguments and options that several commands share."""

from __future__ import annotations

import logging
import os
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

CONFIG = "CONFIG"
Config = Annotated[Path, typer.Argument(metavar=CONFIG, help="The YAML file of the run.", show_default=False)]
Configs = Annotated[
    list[Path],
    typer.Argument(
        metavar=CONFIG, help="The YAML files of the runs, one after the other.", show_default=False
    ),
]
ConfigOption = Annotated[
    Path,
    typer.Option("--config", metavar=CONFIG, help="The YAML file that names the models.", show_default=False),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Override a key of the config, such as find.context=1."),
]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="Print only the path of the run.")]
Verbose = Annotated[bool, typer.Option("--verbose", help="Show the libraries' messages, and tracebacks.")]
OutputFile = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write JSON to this file too.")
]


def set_up(offline: bool = False, verbose: bool = False) -> None:
    """Configure the libraries before they are imported: no network if offline, no messages unless verbose."""
    if offline:
        os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    if not verbose:
        logging.getLogger().addHandler(
            logging.NullHandler()
        )  # without one, Python prints libraries' warnings
        os.environ |= {"TRANSFORMERS_VERBOSITY": "error", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}
        warnings.filterwarnings("ignore")
        warnings.filterwarnings("default", module=r"pipelines\.")
        warnings.showwarning = _show_warning


def counted(number: int, noun: str) -> str:
    """A number and what it counts: `1 article`, `2 articles`."""
    return f"{number} {noun.removesuffix('s') if number == 1 else noun}"


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    """Print a warning of ours in one line."""
    print(f"polystance: {message}", file=sys.stderr)
