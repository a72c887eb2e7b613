"""Sentences and their offsets."""

from __future__ import annotations

import re
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.records import Article
from pipelines.text.segment import Span, segment


def sentences(text: str, language: str = "en", title: str | None = None) -> list[str]:
    return [span.source for span in segment(Article("a", language, text, title=title))]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "Mr. Yoon left. He was late.", ["Mr. Yoon left.", "He was late."]),
        ("en", "It cost 3.5 million. He paid.", ["It cost 3.5 million.", "He paid."]),
        ("en", "A heading\nThe first sentence.", ["A heading", "The first sentence."]),
        ("en", "One.\r\n\r\n  Two.\u2028Three.", ["One.", "Two.", "Three."]),
        ("pt", "O Sr. Yoon saiu. Chegou tarde.", ["O Sr. Yoon saiu.", "Chegou tarde."]),
        ("ru", "Путин прилетел. Он опоздал.", ["Путин прилетел.", "Он опоздал."]),
        ("ko", "윤 대통령이 떠났다. 그는 늦었다.", ["윤 대통령이 떠났다.", "그는 늦었다."]),
        ("zh-Hant", "普京來了。他遲到了！", ["普京來了。", "他遲到了！"]),
        ("fr", "Selon Me Leroy, M. Barnier part.", ["Selon Me Leroy, M. Barnier part."]),
        ("pt", "A dep. Tabata Amaral saiu.", ["A dep. Tabata Amaral saiu."]),
        ("uk", "Там був Д. А. Шмигаль. Він мовчав.", ["Там був Д. А. Шмигаль.", "Він мовчав."]),
        ("de", "Im 1. Weltkrieg fiel er. Am 3. Mai nicht.", ["Im 1. Weltkrieg fiel er.", "Am 3. Mai nicht."]),
        ("pl", "Gen. bryg. Marek Sokołowski mówił.", ["Gen. bryg. Marek Sokołowski mówił."]),
        ("en", "He took vitamin C. She did not.", ["He took vitamin C.", "She did not."]),
        ("en", "The C.I.A. Director left. He ran.", ["The C.I.A. Director left.", "He ran."]),
        ("ko", '그는 "끝났다."라고 말했다. 갔다.', ['그는 "끝났다."라고 말했다.', "갔다."]),
        ("ja", "首相は「終わった。」と言った。帰った。", ["首相は「終わった。」と言った。", "帰った。"]),
        ("uk", "Там І. І. Ковач. І дощ.", ["Там І. І. Ковач.", "І дощ."]),
        ("pt", "O ex-min. Paulo Lima saiu.", ["O ex-min. Paulo Lima saiu."]),
        ("en", "It ended at 4 a.m. Tuesday. We slept.", ["It ended at 4 a.m. Tuesday.", "We slept."]),
        ("en", "He said no. Rep. Lee said yes.", ["He said no.", "Rep. Lee said yes."]),
        ("es", "Vive en EE. UU. No volverá.", ["Vive en EE. UU.", "No volverá."]),
        ("es", "El líder de EE. UU. Joe Paz cree.", ["El líder de EE. UU. Joe Paz cree."]),
        ("ko", '"왜요?" 그녀가 물었다. 갔다.', ['"왜요?" 그녀가 물었다.', "갔다."]),
        ("ja", "「なぜ！」彼は答えた。J. ケント氏だ。", ["「なぜ！」彼は答えた。", "J. ケント氏だ。"]),
        ("ar", "«لماذا؟» سألت الوزيرة. غادرت.", ["«لماذا؟» سألت الوزيرة.", "غادرت."]),
        ("zh", "《新闻。》刊登了。她笑了。", ["《新闻。》刊登了。", "她笑了。"]),
        ("tr", "2. Dünya Savaşı bitti. Doç. Su geldi.", ["2. Dünya Savaşı bitti.", "Doç. Su geldi."]),
        ("ro", "Dl. Popa și dna. Ene tac. Bine.", ["Dl. Popa și dna. Ene tac.", "Bine."]),
        ("sv", "”Nej”, sa hon. Per gick.", ["”Nej”, sa hon.", "Per gick."]),
        ("fa", "۳.۵ میلیون رأی دادند.", ["۳.۵ میلیون رأی دادند."]),
        ("ru", "«Пора!» — сказал он. И ушёл.", ["«Пора!» — сказал он.", "И ушёл."]),
        ("en", '"Now!" Lee said. "Go. Run," he added.', ['"Now!" Lee said.', '"Go.', 'Run," he added.']),
        ("en", "“We stay. You go.” He left.", ["“We stay.", "You go.”", "He left."]),
        ("zh", "“我们走。”李华说。他走了。", ["“我们走。”李华说。", "他走了。"]),
        ("zh", "会议结束。“散会，”王磊说。", ["会议结束。", "“散会，”王磊说。"]),
        ("zh", "会议结束。3月见。", ["会议结束。", "3月见。"]),
        ("de", "„Wir gehen.“ Alle gingen.", ["„Wir gehen.“", "Alle gingen."]),
        ("fr", "« On part. » Tous partent.", ["« On part. »", "Tous partent."]),
        ("es", "Ella dijo que no. La votación sigue.", ["Ella dijo que no.", "La votación sigue."]),
        (
            "it",
            "Nel 80 d.C. la città bruciò. Poi no. Tutti via.",
            ["Nel 80 d.C. la città bruciò.", "Poi no.", "Tutti via."],
        ),
        ("pl", "Przyszła p. Nowak. Wyszła.", ["Przyszła p. Nowak.", "Wyszła."]),
        ("en", " \n\t", []),
    ],
)
def test_sentences_end_where_a_reader_of_the_language_ends_them(
    language: str, text: str, expected: list[str]
) -> None:
    assert sentences(text, language) == expected


