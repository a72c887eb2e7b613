"""Training goes on where it stopped, and refuses what it cannot work with."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
import torch

from training import folders, train
from training.examples import Recipe
from training.folders import base_folder
from training.train import Trainer, share, write_settings


def options(run_dir: Path, examples: int = 64, **others: object) -> argparse.Namespace:
    usual: dict[str, object] = {
        "first": 16, "second": 32, "seed": 0, "batch": 8, "learning_rate": 1e-3, "max_length": 32, "threads": 1,
        "device": "cpu", "save_every": 1e9, "start": None, "base": "small", "frozen_layers": 0, "rounded": 0.25,
    }  # fmt: skip
    return argparse.Namespace(run_dir=str(run_dir), examples=examples, **(usual | others))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, nli_folder: Path) -> None:
    """A one-layer base model, and chunks of 16 examples."""
    monkeypatch.setattr(train, "base_folder", lambda size: nli_folder)
    monkeypatch.setattr(train, "CHUNK", 16)


def test_a_run_that_was_stopped_ends_as_one_that_was_not(
    small: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weights(name: str) -> dict[str, torch.Tensor]:
        state: dict[str, torch.Tensor] = torch.load(tmp_path / name / "checkpoint.pt", weights_only=True)[
            "average"
        ]
        return state

    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    for folder in (whole, stopped):
        folder.mkdir()
    Trainer(options(whole), Recipe()).run()

    drawn = train.batches

    def until_the_third_chunk(source: object, tokenizer: object, seed: str, *rest: int) -> object:
        if seed == "0 2":
            raise KeyboardInterrupt
        return drawn(source, tokenizer, seed, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(train, "batches", until_the_third_chunk)
    with pytest.raises(KeyboardInterrupt):
        Trainer(options(stopped, save_every=0.0), Recipe()).run()
    monkeypatch.setattr(train, "batches", drawn)
    assert Trainer(options(stopped), Recipe()).chunk == 2
    Trainer(options(stopped), Recipe()).run()
    assert all(torch.equal(tensor, weights("stopped")[name]) for name, tensor in weights("whole").items())


def test_a_run_may_start_from_a_model_trained_before(small: None, tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    Trainer(options(before), Recipe()).run()
    trained = torch.load(before / "checkpoint.pt", weights_only=True)["average"]
    begun = Trainer(options(tmp_path / "after", start=str(before)), Recipe())
    assert all(torch.equal(tensor, trained[name]) for name, tensor in begun.model.state_dict().items())
    assert begun.step == 0
    with pytest.raises(FileNotFoundError, match="no trained model"):
        Trainer(options(tmp_path / "after", start=str(tmp_path / "none")), Recipe())


def test_a_run_does_not_go_on_with_other_settings(tmp_path: Path) -> None:
    write_settings(options(tmp_path), Recipe())
    (tmp_path / "checkpoint.pt").touch()
    write_settings(options(tmp_path, examples=128, threads=2), Recipe())
    with pytest.raises(ValueError, match="begun with another seed, masked"):
        write_settings(options(tmp_path, seed=1), Recipe(masked=False))


def test_a_share_is_read_from_the_command_line() -> None:
    assert share("masked=false") == ("masked", False)
    assert share("neutral=0.2") == ("neutral", 0.2)


@pytest.mark.parametrize("text", ["maskd=false", "masked", "masked=no"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"'{text}' is not NAME=VALUE"):
        share(text)


@pytest.mark.parametrize(("size", "name", "wheel"), [("small", "SMALL", "none"), ("large", "LARGE", "none1")])
def test_a_missing_base_model_names_its_cure(
    monkeypatch: pytest.MonkeyPatch, size: str, name: str, wheel: str
) -> None:
    monkeypatch.setattr(folders, name, "none")
    with pytest.raises(ModuleNotFoundError, match=f"'{wheel}' is not installed"):
        base_folder(size)
