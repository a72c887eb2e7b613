"""Patterns of words, which are grouped by what they begin with and match as if each were tried in turn."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from pipelines.find.patterns import any_of, whole_words

WORDS = st.lists(st.from_regex(r"\*?[abB'](?:[abB']| [abB]){0,3}\*?", fullmatch=True), max_size=8)
TEXTS = st.text("abAB'’ -1", max_size=20)


def one_by_one(words: list[str]) -> str:
    """An alternation of the words, the longest first."""
    forms = []
    for word in sorted(words, key=len, reverse=True):
        stem = r"\s+".join(map(regex.escape, word.strip("*").split())).replace("'", "['’]")
        begin = r"[\p{L}\p{Nd}-]*" if word.startswith("*") else ""
        forms.append(begin + stem + (r"\p{L}*" if word[1:].endswith("*") else ""))
    return "|".join(forms) or "(?!)"


@given(words=WORDS, text=TEXTS)
def test_grouped_words_match_as_each_tried_in_turn(words: list[str], text: str) -> None:
    plain = whole_words(one_by_one(words))
    assert [m.span() for m in whole_words(any_of(words)).finditer(text)] == [
        m.span() for m in plain.finditer(text)
    ]
    assert [m.span() for m in regex.finditer(any_of(words), text, regex.IGNORECASE)] == [
        m.span() for m in regex.finditer(one_by_one(words), text, regex.IGNORECASE)
    ]


def test_words_that_begin_alike_have_their_beginning_written_once() -> None:
    assert any_of(["said", "says", "adds"]) == "(?:s(?:a(?:id|ys))|adds)"
    assert any_of([]) == "(?!)"
