"""The names by which texts call an actor, found in one pass over a text however many there are."""

from __future__ import annotations

from bisect import bisect
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.text.inflection import Inflection, inflections
from pipelines.text.languages import base_language
from pipelines.text.normalise import aligned, normalise, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.config import Actor

# Scripts written without spaces between words.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
KATAKANA = r"\p{Katakana}ー"
SHORTEST_INFLECTED, SHORTEST_INFLECTED_OF_SEVERAL = 4, 3
"""Letters of a name whose final may change, and of a word in a name of several."""
LONGEST_ACRONYM = 5


class Mention(NamedTuple):
    """`text[start:end]` names the actor."""

    start: int
    end: int
    actor: str
    full: bool
    """False where the actor has a longer name that this one is a part of."""
    inflected: bool = False
    """Whether it has an ending that the alias has not."""


class Alias:
    """One name of an actor in one language, as a pattern over normalised text.

    Args:
        text: the name as the user writes it.
        actor: whose it is.
        full: False where it is a part of another name of the actor.
        inflection: of the language.
        ignore_diacritics: compare without them.
    """

    def __init__(
        self, text: str, actor: str, full: bool, inflection: Inflection, ignore_diacritics: bool
    ) -> None:
        self.actor, self.full, self.inflection = actor, full, inflection
        self.normalised = normalise(without_diacritics(text) if ignore_diacritics else text)
        self.acronym = text.isupper() and len(text) <= LONGEST_ACRONYM
        self.capital = text[:1].isupper()

    @property
    def needle(self) -> str:
        """What stands in every form of the name, from its first letter on."""
        words = self.normalised.split(" ") if self._inflects else [self.normalised]
        return self._parted(words[0])[0]

    @property
    def _inflects(self) -> bool:
        return bool(self.inflection.endings or self.inflection.replaced)

    def mention(
        self, text: str, normalised: str, offsets: Sequence[int], at: int, has_capitals: bool
    ) -> Mention | None:
        """The name that begins at a place of the normalised text, if one does.

        A single word with a capital is not found in lower case (Short: short sleeves), nor an acronym in
        small letters (US: us), unless the whole text is in lower case.

        Args:
            text: as written.
            normalised: the same, normalised.
            offsets: place in the text of each character of the normalised one, and of its end.
            at: place in the normalised text.
            has_capitals: whether the text has any.
        """
        end = self._end(normalised, at)
        if end is None or not _compiled(self._before).match(normalised, at):
            return None
        inflected = normalised[at:end] != self.normalised
        start, end = offsets[at], offsets[end]
        written = text[start:end]
        as_written = written[: len(self.normalised)].isupper() if self.acronym else not written[0].islower()
        needs_capital = self.acronym or (self.capital and " " not in self.normalised)
        if needs_capital and not as_written and has_capitals:
            return None
        return Mention(start, end, self.actor, self.full, inflected)

    def _end(self, normalised: str, at: int) -> int | None:
        """Where the name that begins at a place ends, with its endings."""
        if self._inflects:
            match = self._inflected.match(normalised, at)
            return match.end() if match else None
        end = at + len(self.normalised)
        return end if _compiled(self._after).match(normalised, end) else None

    @cached_property
    def _inflected(self) -> regex.Pattern[str]:
        """Every form of the name."""
        return regex.compile("(?V1)" + " ".join(map(self._forms, self.normalised.split(" "))) + self._after)

    def _forms(self, word: str) -> str:
        """A pattern of a word with every ending that it may take, also in the place of its own."""
        stem, final = self._parted(word)
        if final:
            return f"{regex.escape(stem)}(?:{self.inflection.replaced[final]}|{final})"
        return f"{regex.escape(stem)}(?:{self.inflection.endings})?"

    def _parted(self, word: str) -> tuple[str, str]:
        """A word without the final that an ending may stand in for, and this final, which may be empty."""
        shortest = SHORTEST_INFLECTED_OF_SEVERAL if " " in self.normalised else SHORTEST_INFLECTED
        for final in self.inflection.replaced if len(word) >= shortest else ():
            if word.endswith(final) and word != final:
                return word.removesuffix(final), final
        return word, ""

    @cached_property
    def _before(self) -> str:
        """A pattern of what the name may not stand behind.

        A name is bounded by words only where its script has them: Han, kana and Thai names may stand
        anywhere, but a katakana name is not part of a longer katakana word.
        """
        if regex.match(f"[{KATAKANA}]", self.normalised):
            return f"(?<![{KATAKANA}])"
        if regex.match(f"[{UNSPACED}]", self.normalised):
            return ""
        return rf"(?<=(?:^|[\W{UNSPACED}]){self.inflection.prefixes})"

    @cached_property
    def _after(self) -> str:
        if regex.search(f"[{KATAKANA}]$", self.normalised):
            return f"(?![{KATAKANA}])"
        if regex.search(f"[{UNSPACED}]$", self.normalised):
            return ""
        return rf"(?![\w--[{UNSPACED}]])"


