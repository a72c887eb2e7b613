"""What was noticed while reading, which changes tables without rejecting an article."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.records import Rejection

MUCH = 0.05
"""Share of a language's articles that were rejected, over which a run says so."""
CAUSES = 3  # causes of rejections in a line, the commonest ones
_PLACE = re.compile(r"^.*?(?::(?:line |row |article )?\d+|\.\w{2,7}): ")


@dataclass
class Notes:
    """Counts of articles, but for `encodings`, which counts files."""

    dates: dict[str, int] = field(default_factory=Counter)
    """Dates that were not understood, each as it is in the input."""
    ambiguous: int = 0
    """Dates whose day and month could be the other way round."""
    mojibake: int = 0
    """Texts that were decoded in a wrong encoding before they came here (VladÃ­mir), not repaired."""
    repaired: int = 0
    left_out: int = 0
    """Articles that `articles.filter` leaves out."""
    rejected: dict[str, int] = field(default_factory=Counter)
    """Rejected rows per language; `und` if they name none."""
    encodings: dict[str, int] = field(default_factory=Counter)

    def stored(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {name: dict(value) if isinstance(value, dict) else value for name, value in vars(self).items()}

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Notes:
        """From `stored`; what is of another shape counts as nothing."""
        notes = cls()
        for name, empty in vars(notes).copy().items():
            value = stored.get(name)
            if isinstance(empty, Counter) and isinstance(value, dict):
                setattr(notes, name, Counter({str(key): n for key, n in value.items() if isinstance(n, int)}))
            elif isinstance(empty, int) and isinstance(value, int):
                setattr(notes, name, value)
        return notes

    def remarks(self) -> Iterator[str]:
        """A line for each thing that changes a table."""
        if self.ambiguous:
            yield (
                f"dates: {self.ambiguous} such as 03/04/2024 can be read in two ways and count as unknown. "
                "Set articles.dates: day_first or month_first"
            )
        if others := sum(self.dates.values()) - self.ambiguous:
            shown = ", ".join(f"'{value[:30]}'" for value in list(self.dates)[:CAUSES])
            yield f"dates: {others} were not understood and count as unknown, such as {shown}"
        if self.mojibake:
            yield (
                f"encoding: {self.mojibake} texts were decoded in a wrong encoding before (VladÃ\xadmir). "
                "Set articles.repair: true"
            )
        if self.repaired:
            yield f"encoding: {self.repaired} texts were repaired (articles.repair)"
        others_read = {name: count for name, count in self.encodings.items() if not name.startswith("utf-8")}
        if others_read:
            shown = ", ".join(f"{count} as {name}" for name, count in others_read.items())
            yield f"encoding: files that are not UTF-8: {shown} (articles.encoding sets it)"
        if self.left_out:
            yield f"articles.filter leaves out {self.left_out} articles"


def causes(rejections: Iterable[Rejection]) -> list[tuple[str, int]]:
    """The causes of rejections with their counts, the commonest first; numbers and quoted words left out."""
    counts = Counter(
        re.sub(r"'[^']*'", "'...'", re.sub(r"\d+", "N", _PLACE.sub("", rejection.reason)))[:100]
        for rejection in rejections
    )
    return counts.most_common()


def rejection_remarks(articles: Mapping[str, int], rejected: Mapping[str, int]) -> Iterator[str]:
    """A line for each language that lost much.

    Args:
        articles: used ones, per language.
        rejected: rejected ones, per language; `und` for those without.
    """
    for language, lost in sorted(rejected.items(), key=lambda item: (-item[1], item[0])):
        every = lost + articles.get(language, 0)
        if lost > MUCH * every:
            name = "rows without a language" if language == "und" else f"articles in '{language}'"
            yield f"rejected: {lost} of {every} {name} ({lost / every:.0%})"
