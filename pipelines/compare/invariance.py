"""Whether a story has one stance in two languages; if not, it is the papers' choice or the tool's error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pipelines.compare.clusters import Side
from pipelines.compare.estimates import YES_NO, estimate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from pipelines.compare.groups import Grouping
    from pipelines.compare.units import Frame, Units

STORIES, TRANSLATIONS = "stories", "translations"
"""What a row compares: stories in two languages, or passages in two translations (a translation audit)."""
EVERY = "all"
"""The actor and target of the rows of all pairs together."""


def invariance_rows(
    units: Mapping[tuple[str, str], Units], frame: Frame, language: Grouping, reference: str | None
) -> Iterator[dict[str, Any]]:
    """One row for each pair of languages that share stories: of all actors and targets, then of each.

    A unit is a story, actor and target with a judged passage in both languages. Its label in a language is
    the stance that its articles lean to, neutral if they lean to neither.

    Args:
        units: of each actor and target.
        frame: with the stories of the articles; without stories there are no rows.
        language: the grouping by language.
        reference: the language that others are compared with; None for each pair of languages.
    """
    if frame.stories is None:
        return
    by_pair = _stories(units, frame, language)
    names = sorted({name for of_pair in by_pair.values() for name in of_pair})
    for first in names:
        for second in [reference] if reference in names else names:
            if second is None or first == second or (reference not in names and first > second):
                continue
            shared = {
                pair: _both(of_pair.get(first), of_pair.get(second)) for pair, of_pair in by_pair.items()
            }
            shared = {pair: rows for pair, rows in shared.items() if len(rows)}
            if not shared:
                continue
            languages = {"compared": STORIES, "language": first, "reference": second}
            yield {"actor": EVERY, "target": EVERY} | languages | _agreement(list(shared.values()))
            for (actor, target), rows in shared.items():
                yield {"actor": actor, "target": target} | languages | _agreement([rows])


def _stories(
    units: Mapping[tuple[str, str], Units], frame: Frame, language: Grouping
) -> dict[tuple[str, str], dict[str, pd.Series[float]]]:
    """For each actor and target and each language, the mean net of each story's articles."""
    import pandas as pd

    by_pair: dict[tuple[str, str], dict[str, pd.Series[float]]] = {}
    assert frame.stories is not None
    for pair, of in units.items():
        story = frame.stories[of.article]
        rows = pd.DataFrame({"story": story, "language": language.codes[of.article], "net": of.net})
        means = rows[rows["story"] >= 0].groupby(["language", "story"])["net"].mean()
        by_pair[pair] = {
            language.names[code]: means.xs(code, level="language")
            for code in means.index.get_level_values("language").unique()
        }
    return by_pair


def _both(first: pd.Series[float] | None, second: pd.Series[float] | None) -> pd.DataFrame:
    """Stories told in both languages: one row each, columns 0 and 1, the net in either; index the story."""
    import pandas as pd

    if first is None or second is None:
        return pd.DataFrame()
    return pd.concat([first, second], axis=1, keys=[0, 1], join="inner")


def _agreement(parts: Sequence[pd.DataFrame]) -> dict[str, Any]:
    import pandas as pd

    rows = pd.concat(parts)
    labels = np.sign(rows.to_numpy().round(9)).astype(int)
    apart = rows[0].to_numpy() - rows[1].to_numpy()
    return agreement(labels, apart, rows.index.to_numpy(dtype=np.int64))


def agreement(
    labels: NDArray[np.int64], apart: NDArray[np.float64], stories: NDArray[np.int64]
) -> dict[str, Any]:
    """Equal labels and the mean difference in net, with intervals, and Krippendorff's alpha (nominal).

    Args:
        labels: int array (pairs, 2), a number for each label.
        apart: float array (pairs,), the first net minus the second, in [-2, 2].
        stories: int array (pairs,), of each pair, or another cluster.
    """
    clusterings = [stories] if len(np.unique(stories)) < len(stories) else []
    equal = estimate(Side((labels[:, 0] == labels[:, 1]).astype(float), clusterings), YES_NO)
    # Half of a difference has the range of a net, which is what the smoothing of an interval is made for.
    lean = estimate(Side(apart / 2, clusterings))
    return {
        "stories": len(np.unique(stories)), "pairs": len(labels), "agreement": equal.mean, "low": equal.low,
        "high": equal.high, "alpha": alpha(labels), "lean": 2 * lean.mean, "lean_low": 2 * lean.low,
        "lean_high": 2 * lean.high,
    }  # fmt: skip


def alpha(labels: Any) -> float:
    """Krippendorff's alpha of two codings, nominal; NaN if all labels are the same.

    Args:
        labels: int array (units, 2).
    """
    import krippendorff

    if len(np.unique(labels)) < 2:
        return math.nan
    return float(krippendorff.alpha(reliability_data=labels.T, level_of_measurement="nominal"))