def test_a_hard_wrapped_sentence_is_one_and_a_heading_is_not_joined() -> None:
    text = "A short heading\nThe government of the country said late on Friday\r\nthat the troops would stay. They will.\nNext"
    wrapped = "The government of the country said late on Friday  that the troops would stay."
    assert sentences(text) == ["A short heading", wrapped, "They will.", "Next"]


@pytest.mark.parametrize("piece", ["“", "'", "A. ", ", ", "«a", "x\n", "(", "。", '!" '])
def test_time_is_in_proportion_to_the_length(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = perf_counter()
    segment(Article("a", "en", text))
    assert perf_counter() - start < 10


def test_a_title_that_is_not_in_the_text_comes_first_without_a_place() -> None:
    found = segment(Article("a", "en", "Putin spoke.", title="Troops stay"))
    assert found == [Span(-1, -1, "Troops stay"), Span(0, 12, "Putin spoke.")]


@pytest.mark.parametrize("text", ["Troops stay\nPutin spoke.", "\n  Troops  stay\r\n\r\nPutin spoke."])
def test_a_title_that_is_the_first_line_is_not_repeated(text: str) -> None:
    first, second = segment(Article("a", "en", text, title="Troops stay"))
    assert " ".join(first.source.split()) == "Troops stay"
    assert text[first.start : first.end] == first.source
    assert second.source == "Putin spoke."


def test_a_title_of_two_sentences_is_one() -> None:
    assert sentences("Troops stay. For now.\nPutin spoke.", title="Troops stay. For now.") == [
        "Troops stay. For now.",
        "Putin spoke.",
    ]


def test_a_title_that_only_begins_the_first_line_is_still_the_title() -> None:
    assert sentences("Putin spoke. He left.", title="Putin spoke.") == [
        "Putin spoke.",
        "Putin spoke.",
        "He left.",
    ]


def test_a_title_alone_in_the_text_is_the_only_sentence() -> None:
    assert sentences("Troops stay", title="Troops stay") == ["Troops stay"]


BREAK = re.compile(r"[\r\n]")
PIECES = st.sampled_from(
    ["Mr. ", "Putin said. ", "“No.” ", "\n", "\r\n", "\x85", "\u2028", "\x1c", "\x1f", "\x0b", " ", "。", "！", "?",
     "e.g. ", "3.5 ", "😀", "e\u0301", "\u200b", "(A. B.) ", "...", "[1]", "\ufeff", "\0"]
)  # fmt: skip
TEXTS = st.text(st.characters(codec="utf-8")) | st.lists(PIECES).map("".join)
LANGUAGES = st.sampled_from(["en", "pt", "ru", "ko", "ja", "zh", "zh-Hant", "ar", "th", "tlh"])


@settings(deadline=None, max_examples=300)
@given(TEXTS, TEXTS | st.none(), LANGUAGES, st.booleans())
def test_sentences_stand_in_order_where_they_say_and_together_are_the_text(
    text: str, title: str | None, language: str, in_text: bool
) -> None:
    title = " ".join((title or "").split()) or None
    text = f"{title}\n{text}" if title and in_text else text
    spans = segment(Article("a", language, text, title=title))
    placed = [span for span in spans if span.start >= 0]
    assert all(BREAK.sub(" ", text[span.start : span.end]) == BREAK.sub(" ", span.source) for span in placed)
    assert all(span.source == span.source.strip() != "" for span in spans)
    ends = [0, *(span.end for span in placed)]
    assert all(span.start >= end for span, end in zip(placed, ends, strict=False))
    assert "".join("".join(span.source for span in placed).split()) == "".join(text.split())
    unplaced = [span.source for span in spans if span.start < 0]
    assert unplaced in ([], [] if in_text else [title])
    assert title is None or " ".join(spans[0].source.split()) == title
