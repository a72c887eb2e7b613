"""The project's own stance model, as it is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.base import Pair
from pipelines.errors import ModelError
from pipelines.judge.calibration import Calibration
from pipelines.judge.polystance import PolystanceJudge

PASSAGE = "{0} said on Monday that {1} was a disgrace. Max Roe took notes."


@pytest.fixture(scope="module")
def judge() -> PolystanceJudge:
    return PolystanceJudge()


def test_no_name_carries_a_stance_of_its_own(judge: PolystanceJudge) -> None:
    pairs = [
        Pair(PASSAGE.format(actor, target), actor, target)
        for actor, target in [("Jane Doe", "Max Ray"), ("Vladimir Putin", "NATO"), ("Hamas", "Israel")]
    ]
    readings = judge.readings(pairs, 2)
    assert np.ptp(readings, axis=0).max() < 1e-9


def test_a_stance_is_read_in_its_direction(judge: PolystanceJudge) -> None:
    text = PASSAGE.format("Jane Doe", "the dam")
    holder, bystander = judge.readings(
        [Pair(text, "Jane Doe", "the dam"), Pair(text, "Max Roe", "the dam")], 2
    )
    supports, opposes = holder.mean(axis=0)
    assert opposes > max(0, supports + 2)
    assert bystander.mean(axis=0).max() < 0


def test_both_questions_agree_on_a_plain_sentence(judge: PolystanceJudge) -> None:
    readings = judge.readings([Pair("Doe praised the dam.", "Doe", "the dam")], 2)[0]
    assert (readings[:, 0] > readings[:, 1]).all()


def test_a_sentence_and_its_context_count_half_and_half(judge: PolystanceJudge) -> None:
    context, sentence = "It rained. Doe praised the dam.", "Doe praised the dam."
    both = judge.readings([Pair(context, "Doe", "the dam", sentence=sentence)], 2)
    alone = judge.readings([Pair(context, "Doe", "the dam"), Pair(sentence, "Doe", "the dam")], 2)
    assert both[0] == pytest.approx(alone.mean(axis=0))


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_damaged_files_are_refused(tmp_path: Path, name: str) -> None:
    judge = PolystanceJudge()
    judge.folder = Path(shutil.copytree(judge.folder, tmp_path / "model"))
    (judge.folder / name).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=f"{name} has SHA-256"):
        judge.load()


def test_its_calibration_is_fitted_for_the_weights_that_are_shipped(judge: PolystanceJudge) -> None:
    assert isinstance(judge.rule, Calibration)
    assert judge.calibration_digest
