"""The names of actors in texts, all found in one pass over a text."""

from __future__ import annotations

from bisect import bisect
from typing import TYPE_CHECKING, NamedTuple

from pipelines.text.aliases import Alias, Mention, spellings
from pipelines.text.chinese import may_be_in_other_words, simplified
from pipelines.text.inflection import Inflection, inflections
from pipelines.text.languages import base_language
from pipelines.text.normalise import aligned, normalise, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.config import Actor
DOTLESS = frozenset({"tr", "az"})
"""Languages whose ı is I in capitals, which case folding makes an i."""
CAPITALS_WITHOUT_MARKS = frozenset({"el"})
"""Languages that write no diacritics on capitals."""


class NameFinder:
    """Finds the names of all actors in texts of one language.

    One automaton finds the beginnings of all names at once (Aho and Corasick, 1975); a pattern then checks
    boundaries and endings at each of them. If several names overlap, the longest wins.

    Args:
        actors: whose aliases to find.
        language: code of the texts' language.
        ignore_diacritics: find Yeşil as Yesil, and the other way round.
        epithets: find the actors' epithets instead of their aliases.
    """

    def __init__(
        self,
        actors: Iterable[Actor],
        language: str,
        ignore_diacritics: bool = False,
        *,
        epithets: bool = False,
    ) -> None:
        from ahocorasick_rs import AhoCorasick, MatchKind

        self.ignore_diacritics = ignore_diacritics
        self.language = base_language(language)
        inflection = inflections().get(base_language(language), Inflection())
        self._aliases: dict[str, list[Alias]] = {}
        for actor in actors:
            names = _names_in(actor, language, epithets)
            for name in names:
                full = not any(name != other and name in other for other in names)
                in_chinese = self.language == "zh" and may_be_in_other_words(self._fold(name))
                for spelling in spellings(name):
                    alias = Alias(
                        spelling,
                        actor.name,
                        full=full,
                        inflection=inflection,
                        fold=self._fold,
                        in_chinese=in_chinese,
                    )
                    self._aliases.setdefault(alias.needle, []).append(alias)
        self._groups = list(self._aliases.values())
        self._automaton = AhoCorasick(list(self._aliases), matchkind=MatchKind.Standard)

    @property
    def aliases(self) -> list[tuple[str, str]]:
        """Pairs of an actor and one of the names to find, normalised."""
        return [(alias.actor, alias.normalised) for group in self._aliases.values() for alias in group]

    def mentions(self, text: str) -> list[Mention]:
        """Find the names in a text, in order; two overlap only if two actors share the same words."""
        if not self._beginnings(self._fold(normalise(text))):
            return []
        normalised, offsets = aligned(text, self._fold)
        has_capitals = text.lower() != text
        mentions = [
            mention
            for needle, start, _ in self._beginnings(normalised)
            for alias in self._groups[needle]
            if (mention := alias.mention(text, normalised, offsets, start, has_capitals))
        ]
        return _longest(mentions)

    def _beginnings(self, normalised: str) -> list[tuple[int, int, int]]:
        """(place of the needle, start, end) of every needle in a normalised text."""
        return self._automaton.find_matches_as_indexes(normalised.replace("-", " "), overlapping=True)

    def _fold(self, normalised: str) -> str:
        """The text with one form of letters that the language, or its capitals, write in several."""
        if self.language == "zh":
            normalised = simplified(normalised)
        if self.language in DOTLESS:
            normalised = normalised.replace("ı", "i")
        if self.ignore_diacritics or self.language in CAPITALS_WITHOUT_MARKS:
            normalised = without_diacritics(normalised)
        return normalised


class Names(NamedTuple):
    """The finders of actors in texts and in their translations."""

    source: NameFinder
    pivot: NameFinder
    in_pivot: Mapping[str, str]
    """What the pivot calls each actor."""
    pronouns: Mapping[str, frozenset[str]]
    """Of each actor, from the config."""

    @classmethod
    def of(cls, actors: Sequence[Actor], language: str, pivot: str, *, ignore_diacritics: bool) -> Names:
        """Build the finders for a language and the pivot.

        Args:
            actors: to find.
            language: code of the texts' language.
            pivot: language code of the translations.
            ignore_diacritics: whether to compare names without diacritics.
        """
        return cls(
            NameFinder(actors, language, ignore_diacritics),
            NameFinder(actors, pivot, ignore_diacritics),
            {actor.name: actor.aliases_in(pivot)[0] for actor in actors},
            {actor.name: frozenset[str](actor.pronouns) for actor in actors},
        )

    def with_pivot_names(self, source: str) -> str:
        """A text in which each name of an actor is replaced by what the pivot calls the actor."""
        for mention in sorted(self.source.mentions(source), reverse=True):
            source = source[: mention.start] + self.in_pivot[mention.actor] + source[mention.end :]
        return source

    def only_pronoun(self, source: str) -> str | None:
        """he or she, if a text names one actor and this is the actor's only pronoun; else None."""
        actors = {mention.actor for mention in self.source.mentions(source)}
        pronouns = self.pronouns[actors.pop()] if len(actors) == 1 else frozenset[str]()
        return next(iter(pronouns)) if pronouns in ({"he"}, {"she"}) else None

    def lost(self, source: str, translation: str) -> set[str]:
        """Names of the actors that a text mentions and its translation does not."""
        actors = {mention.actor for mention in self.source.mentions(source)}
        return actors - {mention.actor for mention in self.pivot.mentions(translation)} if actors else set()


def _names_in(actor: Actor, language: str, epithets: bool) -> list[str]:
    """The actor's names in a language: for its script, without one, and for its other scripts (zh-Hant)."""
    base = base_language(language)
    others = [code for code in (actor.epithets if epithets else actor.aliases) if base_language(code) == base]
    codes = dict.fromkeys([language, base, *others])
    in_language = actor.epithets_in if epithets else actor.aliases_in
    return list(dict.fromkeys(name for code in codes for name in in_language(code)))


def _longest(mentions: list[Mention]) -> list[Mention]:
    """The longest of overlapping mentions, in order; for the same words one of each actor."""
    if len(mentions) < 2:
        return mentions
    longest: dict[tuple[int, int, str], Mention] = {}
    spans: list[tuple[int, int]] = []  # in order and apart, so that only the neighbours can overlap
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start, m.inflected)):
        place = bisect(spans, mention[:2])
        if any(
            start < mention.end and mention.start < end for start, end in spans[max(place - 1, 0) : place + 1]
        ):
            if spans[place - 1 : place] != [mention[:2]]:
                continue
        else:
            spans.insert(place, mention[:2])
        longest.setdefault(mention[:3], mention)
    return sorted(longest.values())
