"""The words that translations must have: found in every form, wanted of each sentence, and flagged if lacking."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipelines.config import Actor, RunConfig
from pipelines.engines.base import ModelIdentity, Translation
from pipelines.translate.checks import translation_flags
from pipelines.translate.ctranslate2 import CTranslate2Translator
from pipelines.translate.glossary import Glossary
from pipelines.translate.marian import MarianTranslator
from pipelines.translate.retries import CheckedTranslator
from tests.samples import sentences

ENTRIES = {
    "ru": ("размещение", "deployment"),
    "pt": ("posição", "stance"),
    "de": ("Einsatz", "deployment"),
    "ko": ("파병", "deployment"),
    "zh": ("部署", "deployment"),
    "ar": ("نشر", "deployment"),
}


@pytest.mark.parametrize(
    ("language", "source", "translation", "met"),
    [
        ("ru", "Он говорил о размещении войск.", "He spoke of the placement of troops.", False),
        ("ru", "Он говорил о размещении войск.", "He spoke of the deployments of troops.", True),
        ("ru", "Он говорил о войсках.", "He spoke of the troops.", True),
        ("pt", "As posições mudaram.", "The positions changed.", False),
        ("pt", "A posição mudou.", "The stance changed.", True),
        ("de", "Kritik des Einsatzes.", "Criticism of the mission.", False),
        ("de", "Ein einsatzbereites Heer.", "An army that is ready.", True),
        ("ko", "그는 파병을 비판했다.", "He criticised the dispatch.", False),
        ("zh", "他批评了部署。", "He criticised the placing.", False),
        ("ar", "انتقد نشر القوات.", "He criticised the spread of forces.", False),
    ],
)
def test_a_word_in_any_form_wants_its_word(language: str, source: str, translation: str, met: bool) -> None:
    word, wanted = ENTRIES[language]
    glossary = Glossary({word: [wanted]}, language, "en")
    assert glossary.unmet(source, translation) == ([] if met else [word])
    flags = translation_flags(source, translation, language, "en", glossary=glossary)
    assert ("glossary" in flags) is not met


def test_one_of_several_words_is_enough_and_the_first_is_placed() -> None:
    glossary = Glossary({"envio": ["deployment", "sending"]}, "pt", "en")
    assert glossary.unmet("O envio de tropas.", "The sending of troops.") == []
    assert glossary.unmet("O envio de tropas.", "The shipment of troops.") == ["envio"]
    assert glossary.placed("Os envios de tropas e o envio de armas.") == (
        "Os deployment de tropas e o deployment de armas."
    )


class Ranked:
    """A translator whose hypotheses the test gives, from the best."""

    def __init__(self, *answers: str) -> None:
        self.answers, self.sources = answers, list[str]()

    def identity(self) -> ModelIdentity:
        return ModelIdentity("ranked", "ranked")

    def fetch(self) -> None: ...

    def load(self) -> None: ...

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        self.sources += sentences
        return [Translation(self.answers[0]) for _ in sentences]

    def hypotheses(self) -> list[Ranked]:
        return [Ranked(answer) for answer in self.answers[1:]]


def test_the_best_hypothesis_with_the_word_is_chosen() -> None:
    glossary = Glossary({"envio": ["deployment"]}, "pt", "en")
    ranked = Ranked("He opposes the sending of soldiers.", "He opposes the shipment of soldiers.",
                    "He opposes the deployment of soldiers.", "He is against the deployment of soldiers.")  # fmt: skip
    (translation,) = CheckedTranslator(ranked, "en", glossary=glossary).translate(
        ["Ele se opõe ao envio de soldados."], "pt"
    )
    assert translation == Translation("He opposes the deployment of soldiers.", ("repaired",))
    assert ranked.sources == ["Ele se opõe ao envio de soldados."]


def test_a_word_that_no_attempt_gives_is_flagged() -> None:
    glossary = Glossary({"envio": ["deployment"]}, "pt", "en")
    ranked = Ranked("He opposes the sending of soldiers.")
    (translation,) = CheckedTranslator(ranked, "en", glossary=glossary).translate(
        ["Ele se opõe ao envio de soldados."], "pt"
    )
    assert translation.flags == ("glossary",)
    assert "Ele se opõe ao deployment de soldados." in ranked.sources


def test_both_engines_give_the_hypotheses_of_one_beam_in_order(marian_folder: Path, own_cache: Path) -> None:
    texts = sentences(12, seed=3)
    marian = MarianTranslator(str(marian_folder), beam_size=4)
    fast = CTranslate2Translator(str(marian_folder), quantization="float32", beam_size=4)
    for translator in (marian, fast):
        ranks = [translator, *translator.hypotheses()]
        columns = [[t.text for t in one.translate(texts, "pt")] for one in ranks]
        assert len(columns) == 4
        assert sum(len(set(row)) > 1 for row in zip(*columns, strict=True)) > len(texts) / 2
        assert len({repr(one.identity().settings) for one in ranks}) == 4


def test_a_glossary_without_checks_is_refused() -> None:
    settings = {"check": False, "glossary": {"ru": {"размещение": "deployment"}}}
    with pytest.raises(ValueError, match=r"translation\.check: true"):
        RunConfig(name="a", articles="a.jsonl", actors=[Actor(name="A")], targets=["t"], translation=settings)
