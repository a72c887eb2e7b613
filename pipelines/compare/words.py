"""Words that a group of articles uses more than others do for the same stories: the rows of `words.csv`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.estimates import NORMAL, TAIL
from pipelines.compare.groups import ALL, REST
from pipelines.compare.odds import Use, log_odds
from pipelines.compare.stems import Stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Grouping
    from pipelines.compare.units import Frame
    from pipelines.records import Sentence

    Texts = Callable[[], Iterable[tuple[int, Sequence[Sentence]]]]

MOST_WORDS = 10_000
"""Stems that are compared, the commonest: bounds memory; rarer ones cannot be distinguished from chance."""
MOST_STEMS = 1_000_000
"""Stems that are counted at a time; the rarer half is then let go. Bounds memory; not tuned."""
SHOWN = 20
"""Words of a group in the table, and after them at most as many names; not tuned."""
PRIOR = 500.0
"""Words that the prior is worth: the content words of about three news articles. With less, words that one
side never uses come first whatever their number; not tuned."""
FEWEST_ARTICLES = 2
"""Articles of a group that must have a word: one alone shows no habit."""
PER = 1000
"""Words that a rate is of."""
COUNTS, SQUARES, ARTICLES, FIRST, SECOND = range(5)
"""Rows of what a side keeps of each word: weighted counts, their squares, the articles that have it, and the
two largest counts of an article."""


class Sides:
    """Which articles of one grouping are compared: those of one stratum.

    Args:
        grouping: of the articles.
        groups: int array (articles,), -1 of an article that is left out.
        strata: int array (articles,).
        sizes: float array (articles,), the words of each.
    """

    def __init__(
        self,
        grouping: Grouping,
        groups: NDArray[np.int64],
        strata: NDArray[np.int64],
        sizes: NDArray[np.float64],
    ) -> None:
        self.grouping = grouping
        kept = np.flatnonzero((groups >= 0) & (sizes > 0))
        keys = strata[kept] * len(grouping.names) + groups[kept]
        pairs, rows = np.unique(keys, return_inverse=True)
        self._words = np.bincount(rows, sizes[kept])
        strata_of, self._groups = np.divmod(pairs, len(grouping.names))
        # Of each article, the place of its pair of stratum and group; of each pair, that of its stratum.
        self._pair = np.full(len(groups), -1, np.int32)
        self._pair[kept] = rows
        begins = np.flatnonzero(np.diff(strata_of, prepend=-1))
        self._stratum = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(pairs)))
        self._ends = np.append(begins, len(pairs))

    def weights(self, article: int) -> Iterator[tuple[int, float]]:
        """The groups that an article counts for, its own first with weight 1, and in the rest of the others.

        The articles of the rest weigh so that each stratum has as many words on both sides.
        """
        pair = self._pair[article]
        if pair < 0:
            return
        stratum = self._stratum[pair]
        own = slice(self._ends[stratum], self._ends[stratum + 1])
        words, groups = self._words[own].tolist(), self._groups[own].tolist()
        if len(words) < 2:
            return
        group = int(self._groups[pair])
        yield group, 1.0
        total = sum(words)
        for other, number in zip(groups, words, strict=True):
            if other != group:
                yield other, number / (total - number)


def word_rows(
    texts: Texts, articles: pd.DataFrame, frame: Frame, pivot: str, minimum: int
) -> Iterator[dict[str, Any]]:
    """The words of each group that it uses more than the rest, the clearest first.

    Articles are compared within stories, and within languages unless languages are what is compared, since
    words of a translation are its translator's. If no article has a story, all are taken for one.

    Args:
        texts: gives each article's place in the frame and its sentences; called twice.
        articles: one row each: language.
        frame: groups, stories and copies of the articles.
        pivot: language code of the translations.
        minimum: articles of a group, in strata with others, that are compared.
    """
    stems = Stems(pivot)
    sizes, totals = np.zeros(len(articles)), Counter[str]()
    for article, sentences in texts():
        counts = stems.counts([sentence.pivot for sentence in sentences])
        sizes[article] = counts.total()
        totals.update(counts)
        if len(totals) > MOST_STEMS:
            totals = Counter(dict(totals.most_common(MOST_STEMS // 2)))
    known = sorted(totals, key=lambda stem: (-totals[stem], stem))[:MOST_WORDS]
    if not known:
        return
    place = {stem: number for number, stem in enumerate(known)}
    common = np.zeros(len(known))
    every = [sides_of(grouping, articles, frame, sizes) for grouping in frame.groupings if grouping.by != ALL]
    uses = [Uses(sides, len(known)) for sides in every]
    for article, sentences in texts():
        counts = stems.counts([sentence.pivot for sentence in sentences], place)
        numbered = {place[stem]: number for stem, number in counts.items() if stem in place}
        at = np.array(list(numbered), dtype=np.int64)
        numbers = np.array(list(numbered.values()), dtype=float)
        common[at] += numbers
        for of in uses:
            of.add(article, at, numbers)
    names = np.array([stems.is_name(stem) for stem in known])
    for of in uses:
        for row in of.rows(common, minimum, PRIOR, names):
            word = row.pop("word")
            kind = "name" if word is not None and names[word] else "word"
            yield row if word is None else row | {"word": stems.form(known[word]), "kind": kind}


def sides_of(grouping: Grouping, articles: pd.DataFrame, frame: Frame, sizes: NDArray[np.float64]) -> Sides:
    """What is compared in a grouping.

    Args:
        grouping: of the articles.
        articles: one row each: language.
        frame: stories and copies of the articles; copies within a group count once, unless of outlets.
        sizes: float array (articles,), the words of each.
    """
    groups = grouping.codes.copy()
    if frame.copy_of is not None and "outlet" not in grouping.parts:
        pairs = np.stack([groups, frame.copy_of], axis=1)
        first = np.unique(pairs, axis=0, return_index=True)[1]
        groups[np.setdiff1d(np.arange(len(groups)), first)] = -1
    strata = np.zeros(len(groups), dtype=np.int64) if frame.stories is None else frame.stories
    groups[strata < 0] = -1
    if "language" not in grouping.parts:
        languages = np.unique(articles["language"].to_numpy(dtype=str), return_inverse=True)[1]
        strata = strata * (int(languages.max(initial=0)) + 1) + languages
    return Sides(grouping, groups, strata, sizes)


class Uses:
    """How each group of a grouping, and the rest of its strata, use each word.

    Args:
        sides: which articles are compared.
        words: their number.
    """

    def __init__(self, sides: Sides, words: int) -> None:
        self._sides, self._words = sides, words
        self._own: dict[int, NDArray[np.float64]] = {}
        self._rest: dict[int, NDArray[np.float64]] = {}
        self._articles: Counter[int] = Counter()

    def add(self, article: int, at: NDArray[np.int64], numbers: NDArray[np.float64]) -> None:
        """Count the words of an article: `numbers` of the words at the places `at`."""
        for place, (group, weight) in enumerate(self._sides.weights(article)):
            side = self._rest if place else self._own
            if group not in side:
                side[group] = np.zeros((5, self._words))
            of, weighted = side[group], numbers * weight
            of[:3, at] += np.stack([weighted, np.square(weighted), np.ones(len(at))])
            of[SECOND, at] = np.maximum(of[SECOND, at], np.minimum(of[FIRST, at], weighted))
            of[FIRST, at] = np.maximum(of[FIRST, at], weighted)
            self._articles[group] += not place

    def rows(
        self, common: NDArray[np.float64], minimum: int, prior: float, names: NDArray[np.bool_] | None = None
    ) -> Iterator[dict[str, Any]]:
        """The rows of all groups; `word` is its place, None in a row that says why there is no word.

        Args:
            common: float array (words,), occurrences in all articles.
            minimum: articles of a group that is compared.
            prior: words that the prior is worth.
            names: bool array (words,), those that come after the others; None for none.
        """
        apart = np.zeros(self._words, dtype=bool) if names is None else names
        for group, name in enumerate(self._sides.grouping.names):
            articles = self._articles[group]
            row = {
                "group_by": self._sides.grouping.by,
                "group": name,
                "reference": REST,
                "articles": articles,
            }
            if articles < minimum:
                note = f"{articles} articles of stories that others have too, fewer than {minimum}"
                yield row | {"word": None, "note": note}
            else:
                own, rest = self._own[group], self._rest[group]
                yield from (row | of for of in _group_rows(own, rest, common, prior, apart))


def _use(side: NDArray[np.float64]) -> Use:
    """How a side uses each word, the article with most of it counting as the one with second most.

    So no article makes a word alone, however often it repeats it.
    """
    first, second = side[FIRST], np.where(side[ARTICLES] > 1, side[SECOND], side[FIRST])
    return Use(side[COUNTS] - first + second, side[SQUARES] - np.square(first) + np.square(second))


def _group_rows(
    own: NDArray[np.float64],
    rest: NDArray[np.float64],
    common: NDArray[np.float64],
    prior: float,
    names: NDArray[np.bool_],
) -> Iterator[dict[str, Any]]:
    """The clearest words of a group, and then its clearest names.

    Args:
        own, rest: float arrays (5, words): weighted counts, their squares, articles, the two largest.
        common: float array (words,), occurrences in all articles.
        prior: words that the prior is worth.
        names: bool array (words,).
    """
    from scipy.special import ndtr
    from scipy.stats import false_discovery_control

    tested = np.flatnonzero(own[ARTICLES] >= FEWEST_ARTICLES)
    if not len(tested) or len(common) == 1:  # a word without another has no odds
        return
    odds = log_odds(_use(own), _use(rest), common, prior)
    z = odds.z[tested]
    q_values = false_discovery_control(2 * ndtr(-np.abs(z)))
    order = np.lexsort((tested, -z.round(9)))
    order, named = order[z[order] > 0], names[tested[order[z[order] > 0]]]
    for place in (*order[~named][:SHOWN], *order[named][:SHOWN]):
        word = tested[place]
        half = NORMAL * odds.error[word]
        yield {
            "word": int(word), "articles_with_word": int(own[ARTICLES][word]),
            "occurrences": int(own[COUNTS][word]),
            "rate": PER * own[COUNTS][word] / own[COUNTS].sum(),
            "reference_rate": PER * rest[COUNTS][word] / rest[COUNTS].sum(),
            "log_odds": odds.difference[word], "low": odds.difference[word] - half,
            "high": odds.difference[word] + half, "z": z[place], "q_value": q_values[place],
            "significant": bool(q_values[place] < 2 * TAIL),
        }  # fmt: skip
