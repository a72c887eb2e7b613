"""Names: where they are found, where they are not, and what the passage holds."""

from __future__ import annotations

import unicodedata

import pytest

from pipelines.aliases import alias_pattern
from pipelines.config import Actor
from pipelines.find import find
from pipelines.normalise import normalise
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


def passages(*sentences: tuple[str, str], language: str = "ru", context: int = 0) -> list[Passage]:
    return list(find([translated(*sentences, language=language)], [PUTIN], context=context))


def is_found(alias: str, sentence: str) -> bool:
    return alias_pattern(alias).search(normalise(sentence)) is not None


@pytest.mark.parametrize(
    ("source", "pivot", "matched"),
    [
        ("Путин прилетел.", "He arrived.", ["source"]),
        ("Он прилетел.", "Putin arrived.", ["pivot"]),
        ("Путин прилетел.", "Putin arrived.", ["both"]),
        ("Он прилетел.", "He arrived.", []),
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
    (found,) = find([TranslatedArticle(article, (Sentence(0, 3, "Да.", "Yes."), sentence))], [PUTIN])
    assert found == Passage(
        id="a7:1:Putin", article_id="a7", actor="Putin", start=4, end=14, source="Путин тут.",
        pivot="Putin is here.", context="Putin is here.", voice="narrated", matched="both", flags=("cut",),
    )  # fmt: skip


def test_passages_follow_the_sentences_and_then_the_actors() -> None:
    article = translated(("Yoon met Putin.", "Yoon met Putin."), ("Yoon left.", "Yoon left."), language="en")
    found = find([article], [PUTIN, Actor(name="Yoon")])
    assert [passage.id for passage in found] == ["a:0:Putin", "a:0:Yoon", "a:1:Yoon"]


@pytest.mark.parametrize(
    ("alias", "sentence", "expected"),
    [
        ("Yoon", "Yoon spoke", True),
        ("Yoon", "Yoonhee spoke", False),
        ("Yoon", "MacYoon spoke", False),
        ("Yoon", "Yoon_2 spoke", False),
        ("Yoon", "(Yoon), anti-Yoon", True),
        ("Путин", "Слова Путина", False),
        ("푸틴", "푸틴은 말했다", True),
        ("푸틴", "전 푸틴", True),
        ("푸틴", "람푸틴은 말했다", False),
        ("GUR", "GUR는 말했다", True),
        ("GUR", "GURU는 말했다", False),
        ("普京", "俄罗斯总统普京周四说", True),
        ("プーチン", "露プーチン大統領は", True),
        ("ゼレンスキー", "ゼレンスキー大統領は", True),
        ("ปูติน", "ประธานาธิบดีปูตินกล่าว", True),
        ("Putin", "俄罗斯总统Putin周四说", True),
        ("U.S.", "the U.S., again", True),
        ("C++ (group)", "the C++ (group) said", True),
    ],
)
def test_a_name_is_bounded_by_words_where_its_script_has_them(
    alias: str, sentence: str, expected: bool
) -> None:
    assert is_found(alias, sentence) is expected


@pytest.mark.parametrize(
    ("alias", "sentence"),
    [
        ("Putin", "PUTIN SPOKE"),
        ("Putin", "PUTİN KONUŞTU"),
        ("Путин", "ПУТИН"),
        ("Straße", "STRASSE"),
        ("Yoon", "Yoon’s plan"),
        ("Yoon", "Yoon's plan"),
        ("Ukraine", "l’Ukraine a dit"),
        ("Ukraine's intelligence", "Ukraine’s intelligence said"),
        ("Ukraine’s intelligence", "Ukraine's intelligence said"),
        ("Yoon Suk-yeol", "Yoon Suk\u2011yeol"),
        ("Yoon Suk Yeol", "Yoon\u00a0Suk  Yeol"),
        ("Señor Zapata", unicodedata.normalize("NFD", "Señor Zapata")),
        (unicodedata.normalize("NFD", "윤석열"), "윤석열이 말했다"),
        ("윤석열", unicodedata.normalize("NFD", "윤석열이 말했다")),
        ("Putin", "Ｐｕｔｉｎ"),
        ("Putin", "Pu\u00adtin"),
        ("Путин", "\u200bПутин\u200b"),
    ],
)
def test_a_name_is_found_in_whichever_way_it_is_written(alias: str, sentence: str) -> None:
    assert is_found(alias, sentence)


def test_the_longest_alias_is_the_one_that_matches() -> None:
    match = alias_pattern("Yoon", "Yoon Suk Yeol", "Suk Yeol").search("yoon suk yeol spoke")
    assert match is not None
    assert match[0] == "yoon suk yeol"


def test_an_actor_without_aliases_is_found_by_the_name() -> None:
    (found,) = find([translated(("Yoon left.", "Yoon left."), language="en")], [Actor(name="Yoon")])
    assert found.matched == "both"


def test_the_name_stands_in_for_languages_without_aliases_and_only_there() -> None:
    actor = Actor(name="Yoon", aliases={"ko": ["윤석열"]})
    assert actor.aliases_in("pt") == ["Yoon"]
    assert actor.aliases_in("ko") == ["윤석열"]


def test_aliases_of_a_language_hold_for_its_scripts_too() -> None:
    actor = Actor(name="Putin", aliases={"zh": ["普京"], "zh-Hant": ["普丁"]})
    for name in ("普京", "普丁"):
        assert list(find([translated((f"{name}說", "He said"), language="zh-Hant")], [actor]))
    assert not list(find([translated(("普丁說", "He said"), language="zh")], [actor]))


@pytest.mark.parametrize(
    ("context", "expected"),
    [(0, "Putin two."), (1, "One. Putin two. Three."), (9, "One. Putin two. Three. Four.")],
)
def test_the_context_is_a_window_of_the_translation(context: int, expected: str) -> None:
    sentences = ("1", "One."), ("2", "Putin two."), ("3", "Three."), ("4", "Four.")
    assert [passage.context for passage in passages(*sentences, context=context)] == [expected]


@pytest.mark.parametrize(
    ("sentence", "voice"),
    [
        ("“We will win this war,” Putin said.", "quoted"),
        ('"We will win this war", Putin said.', "quoted"),
        ("„Wir werden gewinnen“, sagte Putin.", "quoted"),
        ("«Nous allons gagner», a dit Putin.", "quoted"),
        ("Putin said: “We will win", "quoted"),
        ("Putin said that they would win.", "narrated"),
        ("Putin spoke of a “special operation”.", "narrated"),
        ("“Putin will win this war,” she said.", "narrated"),
    ],
)
def test_an_actor_is_quoted_where_named_beside_a_quotation_of_some_length(sentence: str, voice: str) -> None:
    assert [passage.voice for passage in passages((sentence, sentence), language="en")] == [voice]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh", "“我们支持这个决定，不会退让。”普京说。"),
        ("ja", "「我々は最後まで戦う」とプーチン氏は述べた。"),
    ],
)
def test_a_quotation_is_long_in_a_language_without_spaces_too(language: str, sentence: str) -> None:
    actor = Actor(name="Putin", aliases={"zh": ["普京"], "ja": ["プーチン"]})
    (found,) = find([translated((sentence, "-"), language=language)], [actor])
    assert found.voice == "quoted"
