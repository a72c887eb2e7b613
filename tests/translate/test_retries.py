"""The ladder: what looks wrong is tried again, the best is kept, and the rest is flagged."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from pipelines.config import Actor
from pipelines.engines.base import ModelIdentity, Translation
from pipelines.text.names import Names
from pipelines.translate.fragments import cells, is_fragment, is_in_capitals
from pipelines.translate.retries import CheckedTranslator

SOURCE = "O presidente disse na quinta-feira que não vai enviar armas, e o ministro disse que as tropas ficam no país."
GOOD = "The president said on Thursday that he will not send arms, and the minister said that the troops stay in the country."
LOOP = "The president said that that that that that that he will not send arms, and the minister stays in the country."


class Answering:
    """A translator whose answers the test gives."""

    def __init__(self, answer: Callable[[str], str], others: Sequence[Answering] = ()) -> None:
        self.answer, self.others, self.asked = answer, list(others), list[str]()

    def identity(self) -> ModelIdentity:
        return ModelIdentity("answering", "answering")

    def fetch(self) -> None: ...

    def load(self) -> None: ...

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        self.asked += sentences
        return [Translation(self.answer(sentence)) for sentence in sentences]

    def alternatives(self) -> list[Answering]:
        return self.others


def test_a_good_translation_is_asked_once_and_has_no_flag() -> None:
    translator = Answering(lambda _: GOOD)
    assert CheckedTranslator(translator, "en").translate([SOURCE], "pt") == [Translation(GOOD)]
    assert translator.asked == [SOURCE]


def test_clause_by_clause_comes_first() -> None:
    clauses = {
        "O presidente disse na quinta-feira que não vai enviar armas,": "The president said he will not send arms,"
    }
    translator = Answering(
        lambda s: LOOP if s == SOURCE else clauses.get(s, "and the minister said that the troops stay there.")
    )
    (translation,) = CheckedTranslator(translator, "en").translate([SOURCE], "pt")
    assert (
        translation.text
        == "The president said he will not send arms, and the minister said that the troops stay there."
    )
    assert translation.flags == ("repaired",)


def test_other_ways_of_decoding_and_the_fallback_follow() -> None:
    fallback = Answering(lambda _: GOOD)
    blocked = Answering(lambda _: LOOP)
    translator = Answering(lambda _: LOOP, [blocked])
    (translation,) = CheckedTranslator(translator, "en", fallback=fallback).translate([SOURCE], "pt")
    assert translation == Translation(GOOD, ("repaired",))
    assert blocked.asked == fallback.asked == [SOURCE]


def test_what_no_attempt_mends_keeps_its_flags() -> None:
    translator = Answering(lambda _: LOOP, [Answering(lambda _: LOOP)])
    (translation,) = CheckedTranslator(translator, "en").translate([SOURCE], "pt")
    assert translation == Translation(LOOP, ("repetition",))


def test_a_lesser_evil_is_kept_with_its_own_flag() -> None:
    source = SOURCE + " Em 1987."
    other = Answering(lambda _: GOOD)
    (translation,) = CheckedTranslator(Answering(lambda _: LOOP, [other]), "en").translate([source], "pt")
    assert translation == Translation(GOOD, ("lost_number", "repaired"))


def test_only_failing_sentences_climb_the_ladder() -> None:
    other = Answering(lambda _: GOOD)
    translator = Answering(lambda s: LOOP if s == SOURCE else "Yes.", [other])
    CheckedTranslator(translator, "en").translate(["Sim.", SOURCE], "pt")
    assert other.asked == [SOURCE]


def test_a_lost_actor_is_flagged_and_tried_again() -> None:
    actor = Actor(name="Putin", aliases={"ko": ["푸틴"], "en": ["Putin"]})
    names = Names.of([actor], "ko", "en", ignore_diacritics=False)
    other = Answering(lambda _: "Putin spoke.")
    (translation,) = CheckedTranslator(
        Answering(lambda _: "Fountain spoke.", [other]), "en", names
    ).translate(["푸틴이 말했다."], "ko")
    assert translation == Translation("Putin spoke.", ("repaired",))


def test_a_lost_name_is_first_tried_again_as_the_pivot_writes_it() -> None:
    actor = Actor(name="Putin", aliases={"ru": ["Путин"], "en": ["Putin"]})
    names = Names.of([actor], "ru", "en", ignore_diacritics=False)
    other = Answering(lambda _: pytest.fail("asked before the name was placed"))
    translator = Answering(lambda s: "Putin left." if "Putin" in s else "The put left.", [other])
    (translation,) = CheckedTranslator(translator, "en", names).translate(["О Путине забыли."], "ru")
    assert translation == Translation("Putin left.", ("repaired",))
    assert translator.asked == ["О Путине забыли.", "О Putin забыли."]


@pytest.mark.parametrize(
    ("text", "placed"),
    [
        ("Путин и Ким Чен Ын говорили о Путине.", "Putin и Kim Jong-un говорили о Putin."),
        ("С Ким Чен Ыном говорили.", "С Kim Jong-un говорили."),
        ("Шёл снег.", "Шёл снег."),
    ],
)
def test_names_are_placed_in_a_text_as_the_pivot_writes_them(text: str, placed: str) -> None:
    actors = [
        Actor(name="Putin", aliases={"ru": ["Путин"], "en": ["Putin"]}),
        Actor(name="Kim", aliases={"ru": ["Ким Чен Ын"], "en": ["Kim Jong-un", "Kim"]}),
    ]
    assert Names.of(actors, "ru", "en", ignore_diacritics=False).with_pivot_names(text) == placed


@pytest.mark.parametrize(
    "fragment",
    ["12.345,67", "https://example.org/a?b=c", "www.example.org", "— * —", "fulano@example.org", "Por Ana Silva", "By JOHN SMITH and Ana Lee", "@polystance"],
)  # fmt: skip
def test_fragments_never_reach_the_model(fragment: str) -> None:
    translator = Answering(lambda _: "invented text")
    assert CheckedTranslator(translator, "en").translate([fragment], "pt") == [Translation(fragment)]
    assert translator.asked == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Por isso ele saiu.",
        "Putin: sim",
        "By the way, he left.",
        "Em 2024 foram 12.",
        "Veja em https://example.org o texto.",
    ],
)
def test_sentences_are_no_fragments(sentence: str) -> None:
    assert not is_fragment(sentence)


def test_a_headline_in_capitals_is_translated_as_ordinary_letters() -> None:
    assert is_in_capitals("PUTIN DEFENDE ENVIO DE TROPAS")
    assert not is_in_capitals("A ONU disse que não")
    translator = Answering(lambda _: "Putin Defends Sending of Troops")
    CheckedTranslator(translator, "en").translate(["PUTIN DEFENDE ENVIO DE TROPAS"], "pt")
    assert translator.asked == ["Putin Defende Envio de Tropas"]


def test_a_row_of_a_table_is_translated_cell_by_cell() -> None:
    assert cells("a ou b") == ["a ou b"]
    translator = Answering(lambda s: {"País": "Country", "Soldados": "Soldiers"}[s])
    (row,) = CheckedTranslator(translator, "en").translate(["País | Soldados | 12000"], "pt")
    assert row.text == "Country | Soldiers | 12000"
