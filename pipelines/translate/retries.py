"""A translator that checks its translations, and tries again if one looks wrong."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pipelines.engines.base import Alternatives, Ranking, Translation
from pipelines.translate.checks import SEVERITY, severity, translation_flags
from pipelines.translate.cutting import cut
from pipelines.translate.fragments import with_fragments_apart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipelines.engines.base import ModelIdentity, Translator
    from pipelines.text.names import Names
    from pipelines.translate.glossary import Glossary

    Attempt = Callable[[list[str]], list[Translation]]

SHORTEST_CLAUSES = 60
"""Characters below which a piece is not cut further: shorter ones lose their context; not tuned."""


class CheckedTranslator:
    """Checks each translation, and makes further attempts at those that fail.

    The attempts: for words of the glossary, the beam's further hypotheses, then with the wanted words in the
    source, which models copy; with the actors' names as the pivot writes them; clause by clause; the engine's
    other ways of decoding (n-gram blocking, another beam); last, the fallback engine. The result is the best
    attempt by the same checks, with its flags; `repaired` marks one that is not the first.

    Args:
        translator: makes the translations to check.
        pivot: language code of the translations.
        names: finders of the actors' names, to notice lost ones; None to skip this check.
        fallback: another engine for the same language, loaded only if needed.
        glossary: words wanted in translations; None if none are.
    """

    def __init__(
        self,
        translator: Translator,
        pivot: str,
        names: Names | None = None,
        fallback: Translator | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        self.translator, self.pivot, self.names, self.fallback = translator, pivot, names, fallback
        self.glossary = glossary

    def identity(self) -> ModelIdentity:
        """The identity of the model, with the names and the fallback among its settings."""
        identity = self.translator.identity()
        names = [finder.aliases for finder in self.names[:2]] if self.names else []
        fallback = None if self.fallback is None else self.fallback.identity()
        settings = {**identity.settings, "names": names, "fallback": fallback}
        if self.glossary is not None:
            settings["glossary"] = self.glossary.entries
        return replace(identity, settings=settings)

    def fetch(self) -> None:
        """Download the model, and the fallback's, if needed and verify their files."""
        self.translator.fetch()
        if self.fallback is not None:
            self.fallback.fetch()

    def load(self) -> None:
        """Load the model."""
        self.translator.load()

    def translate(self, sentences: Sequence[str], language: str) -> list[Translation]:
        """Translate each sentence, in order, with flags for what still looks wrong."""
        return with_fragments_apart(sentences, lambda apart: self._best(apart, language))

    def _best(self, sentences: list[str], language: str) -> list[Translation]:
        def flagged(source: str, translation: Translation) -> Translation:
            flags = translation_flags(
                source, translation.text, language, self.pivot, self.names, self.glossary
            )
            return Translation(translation.text, (*translation.flags, *flags))

        first = self.translator.translate(sentences, language)
        best = [flagged(*pair) for pair in zip(sentences, first, strict=True)]
        for attempt, flags in self._attempts(language):
            failing = [index for index, translation in enumerate(best) if flags & {*translation.flags}]
            if not failing:
                continue
            others = attempt([sentences[index] for index in failing])
            for index, other in zip(failing, others, strict=True):
                candidate = flagged(sentences[index], other)
                if severity(candidate.flags) < severity(best[index].flags):
                    best[index] = Translation(candidate.text, (*candidate.flags, "repaired"))
        return best

    def _attempts(self, language: str) -> Iterator[tuple[Attempt, frozenset[str]]]:
        """The attempts, each with the flags of the translations that it is for."""
        unmet, every = frozenset({"glossary"}), frozenset(SEVERITY)
        if self.glossary is not None:
            ranked = self.translator.hypotheses() if isinstance(self.translator, Ranking) else []
            for other in ranked:
                yield partial(other.translate, language=language), unmet
            yield partial(self._placed, self.glossary.placed, language=language), unmet
        if self.names is not None:  # models copy a name that is written as in their own language
            yield partial(self._placed, self.names.with_pivot_names, language=language), every
        yield lambda sentences: _clause_by_clause(self.translator, sentences, language), every
        others = self.translator.alternatives() if isinstance(self.translator, Alternatives) else []
        for other in [*others, *([self.fallback] if self.fallback else [])]:
            yield partial(other.translate, language=language), every

    def _placed(
        self, place: Callable[[str], str], sentences: list[str], *, language: str
    ) -> list[Translation]:
        """Translate each sentence with some of its words as the pivot writes them."""
        return self.translator.translate([*map(place, sentences)], language)


def _clause_by_clause(translator: Translator, sentences: list[str], language: str) -> list[Translation]:
    """Translate each sentence in pieces of at most half its length, or of 60 characters if that is longer."""
    pieces = [_clauses(sentence) for sentence in sentences]
    distinct = list(dict.fromkeys(piece for clauses in pieces for piece in clauses))
    translations = dict(zip(distinct, translator.translate(distinct, language), strict=True))
    return [
        Translation(
            " ".join(translations[piece].text for piece in clauses),
            tuple(dict.fromkeys(flag for piece in clauses for flag in translations[piece].flags)),
        )
        for clauses in pieces
    ]


def _clauses(sentence: str) -> list[str]:
    longest = max(SHORTEST_CLAUSES, len(sentence) // 2)
    return cut(sentence, lambda piece: len(piece) <= longest)
