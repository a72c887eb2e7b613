"""What articles call people beside their names."""

from __future__ import annotations

import pytest

from pipelines.find.epithets import epithets_near
from pipelines.find.grammar import grammar_of


@pytest.mark.parametrize(
    ("language", "text", "name", "epithets"),
    [
        ("en", "The Norwegian premier Anna Berg left.", "Anna Berg", ["the Norwegian premier"]),
        ("en", "Norwegian Prime Minister Anna Berg left.", "Anna Berg", ["the Norwegian prime minister"]),
        ("en", "Berg, the leader of Norway, left.", "Berg", ["the leader of Norway"]),
        ("en", "President Berg left.", "Berg", []),
        ("en", "The Norwegian king met Anna Berg.", "Anna Berg", []),
        ("pt", "O ministro chileno, Luis Rojas, saiu.", "Luis Rojas", ["o ministro chileno"]),
        ("es", "Rojas, el ministro de Chile, salió.", "Rojas", ["el ministro de Chile"]),
        ("fr", "Le ministre chilien Luis Rojas sort.", "Luis Rojas", ["le ministre chilien"]),
        ("de", "Der chilenische Minister Luis Rojas ging.", "Luis Rojas", ["der chilenische Minister"]),
        ("ru", "Министр Чили Луис Рохас ушёл.", "Луис Рохас", ["министр Чили"]),
        ("ko", "로하스 칠레 대통령은 떠났다.", "로하스", ["칠레 대통령"]),
    ],
)
def test_a_role_with_what_distinguishes_it_is_an_epithet(
    language: str, text: str, name: str, epithets: list[str]
) -> None:
    grammar = grammar_of(language)
    assert grammar is not None
    start = text.index(name)
    assert list(epithets_near(text, start, start + len(name), grammar, language)) == epithets
