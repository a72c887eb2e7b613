"""Names are found in a passage and replaced by X and Y."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.judge.masking import mask


@pytest.mark.parametrize(
    ("premise", "actor", "target", "masked"),
    [
        ("President Jane Doe met Max Roe; Doe's aides left.", "Jane Doe", "Max Roe", "President X met Y; X's aides left."),
        ("Doe spoke. Anna Doe listened to Jane Doe.", "Jane Doe", "Roe", "X spoke. Anna Doe listened to X."),
        ("But Doe won in Oslo. Doe thanked Roe.", "Jane Doe", "Roe", "But X won in Oslo. X thanked Y."),
        ("Russian jets hit Kyiv; Ukrainians fled Russia.", "Russia", "Ukraine", "X jets hit Kyiv; Y fled X."),
        ("The Labour Party hit the E.U.", "the Labour Party", "the European Union", "The X hit the Y"),
        ("Roe officials left the Roe administration.", "Roe", "the Roe administration", "X officials left the Y."),
        ("Farmers blocked the Plan.", "farmers", "the plan", "X blocked the Y."),
        ("The White House rang the House.", "the White House", "the Senate", "The X rang the House."),
        ("Kim Jong-un rang Xi; Kim sang.", "Kim Jong-un", "Xi Jinping", "X rang Y; X sang."),
        ("Von der Leyen rang; Ursula von der Leyen left.", "Ursula von der Leyen", "Roe", "X rang; X left."),
        ("Bill Clinton rang Hillary Clinton. Clinton smiled.", "Bill Clinton", "Hillary Clinton", "X rang Y. Clinton smiled."),
        ("pro-Russia, anti-Roe", "Russia", "Roe", "pro-X, anti-Y"),
        ("Doering met Doe.", "Doe", "Roe", "Doering met X."),
        ("Xi Jinping met Putin. Xi praised him.", "Xi Jinping", "Putin", "X met Y. X praised him."),
        ("Michelle Bachelet praised Roe.", "Michelle Obama", "Roe", "Michelle Bachelet praised Y."),
        ("Bashar al-Assad left; al-Assad wept, Assad's son did not.", "Bashar al-Assad", "Roe", "X left; X wept, X's son did not."),
        ("Attacking Doe, Roe left. Spokesman Doe sang.", "Jane Doe", "Roe", "Attacking X, Y left. Spokesman X sang."),
        ("Beto O’Rourke sang; O’Rourke left.", "Beto O'Rourke", "Roe", "X sang; X left."),
        ("Doe wrote on X that Roe lied.", "Doe", "Roe", "X wrote on Z that Y lied."),
        ("X banned Doe, he wrote on X.", "X", "Doe", "X banned Y, he wrote on X."),
        ("New Mexico lies north of Mexico.", "Mexico", "Roe", "New Mexico lies north of X."),
        ("Latin American farmers left the American South.", "the United States", "Roe", "Latin American farmers left the X South."),
        ("izmir farmers met İzmir Farmers.", "izmir farmers", "Roe", "X met X."),
    ],
)  # fmt: skip
def test_mentions_are_masked(premise: str, actor: str, target: str, masked: str) -> None:
    assert mask(premise, actor, target).premise == masked


def test_a_name_that_the_passage_does_not_hold_stays_in_the_question() -> None:
    assert mask("Doe praised the deal.", "Doe", "the pension reform")[1:] == ("X", "the pension reform")


def test_where_actor_and_target_are_the_same_the_mentions_are_the_actors() -> None:
    assert mask("Doe praised Doe.", "Doe", "Doe") == ("X praised X.", "X", "Doe")


@pytest.mark.parametrize(
    ("premise", "actor", "target", "masked"),
    [
        ("[On the ban on plastic:] Doe left.", "Doe", "the ban on plastic", "[On Y (the ban on plastic):] X left."),
        ("[On the ban on plastic:] Doe left.", "Doe", "The ban on plastic", "[On Y (the ban on plastic):] X left."),
        ("[On the Green Plan:] Doe left.", "Doe", "the Green Plan", "[On Y:] X left."),
        ("[On NATO:] Doe left the Alliance.", "Doe", "NATO", "[On Y:] X left the Alliance."),
        ("[On the ban:] [Doe said:] “No.”", "Jane Doe", "the ban", "[On Y (the ban):] [X said:] “No.”"),
        ("[On the ban:] Doe fights the ban.", "Doe", "the ban", "[On Y (the ban):] X fights the Y."),
        ("[On the ban:] Doe left.", "Doe", "the tax", "[On the ban:] X left."),
        ("He spoke. [On the ban:] Doe left.", "Doe", "the ban", "He spoke. [On the Y:] X left."),
    ],
)  # fmt: skip
def test_a_hint_keeps_its_words_if_they_are_common_nouns(
    premise: str, actor: str, target: str, masked: str
) -> None:
    assert mask(premise, actor, target).premise == masked


def test_after_a_hint_the_question_is_about_the_mask() -> None:
    assert mask("[On the ban:] Doe left.", "Doe", "the ban")[1:] == ("X", "Y")
    assert mask("[On the ban:] He left.", "Doe", "the ban")[1:] == ("Doe", "Y")


@given(st.text(max_size=40), st.text(min_size=1, max_size=10))
def test_a_hint_changes_nothing_in_the_text_after_it(text: str, actor: str) -> None:
    masked = mask(f"[On the ban on plastic:] {text}", actor, "the ban on plastic")
    assert masked.premise == f"[On Y (the ban on plastic):] {mask(text, actor, 'the ban on plastic').premise}"


@given(st.text(max_size=40), st.text(max_size=10), st.text(max_size=10))
def test_any_text_can_be_masked(premise: str, actor: str, target: str) -> None:
    masked = mask(premise, actor, target)
    assert masked.actor in ("X", actor)
    assert masked.target in ("Y", target)
