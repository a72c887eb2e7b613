"""What a config finds in its articles, without a model: counts, names, targets, and names that it lacks."""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

import regex

from pipelines.find.epithets import epithets_near
from pipelines.find.grammar import grammar_of
from pipelines.find.targets import TargetFinder
from pipelines.records import Sentence
from pipelines.text.languages import base_language
from pipelines.text.names import NameFinder
from pipelines.text.normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.config import RunConfig
    from pipelines.records import Article

FEW = 5
"""Articles of a language from which a name that none of them has is reported."""
TWICE = 2  # articles with a candidate, at least
LOOKED_AT = 1000
"""Articles of each language, the first ones, in which names and targets are looked for; more would take
minutes and show no other gaps."""
WORDS_READ = 2000  # commonest capitalised words of a language, among which spellings of a name are looked for
SIMILAR = 0.6
"""Similarity, in [0, 1] of difflib, of two names in Latin letters: Poutine and Putin have 0.83, Biden and
Putin 0.4."""
SHORT_WORD = 4  # letters and blank of `The `, which begins a sentence and no name
_STOP = regex.compile(r"[.!?…。！？]|\n")
_CAPITALISED = regex.compile(r"\p{Lu}[\p{L}\p{M}'’-]{3,}")
_BEFORE = regex.compile(r"(?:\p{Lu}[\p{L}\p{M}.'’-]+[ ]){1,3}$")
_AFTER = regex.compile(r"(?:[ ]\p{Lu}[\p{L}\p{M}'’-]+){1,2}")
_APPOSITION = regex.compile(r",[ ]([^,.;:!?()«»\"“”\n]{5,40}),")


