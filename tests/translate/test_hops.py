"""Two translators one after the other."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.engines.base import ModelIdentity, Translation
from pipelines.translate.hops import TwoHops


class Adding:
    """Adds its mark and the language that it was given."""

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def identity(self) -> ModelIdentity:
        return ModelIdentity("adding", self.mark, size=1)

    def fetch(self) -> None: ...

    def load(self) -> None: ...

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        return [Translation(f"{sentence}{self.mark}{language}", (self.mark,)) for sentence in sentences]


def test_two_hops_translate_one_after_the_other_and_keep_the_flags_of_both() -> None:
    both = TwoHops(Adding("1"), Adding("2"))
    assert both.translate(["a", "b"], "ko") == [("a1ko2en", ("1", "2")), ("b1ko2en", ("1", "2"))]
    assert (both.identity().name, both.identity().size) == ("1 + 2", 2)
