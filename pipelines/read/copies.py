"""Articles of one language that carry the same text: wire copy, reprints, versions of one article.

Candidates come from MinHash and bands (Broder 1997; Leskovec, Rajaraman and Ullman, "Mining of Massive
Datasets", chapter 3), and each is verified by the Jaccard similarity of the whole texts. The articles are put
in order first, so the groups do not depend on the order in which they come.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from pipelines.blocks import blocks
from pipelines.read.boilerplate import Boilerplate
from pipelines.read.shingles import LETTERS_DENSE, folded, letters_of_shingle, shingles
from pipelines.read.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.records import Article

SIMILARITY = 0.6
"""Least Jaccard similarity of the shingles of copies. It is 0.6 if the shorter text is in the longer and has
60 % of its length, or if two equally long ones have three quarters in common. On made-up copies 0.5 finds the
same, and 0.7 misses 3 %."""
SHINGLES = 200
"""Least shingles of a text that can be a copy without being equal: 35 words. Shorter texts of one pattern can
differ in the one word that matters."""
SHINGLES_DENSE = 80
"""The same in a script whose letters are syllables or words."""
BANDS, ROWS = 32, 4
"""A pair of similarity s becomes a candidate with probability 1 - (1 - s^ROWS)^BANDS: 0.988 at 0.6, 0.9998 at
0.7, and 0.00003 at 0.03, which is the mean of two sample articles on one event."""
SEED = 1  # of the hash functions; any other does as well
WEIGHTS = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
"""Of the ROWS values of a band in its key: odd numbers of 64 random bits, three of them of SplitMix64."""
TOGETHER = 1 << 20
"""Shingles whose signatures are computed together, 8 MB; changes memory only."""
BEFORE = 200
"""Articles in one bucket that an article is compared with, the nearest before it in order. Bounds the time if
thousands of texts are made by one pattern; made-up wire copy never reaches it."""
KEPT = 256
"""Texts whose shingles are kept in memory, at most; changes time only."""
REMEMBERED = 100_000  # pairs whose similarity is kept in memory, 20 MB at most; changes time only


def find_copies(articles: Iterable[Article], folder: Path | None = None) -> dict[str, str]:
    """The articles that copy another one, with the id of the first of all that share the text.

    Memory is about 1 KB for an article of 24 sentences, so 1 GB for a million; the texts are kept in a
    temporary file. They are compared without the boilerplate of their outlet. A text with few letters is a
    copy only if its letters are all the same.

    Args:
        articles: each with an id of its own, in any order.
        folder: of the temporary file, which is as large as the texts; None for the system's.

    Returns:
        The id of each copy and the id of the first: by the date of publication (those without one last), then
        by id. The first itself, and an article without copies, have no entry.
    """
    with Spool(folder) as spool:
        corpus = _Corpus(spool)
        for article in articles:
            corpus.add(article)
        return corpus.copies()


class _Corpus:
    """The articles that were added, each by its number: its place in the order of adding."""

    def __init__(self, spool: Spool) -> None:
        self.spool, self.boilerplate = spool, Boilerplate()
        self.keys: list[tuple[bool, str, str]] = []
        self.languages: list[str] = []
        self.digests = array("Q")
        self.distinct_shingles = lru_cache(KEPT)(self._distinct_shingles)

    def add(self, article: Article) -> None:
        text, language = folded(article.text), sys.intern(article.language or "")
        self.keys.append((article.published is None, article.published or "", article.id))
        self.languages.append(language)
        letters = text.replace("\n", "") or article.text  # of a text without letters, all characters
        digest = blake2b(f"{language}\n{letters}".encode(), digest_size=8).digest()
        self.digests.append(int.from_bytes(digest, "little"))
        self.spool.append(text)
        self.boilerplate.add(text, article)

    def copies(self) -> dict[str, str]:
        self.boilerplate.find(self.spool)
        order = np.array(sorted(range(len(self.keys)), key=self.keys.__getitem__), np.int64)
        digests = np.array(self.digests, np.uint64)[order]
        _, at, inverse = np.unique(digests, return_index=True, return_inverse=True)
        distinct = order[np.sort(at)].tolist()
        first: dict[int, int] = {}
        for group in self.similar(distinct):
            first.update(dict.fromkeys((distinct[place] for place in group), distinct[min(group)]))
        equal = zip(order.tolist(), order[at[inverse]].tolist(), strict=True)
        pairs = ((number, first.get(same, same)) for number, same in equal)
        return {self.keys[number][2]: self.keys[same][2] for number, same in pairs if number != same}

    def similar(self, numbers: Sequence[int]) -> Iterable[list[int]]:
        """The groups of similar texts, as places among these articles."""
        places, bands = self.bands(numbers)
        groups = _Groups(len(numbers))
        similarity = lru_cache(REMEMBERED)(self.similarity)  # a pair may be in many buckets
        for band in bands.T:
            for bucket in _buckets(band):
                for one, other in groups.apart([places[row] for row in bucket]):
                    if similarity(numbers[one], numbers[other]) >= SIMILARITY:
                        groups.merge(one, other)
        return groups.members.values()

    def bands(self, numbers: Sequence[int]) -> tuple[list[int], NDArray[np.uint32]]:
        """The places of the articles that are long enough, and the keys of their bands."""
        places: list[int] = []

        def hashes() -> Iterator[NDArray[np.uint64]]:
            for place, number in enumerate(numbers):
                dense = letters_of_shingle(self.languages[number]) == LETTERS_DENSE
                of_text = self.shingles(number)
                if len(of_text) >= (SHINGLES_DENSE if dense else SHINGLES):
                    places.append(place)
                    yield of_text

        keys = [_keys(block) for block in blocks(hashes(), len, TOGETHER)]
        return places, np.concatenate([np.empty((0, BANDS), np.uint32), *keys])

    def similarity(self, one: int, other: int) -> float:
        """The Jaccard similarity of the shingles of two articles, in [0, 1]."""
        sets = self.distinct_shingles(one), self.distinct_shingles(other)
        smaller, larger = sorted(map(len, sets))
        if smaller < SIMILARITY * larger:
            return 0.0  # of two sets of these sizes, it cannot be SIMILARITY
        shared = len(np.intersect1d(*sets, assume_unique=True))
        return shared / (smaller + larger - shared)

    def shingles(self, number: int) -> NDArray[np.uint64]:
        """The shingles of an article without boilerplate; those of two languages are never equal."""
        language = self.languages[number]
        letters = self.boilerplate.letters(self.spool[number], number)
        return shingles(letters, letters_of_shingle(language)) ^ np.uint64(zlib.crc32(language.encode()))

    def _distinct_shingles(self, number: int) -> NDArray[np.uint64]:
        hashes = np.sort(self.shingles(number))  # and not np.unique, which takes six times as long
        first: NDArray[np.bool_] = np.diff(hashes, prepend=~hashes[:1]) != 0
        return hashes[first]


class _Groups:
    """Disjoint groups of places, at first each on its own.

    Unlike scipy's DisjointSet it takes 8 bytes for a place on its own, and looks a group up in one step.
    """

    def __init__(self, count: int) -> None:
        self.label = array("q", range(count))
        self.members: dict[int, list[int]] = {}
        """The places of each group of two or more."""

    def merge(self, one: int, other: int) -> None:
        """Make one group of two; the smaller takes the label of the larger."""
        groups = [self.members.pop(self.label[place], [place]) for place in (one, other)]
        smaller, larger = sorted(groups, key=len)
        label = self.label[larger[0]]
        for place in smaller:
            self.label[place] = label
        larger += smaller
        self.members[label] = larger

    def apart(self, bucket: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Pairs with at most BEFORE places between them, each if it is in two groups when it is due."""
        label = self.label
        if len({label[place] for place in bucket}) == 1:
            return
        for at, other in enumerate(bucket):
            for one in bucket[max(0, at - BEFORE) : at]:
                if label[one] != label[other]:
                    yield one, other


def _keys(texts: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint32]:
    """The keys of each text's bands, equal for ROWS equal values of two signatures: uint32 (texts, BANDS)."""
    from rensa import RMinHash

    starts = np.cumsum([0, *map(len, texts)], dtype=np.uint64)
    shingles_of_all = np.concatenate(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles_of_all, starts, BANDS * ROWS, SEED)
    values = np.array(matrix.to_rows(), np.uint64).reshape(len(texts), BANDS, ROWS)
    sums: NDArray[np.uint64] = (values * np.array(WEIGHTS, np.uint64)).sum(axis=2)
    return (sums >> np.uint64(32)).astype(np.uint32)


def _buckets(keys: NDArray[np.uint32]) -> Iterator[list[int]]:
    """The places of each key that several have, in order."""
    order = np.argsort(keys, kind="stable")
    bounds = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]], append=~keys[order[-1:]]))
    sizes = np.diff(bounds)
    for start, size in zip(bounds[:-1][sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        yield order[start : start + size].tolist()
