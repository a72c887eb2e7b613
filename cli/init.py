"""polystance init: a config and sample articles to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)],
) -> None:
    """Write a commented config and sample articles to start from."""
    import shutil
    from importlib.resources import as_file, files

    from pipelines.errors import InputError

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(str(folder), "not an empty folder", "Give a new one")
    try:
        with as_file(files("configs")) as samples:
            shutil.copytree(
                samples, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.py")
            )
    except OSError as error:
        raise InputError(
            str(folder), f"cannot be written ({error.strerror or error})", "Give another one"
        ) from error
    typer.echo(f"polystance run {folder / 'quickstart.yaml'}")
