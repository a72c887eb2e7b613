"""What an NLI model's labels mean, in any order, spelling and of several languages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipelines.engines.base import Pair
from pipelines.engines.registry import build
from pipelines.errors import ModelError
from pipelines.judge.labels import LabelOrder, Meaning, label_order
from tests.fakes import build_nli_folder

PAIR = Pair("Yoon condemns the deployment.", "Yoon", "the deployment")


@pytest.mark.parametrize(
    ("names", "given", "order"),
    [
        (["entailment", "neutral", "contradiction"], None, LabelOrder(0, 1, 2)),
        (["CONTRADICTION", "NEUTRAL", "ENTAILMENT"], None, LabelOrder(2, 1, 0)),
        (["not_entailment", "entailment"], None, LabelOrder(1, 0)),
        (["entailment", "not-entailment"], None, LabelOrder(0, 1)),
        (["contradictoire", "neutre", "implication"], None, LabelOrder(2, 1, 0)),
        (["противоречие", "нейтрально", "следование"], None, LabelOrder(2, 1, 0)),
        (["LABEL_0", "LABEL_1", "LABEL_2"], ["neutral", "contradiction", "entailment"], LabelOrder(2, 0, 1)),
        (["LABEL_0", "LABEL_1"], ["not_entailment", "entailment"], LabelOrder(1, 0)),
    ],
)
def test_labels_are_told_by_name_or_by_the_user(
    names: list[str], given: list[Meaning] | None, order: LabelOrder
) -> None:
    assert label_order(dict(enumerate(names)), given, "stance") == order


@pytest.mark.parametrize(
    "names",
    [
        ["LABEL_0", "LABEL_1"],
        ["LABEL_0", "LABEL_1", "LABEL_2"],
        ["entails", "entailment"],
        ["yes", "no"],
        ["entailment", "b", "c"],
    ],
)
def test_a_model_whose_labels_are_ambiguous_is_refused_with_the_cure(
    names: list[str], tmp_path: Path
) -> None:
    folder = build_nli_folder(tmp_path / "m", names)
    judge = build("stance", "nli", {}, "stance", model=str(folder), offline=True)
    with pytest.raises(
        ModelError, match=r"cannot tell .* mean\. Name .* stance\.options\.labels: \[contradiction"
    ):
        judge.load()


def test_a_model_of_other_labels_is_no_nli_model(tmp_path: Path) -> None:
    folder = build_nli_folder(tmp_path / "m", ["entailment", "b", "c", "d"])
    with pytest.raises(ModelError, match="has 4 labels"):
        build("stance", "nli", {}, "stance", model=str(folder), offline=True).load()


def test_the_same_model_under_other_label_names_judges_alike(tmp_path: Path) -> None:
    plain = build_nli_folder(tmp_path / "a", ["contradiction", "neutral", "entailment"])
    numbered = build_nli_folder(tmp_path / "b", ["LABEL_0", "LABEL_1", "LABEL_2"])
    options = {"labels": ["contradiction", "neutral", "entailment"]}
    first = build("stance", "nli", {}, "stance", model=str(plain), offline=True).judge([PAIR])
    assert build("stance", "nli", options, "stance", model=str(numbered), offline=True).judge([PAIR]) == first


def test_log_odds_are_against_the_neutral_label() -> None:
    logits = np.array([[1.0, 4.0, 2.0]])
    assert LabelOrder(1, 2, 0).log_odds(logits).tolist() == [[2.0, -1.0]]
    assert LabelOrder(1, 0).log_odds(logits[:, :2]).tolist() == [[3.0]]
