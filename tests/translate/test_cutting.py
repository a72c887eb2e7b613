"""Cutting a sentence that is too long for a model."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.translate.cutting import cut


def at_most(size: int) -> Callable[[str], bool]:
    """Whether a piece has at most so many bytes."""
    return lambda piece: len(piece.encode()) <= size


@pytest.mark.parametrize(
    ("sentence", "size", "pieces"),
    [
        ("It fits.", 8, ["It fits."]),
        (" It fits. ", 8, ["It fits."]),
        ("", 8, []),
        ("Alpha, beta. Gamma, delta.", 20, ["Alpha, beta.", "Gamma, delta."]),
        ("Alpha, beta; gamma, delta.", 20, ["Alpha, beta;", "gamma, delta."]),
        ("Alpha beta, gamma delta", 20, ["Alpha beta,", "gamma delta"]),
        ("He paid 10,000 won there", 20, ["He paid 10,000", "won there"]),
        ("alpha beta gamma delta", 15, ["alpha beta", "gamma delta"]),
        ("abcdefgh", 4, ["abcd", "efgh"]),
        ("你好。再见。", 9, ["你好。", "再见。"]),
        ("He said “Go.” She went off.", 20, ["He said “Go.”", "She went off."]),
    ],
)
def test_a_sentence_is_cut_at_the_best_mark_near_its_middle(
    sentence: str, size: int, pieces: list[str]
) -> None:
    assert cut(sentence, at_most(size)) == pieces


def test_a_mark_near_the_middle_is_preferred_to_a_better_one_at_the_edge() -> None:
    assert cut("Yes. alpha beta, gamma delta epsilon", at_most(30)) == [
        "Yes. alpha beta,",
        "gamma delta epsilon",
    ]


SENTENCES = st.text(st.characters(codec="utf-8")) | st.lists(
    st.sampled_from(["word", " ", ". ", ", ", "; ", "。", "，", "1,000", "”", "\u3000", "\n", "é", "한", "."])
).map("".join)


def without_space(text: str) -> str:
    return "".join(text.split())


@settings(deadline=None)
@given(SENTENCES, st.integers(4, 40))
def test_all_pieces_fit_and_joined_they_are_the_sentence(sentence: str, size: int) -> None:
    pieces = cut(sentence, at_most(size))
    assert all(len(piece.encode()) <= size for piece in pieces)
    assert without_space("".join(pieces)) == without_space(sentence)
    assert all(piece == piece.strip() != "" for piece in pieces)


@settings(deadline=None)
@given(SENTENCES)
def test_cutting_ends_with_single_characters_where_nothing_fits(sentence: str) -> None:
    assert cut(sentence, lambda piece: False) == list(without_space(sentence))


@pytest.mark.parametrize("mark", ["", " ", ", ", ")", ".)"])
def test_a_very_long_sentence_is_cut_without_delay(mark: str) -> None:
    sentence = f"word{mark}" * 5_000
    assert without_space("".join(cut(sentence, at_most(500)))) == without_space(sentence)