class Survey:
    """Counts over the articles of a run.

    Args:
        config: of the run.
    """

    def __init__(self, config: RunConfig) -> None:
        self.config = config
        self.languages: Counter[str] = Counter()
        self.characters: Counter[str] = Counter()
        """Of titles and texts, by language."""
        self.looked_at: Counter[str] = Counter()
        """Articles in which names and targets were looked for, by language."""
        self.outlets: Counter[str] = Counter()
        self.dates: list[str] = []
        self.actors: Counter[tuple[str, str]] = Counter()
        """Articles with an actor, by language and actor."""
        self.aliases: Counter[tuple[str, str, str]] = Counter()
        """Articles with an alias, by language, actor and normalised alias."""
        self.targets: Counter[tuple[str, str]] = Counter()
        self.pairs: Counter[str] = Counter()
        """Sentences with an actor, times targets that their articles name, by language; of `looked_at`."""
        self.near: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """Words around an actor's names, by language and actor, with their number."""
        self.roles: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        """Epithets beside an actor's names, by language and actor, with the number of their articles."""
        self.rows: list[dict[str, str | None]] = []
        """What articles are grouped by."""
        self._words: dict[str, Counter[str]] = defaultdict(Counter)
        self._finders: dict[str, tuple[NameFinder, TargetFinder]] = {}

    def add(self, article: Article) -> None:
        """Count an article."""
        language = article.language or ""
        self.languages[language] += 1
        self.characters[language] += len(article.title or "") + len(article.text)
        self.outlets[article.outlet or "unknown"] += 1
        if article.published:
            self.dates.append(article.published)
        self.rows.append(
            {
                "language": language,
                "outlet": article.outlet,
                "story": article.story,
                "published": article.published,
            }
            | dict(article.extra)
        )
        if self.looked_at[language] >= LOOKED_AT:
            return
        self.looked_at[language] += 1
        names, targets = self._finder(language)
        text = f"{article.title}\n{article.text}" if article.title else article.text
        passages = self._add_names(language, text, names)
        sentence = Sentence(0, len(text), text, text if language == self.config.pivot else "")
        named = list(targets.named(sentence))
        self.pairs[language] += passages * len(named)
        for target in named:
            self.targets[language, target] += 1
        self._words[language].update(set(_CAPITALISED.findall(text)))

    def clusters(self) -> dict[Literal["story", "outlet"], list[int]]:
        """The number of articles of each story, and of each outlet; without those that have none."""
        stories, outlets = (
            Counter(row[name] for row in self.rows if row[name]) for name in ("story", "outlet")
        )
        return {"story": list(stories.values()), "outlet": list(outlets.values())}

    def _finder(self, language: str) -> tuple[NameFinder, TargetFinder]:
        if language not in self._finders:
            config = self.config
            self._finders[language] = (
                NameFinder(config.actors, language, config.find.ignore_diacritics),
                TargetFinder(config.targets, language, config.pivot),
            )
        return self._finders[language]

    def _add_names(self, language: str, text: str, finder: NameFinder) -> int:
        """Count names; returns in how many sentences they are, by actor, cut at each stop."""
        actors, aliases, near, roles, sentences = set(), set(), set(), set(), set()
        grammar = grammar_of(language)
        stops = [stop.start() for stop in _STOP.finditer(text)]
        for mention in finder.mentions(text):
            sentences.add((mention.actor, bisect(stops, mention.start)))
            name = normalise(text[mention.start : mention.end])
            actors.add(mention.actor)
            own = [alias for actor, alias in finder.aliases if actor == mention.actor]
            aliases.add((mention.actor, max(own, key=lambda alias: (_common(alias, name), -len(alias)))))
            place = text, mention.start, mention.end
            epithets = set(epithets_near(*place, grammar, base_language(language))) if grammar else set()
            roles |= {(mention.actor, epithet) for epithet in epithets}
            near |= {(mention.actor, words) for words in _around(*place) if words not in epithets}
        self.actors.update((language, actor) for actor in actors)
        self.aliases.update((language, actor, alias) for actor, alias in aliases)
        for actor, words in near:
            self.near[language, actor][words] += 1
        for actor, epithet in roles:
            self.roles[language, actor][epithet] += 1
        return len(sentences)

    def zeros(self) -> Iterator[str]:
        """A line for each actor that no article of a language names, and each alias of one that none has."""
        for language, articles in self.looked_at.most_common():
            if articles < FEW:
                continue
            for actor in self.config.actors:
                if not self.actors[language, actor.name]:
                    like = self._like(language, actor.aliases_in(language))
                    hint = f" Similar words there: {', '.join(like)}" if like else ""
                    yield f"'{actor.name}': in none of {articles} articles in '{language}'.{hint}"
                    continue
                for alias in dict.fromkeys(actor.aliases.get(language, [])):
                    if not self.aliases[language, actor.name, normalise(alias)]:
                        where = f"in none of {articles} articles in '{language}'"
                        yield f"alias '{alias}' of '{actor.name}': {where}"
        for actor in self.config.actors:
            for alias in dict.fromkeys(actor.aliases.get("all", [])):
                if not any(
                    self.aliases[language, actor.name, normalise(alias)] for language in self.languages
                ):
                    yield f"alias '{alias}' of '{actor.name}': in no article"

    def candidates(self) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
        """Language, actor, and the words around its names that two articles share, with their number."""
        yield from self._new(self.near)

    def epithets(self) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
        """Language, actor, and the roles beside its names that two articles share, with their number."""
        yield from self._new(self.roles)

    def _new(
        self, counted: Mapping[tuple[str, str], Counter[str]]
    ) -> Iterator[tuple[str, str, list[tuple[str, int]]]]:
        """What the config does not name yet, the commonest first."""
        for (language, actor), counts in counted.items():
            config = next(a for a in self.config.actors if a.name == actor)
            known = {
                normalise(name) for name in (*config.aliases_in(language), *config.epithets_in(language))
            }
            often = [
                (words, n)
                for words, n in counts.most_common(20)
                if n >= TWICE and normalise(words) not in known
            ]
            if often:
                yield language, actor, often

    def _like(self, language: str, aliases: list[str]) -> list[str]:
        """Capitalised words of a language that may be spellings of a name, the commonest first."""
        from anyascii import anyascii

        words = self._words[language]
        by_letters: dict[str, list[str]] = defaultdict(list)
        for word in sorted(words, key=lambda word: (-words[word], word))[:WORDS_READ]:
            by_letters[anyascii(word).casefold()].append(word)
        last = {anyascii(alias).casefold().split()[-1] for alias in aliases if anyascii(alias).split()}
        near = [
            letters for name in last for letters in get_close_matches(name, by_letters, n=2, cutoff=SIMILAR)
        ]
        return [
            f"{by_letters[letters][0]} ({words[by_letters[letters][0]]})" for letters in dict.fromkeys(near)
        ]

    def unnamed_targets(self) -> Iterator[str]:
        """A line for each target that has neither aliases nor terms, or that no article names."""
        for target in self.config.targets:
            if not target.aliases and not target.terms:
                yield f"'{target.name}': no aliases or terms, so only words of its text count"
            for language in [code for code, n in self.looked_at.items() if n >= FEW]:
                if not self.targets[language, target.name] and (
                    target.aliases_in(language) or target.terms_in(language) or language == self.config.pivot
                ):
                    yield f"'{target.name}': in none of {self.looked_at[language]} articles in '{language}'"


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    return next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _around(text: str, start: int, end: int) -> Iterator[str]:
    """Longer names around a mention, and what follows it between commas."""
    before = _BEFORE.search(text[max(0, start - 60) : start])
    after = _AFTER.match(text[end : end + 60])
    if after or (before and len(before[0]) > SHORT_WORD):
        yield f"{before[0] if before else ''}{text[start:end]}{after[0] if after else ''}"
    apposition = _APPOSITION.match(text[end : end + 60])
    if apposition:
        yield apposition[1]
