"""A run with hostile texts in three languages, and a sheet drawn from it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.coding import Wish, draw_sheet
from pipelines.config import load_config
from tests.samples import write_config, write_lines

SCRIPT = "<script src=broken_js"
"""Without an end, since reading takes whole tags out of a text."""
FORMULA = '=HYPERLINK("http://example.org","Putin")'
TEXTS = {
    "en": 'Putin defends the deployment. Yoon condemns the deployment, he says; "never, ever". '
    f"Putin spoke of the deployment {SCRIPT} there.\n{FORMULA} and the deployment.",
    "pt": "Putin defendeu o envio de tropas. Yoon condenou o envio: “não”. Putin falou do envio. Yoon viu o envio.",
    "he": "פוטין הגן על הפריסה. יון גינה את הפריסה. פוטין דיבר על הפריסה. יון שתק על הפריסה.",
}
ARTICLES = 45
"""Articles in each language; each has four judged passages: 540 in all, 180 in each language."""


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run, only to be read."""
    home = tmp_path_factory.mktemp("coding")
    rows = [
        {"id": f"{language}/{n}", "language": language, "outlet": f"{language}-{n % 2}", "text": text}
        for language, text in TEXTS.items()
        for n in range(ARTICLES)
    ]
    write_lines(home / "own.jsonl", rows)
    config = write_config(
        home,
        translation={"engine": "tests.fakes:ShoutingTranslator", "memory": False},
        stance={"engine": "tests.fakes:KeywordJudge", "controls": 0},
        articles={"path": "own.jsonl"},
        actors=[
            {"name": "Putin", "aliases": {"all": ["Putin"], "he": ["פוטין"]}},
            {"name": "Yoon", "aliases": {"all": ["Yoon"], "he": ["יון"]}},
        ],
        targets=[
            {
                "name": "deployment",
                "text": "the deployment of troops",
                "aliases": {"all": ["the deployment"], "pt": ["envio"], "he": ["הפריסה"]},
            }
        ],
        find={"resolve": False, "near": False},
    )
    pipeline.run(load_config(config), home / "out")
    return home / "out"


@pytest.fixture(scope="session")
def sheet_run(judged: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a sheet of 90 items for two coders, 20 of them for both; only to be read."""
    folder = Path(shutil.copytree(judged, tmp_path_factory.mktemp("drawn") / "run"))
    draw_sheet(folder, Wish(size=90, overlap=20))
    return folder


@pytest.fixture
def run_dir(judged: Path, tmp_path: Path) -> Path:
    """The finished run in a folder of the test's own."""
    return Path(shutil.copytree(judged, tmp_path / "run"))


@pytest.fixture
def drawn(sheet_run: Path, tmp_path: Path) -> Path:
    """The run with its sheet in a folder of the test's own."""
    return Path(shutil.copytree(sheet_run, tmp_path / "run"))