@cache
def _compiled(boundary: str) -> regex.Pattern[str]:
    return regex.compile("(?V1)" + boundary)


class NameFinder:
    """Finds the names of all actors in texts of one language.

    One automaton looks for the beginnings of all names at once (Aho and Corasick, 1975); only where one
    stands is a pattern asked for boundaries and endings. The longest name wins where several overlap.

    Args:
        actors: whose aliases are looked for.
        language: of the texts.
        ignore_diacritics: find Yeşil as Yesil, and the other way round.
        epithets: look for the actors' epithets instead of their aliases.
    """

    def __init__(
        self,
        actors: Iterable[Actor],
        language: str,
        ignore_diacritics: bool = False,
        epithets: bool = False,
    ) -> None:
        from ahocorasick_rs import AhoCorasick, MatchKind

        self.ignore_diacritics = ignore_diacritics
        inflection = inflections().get(base_language(language), Inflection())
        self._aliases: dict[str, list[Alias]] = {}
        for actor in actors:
            names = _names_in(actor, language, epithets)
            for name in names:
                full = not any(name != other and name in other for other in names)
                alias = Alias(name, actor.name, full, inflection, ignore_diacritics)
                self._aliases.setdefault(alias.needle, []).append(alias)
        self._needles = list(self._aliases)
        self._automaton = AhoCorasick(self._needles, matchkind=MatchKind.Standard)

    @property
    def aliases(self) -> list[tuple[str, str]]:
        """Each actor with each of the names that are looked for, as normalised."""
        return [(alias.actor, alias.normalised) for found in self._aliases.values() for alias in found]

    def mentions(self, text: str) -> list[Mention]:
        """The names in a text, in order; two overlap only where they are the same words for two actors."""
        if not self._in(self._folded(normalise(text))):
            return []
        normalised, offsets = aligned(text, self._folded)
        has_capitals = text.lower() != text
        found = [
            mention
            for needle, start, _ in self._in(normalised)
            for alias in self._aliases[self._needles[needle]]
            if (mention := alias.mention(text, normalised, offsets, start, has_capitals))
        ]
        return _longest(found)

    def _in(self, normalised: str) -> list[tuple[int, int, int]]:
        return self._automaton.find_matches_as_indexes(normalised, overlapping=True)

    def _folded(self, normalised: str) -> str:
        return without_diacritics(normalised) if self.ignore_diacritics else normalised


class Names(NamedTuple):
    """What finds the actors in texts and in their translations."""

    source: NameFinder
    pivot: NameFinder

    @classmethod
    def of(cls, actors: Sequence[Actor], language: str, pivot: str, ignore_diacritics: bool) -> Names:
        """The finders for a language and the pivot."""
        return cls(
            NameFinder(actors, language, ignore_diacritics), NameFinder(actors, pivot, ignore_diacritics)
        )

    def lost(self, source: str, translation: str) -> set[str]:
        """The actors that a text names and its translation does not."""
        named = {mention.actor for mention in self.source.mentions(source)}
        return named - {mention.actor for mention in self.pivot.mentions(translation)} if named else set()


def _names_in(actor: Actor, language: str, epithets: bool) -> list[str]:
    """The actor's names in a language with its script, and in the language without it."""
    codes = dict.fromkeys([language, base_language(language)])
    in_language = actor.epithets_in if epithets else actor.aliases_in
    return list(dict.fromkeys(name for code in codes for name in in_language(code)))


def _longest(mentions: list[Mention]) -> list[Mention]:
    kept: dict[tuple[int, int, str], Mention] = {}
    taken: list[tuple[int, int]] = []  # in order and apart, so that only the neighbours can overlap
    for mention in sorted(mentions, key=lambda m: (m.start - m.end, m.start, m.inflected)):
        place = bisect(taken, mention[:2])
        if any(
            start < mention.end and mention.start < end for start, end in taken[max(place - 1, 0) : place + 1]
        ):
            if taken[place - 1 : place] != [mention[:2]]:
                continue
        else:
            taken.insert(place, mention[:2])
        kept.setdefault(mention[:3], mention)
    return sorted(kept.values())
