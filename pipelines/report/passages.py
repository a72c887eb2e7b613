"""The passages as the page reads them: an index to filter by, and blocks of texts that are unpacked when
shown."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from pipelines.records import LABELS as STANCES
from pipelines.report.evidence import TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.report.evidence import Text, Texts

INSIDE = 20_000
"""Passages up to which the texts are in the page itself: some 10 MB, which a browser opens in a second.
More are in
a folder beside it."""
BLOCK = 200
"""Passages whose texts are unpacked together: some 30 kB packed, which takes milliseconds."""
GROUPING = "in "
"""Begins the columns of the evidence that name a row's group."""
LETTERS = {"supports": "s", "opposes": "o", "neutral": "n", "unclear": "u", "": "-"}
ABOUT = {"named": "n", "referred": "r", "near": "m", "none": "-"}
FIRST_LEVEL, LEVELS = 40, 50
"""A probability is one character of the index: 40 to 90, so that none is a quotation mark or a backslash.
Exact ones
are with the texts."""
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LINKS = {"http", "https"}
"""Schemes that are links on the page; any other could run a script or open a program."""


class Passages(NamedTuple):
    """The passages of a run, a row each, in the order of the table evidence.

    `rows` has article, actor, voice and the like, and `passage`, the number of its texts; `judged` has for
    each
    target the columns label, about, supports, opposes and neutral, in the same order.
    """

    rows: pd.DataFrame
    judged: dict[str, pd.DataFrame]
    texts: Texts | None

    def __len__(self) -> int:
        return len(self.rows)


def passages_of(evidence: pd.DataFrame, texts: Texts | None = None) -> Passages:
    """The passages of the table evidence, which has a row for each of them and each target.

    Args:
        evidence: with `passage`, `article` and the groupings; without them each row is a passage of its own.
        texts: of the passages; None if the evidence has them.
    """
    if "passage" not in evidence:
        evidence = evidence.assign(
            passage=range(len(evidence)), article=pd.factorize(evidence["article_id"])[0]
        )
    rows = evidence
    if not evidence["passage"].is_unique:
        rows = evidence.drop_duplicates("passage").reset_index(drop=True)
    judged = {}
    for target, part in evidence.groupby("target", sort=False):
        columns = part[["label", "about", *STANCES]]
        if len(part) != len(rows):  # else each passage has a row of the target, in the same order
            columns = columns.set_axis(part["passage"]).reindex(rows["passage"])
        judged[str(target)] = columns
    return Passages(rows, judged, texts)


def index(of: Passages) -> dict[str, Any]:
    """What the page filters and sorts by, as JSON: names once, a number or a letter for each article and
    passage."""
    articles = of.rows.drop_duplicates("article")
    number = pd.Series(range(len(articles)), index=articles["article"])
    days = articles["published"].map(_day)
    groupings = {c.removeprefix(GROUPING): articles[c] for c in map(str, articles) if c.startswith(GROUPING)}
    named = {"language": articles["language"], "outlet": articles["outlet"], **groupings}
    coded = {name: _coded(values) for name, values in named.items()}
    day_codes, day_names = _coded(days)
    actor_codes, actors = _coded(of.rows["actor"], sort=False)
    return {
        "block": BLOCK,
        "actors": actors,
        "targets": list(of.judged),
        "days": day_names,
        "day": day_codes,
        "names": {name: names for name, (_, names) in coded.items()},
        "group": {name: codes for name, (codes, _) in coded.items()},
        # The step to the number of the article before, mostly 0 or 1.
        "article": np.diff(number[of.rows["article"]].to_numpy(), prepend=0).tolist(),
        "actor": actor_codes,
        "voice": "".join("q" if voice == "quoted" else "n" for voice in of.rows["voice"]),
        "label": ["".join(part["label"].map(_letter)) for part in of.judged.values()],
        "about": [
            "".join(part["about"].map(lambda about: ABOUT.get(about, "-"))) for part in of.judged.values()
        ],
        "sure": [_levels(part) for part in of.judged.values()],
    }


def blocks(of: Passages) -> Iterator[str]:
    """The texts of BLOCK passages at a time, packed."""
    for start in range(0, len(of), BLOCK):
        rows = of.rows.iloc[start : start + BLOCK]
        judged = [part.iloc[start : start + BLOCK] for part in of.judged.values()]
        probabilities = [part[list(STANCES)].round(3).to_numpy() for part in judged]
        records = []
        for place, row in enumerate(rows.to_dict("records")):
            each = [_probabilities(part[place]) for part in probabilities]
            text = row if of.texts is None else of.texts[row["passage"]]
            records.append(_record(row, text, each))
        yield packed(records)


def write_files(index: str, blocks: Iterator[str], folder: Path) -> None:
    """Write the index and the blocks as scripts, which a page that is opened from a disk may load."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, block in enumerate(blocks):
        (folder / f"{number}.js").write_text(f'polystance("{number}","{block}")\n', encoding="ascii")
    (folder / "index.js").write_text(f'polystance("index","{index}")\n', encoding="ascii")


def packed(value: Any) -> str:
    """JSON, compressed (zlib), in base64, which has no character that HTML or a script would read as its
    own."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode("utf-8", "replace"), 6)).decode("ascii")


def safe_link(url: object) -> str:
    """The address if it is one of the web, else nothing."""
    text = url.strip() if isinstance(url, str) else ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme.lower() in LINKS and parts.netloc else ""


def _record(row: dict[Any, Any], text: Text | dict[Any, Any], probabilities: Sequence[Any]) -> list[Any]:
    """Title, link, date, id, matched, flags, source, pivot, before, after, probabilities; a pivot like the
    source is 0."""
    if isinstance(text, dict):
        source, pivot = (_text(text[name]) for name in TEXTS[:2])
        before, after = ("", ""), ("", "")
    else:
        source, pivot, before, after = text.source, text.pivot, text.before, text.after
    fields = [_text(row[name]) for name in ("title", "published", "article_id", "matched", "flags")]
    title, published, article_id, matched, flags = fields
    link = safe_link(row["url"])
    if source == pivot:
        pivot, before, after = 0, before[:1], after[:1]  # type: ignore[assignment]
    return [title, link, published, article_id, matched, flags, source, pivot, before, after, probabilities]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _probabilities(values: Any) -> list[float] | int:
    return 0 if np.isnan(values).any() else [round(float(value), 3) for value in values]


def _letter(label: object) -> str:
    return LETTERS.get(label, "-") if isinstance(label, str) else "-"


def _levels(part: pd.DataFrame) -> str:
    """The probability of each label, of an unclear one that of the likeliest, as a character."""
    sure = np.zeros(len(part))
    for label in STANCES:
        np.fmax(sure, part[label].to_numpy(float), out=sure)
    for label in STANCES:
        own = (part["label"] == label).to_numpy()
        sure[own] = part[label].fillna(0).to_numpy(float)[own]
    levels: bytes = (FIRST_LEVEL + np.rint(LEVELS * sure)).astype(np.uint8).tobytes()
    return levels.decode("ascii")


def _coded(values: pd.Series[Any], sort: bool = True) -> tuple[list[int], list[str]]:
    """A number for each value, -1 for none, and the values by number."""
    text = values.astype(object).where(values.notna(), "").astype(str)
    codes, names = pd.factorize(text.where(text != ""), sort=sort, use_na_sentinel=True)
    return codes.tolist(), [str(name) for name in names]


def _day(published: object) -> str:
    match = DATE.match(published) if isinstance(published, str) else None
    return match.group() if match else ""
