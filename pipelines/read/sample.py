"""Some articles of each language and outlet, for a trial."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.records import Article

LOOKED_AT = 100
"""Articles that are looked at for each one that is taken, and at least LEAST; bounds the time on large
corpora."""
LEAST = 20_000


def sampled(articles: Iterable[Article], limit: int | None) -> Iterator[Article]:
    """At most so many of the articles, in their order, from all languages in turn, and from all outlets of
    each.

    Args:
        articles: of which the first 20,000, or 100 times the limit, are looked at.
        limit: number of articles; None for all.
    """
    if limit is None:
        yield from articles
        return
    looked_at = islice(articles, max(LEAST, LOOKED_AT * limit))
    groups: dict[str, dict[str, list[tuple[int, Article]]]] = defaultdict(lambda: defaultdict(list))
    for number, article in enumerate(looked_at):
        group = groups[article.language or ""][article.outlet or ""]
        if len(group) < limit:
            group.append((number, article))
    of_language = [_in_turn(list(outlets.values())) for outlets in groups.values()]
    taken = islice(_in_turn(of_language), limit)
    yield from (article for _, article in sorted(taken, key=lambda item: item[0]))


def _in_turn(groups: list[list[tuple[int, Article]]]) -> list[tuple[int, Article]]:
    """The first of each group, then the second of each, and so on."""
    longest = max(map(len, groups), default=0)
    return [group[place] for place in range(longest) for group in groups if place < len(group)]
