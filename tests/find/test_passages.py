"""Names: where they are found, where they are not, and what the passage holds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.config import Actor, Find
from pipelines.find import find
from pipelines.find.finders import Finders
from pipelines.records import Article, Passage, Sentence, TranslatedArticle

PUTIN = Actor(name="Putin", aliases={"all": ["Putin"], "ru": ["Путин"], "ko": ["푸틴"]})


def translated(*sentences: tuple[str, str], language: str = "ru") -> TranslatedArticle:
    """An article of (source, pivot) sentences."""
    article = Article("a", language, "\n".join(source for source, _ in sentences))
    starts = [article.text.index(source) for source, _ in sentences]
    return TranslatedArticle(
        article,
        tuple(Sentence(at, at + len(s), s, p) for at, (s, p) in zip(starts, sentences, strict=True)),
    )


def passages(
    *sentences: tuple[str, str], language: str = "ru", actor: Actor = PUTIN, **settings: Any
) -> list[Passage]:
    return list(find([translated(*sentences, language=language)], [actor], [], "en", Find(**settings)))


@pytest.mark.parametrize(
    ("source", "pivot", "matched"),
    [
        ("Путин прилетел.", "He arrived.", ["source"]),
        ("Он прилетел.", "Putin arrived.", ["pivot"]),
        ("Путин прилетел.", "Putin arrived.", ["both"]),
        ("Он прилетел.", "He arrived.", []),
        ("Слова Путина.", "His words.", ["source"]),
        ("푸틴 прилетел.", "He arrived.", []),
    ],
)
def test_a_name_is_found_in_the_source_the_translation_or_both(
    source: str, pivot: str, matched: list[str]
) -> None:
    assert [passage.matched for passage in passages((source, pivot))] == matched


def test_a_passage_is_its_sentence_with_its_place_and_flags() -> None:
    article = Article("a7", "ru", "Да. Путин тут.")
    sentence = Sentence(4, 14, "Путин тут.", "Putin is here.", ("cut",))
    (found,) = find(
        [TranslatedArticle(article, (Sentence(0, 3, "Да.", "Yes."), sentence))], [PUTIN], [], "en", Find()
    )
    assert found == Passage(
        id="a7:1:Putin", article_id="a7", actor="Putin", start=4, end=14, source="Путин тут.",
        pivot="Putin is here.", context="Putin is here.", voice="narrated", matched="both", flags=("cut",),
    )  # fmt: skip


def test_passages_follow_the_sentences_and_then_the_actors() -> None:
    article = translated(("Yoon met Putin.", "Yoon met Putin."), ("Yoon left.", "Yoon left."), language="en")
    found = find([article], [PUTIN, Actor(name="Yoon")], [], "en", Find())
    assert [passage.id for passage in found] == ["a:0:Putin", "a:0:Yoon", "a:1:Yoon"]


def test_an_actor_without_aliases_is_found_by_the_name() -> None:
    (found,) = find(
        [translated(("Yoon left.", "Yoon left."), language="en")], [Actor(name="Yoon")], [], "en", Find()
    )
    assert found.matched == "both"


def test_the_name_stands_in_for_languages_without_aliases_and_only_there() -> None:
    actor = Actor(name="Yoon", aliases={"ko": ["윤석열"]})
    assert actor.aliases_in("pt") == ["Yoon"]
    assert actor.aliases_in("ko") == ["윤석열"]


def test_aliases_of_a_language_hold_for_its_scripts_too() -> None:
    actor = Actor(name="Putin", aliases={"zh": ["普京"], "zh-Hant": ["普丁"]})
    for name in ("普京", "普丁"):
        assert list(
            find([translated((f"{name}說", "He said"), language="zh-Hant")], [actor], [], "en", Find())
        )
    assert list(find([translated(("普丁說", "He said"), language="zh")], [actor], [], "en", Find()))


@pytest.mark.parametrize(
    ("context", "expected"),
    [(0, "Putin two."), (1, "One. Putin two. Three."), (9, "One. Putin two. Three. Four.")],
)
def test_the_context_is_a_window_of_the_translation(context: int, expected: str) -> None:
    sentences = ("1", "One."), ("2", "Putin two."), ("3", "Three."), ("4", "Four.")
    assert [passage.context for passage in passages(*sentences, context=context)] == [expected]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "“我们支持这个决定，不会退让。”普京说。"),
        ("ja", "「我々は最後まで戦う」とプーチン氏は述べた。"),
    ],
)
def test_a_quotation_is_long_in_a_language_without_spaces_too(language: str, sentence: str) -> None:
    actor = Actor(name="Putin", aliases={"zh": ["普京"], "ja": ["プーチン"]})
    (found,) = find([translated((sentence, "-"), language=language)], [actor], [], "en", Find())
    assert found.voice == "quoted"


def test_a_translation_that_lost_the_name_is_flagged() -> None:
    (found,) = passages(("Путин прилетел.", "He arrived."))
    assert found.flags == ("lost_actor",)


def test_unnamed_sentences_are_left_out_where_asked() -> None:
    sentences = ("Putin left.", "Putin left."), ("He was late.", "He was late.")
    assert [p.matched for p in passages(*sentences, language="en")] == ["both", "resolved"]
    assert [p.matched for p in passages(*sentences, language="en", resolve=False)] == ["both"]


def test_the_premise_names_who_is_meant_in_brackets_where_the_sentence_does_not() -> None:
    sentences = ["Putin left.", "He was late.", "“It does not matter at all,” he said."]
    assert [p.context for p in passages(*zip(sentences, sentences, strict=True), language="en")] == [
        "Putin left.",
        "[Putin:] He was late.",
        "[Putin said:] “It does not matter at all,” he said.",
    ]


def test_the_context_stops_where_somebody_else_speaks() -> None:
    sentences = [
        "Snow fell.",
        "Putin left.",
        "It was late.",
        "“We are sorry,” Angela Merkel said.",
        "Snow fell.",
    ]
    (found,) = passages(*((s, s) for s in sentences), language="en", actor=PUTIN, context=3, resolve=False)
    assert (
        found.context == "Snow fell. Putin left. It was late. “We are sorry,” Angela Merkel said. Snow fell."
    )
    actors = [PUTIN, Actor(name="Merkel", aliases={"all": ["Angela Merkel", "Merkel"]})]
    article = translated(*((s, s) for s in sentences), language="en")
    first, *_ = find([article], actors, [], "en", Find(context=3, resolve=False))
    assert first.context == "Snow fell. Putin left. It was late."


def test_the_context_is_no_longer_than_asked() -> None:
    sentences = ("1", "One."), ("2", "Putin two."), ("3", "Three.")
    (found,) = passages(*sentences, context=2, context_characters=15)
    assert found.context == "One. Putin two."


def test_a_short_name_waits_for_the_full_one_where_asked() -> None:
    actor = Actor(name="Yoon", aliases={"all": ["Yoon Suk Yeol", "Yoon"]}, needs_full_name=True)
    texts = "Mr Yoon, a baker, left.", "Yoon Suk Yeol spoke.", "Yoon left."
    found = passages(*((t, t) for t in texts), language="en", actor=actor, resolve=False)
    assert [passage.source for passage in found] == ["Yoon Suk Yeol spoke.", "Yoon left."]


def test_an_epithet_counts_only_after_a_name() -> None:
    actor = Actor(name="Putin", epithets={"en": ["the Kremlin chief"]})
    texts = "The Kremlin chief slept.", "Putin spoke.", "Snow fell.", "The Kremlin chief left."
    found = passages(*((t, t) for t in texts), language="en", actor=actor)
    assert [passage.source for passage in found] == ["Putin spoke.", "The Kremlin chief left."]


def test_a_quotation_whose_marks_the_translation_lost_is_told_by_the_source() -> None:
    actor = Actor(name="Putin", aliases={"all": ["Putin"], "ja": ["プーチン"]})
    sentences = (
        ("プーチン氏が到着した。", "Putin arrived."),
        ("「我々は必ず勝つだろう。」", "We will surely win."),
    )
    assert [(p.matched, p.voice) for p in passages(*sentences, language="ja", actor=actor)] == [
        ("both", "narrated"),
        ("resolved", "quoted"),
    ]


SENTENCES = st.lists(
    st.sampled_from([
        "Putin arrived.", "He said so.", "“We will win,” she said.", "“We will", "win.”", "Merkel spoke.",
        "The president said no.", "President Vladimir Putin and Merkel met.", "A man said: “No.”", "Snow.",
        "Sen. John Smith left.", "They agreed.", "It was late.",
    ]),
    max_size=12,
)  # fmt: skip


@settings(deadline=None)  # a busy machine is no failure
@given(SENTENCES)
def test_an_unrelated_actor_changes_no_named_passage_of_another(sentences: list[str]) -> None:
    article = TranslatedArticle(
        Article("a", "en", " ".join(sentences)), tuple(Sentence(-1, -1, s, s) for s in sentences)
    )
    merkel = Actor(name="Merkel")

    def named(*actors: Actor) -> list[tuple[str, str]]:
        found = find([article], actors, [], "en", Find())
        return [(p.id, p.matched) for p in found if p.actor == "Putin" and p.matched != "resolved"]

    assert named(PUTIN) == named(PUTIN, merkel) == named(merkel, PUTIN)


@settings(deadline=None)  # a busy machine is no failure
@given(SENTENCES)
def test_the_passages_of_an_actor_lie_in_the_article_and_never_overlap(sentences: list[str]) -> None:
    article = translated_at(sentences)
    ends = {"Putin": 0, "Merkel": 0}
    for passage in find([article], [PUTIN, Actor(name="Merkel")], [], "en", Find(context=2)):
        assert article.article.text[passage.start : passage.end] == passage.source
        assert passage.start >= ends[passage.actor]
        ends[passage.actor] = passage.end


def translated_at(sentences: list[str]) -> TranslatedArticle:
    """An English article of the sentences with a space between them."""
    starts = [sum(len(s) + 1 for s in sentences[:number]) for number in range(len(sentences))]
    rows = (Sentence(at, at + len(s), s, s) for at, s in zip(starts, sentences, strict=True))
    return TranslatedArticle(Article("a", "en", " ".join(sentences)), tuple(rows))


def test_finders_of_an_earlier_call_are_used_again() -> None:
    article, kept = translated(("Путин прилетел.", "He arrived.")), dict[str, Finders]()
    first = list(find([article], [PUTIN], [], "en", Find(), finders=kept))
    of_russian = kept["ru"]
    assert list(find([article], [PUTIN], [], "en", Find(), finders=kept)) == first != []
    assert kept["ru"] is of_russian
