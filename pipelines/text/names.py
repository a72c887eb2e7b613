"""The names of actors in texts, all found in one pass over a text."""

from __future__ import annotations

from bisect import bisect
from functools import cache, cached_property
from typing import TYPE_CHECKING, NamedTuple

import regex

from pipelines.text.inflection import Inflection, inflections
from pipelines.text.languages import base_language
from pipelines.text.normalise import aligned, normalise, without_diacritics

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipelines.config import Actor

# Scripts written without spaces between words.
UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
KATAKANA = r"\p{Katakana}ー"
SHORTEST_INFLECTED, SHORTEST_INFLECTED_OF_SEVERAL = 4, 3
"""Letters from which the final of a name may change, and of a word in a name of several words: a shorter one
would leave a stem that other words share; not tuned."""
LONGEST_ACRONYM = 5
"""Letters of an alias in capitals up to which it counts as an acronym, which is not found in small letters;
not tuned, a longer one is more likely a name in capitals."""


class Mention(NamedTuple):
    """`text[start:end]` names the actor."""

    start: int
    end: int
    actor: str
    full: bool
    """False if the actor has a longer name that contains this one."""
    inflected: bool = False
    """Whether it has an ending that the alias lacks."""


class Alias:
    """One name of an actor in one language, as a pattern over normalised text.

    Args:
        text: the name as the user writes it.
        actor: name of the actor, as in the config.
        full: False if it is part of another name of the actor.
        inflection: of the language.
        ignore_diacritics: whether to compare without diacritics.
    """

    def __init__(
        self, text: str, actor: str, *, full: bool, inflection: Inflection, ignore_diacritics: bool
    ) -> None:
        self.actor, self.full, self.inflection = actor, full, inflection
        self.normalised = normalise(without_diacritics(text) if ignore_diacritics else text)
        self.acronym = text.isupper() and len(text) <= LONGEST_ACRONYM
        self.capital = text[:1].isupper()

    @property
    def needle(self) -> str:
        """The text that begins every form of the name."""
        words = self.normalised.split(" ") if self._inflects else [self.normalised]
        return self._split_final(words[0])[0]

    @property
    def _inflects(self) -> bool:
        return bool(self.inflection.endings or self.inflection.replaced)

    def mention(
        self, text: str, normalised: str, offsets: Sequence[int], at: int, has_capitals: bool
    ) -> Mention | None:
        """The mention that begins at a place of the normalised text; None if none does.

        A single word with a capital is not found in lower case (Short: short sleeves), nor an acronym in
        small letters (US: us), unless the whole text is in lower case.

        Args:
            text: as written.
            normalised: the text, normalised.
            offsets: place in the text of each character of the normalised one, and of its end.
            at: place in the normalised text.
            has_capitals: whether the text has any capitals.
        """
        end = self._end(normalised, at)
        if end is None or not _compiled(self._before).match(normalised, at):
            return None
        inflected = normalised[at:end] != self.normalised
        start, end = offsets[at], offsets[end]
        name = text[start:end]
        has_case = name[: len(self.normalised)].isupper() if self.acronym else not name[0].islower()
        needs_case = self.acronym or (self.capital and " " not in self.normalised)
        if needs_case and not has_case and has_capitals:
            return None
        return Mention(start, end, self.actor, self.full, inflected)

    def _end(self, normalised: str, at: int) -> int | None:
        """The end of the name that begins at a place, its endings included; None if none does."""
        if self._inflects:
            match = self._forms.match(normalised, at)
            return match.end() if match else None
        end = at + len(self.normalised)
        return end if _compiled(self._after).match(normalised, end) else None

    @cached_property
    def _forms(self) -> regex.Pattern[str]:
        """A pattern of every form of the name."""
        words = self.normalised.split(" ")
        return regex.compile("(?V1)" + " ".join(map(self._forms_of_word, words)) + self._after)

    def _forms_of_word(self, word: str) -> str:
        """A pattern of a word with every ending that may follow it or replace its final."""
        stem, final = self._split_final(word)
        if final:
            return f"{regex.escape(stem)}(?:{self.inflection.replaced[final]}|{final})"
        return f"{regex.escape(stem)}(?:{self.inflection.endings})?"

    def _split_final(self, word: str) -> tuple[str, str]:
        """A word without the final that an ending may replace, and this final, which may be empty."""
        shortest = SHORTEST_INFLECTED_OF_SEVERAL if " " in self.normalised else SHORTEST_INFLECTED
        for final in self.inflection.replaced if len(word) >= shortest else ():
            if word.endswith(final) and word != final:
                return word.removesuffix(final), final
        return word, ""

    @cached_property
    def _before(self) -> str:
        """A pattern of what must, or must not, precede the name.

        A name begins and ends with a word only if its script separates words: Han, kana and Thai names may
        be anywhere, but a katakana name is not part of a longer katakana word.
        """
        if regex.match(f"[{KATAKANA}]", self.normalised):
            return f"(?<![{KATAKANA}])"
        if regex.match(f"[{UNSPACED}]", self.normalised):
            return ""
        return rf"(?<=(?:^|[\W{UNSPACED}]){self.inflection.prefixes})"

    @cached_property
    def _after(self) -> str:
        """A pattern of what must not follow the name."""
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
        inflection = inflections().get(base_language(language), Inflection())
        self._aliases: dict[str, list[Alias]] = {}
        for actor in actors:
            names = _names_in(actor, language, epithets)
            for name in names:
                full = not any(name != other and name in other for other in names)
                alias = Alias(
                    name, actor.name, full=full, inflection=inflection, ignore_diacritics=ignore_diacritics
                )
                self._aliases.setdefault(alias.needle, []).append(alias)
        self._needles = list(self._aliases)
        self._automaton = AhoCorasick(self._needles, matchkind=MatchKind.Standard)

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
            for alias in self._aliases[self._needles[needle]]
            if (mention := alias.mention(text, normalised, offsets, start, has_capitals))
        ]
        return _longest(mentions)

    def _beginnings(self, normalised: str) -> list[tuple[int, int, int]]:
        """(index of the needle, start, end) of every needle in a normalised text."""
        return self._automaton.find_matches_as_indexes(normalised, overlapping=True)

    def _fold(self, normalised: str) -> str:
        return without_diacritics(normalised) if self.ignore_diacritics else normalised


class Names(NamedTuple):
    """The finders of actors in texts and in their translations."""

    source: NameFinder
    pivot: NameFinder
    in_pivot: Mapping[str, str]
    """What the pivot calls each actor."""

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
        )

    def with_pivot_names(self, source: str) -> str:
        """A text in which each name of an actor is replaced by what the pivot calls the actor."""
        for mention in sorted(self.source.mentions(source), reverse=True):
            source = source[: mention.start] + self.in_pivot[mention.actor] + source[mention.end :]
        return source

    def lost(self, source: str, translation: str) -> set[str]:
        """Names of the actors that a text mentions and its translation does not."""
        actors = {mention.actor for mention in self.source.mentions(source)}
        return actors - {mention.actor for mention in self.pivot.mentions(translation)} if actors else set()


def _names_in(actor: Actor, language: str, epithets: bool) -> list[str]:
    """The actor's names in a language, with and without its script."""
    codes = dict.fromkeys([language, base_language(language)])
    in_language = actor.epithets_in if epithets else actor.aliases_in
    return list(dict.fromkeys(name for code in codes for name in in_language(code)))


def _longest(mentions: list[Mention]) -> list[Mention]:
    """The longest of overlapping mentions, in order; for the same words one of each actor."""
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
