"""The project's own stance models, as they are shipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.engines.base import Pair
from pipelines.errors import ModelError
from pipelines.job.memory import AnswerMemory
from pipelines.judge import polystance
from pipelines.judge.calibration import Calibration
from pipelines.judge.polystance import NETWORKS, PolystanceJudge

PASSAGE = "{0} said on Monday that {1} was a disgrace. Max Roe took notes."
PAIRS = [
    Pair("Doe praised the dam.", "Doe", "the dam"),
    Pair("Doe called the dam a disgrace.", "Doe", "the dam"),
    Pair("Doe visited the dam on Monday.", "Doe", "the dam"),
    Pair("Doe said the dam was not the worst of ideas.", "Doe", "the dam"),
    Pair("[On the dam:] [Doe said:] “Who would pay for it?”", "Doe", "the dam"),
    Pair("Doe asked whether those who doubt the dam had read the plan.", "Doe", "the dam"),
]
FILES = [(network, name) for network in NETWORKS for name in NETWORKS[network].sha256]


class Recorded:
    """A memory that knows the answer to every question, and keeps the questions."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def known(self, model: str, questions: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[float]]:
        self.asked += questions
        return {question: [0.0, 1.0, 0.0] for question in self.asked}

    def remember(self, model: str, answers: Mapping[tuple[str, str], Sequence[float]]) -> None: ...


@pytest.fixture(scope="module", params=list(NETWORKS))
def judge(request: pytest.FixtureRequest) -> PolystanceJudge:
    return PolystanceJudge(network=request.param)


@pytest.fixture(scope="module")
def both() -> PolystanceJudge:
    return PolystanceJudge(threads=1)


def unloadable(judge: PolystanceJudge, monkeypatch: pytest.MonkeyPatch) -> PolystanceJudge:
    """The judge, which fails as soon as it needs its model."""
    monkeypatch.setattr(judge, "_session", None)
    monkeypatch.setattr(judge, "load", lambda: pytest.fail("the model was loaded"))
    return judge


def test_no_name_carries_a_stance_of_its_own(judge: PolystanceJudge) -> None:
    pairs = [
        Pair(PASSAGE.format(actor, target), actor, target)
        for actor, target in [("Jane Doe", "Max Ray"), ("Vladimir Putin", "NATO"), ("Hamas", "Israel")]
    ]
    readings = judge.readings(pairs, 1)
    assert np.ptp(readings, axis=0).max() < 1e-9


def test_a_stance_is_read_in_its_direction(judge: PolystanceJudge) -> None:
    text = PASSAGE.format("Jane Doe", "the dam")
    holder, bystander = judge.readings(
        [Pair(text, "Jane Doe", "the dam"), Pair(text, "Max Roe", "the dam")], 1
    )
    supports, opposes = holder.mean(axis=0)
    assert opposes > max(0, supports + 2)
    assert bystander.mean(axis=0).max() < 0


def test_the_premise_alone_is_read(judge: PolystanceJudge) -> None:
    pair = Pair("[On the dam:] Doe praised it.", "Doe", "the dam")
    with_sentence = pair._replace(sentence="Doe praised it.")
    assert np.array_equal(judge.readings([pair], 1), judge.readings([with_sentence], 1))


def test_a_hint_gives_a_passage_its_target(judge: PolystanceJudge) -> None:
    text = "Doe called it a disgrace that must be stopped."
    hinted = judge.readings([Pair(f"[On the dam:] {text}", "Doe", "the dam")], 1)[0].mean(axis=0)
    assert hinted[1] > max(0, hinted[0] + 2)


def test_a_question_begins_with_a_capital_and_holds_no_name_of_the_passage() -> None:
    memory = Recorded()
    judge = PolystanceJudge(network="small", memory=memory)
    judge.readings([Pair("Doe praised the dam.", "farmers", "the dam")], 1)
    assert memory.asked == [("Doe praised the Y.", "Farmers supports Y.")]


def test_of_two_networks_the_small_one_decides_the_clear_pairs(
    both: PolystanceJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    small, large = (PolystanceJudge(network=name).judge(PAIRS) for name in ("small", "large"))
    assert both.first is not None
    margins = [polystance._margin(score, both.first.rule) for score in small]
    monkeypatch.setattr(polystance, "CLEAR", float(np.median(margins)))
    clear = [margin > polystance.CLEAR for margin in margins]
    assert True in clear
    assert False in clear
    expected = [s if is_clear else n for s, n, is_clear in zip(small, large, clear, strict=True)]
    assert repr(both.judge(PAIRS)) == repr(expected)  # agreement is not a number
    assert small != large


def test_the_large_network_is_not_loaded_for_clear_pairs(
    both: PolystanceJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polystance, "CLEAR", -1.0)
    judged = unloadable(both, monkeypatch).judge(PAIRS)
    assert repr(judged) == repr(PolystanceJudge(network="small").judge(PAIRS))


def test_memory_answers_without_loading_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")
    expected = PolystanceJudge(memory=memory).judge(PAIRS)
    again = unloadable(PolystanceJudge(memory=memory), monkeypatch)
    assert again.first is not None
    unloadable(again.first, monkeypatch)
    assert repr(again.judge(PAIRS)) == repr(expected)


def test_the_networks_do_not_answer_for_each_other(tmp_path: Path) -> None:
    memory = AnswerMemory(tmp_path / "answers.sqlite")
    names: list[Literal["small", "large"]] = ["small", "large"]
    small, large = (PolystanceJudge(network=n, memory=memory).readings(PAIRS[:1], 1) for n in names)
    assert not np.array_equal(small, large)


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(range(len(PAIRS))), st.integers(1, 3), st.integers(1, len(PAIRS)))
def test_scores_are_the_same_in_any_order_batch_size_and_number_of_threads(
    both: PolystanceJudge, order: list[int], threads: int, size: int
) -> None:
    both.threads = 1
    expected = both.judge(PAIRS)
    both.threads = threads
    batches = [order[start : start + size] for start in range(0, len(order), size)]
    scores = [score for batch in batches for score in both.judge([PAIRS[i] for i in batch])]
    assert repr(scores) == repr([expected[i] for i in order])


@pytest.mark.parametrize(("network", "name"), FILES)
@pytest.mark.parametrize("is_missing", [True, False])
def test_damaged_and_missing_files_are_named_in_one_line(
    tmp_path: Path, network: Literal["small", "large"], name: str, is_missing: bool
) -> None:
    both = PolystanceJudge()
    damaged = both if network == "large" else both.first
    assert damaged is not None
    for other in damaged.network.sha256:
        if other != name:
            (tmp_path / other).symlink_to(damaged.folder / other)
    if not is_missing:
        (tmp_path / name).write_bytes(b"damaged")
    damaged.folder = tmp_path
    with pytest.raises(ModelError, match=f"^stance: .*{name} has SHA-256 .*. Install polystance again$"):
        both.fetch()


def test_a_device_that_is_missing_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    judge = PolystanceJudge(network="small", device="cuda")
    with pytest.raises(
        ModelError, match=r"^stance: onnxruntime sees no CUDA device\. Install onnxruntime-gpu"
    ):
        judge.load()


def test_the_identity_of_two_networks_names_both(both: PolystanceJudge) -> None:
    identity = both.identity()
    assert identity.name == NETWORKS["large"].name
    assert identity.settings["first"].name == NETWORKS["small"].name


def test_its_calibration_is_fitted_for_the_weights_that_are_shipped(judge: PolystanceJudge) -> None:
    assert isinstance(judge.rule, Calibration)
    assert judge.calibration_digest
