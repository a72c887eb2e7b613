"""Which files of a run's folder are the run's own: all others are left alone."""

from __future__ import annotations

import re
import stat
from itertools import count
from typing import TYPE_CHECKING

from pipelines.atomic import UNFINISHED
from pipelines.job.log import FILE as LOG
from pipelines.stages import COMPARE, READ, RECORDED, STORIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.stages import Stage

INDEX = f"{READ.folder}/index.json"
UTTERANCES = f"{STORIES.folder}/utterances.json"
"""Says which files the utterances are in, once they are complete."""
NOTES = f"{READ.folder}/notes.json"
JSON_FILES = (INDEX, NOTES, UTTERANCES, "controls.json", "manifest.json")
FILES = (LOG, *JSON_FILES, f"{READ.folder}/copies.parquet", "config.yaml", "rejected.csv")
"""Files that a run writes besides its parts and its results."""
FOLDERS = (*(stage.folder for stage in RECORDED), COMPARE.folder)
PART = re.compile(r"part-(\d{5,})\.parquet")
REJECTED = re.compile(r"rejected-(\d{5,})\.parquet")
"""Rejections of the stage read."""
DAY = re.compile(r"day-(?:undated|\d{4}-\d{2}-\d{2})\.parquet")
"""The stories of one day."""
UTTERANCE = re.compile(r"utterances-(\d{5,})-of-(\d+)\.parquet")
"""The utterances of some stories."""
PIECE = re.compile(r"(?:quoted|asked|answered)-\d{5,}\.parquet")
"""What serves only until the pieces of some work are done; see `pipelines.job.pieces`."""
TRIAL = re.compile(r"\.trial-\d{5,}\.json")
LEFTOVER = re.compile(rf"\..+\.\d+{re.escape(UNFINISHED)}")
"""Of a process that was killed while it wrote a file."""
DAMAGED = ".damaged"
"""Ending of a file that was set aside."""


def part_path(folder: Path, stage: Stage, number: int) -> Path:
    """The path of a stage's part of a shard."""
    return folder / stage.folder / f"part-{number:05d}.parquet"


def trial_path(folder: Path, stage: Stage, number: int) -> Path:
    """The path of the file that says at which articles of a shard processes ended."""
    return folder / stage.folder / f".trial-{number:05d}.json"


def parts(folder: Path, stage: Stage) -> dict[int, Path]:
    """The paths of a stage's parts by the numbers of their shards, whatever is in the place of a part."""
    return _numbered(folder / stage.folder, PART)


def rejected_path(folder: Path, number: int) -> Path:
    """The path of a part of the rejections of the stage read."""
    return folder / READ.folder / f"rejected-{number:05d}.parquet"


def rejected(folder: Path) -> dict[int, Path]:
    """The paths of the parts of the rejections of the stage read by their numbers."""
    return _numbered(folder / READ.folder, REJECTED)


def days(folder: Path) -> list[Path]:
    """The paths of the stories of each day, in order."""
    return [path for path in _within(folder / STORIES.folder) if DAY.fullmatch(path.name)]


def utterances(folder: Path) -> dict[Path, tuple[int, int]]:
    """The paths of the utterances of some stories, each with its number and that of which it is one."""
    named = {path: UTTERANCE.fullmatch(path.name) for path in _within(folder / STORIES.folder)}
    return {path: (int(match[1]), int(match[2])) for path, match in named.items() if match}


def utterance_path(folder: Path, number: int, of: int) -> Path:
    """The path of the utterances of some stories."""
    return folder / STORIES.folder / f"utterances-{number:05d}-of-{of}.parquet"


def piece_path(folder: Path, stage: Stage, name: str, number: int) -> Path:
    """The path of a file that serves until some work is done; see PIECE for the names."""
    return folder / stage.folder / f"{name}-{number:05d}.parquet"


def pieces(folder: Path) -> Iterator[Path]:
    """The paths of the files that serve until some work is done."""
    for stage in RECORDED:
        yield from (path for path in _within(folder / stage.folder) if PIECE.fullmatch(path.name))


def leftovers(folder: Path) -> Iterator[Path]:
    """What a killed process left half written, files and folders, and the files that served it alone."""
    for place in (folder, *(folder / name for name in FOLDERS)):
        for path in _within(place):
            is_ours = TRIAL.fullmatch(path.name) or PIECE.fullmatch(path.name)
            if LEFTOVER.fullmatch(path.name) or (is_ours and path.is_file()):
                yield path


def misplaced(folder: Path) -> Iterator[Path]:
    """What is in the place of a folder or file of the run and is none."""
    for name in FILES:  # the log comes first: it gets a line for each of the others
        mode = _mode(folder / name)
        if mode and not stat.S_ISREG(mode):
            yield folder / name
    for name in FOLDERS:
        if _mode(folder / name) and not (folder / name).is_dir():
            yield folder / name


def set_aside(path: Path) -> Path:
    """Rename what is at a path, and return its new path beside it.

    Raises:
        OSError: it cannot be renamed.
    """
    for number in count(1):
        aside = path.with_name(f"{path.name}{DAMAGED}{'' if number == 1 else f'-{number}'}")
        if not _mode(aside):
            return path.rename(aside)
    raise AssertionError


def _numbered(folder: Path, pattern: re.Pattern[str]) -> dict[int, Path]:
    named = {path: pattern.fullmatch(path.name) for path in _within(folder)}
    return dict(sorted((int(match[1]), path) for path, match in named.items() if match))


def _within(folder: Path) -> list[Path]:
    """What is in a folder; nothing if it is none."""
    try:
        return sorted(folder.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []


def _mode(path: Path) -> int:
    """The mode of what is at a path, of the link itself if it leads nowhere; 0 if nothing is there."""
    try:
        return path.stat().st_mode
    except OSError:  # nothing there, a link that leads nowhere or in a circle
        return path.lstat().st_mode if path.is_symlink() else 0
