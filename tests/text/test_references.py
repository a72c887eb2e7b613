"""References to what was named before, and their places when they are written out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.text.references import reference_of, refers, written_out

LAW = "the law on short-term lets"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Doe will vote against the law.", f"Doe will vote against {LAW}."),
        ("Doe calls this law a mistake.", f"Doe calls {LAW} a mistake."),
        ("Doe said that the law would help.", f"Doe said that {LAW} would help."),
        ("Doe would back the plan at once.", f"Doe would back {LAW} at once."),
        ("Doe will not support it.", f"Doe will not support {LAW}."),
        ("This is theft, Doe said.", f"{LAW} is theft, Doe said."),
    ],
)
def test_the_likeliest_reference_is_written_out(text: str, written: str) -> None:
    assert refers(text, LAW, "policy", "en")
    assert written_out(text, LAW, "policy", "en") == written


@pytest.mark.parametrize(
    "text",
    [
        "Doe attacked the budget plan for schools.",  # another thing with a noun of the kind
        "Doe denounced the demolition of the theatre and wants it stopped.",  # "it" has another antecedent
        "Doe arrived this week.",
        "It would be a mistake to wait, Doe said.",
        "Doe signed the treaty.",
        "Doe spoke for an hour.",
    ],
)
def test_what_may_be_another_thing_stays(text: str) -> None:
    assert written_out(text, LAW, "policy", "en") is None


def test_a_pronoun_for_a_person_stays_since_it_is_likelier_the_speaker() -> None:
    assert written_out("He is a liar.", "Jane Doe", "person", "en") is None


def test_a_language_without_data_has_no_references() -> None:
    assert reference_of("xx", "policy") is None
    assert written_out("the law", LAW, "policy", "xx") is None


@given(st.text(max_size=60), st.sampled_from(["policy", "event", "person", "organisation", "general"]))
def test_what_is_written_out_refers(text: str, kind: str) -> None:
    written = written_out(text, LAW, kind, "en")
    assert written is None or (refers(text, LAW, kind, "en") and LAW in written)
