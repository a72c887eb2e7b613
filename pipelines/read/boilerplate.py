"""Sentences that an outlet repeats under different articles: cookie banners, footers, notes on authors."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter, defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from pipelines.read.shingles import letters_of_shingle, shingles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.read.spool import Spool
    from pipelines.records import Article

ARTICLES = 3
"""Least articles with a sentence, each with other text of its own beside it; two may be versions of one."""
SHARE = 0.1
"""Least share of an outlet's articles with a sentence. A text that is printed three times is a small share of
an outlet's articles, a banner a large one."""
LETTERS = 20
"""Least letters of a sentence: shorter ones (`he said`) are repeated by chance, and too short to matter."""
UNKNOWN = 0  # the source of an article without outlet and address


class Boilerplate:
    """The sentences of each outlet's boilerplate; articles are numbered in the order in which they are added.

    Without outlet, the host of the article's address counts; an article without either has no boilerplate,
    because there banners and copies look alike.
    """

    def __init__(self) -> None:
        self._sources, self._sizes = array("I"), array("B")
        self._sentences = array("I")
        self._found: frozenset[int] = frozenset()

    def add(self, text: str, article: Article) -> None:
        """Count the sentences of an article; `text` is its folded one."""
        name = article.outlet or urlsplit(article.url or "").netloc
        source = zlib.crc32(f"{article.language}\n{name}".encode()) if name else UNKNOWN
        self._sources.append(source)
        self._sizes.append(letters_of_shingle(article.language or ""))
        if source != UNKNOWN:
            self._sentences.extend({key for key, _ in _sentences(text, source) if key})

    def find(self, texts: Spool) -> None:
        """Decide what is boilerplate, once all articles were added; `texts` are their folded texts."""
        sentences, counts = np.unique(np.frombuffer(self._sentences, np.uint32), return_counts=True)
        repeated = counts >= ARTICLES
        count_of = dict(zip(sentences[repeated].tolist(), counts[repeated].tolist(), strict=True))
        self._sentences = array("I")
        articles_of = Counter(self._sources)
        beside: dict[int, set[int]] = defaultdict(set)  # the smallest shingle of each text beside a sentence
        for number, source in enumerate(self._sources if count_of else ()):
            if source == UNKNOWN:
                continue
            least = SHARE * articles_of[source]
            pairs = list(_sentences(texts[number], source))
            suspects = {key for key, _ in pairs if count_of.get(key, 0) >= least}
            rest = "".join(sentence for key, sentence in pairs if key not in suspects)
            hashes = shingles(rest, self._sizes[number]) if suspects else ()
            for key in suspects if len(hashes) else ():
                if len(beside[key]) < ARTICLES:
                    beside[key].add(int(np.min(hashes)))
        self._found = frozenset(key for key, texts in beside.items() if len(texts) == ARTICLES)

    def letters(self, text: str, number: int) -> str:
        """The letters of an article's folded text without boilerplate and without ends of sentences."""
        source = self._sources[number]
        if source == UNKNOWN or not self._found:
            return text.replace("\n", "")
        return "".join(sentence for key, sentence in _sentences(text, source) if key not in self._found)


def _sentences(text: str, source: int) -> Iterator[tuple[int, str]]:
    """The sentences of a folded text, each with a key of 32 bits by source; 0 for a short one."""
    for sentence in text.split("\n"):
        yield (zlib.crc32(sentence.encode(), source) if len(sentence) >= LETTERS else 0), sentence
