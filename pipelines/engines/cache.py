"""Where converted models and remembered translations are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """$POLYSTANCE_CACHE, else polystance under $XDG_CACHE_HOME, else ~/.cache/polystance."""
    given = os.environ.get("POLYSTANCE_CACHE")
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "polystance"
