"""A translator that checks what it gets, and tries again where something is wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pipelines.engines.base import Alternatives, Translation
from pipelines.translate.checks import severity, translation_flags
from pipelines.translate.cutting import cut
from pipelines.translate.fragments import with_fragments_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.engines.base import ModelIdentity, Translator
    from pipelines.text.names import Names

SHORTEST_CLAUSES = 60


class CheckedTranslator:
    """Checks each translation, and climbs a ladder with those that fail.

    The ladder: clause by clause; the engine's other ways of decoding (n-gram blocking, another beam); at
    last the fallback engine. Of all attempts the best by the same checks is kept; it carries its
    flags, and `repaired` where it is not the first.

    Args:
        translator: whose translations are checked.
        pivot: language of the translations.
        names: what finds the actors, one of which a translation may lose.
        fallback: another engine for the same language, loaded only where it is needed.
    """

    def __init__(
        self,
        translator: Translator,
        pivot: str,
        names: Names | None = None,
        fallback: Translator | None = None,
    ) -> None:
        self.translator, self.pivot, self.names, self.fallback = translator, pivot, names, fallback

    def identity(self) -> ModelIdentity:
        """The model's own, with the checks among its settings."""
        identity = self.translator.identity()
        names = [finder.aliases for finder in self.names or ()]
        fallback = None if self.fallback is None else self.fallback.identity()
        return replace(identity, settings={**identity.settings, "names": names, "fallback": fallback})

    def fetch(self) -> None:
        """Fetches the model, and the fallback's."""
        self.translator.fetch()
        if self.fallback is not None:
            self.fallback.fetch()

    def load(self) -> None:
        """Loads the model."""
        self.translator.load()

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """One translation for each sentence, in order, with its flags."""
        return with_fragments_apart(sentences, lambda asked: self._checked(asked, language))

    def _checked(self, sentences: list[str], language: str) -> list[Translation]:
        def flagged(source: str, translation: Translation) -> Translation:
            found = translation_flags(source, translation.text, language, self.pivot, self.names)
            return Translation(translation.text, (*translation.flags, *found))

        first = self.translator.translate(sentences, language)
        best = [flagged(*pair) for pair in zip(sentences, first, strict=True)]
        for attempt in self._ladder(language):
            failing = [index for index, translation in enumerate(best) if severity(translation.flags)]
            if not failing:
                break
            others = attempt([sentences[index] for index in failing])
            for index, other in zip(failing, others, strict=True):
                tried = flagged(sentences[index], other)
                if severity(tried.flags) < severity(best[index].flags):
                    best[index] = Translation(tried.text, (*tried.flags, "repaired"))
        return best

    def _ladder(self, language: str) -> Iterator[Callable[[list[str]], list[Translation]]]:
        yield lambda sentences: _clause_by_clause(self.translator, sentences, language)
        others = self.translator.alternatives() if isinstance(self.translator, Alternatives) else []
        for other in [*others, *([self.fallback] if self.fallback else [])]:
            yield partial(other.translate, language=language)


def _clause_by_clause(translator: Translator, sentences: list[str], language: str) -> list[Translation]:
    """Each sentence translated in pieces of at most half its length, or of 60 characters."""
    pieces = [_clauses(sentence) for sentence in sentences]
    distinct = list(dict.fromkeys(piece for clauses in pieces for piece in clauses))
    known = dict(zip(distinct, translator.translate(distinct, language), strict=True))
    return [
        Translation(
            " ".join(known[piece].text for piece in clauses),
            tuple(dict.fromkeys(flag for piece in clauses for flag in known[piece].flags)),
        )
        for clauses in pieces
    ]


def _clauses(sentence: str) -> list[str]:
    longest = max(SHORTEST_CLAUSES, len(sentence) // 2)
    return cut(sentence, lambda piece: len(piece) <= longest)
