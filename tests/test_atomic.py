"""Files are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.atomic import whole


def write(path: Path, text: str) -> None:
    with whole(path) as temporary:
        assert temporary.parent == path.parent  # on one disk, so that it can be renamed
        temporary.write_text(text, encoding="utf-8")


def test_a_file_takes_its_name_once_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    write(path, "first")
    write(path, "second")
    assert path.read_text() == "second"
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_what_was_there_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    write(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write(path, "half \ud83d")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole(tmp_path / "file.txt"):
        pass
