"""The page of stories: when each was told in which language, by whom, and who carried which quotation."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.hashing import fingerprint
from pipelines.report.formats import SMALLEST_P, plain
from pipelines.report.labels import language_name
from pipelines.report.page_tables import page_table
from pipelines.report.passages import safe_link
from pipelines.report.story_grids import Grid, day_of, quotation_grid, text_of, timeline

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Mapping

    import pandas as pd

    from pipelines.compare.stories import StoryTables
    from pipelines.report.labels import Labels

MOST = 200
"""Stories, and quotations, on the page: with all of their articles and renderings some 5 MB."""
ARTICLES = 30
"""Articles of a story that the page lists, each outlet's first ones before its others."""


class Stories(NamedTuple):
    """What the pages of stories and quotations show.

    `articles` has one row for each article: id, story, language, outlet, published, title, url. `headlines`
    gives the titles in the pivot of the articles with some ids.
    """

    tables: StoryTables
    articles: pd.DataFrame
    headlines: Callable[[Collection[str]], Mapping[str, str]]

    def shown(self) -> Stories:
        """The same with the articles of the stories on the pages alone."""
        names = {*self.tables.stories["story"].head(MOST), *self.tables.quotations["story"].head(MOST)}
        return self._replace(articles=self.articles[self.articles["story"].isin(names)])


class ShownArticle(NamedTuple):
    """An article in a list; `headline` is its title in the pivot, empty if that is its title."""

    day: str
    code: str
    language: str
    outlet: str
    title: str
    headline: str
    link: str


class Story(NamedTuple):
    """A story as the page shows it; `omissions` are its significant rows of that table, as sentences."""

    id: str
    title: str
    original: str
    code: str
    period: str
    articles: int
    languages: str
    outlets: str
    actors: list[str]
    timeline: Grid
    grid: Grid
    omissions: list[str]
    shown: list[ShownArticle]
    more: int


def story_id(story: str) -> str:
    """The anchor of a story, whatever its name holds."""
    return f"story-{fingerprint(story)[:8]}"


def story_page(of: Stories, labels: Labels) -> dict[str, Any]:
    """The first MOST stories of the table, and what is left out in all.

    Args:
        of: the tables and the articles.
        labels: of the report.
    """
    table = of.tables.stories.head(MOST)
    quotations, renderings = (_by_story(part, table) for part in (of.tables.quotations, of.tables.renderings))
    linked = set(of.tables.quotations["quotation"].head(MOST))
    significant = of.tables.omissions[of.tables.omissions["significant"].astype(bool)]
    parts = _by_story(of.articles, table)
    first = {story: first_of_each(rows, "outlet", ARTICLES) for story, rows in parts.items()}
    headlines = of.headlines([id_ for rows in first.values() for id_ in rows["id"]])
    made = []
    for row in table.to_dict("records"):
        story = str(row["story"])
        own = quotations.get(story, of.tables.quotations[:0])
        grid = quotation_grid(own, renderings.get(story), parts[story]["outlet"], linked)
        shown = [shown_article(each, headlines, labels) for each in first[story].to_dict("records")]
        actors = sorted({plain(str(name)) for name in own["actor"].unique()})
        lines = omitted(significant, "story", story, labels)
        made.append(
            _story(row, parts[story], labels)._replace(
                actors=actors, grid=grid, omissions=lines, shown=shown, more=len(parts[story]) - len(shown)
            )
        )
    significant = significant.assign(
        title=significant["title"].where(significant["title"] != "", significant["item"])
    )
    return {
        "all": made,
        "more": len(of.tables.stories) - len(made),
        "omissions": page_table("omissions", significant) if len(significant) else None,
    }


def shown_article(row: Mapping[Hashable, Any], headlines: Mapping[str, str], labels: Labels) -> ShownArticle:
    """An article for a list, its texts in one line, its link only if it is one of the web."""
    title, headline = text_of(row["title"]), plain(headlines.get(row["id"], ""))
    code = text_of(row["language"])
    return ShownArticle(
        day_of(row["published"]), code, language_name(labels, code), text_of(row["outlet"]),
        title or text_of(row["id"]), "" if headline == title else headline, safe_link(row["url"]),
    )  # fmt: skip


def first_of_each(rows: pd.DataFrame, name: str, most: int) -> pd.DataFrame:
    """The `most` rows to show, by date; those that are the first with their `name` come before others."""
    dated = rows.assign(day=[day_of(value) or "9999" for value in rows["published"]])
    dated = dated.sort_values("day", kind="stable")
    turn = dated.groupby(name, dropna=False).cumcount()
    chosen = turn.sort_values(kind="stable").index[:most]
    return dated.loc[dated.index.isin(chosen)]


def omitted(omissions: pd.DataFrame, kind: str, item: str, labels: Labels) -> list[str]:
    """A sentence for each group that significantly leaves out a story or quotation."""
    own = (omissions["kind"] == kind) & (omissions["item"] == item) & omissions["significant"].astype(bool)
    return [
        labels["pages"]["omitted"].format(
            group=group_of(row, labels), covered=int(row["covered"]), articles=int(row["articles"]),
            rest=int(row["rest_covered"]), rest_articles=int(row["rest_articles"]),
            q="< 0.001" if row["q_value"] < SMALLEST_P else f"= {row['q_value']:.3f}",
        )
        for row in omissions[own].to_dict("records")
    ]  # fmt: skip


def group_of(row: Mapping[Hashable, Any], labels: Labels) -> str:
    """The name of the group of a row."""
    group = plain(str(row["group"]))
    return language_name(labels, group) if row["group_by"] == "language" else group


def languages_of(codes: Iterable[Any], labels: Labels) -> str:
    """Languages with their numbers, the commonest first: `English 3, Portuguese 1`."""
    return counted(language_name(labels, text_of(code)) or labels["pages"]["unknown"] for code in codes)


def outlets_of(names: Iterable[Any]) -> str:
    """Outlets with their numbers."""
    return counted(text_of(name) for name in names)


def counted(names: Iterable[str], most: int = 30) -> str:
    """Names, the commonest first, each with its number if that is not 1; `most` of them."""
    counts = sorted(Counter(filter(None, names)).items(), key=lambda of: (-of[1], of[0]))
    shown = [name if number == 1 else f"{name} ({number})" for name, number in counts[:most]]
    return ", ".join(shown) + (f" (+ {len(counts) - most})" if len(counts) > most else "")


def _story(row: Mapping[Hashable, Any], articles: pd.DataFrame, labels: Labels) -> Story:
    """The story without its quotations and its list of articles."""
    central = articles.loc[articles["id"] == row["article_id"], "language"]
    return Story(
        story_id(str(row["story"])), _title(row, labels), plain(str(row["title_original"])),
        text_of(next(iter(central), "")), _period(row), len(articles),
        languages_of(articles["language"], labels), outlets_of(articles["outlet"]), [],
        timeline(articles, labels), Grid([], []), [], [], 0,
    )  # fmt: skip


def _title(row: Mapping[Hashable, Any], labels: Labels) -> str:
    return plain(str(row["title"])) or plain(str(row["title_original"])) or labels["script"]["untitled"]


def _period(row: Mapping[Hashable, Any]) -> str:
    return " – ".join(dict.fromkeys(filter(None, (str(row["from"]), str(row["to"])))))


def _by_story(part: pd.DataFrame, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The rows of each story of the table."""
    shown = part[part["story"].isin(table["story"])]
    return {str(story): rows for story, rows in shown.groupby("story", sort=False)}
