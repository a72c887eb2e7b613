"""The page of quotations: who carried each, who did not, and every rendering with its differences."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import regex

from pipelines.report.formats import plain
from pipelines.report.links import VIEW
from pipelines.report.narrow import RIGHT_TO_LEFT
from pipelines.report.stories import (
    MOST,
    ShownArticle,
    first_of_each,
    languages_of,
    omitted,
    outlets_of,
    shown_article,
    story_id,
)
from pipelines.report.story_grids import day_of, text_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    import pandas as pd

    from pipelines.report.labels import Labels
    from pipelines.report.stories import Stories

RENDERINGS = 30
"""Renderings of a quotation on the page, each outlet's first ones before its others."""
DAY, MINUTE = 10, 16
"""Characters of a date and of a date with its time in ISO 8601."""
MARKED = ("verb", "hedge", "number")
"""Kinds of differences whose words are in the rendering; those of `omitted` are not."""


WORD = regex.compile(r"[\p{L}\p{N}]+")
LONGEST_WORDS = 8
"""Words of a rendering by which its passage is found; of one outlet and actor, hardly another has all."""


class Piece(NamedTuple):
    """Some of a text; `differs` if it is what differs from the wording."""

    text: str
    differs: bool


class Difference(NamedTuple):
    """How a rendering differs: the kind as people read it, and the words, if there are any."""

    kind: str
    name: str
    words: str


class Rendered(NamedTuple):
    """A rendering: `pieces` are of its text in the pivot, `source` is empty if that is as published."""

    article: ShownArticle
    direct: bool
    verb: str
    source: str
    direction: str
    pieces: list[Piece]
    differences: list[Difference]
    compared: bool
    context: str
    """The view of its passage."""


class Quotation(NamedTuple):
    """A quotation; `wording` is the sentence that reports it if nobody has it in quotation marks."""

    id: str
    actor: str
    wording: str
    direct: bool
    story: str
    title: str
    first: str
    articles: int
    of: int
    languages: str
    outlets: str
    silent: str
    silent_languages: str
    omissions: list[str]
    renderings: list[Rendered]
    more: int


def quotation_page(of: Stories, labels: Labels) -> dict[str, Any]:
    """The first MOST quotations of the table with their renderings.

    Args:
        of: the tables and the articles.
        labels: of the report.
    """
    table = of.tables.quotations.head(MOST)
    own = of.tables.renderings[of.tables.renderings["quotation"].isin(table["quotation"])]
    by_quotation = {str(name): rows for name, rows in own.groupby("quotation", sort=False)}
    shown = {name: first_of_each(rows, "outlet", RENDERINGS) for name, rows in by_quotation.items()}
    ids = {id_ for rows in shown.values() for id_ in rows["article_id"]}
    articles = {row["id"]: row for row in of.articles[of.articles["id"].isin(ids)].to_dict("records")}
    headlines = of.headlines(sorted(ids))
    lists = {id_: shown_article(row, headlines, labels) for id_, row in articles.items()}
    covering = dict(list(of.articles[of.articles["story"].isin(table["story"])].groupby("story")))
    linked = set(of.tables.stories["story"].head(MOST))
    significant = of.tables.omissions[of.tables.omissions["significant"].astype(bool)]
    titles = dict(zip(of.tables.stories["story"], of.tables.stories["title"], strict=True))
    made = []
    for row in table.to_dict("records"):
        name, story = str(row["quotation"]), str(row["story"])
        rendered, compared = _rendered(shown[name], str(row["wording"]), lists, labels)
        made.append(
            _quotation(row, by_quotation[name], covering[row["story"]], labels)._replace(
                wording=plain(str(row["wording"])) if compared.direct else _text(compared.pieces),
                direct=compared.direct, title=plain(titles.get(story, "")) or plain(story),
                story=story_id(story) if row["story"] in linked else "",
                omissions=omitted(significant, "quotation", name, labels),
                renderings=rendered, more=len(by_quotation[name]) - len(rendered),
            )
        )  # fmt: skip
    return {"all": made, "more": len(of.tables.quotations) - len(made)}


