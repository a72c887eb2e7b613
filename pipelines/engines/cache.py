"""The folder of converted models and remembered translations, shared by all runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """$POLYSTANCE_CACHE, else polystance under $XDG_CACHE_HOME, else ~/.cache/polystance."""
    folder = os.environ.get("POLYSTANCE_CACHE")
    if folder:
        return Path(folder).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "polystance"
