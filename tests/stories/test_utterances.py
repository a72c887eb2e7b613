"""One utterance in the words of several articles."""

from __future__ import annotations

import pytest

from pipelines.stories.sayings import in_marks
from pipelines.stories.utterances import Quoted, spoken, utterances
from pipelines.text.embed import Encoder


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder()


WHOLE = "“If there are pictures, they reflect something, and what we do is our own business,” Putin said."


def groups(encoder: Encoder, *quoted: Quoted) -> dict[str, str]:
    return {
        row.passage_id: first
        for rows, firsts in utterances(spoken(quoted), encoder)
        for row, first in zip(rows, firsts, strict=True)
    }


@pytest.mark.parametrize(
    ("actor", "story", "text", "together"),
    [
        ("Putin", "s", "“What we do is our own business,” said Vladimir Putin.", True),
        ("Putin", "s", "Putin said that if there were pictures, they reflected something.", True),
        ("Putin", "s", "“The treaty has been ratified by parliament,” Putin said.", False),
        ("Yoon", "s", WHOLE.replace("Putin", "Yoon"), False),
        ("Putin", "another", WHOLE, False),
    ],
)
def test_what_is_one_utterance(encoder: Encoder, actor: str, story: str, text: str, together: bool) -> None:
    first, second = Quoted("1", "1", "s", "Putin", WHOLE), Quoted("2", "2", story, actor, text)
    assert groups(encoder, first, second) == {"1": "1", "2": "1" if together else "2"}


def test_a_quotation_cut_in_two_is_one_with_the_whole(encoder: Encoder) -> None:
    one = Quoted("2", "2", "s", "Putin", "“If there are pictures, they reflect something,” Putin said.")
    other = Quoted("3", "2", "s", "Putin", "“What we do is our own business,” Putin said.")
    whole = Quoted("1", "1", "s", "Putin", WHOLE)
    assert set(groups(encoder, whole, one, other).values()) == {"1"}
    assert groups(encoder, other, one, whole) == groups(encoder, whole, one, other)


def test_marks_of_any_language_are_read() -> None:
    assert in_marks("«O que faremos é assunto nosso», respondeu.")
    assert not in_marks("O «amigo» falou.")