def pieces(text: str, differences: list[Difference]) -> Iterator[Piece]:
    """The text cut where words differ from the wording.

    Args:
        text: of the rendering, in the pivot.
        differences: those of MARKED have their words in it; of a number, those behind the arrow.
    """
    words = [
        word
        for of in differences
        if of.kind in MARKED
        for word in of.words.rpartition("→")[2].split(", ")
        if word.strip() and not (of.kind == "number" and word.strip() == "none")
    ]
    if not words:
        yield Piece(text, False)
        return
    marked = "|".join(regex.escape(word.strip()) for word in words)
    for place, part in enumerate(
        regex.split(rf"(?i)(?<![\p{{L}}\p{{N}}])({marked})(?![\p{{L}}\p{{N}}])", text)
    ):
        if part:
            yield Piece(part, place % 2 == 1)


def direction_of(text: str) -> str:
    """`rtl` if most letters are of a script that is written from right to left, else `ltr`."""
    sides = [unicodedata.bidirectional(character) for character in text]
    return "rtl" if sum(side in RIGHT_TO_LEFT for side in sides) > sides.count("L") else "ltr"


def _quotation(
    row: Mapping[Hashable, Any], renderings: pd.DataFrame, covering: pd.DataFrame, labels: Labels
) -> Quotation:
    """The quotation without what its renderings show; silent are outlets of its story that do not have it."""
    carrying = renderings.drop_duplicates("article_id")
    silent = {
        name: covering.loc[covering[name].notna() & ~covering[name].isin(carrying[name]), name]
        for name in ("outlet", "language")
    }
    return Quotation(
        id=str(row["quotation"]), actor=plain(str(row["actor"])), wording="", direct=False,
        story="", title="", first=_first(carrying),
        articles=len(carrying), of=len(covering), languages=languages_of(carrying["language"], labels),
        outlets=outlets_of(carrying["outlet"]), silent=outlets_of(silent["outlet"]),
        silent_languages=languages_of(silent["language"], labels), omissions=[], renderings=[], more=0,
    )  # fmt: skip


def _first(carrying: pd.DataFrame) -> str:
    """When it was first seen, and in which outlets: all of that day unless all of them have a time."""
    dated = carrying[carrying["published"].map(day_of) != ""]
    days = dated["published"].map(day_of)
    of_day = dated[days == days.min()]
    if of_day.empty:
        return ""
    timed = bool((of_day["published"].str.len() > DAY).all())
    when = str(of_day["published"].min())
    first = of_day[of_day["published"] == when] if timed else of_day
    return f"{plain(when[: MINUTE if timed else DAY].replace('T', ' '))}: {outlets_of(first['outlet'])}"


def _rendered(
    rows: pd.DataFrame, wording: str, articles: Mapping[str, ShownArticle], labels: Labels
) -> tuple[list[Rendered], Rendered]:
    """The renderings by date, and the one that the others are compared with."""
    made = []
    for row in rows.to_dict("records"):
        notes = [_difference(note, labels) for note in str(row["differences"]).split("; ") if note]
        source, pivot = plain(row["source"]), plain(row["pivot"])
        made.append(
            Rendered(
                articles[row["article_id"]], bool(row["direct"]), text_of(row["verb"]),
                "" if source == pivot else source, direction_of(source), list(pieces(pivot, notes)), notes,
                False, context_link(row),
            )
        )  # fmt: skip
    place = min(
        range(len(made)),
        key=lambda n: (
            plain(wording) not in _text(made[n].pieces), bool(made[n].differences), not made[n].direct,
            bool(made[n].source), n,
        ),
    )  # fmt: skip
    made[place] = made[place]._replace(compared=True)
    return made, made[place]


def context_link(row: Mapping[Hashable, Any]) -> str:
    """The view of the passage of a rendering, found by its actor, outlet and longest words."""
    words = sorted(set(WORD.findall(str(row["pivot"]))), key=lambda word: (-len(word), word))
    filters = {"actor": str(row["actor"]), "outlet": row["outlet"], "label": "all"}
    filters |= {"words": " ".join(words[:LONGEST_WORDS])}
    return VIEW + urlencode(
        {name: value for name, value in filters.items() if isinstance(value, str) and value}
    )


def _difference(note: str, labels: Labels) -> Difference:
    kind, _, words = note.partition(": ")
    return Difference(kind, labels["pages"]["differences"].get(kind, kind), plain(words))


def _text(of: list[Piece]) -> str:
    return "".join(piece.text for piece in of)
