"""Quotations: where they begin and end, in the marks of several languages and over sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.find.quotations import quotations


def quoted(*sentences: str, dashes: bool = False) -> list[list[str]]:
    found = quotations(sentences, dashes=dashes)
    return [[s[q.start : q.end] for q in spans] for s, spans in zip(sentences, found, strict=True)]


@pytest.mark.parametrize(
    ("sentence", "inside"),
    [
        ('"We will win," he said, "soon."', ['"We will win,"', '"soon."']),
        ("He said “we will win”.", ["“we will win”"]),
        ("„Wir gewinnen“, sagte er.", ["„Wir gewinnen“"]),
        ("«Nous allons gagner», dit-il.", ["«Nous allons gagner»"]),
        ("« Nous allons gagner », dit-il.", ["« Nous allons gagner »"]),
        ("「戦う」と述べた。", ["「戦う」"]),
        ('그는 "이긴다"고 말했다.', ['"이긴다"']),
        ("A 6' 2\" man said nothing.", []),
        ("No quotation here.", []),
        ("‘The boys’ toys stay here,’ he said.", ["‘The boys’ toys stay here,’"]),
        ("'We aren't going,' he said.", ["'We aren't going,'"]),
        ("``We go,'' he said. ``Now.''", ["``We go,''", "``Now.''"]),
        ('A 65" screen and "a word".', ['"a word"']),
        ('"A 65" screen, please," he said.', ['"A 65" screen, please,"']),
        ('דובר צה"ל אמר "נגמר".', ['"נגמר"']),
        ("It’s the ’90s, isn’t it?", []),
    ],
)
def test_a_quotation_is_what_stands_between_marks(sentence: str, inside: list[str]) -> None:
    assert quoted(sentence) == [inside]


def test_a_quotation_runs_on_over_sentences_until_it_is_closed() -> None:
    sentences = "He said: “We will win.", "We always do.", "Believe me.” Then he left."
    assert quoted(*sentences) == [["“We will win."], ["We always do."], ["Believe me.”"]]
    assert {q.number for spans in quotations(sentences) for q in spans} == {0}


def test_each_paragraph_of_a_long_quotation_begins_with_a_mark() -> None:
    sentences = "“We will win.", "“We always do.”", "He left."
    assert quoted(*sentences) == [["“We will win."], ["“We always do.”"], []]
    assert {q.number for spans in quotations(sentences) for q in spans} == {0}


def test_a_quotation_that_is_never_closed_ends_with_its_sentence() -> None:
    assert quoted("“We will win.", "He left.", "She stayed.") == [["“We will win."], [], []]


def test_dashes_open_a_quotation_where_the_language_uses_them() -> None:
    sentence = "— Ganaremos pronto —dijo Putin—. Ya verán."
    assert quoted(sentence, dashes=True) == [["Ganaremos pronto ", ". Ya verán."]]
    assert quoted(sentence) == [[]]
    assert quoted("Kyiv — the capital — is calm.", dashes=True) == [[]]


@given(st.lists(st.text(st.sampled_from('ab. "“”„«»「」—\n'), max_size=12), max_size=6), st.booleans())
def test_quotations_lie_in_their_sentences_in_order_and_apart(sentences: list[str], dashes: bool) -> None:
    for sentence, spans in zip(sentences, quotations(sentences, dashes=dashes), strict=True):
        edges = [edge for span in spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0 <= edge <= len(sentence) for edge in edges)
