"""Words that a group uses more than others for the same stories, and how actors are let speak."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.compare.groups import groupings
from pipelines.compare.odds import Use, log_odds
from pipelines.compare.speech import speech_of, speech_rows
from pipelines.compare.stems import Stems
from pipelines.compare.units import frame_of
from pipelines.compare.words import word_rows
from pipelines.config import Compare
from pipelines.records import Sentence

WORDS = [
    f"{a}{b}"
    for a in ("mar", "tol", "ven", "kor", "bel", "dun", "fas")
    for b in ("ako", "ilu", "opa", "ume", "iro", "esk")
]


def corpus(
    rows: Sequence[tuple[str, str, str, str]], by: str = "outlet", **columns: Sequence[str]
) -> list[dict[str, object]]:
    """The rows of words of articles, each of a language, outlet, story and text."""
    articles = pd.DataFrame([row[:3] for row in rows], columns=["language", "outlet", "story"])
    articles = articles.assign(id=[f"{n:04}" for n in range(len(rows))], published="2024-10-24", **columns)
    frame = frame_of(articles, groupings(articles, [by]), Compare())

    def texts() -> Iterator[tuple[int, list[Sentence]]]:
        for place, row in enumerate(rows):
            yield place, [Sentence(0, len(row[3]), row[3], row[3])]

    return list(word_rows(texts, articles, frame, "en", 2))


def words(rows: Sequence[dict[str, object]], group: str) -> list[object]:
    return [row["word"] for row in rows if row["group"] == group]


def sample(rng: random.Random, *more: str) -> str:
    return " ".join([*rng.choices(WORDS, weights=range(1, len(WORDS) + 1), k=60), *more])


def test_a_word_that_one_outlet_uses_in_most_articles_is_its_first() -> None:
    rng = random.Random(1)
    rows = [
        ("en", outlet, f"story {story}", sample(rng, *(["escalation"] if outlet == "hawk" and story % 4 else [])))
        for story in range(40) for outlet in ("hawk", "dove", "wire")
    ]  # fmt: skip
    of_hawk = [row for row in corpus(rows) if row["group"] == "hawk"]
    assert (of_hawk[0]["word"], of_hawk[0]["articles_with_word"], of_hawk[0]["significant"]) == (
        "escalation",
        30,
        True,
    )
    assert [row["word"] for row in of_hawk if row["significant"]] == ["escalation"]


def test_outlets_that_write_alike_have_no_significant_word() -> None:
    significant = 0
    for seed in range(20):
        rng = random.Random(seed)
        # Words come in bursts: an article that has one has it four times.
        rows = [
            ("en", outlet, f"story {story}", " ".join([sample(rng), *(4 * rng.sample(WORDS, 3))]))
            for story in range(20) for outlet in ("one", "two", "three")
        ]  # fmt: skip
        significant += any(row["significant"] for row in corpus(rows))
    assert significant <= 2


def test_the_words_of_a_story_are_not_those_of_the_outlet_that_tells_it_most() -> None:
    rng = random.Random(2)
    rows = [("en", "busy", "flood", sample(rng, "flood", "river", "rain")) for _ in range(30)]
    rows += [("en", "other", "flood", sample(rng, "flood", "river", "rain")) for _ in range(3)]
    rows += [("en", outlet, "vote", sample(rng)) for outlet in ("busy", "other") for _ in range(20)]
    assert not {"flood", "river", "rain"} & set(words(corpus(rows), "busy")[:5])


def test_outlets_are_compared_within_their_language() -> None:
    rng = random.Random(3)
    rows = [(language, f"{language}-{n}", "vote", sample(rng, *(["translated"] if language == "pt" else [])))
            for language in ("en", "pt") for n in range(2) for _ in range(6)]  # fmt: skip
    assert "translated" not in words(corpus(rows), "pt-0")[:1]
    assert words(corpus(rows, by="language"), "pt")[0] == "translated"


def test_a_group_without_a_story_that_others_tell_has_a_note() -> None:
    rows = [("en", "alone", "ours", "deployment of troops")] * 3 + [("en", "other", "theirs", "a vote")] * 3
    notes = [row["note"] for row in corpus(rows)]
    assert notes == ["0 articles of stories that others have too, fewer than 2"] * 2


def test_copies_within_a_language_are_read_once() -> None:
    rows = [("en", "a", "vote", "escalation of the vote")] * 9 + [
        ("pt", "b", "vote", "the vote of the house")
    ] * 3
    copied = ["0000"] * 9 + [f"{n:04}" for n in range(9, 12)]
    [note] = [row["note"] for row in corpus(rows, by="language", copy_of=copied) if row["group"] == "en"]
    assert note == "1 articles of stories that others have too, fewer than 2"


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=2, max_size=8))
def test_the_odds_of_two_sides_exchanged_are_the_negative_ones(counts: list[tuple[int, int]]) -> None:
    first, second = (np.array(side, dtype=float) for side in zip(*counts, strict=True))
    common = first + second + 1
    one = log_odds(Use(first, first), Use(second, second), common, 10)
    other = log_odds(Use(second, second), Use(first, first), common, 10)
    assert one.difference == pytest.approx(-other.difference)
    assert one.error == pytest.approx(other.error)


def test_of_independent_words_the_odds_are_those_of_the_paper() -> None:
    first, second, common = np.array([8.0, 12.0]), np.array([1.0, 19.0]), np.array([9.0, 31.0])
    odds = log_odds(Use(first, first), Use(second, second), common, 40)
    # y + a = 17 and 43 of 60; 10 and 50 of 60 (equations 15 and 20 of Monroe et al.).
    assert odds.difference[0] == pytest.approx(np.log(17 / 43) - np.log(10 / 50))
    assert odds.error[0] == pytest.approx(np.sqrt(1 / 17 + 1 / 10))


def test_forms_of_a_word_are_one_and_names_keep_their_capital() -> None:
    stems = Stems("en")
    text = ["Deploying troops, Kyiv’s troops were deployed.", "They deployed outside Kyiv; IMF agreed."]
    counts = stems.counts(text, noted=stems.counts(text))
    assert {stems.form(stem): n for stem, n in counts.items()} == {
        "deployed": 3, "troops": 2, "Kyiv": 2, "IMF": 1, "agreed": 1,
    }  # fmt: skip
    assert not stems.is_name("troop")


@pytest.mark.parametrize(
    ("language", "text", "kept"),
    [
        ("en", "On Thursday, two weeks after the march, he called for it: they must not be there.", {"march", "must"}),
        ("de", "Am Donnerstag im Oktober haben die Truppen an diesem Tag die Grenze nicht erreicht.",
         {"truppen", "grenze", "erreicht"}),
        ("pt", "Na quinta-feira, os soldados foram vistos nesta semana na fronteira.", {"soldados", "vistos", "fronteira"}),
        ("xx", "de troepen", {"troepen"}),
    ],
)  # fmt: skip
def test_stop_words_and_words_of_time_do_not_count(language: str, text: str, kept: set[str]) -> None:
    stems = Stems(language)
    counts = stems.counts([text], noted=stems.counts([text]))
    assert {stems.form(stem).lower() for stem in counts} == kept


def test_a_headline_in_capitals_makes_no_names() -> None:
    stems, text = (
        Stems("en"),
        ["Troops Reach The Border", "MORE TROOPS ARRIVE", "Then troops met Yoon there."],
    )
    stems.counts(text, noted={"troop", "yoon"})
    assert (stems.is_name("troop"), stems.is_name("yoon")) == (False, True)


def test_names_come_after_words() -> None:
    rng = random.Random(4)
    text = {"one": "there Zelenov met escalation", "two": ""}
    rows = corpus([("en", outlet, f"{n}", sample(rng, text[outlet])) for n in range(20) for outlet in text])
    kinds = [str(row["kind"]) for row in rows if row["group"] == "one"]
    assert kinds == sorted(kinds, reverse=True)
    assert [row["word"] for row in rows if row["group"] == "one" and row["kind"] == "name"] == ["Zelenov"]


def test_one_article_does_not_make_a_word_however_often_it_repeats_it() -> None:
    rng = random.Random(5)
    rows = [("en", outlet, f"{n}", sample(rng, *(["escalation"] if outlet == "one" and n % 4 == 0 else [])))
            for n in range(20) for outlet in ("one", "two")]  # fmt: skip
    rows[0] = (*rows[0][:3], rows[0][3] + " refugees" * 30)
    rows[2] = (*rows[2][:3], rows[2][3] + " refugees")
    z = {row["word"]: float(str(row["z"])) for row in corpus(rows) if row["group"] == "one"}
    assert z["escalation"] > z["refugees"]


def test_verbs_of_speech_and_quoted_letters_are_those_outside_and_inside_the_marks() -> None:
    sentences = [
        Sentence(0, 1, "“It was said,” Putin claimed.", "“It was said,” Putin claimed."),
        Sentence(2, 3, "Putin arrived.", "Putin arrived."),
        Sentence(4, 5, "“Nobody will", "“Nobody will"),
        Sentence(6, 7, "know”, he warned.", "know”, he warned."),
    ]
    passages = pd.DataFrame({
        "article": 0, "actor": "Putin", "start": [0, 2, 4, 6], "voice": ["quoted", "narrated", "quoted", "quoted"],
    })  # fmt: skip
    articles = pd.DataFrame({"language": ["en"]})
    speech = speech_of(passages, lambda: [(0, sentences)], articles, "en")
    assert [speech.known[verb] if verb >= 0 else "" for verb in speech.verbs] == ["claimed", "", "", "warned"]
    assert speech.letters.tolist() == [21, 12, 10, 12]
    assert speech.quoted.tolist() == [9, 0, 10, 4]


def test_the_verbs_of_an_outlet_that_doubts_an_actor_are_named() -> None:
    outlets = ["wire", "doubt"] * 8
    articles = pd.DataFrame({"language": "en", "outlet": outlets, "story": "", "published": ""}).assign(
        id=range(16)
    )
    frame = frame_of(articles, groupings(articles, ["outlet"]), Compare())
    verbs = {"wire": "Putin said that it is so.", "doubt": "Putin claimed that it is so."}
    passages = pd.DataFrame({"article": range(16), "actor": "Putin", "start": 0, "voice": "quoted"})
    texts = [(n, [Sentence(0, 9, verbs[outlet], verbs[outlet])]) for n, outlet in enumerate(outlets)]
    speech = speech_of(passages, lambda: texts, articles, "en")
    rows = list(speech_rows(passages, speech, ["Putin", "Yoon"], articles, frame, 5))
    assert [(row["group"], row["word"], row["articles"], row["kind"]) for row in rows] == [
        ("doubt", "claimed", 8, "speech"), ("wire", "said", 8, "speech"),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["troops troops", "a of the", ""])
def test_texts_of_one_word_or_none_have_no_words_compared(text: str) -> None:
    rows = [("en", outlet, "vote", text) for outlet in ("one", "two") for _ in range(5)]
    assert {row.get("word") for row in corpus(rows)} <= {None}


def test_an_actor_who_speaks_in_one_outlet_alone_has_no_verbs_compared() -> None:
    articles = pd.DataFrame(
        {"id": range(6), "language": "en", "outlet": ["one", "two"] * 3, "story": "", "published": ""}
    )
    frame = frame_of(articles, groupings(articles, ["outlet"]), Compare())
    texts = [(n, [Sentence(0, 9, "Putin said so.", "Putin said so.")]) for n in range(6)]
    passages = pd.DataFrame({"article": [0, 2, 4], "actor": "Putin", "start": 0, "voice": "quoted"})
    speech = speech_of(passages, lambda: texts, articles, "en")
    assert list(speech_rows(passages, speech, ["Putin"], articles, frame, 1)) == []
