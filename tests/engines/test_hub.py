"""What is known of a model before it is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines.engines.hub import identify


@pytest.mark.parametrize(
    ("card", "licence"),
    [
        ("---\nlanguage: pt\nlicense: cc-by-4.0\n---\n# Model", "cc-by-4.0"),
        ("# No header", "see the model's page"),
        ("---\n: [\n---\n", "see the model's page"),
    ],
)
def test_the_licence_is_that_of_the_models_card(
    marian_folder: Path, tmp_path: Path, card: str, licence: str
) -> None:
    folder = Path(shutil.copytree(marian_folder, tmp_path / "model"))
    (folder / "README.md").write_text(card, encoding="utf-8")
    assert identify("marian", str(folder), {}).licence == licence
