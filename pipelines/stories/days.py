"""Stories day by day: an article joins a story of the days before, or one that begins with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipelines.hashing import fingerprint
from pipelines.stories.clusters import THRESHOLD, UNDATED_THRESHOLD, join
from pipelines.stories.pairs import Described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.records import Outline

UNDATED = "undated"
"""The day of articles without a full date; it comes after all others, and any story is open to it."""
MOST = 20_000
"""Articles before a day's own that these are compared with, at most; bounds memory and time."""
TOGETHER = 5_000
"""Articles of one day that are joined at a time; the rest of a larger day sees them as articles before it."""
CHARACTERS_OF_A_NAME = 8
"""Of the digest in a story's name: 32 bits, so that of a day's thousands no two are the same."""


def day_of(published: str | None) -> str:
    """The day of publication, YYYY-MM-DD; `UNDATED` if the date has no day."""
    day = (published or "")[:10]
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return UNDATED


class Window:
    """The latest articles and their stories.

    Args:
        days: before a day that it still sees.
    """

    def __init__(self, days: int) -> None:
        self.days = days
        self.articles: Described | None = None
        self.dates: list[int] = []
        self.stories: list[str] = []

    def add(self, day: str, outlines: Sequence[Outline], stories: Sequence[str]) -> None:
        """Add a day's articles, whose stories are known."""
        described = Described.of(outlines)
        self.articles = described if self.articles is None else self.articles.with_later(described)
        self.dates += [ordinal(day)] * len(outlines)
        self.stories += stories
        excess = max(0, len(self.stories) - MOST)
        self.articles = self.articles.only(excess)
        self.dates, self.stories = self.dates[excess:], self.stories[excess:]

    def least(self, day: str) -> int:
        """The number of the first day that a day sees."""
        return 0 if day == UNDATED else ordinal(day) - self.days

    def seen(self, day: str) -> int:
        """The place of the first article that a day sees."""
        least = self.least(day)
        return next((place for place, number in enumerate(self.dates) if number >= least), len(self.dates))

    def join(self, day: str, outlines: Sequence[Outline]) -> list[str]:
        """The stories of a day's articles, which are added.

        Args:
            day: not before that of the articles so far.
            outlines: sorted by date and id.

        Returns:
            The story that the input gives; else that of the articles that it is most like; else a new one,
            named by the day and a digest of the id of the first article in it.
        """
        stories: list[str] = []
        for start in range(0, len(outlines), TOGETHER):
            part = outlines[start : start + TOGETHER]
            joined = self._joined(day, part)
            self.add(day, part, joined)
            stories += joined
        return stories

    def _joined(self, day: str, outlines: Sequence[Outline]) -> list[str]:
        first = self.seen(day)
        known: list[str | None] = [*self.stories[first:], *(outline.story for outline in outlines)]
        described = Described.of(outlines)
        if self.articles is not None:
            described = self.articles.only(first).with_later(described)
        numbers = {name: number for number, name in enumerate(dict.fromkeys(filter(None, known)))}
        threshold = UNDATED_THRESHOLD if day == UNDATED else THRESHOLD
        clusters = join(described, [None if name is None else numbers[name] for name in known], threshold)
        names = {number: name for name, number in numbers.items()}
        before = len(known) - len(outlines)
        for outline, number in zip(outlines, clusters[before:], strict=True):
            names.setdefault(number, f"{day}-{fingerprint(outline.article_id)[:CHARACTERS_OF_A_NAME]}")
        return [names[number] for number in clusters[before:]]


def ordinal(day: str) -> int:
    """The number of a day; of `UNDATED`, one after all others."""
    return date.max.toordinal() if day == UNDATED else date.fromisoformat(day).toordinal()
