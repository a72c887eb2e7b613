"""Stage 6: tables that compare languages and outlets, made from judgements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.compare.coverage import Mentions, coverage_difference_rows, coverage_rows
from pipelines.compare.differences import difference_rows, with_q_values
from pipelines.compare.evidence import article_places, evidence_rows
from pipelines.compare.frames import STORY
from pipelines.compare.groups import ALL, grouping, groupings
from pipelines.compare.invariance import invariance_rows
from pipelines.compare.narration import narration_rows
from pipelines.compare.speech import speech_of, speech_rows
from pipelines.compare.stance import Counts, blocks, stance_rows
from pipelines.compare.timeline import calendar, timeline_rows
from pipelines.compare.units import codes_of, frame_of
from pipelines.compare.views import COLUMNS as VIEWED
from pipelines.compare.views import Views
from pipelines.compare.words import word_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    import pandas as pd

    from pipelines.compare.tables import Tables
    from pipelines.compare.units import Frame
    from pipelines.compare.words import Texts as PlacedTexts
    from pipelines.config import Compare
    from pipelines.records import Sentence

    Texts = Callable[[], Iterable[tuple[str, Sequence[Sentence]]]]

__all__ = ["compare"]

PLACES = ("passage", "article")
"""Columns of the evidence that no file has: the numbers of passage and article, for reports."""


def compare(
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    judgements: pd.DataFrame,
    actors: Sequence[str],
    targets: Sequence[str],
    settings: Compare,
    controls: pd.DataFrame | None = None,
    minima: tuple[float, float] | None = None,
    validated: Collection[str] = (),
    audited: Sequence[Mapping[str, Any]] | None = None,
    texts: Texts | None = None,
    pivot: str = "en",
    narrations: pd.DataFrame | None = None,
) -> Tables:
    """All tables; rows follow the order of actors, targets, groupings and the groups' names.

    Args:
        articles: one row each: id, language, outlet, published, story, characters, and perhaps copy_of and
            further columns to group by; sorted by id if `passages` refer to them by place. Words and periods
            are compared within the stories that were found (STORY), if they have that column.
        passages: one row each, with the fields of `Passage`, or as `passage_frame` makes them.
        judgements: one row each, with the fields of `Judgement`, or as `judgement_frame` makes them.
        actors: names, in the order of the tables.
        targets: names, in the order of the tables.
        settings: groupings, references, clusters and minimum size.
        controls: the rows of the table of controls, passed on unchanged; None for none.
        minima: probability and agreement below which the judge's label was unclear; None if not known.
        validated: languages of which people have coded enough passages to check the judge.
        audited: the rows of a translation audit, which follow those of stories; None for none.
        texts: gives the id and the sentences of each article, called several times; None for no words.
        pivot: language code of the translations.
        narrations: one row each, with the fields of `Narration` but its texts; None if nobody asked for them.
    """
    import pandas as pd

    from pipelines.compare.tables import COLUMNS, Tables, table

    if not articles["id"].is_monotonic_increasing:
        # In one order, since sums in another differ in their last bits.
        articles = articles.sort_values("id", kind="stable", ignore_index=True)
    frame = frame_of(articles, groupings(articles, settings.by), settings, validated)
    language = grouping(articles, "language")
    evidence = evidence_rows(
        articles, passages, judgements, targets, {*VIEWED, *COLUMNS["evidence"], *PLACES}
    )
    passages = passages[["actor", "start", "voice"]].assign(article=article_places(articles, passages))
    del judgements
    views, counts = Views(evidence, minima), Counts(evidence, frame)
    stances, differences = list[dict[str, Any]](), list[dict[str, Any]]()
    for block in blocks(views, frame, actors, targets):
        stances += stance_rows(block, frame, counts, settings, language)
        differences += difference_rows(block, frame, settings)
    units = views.units()
    del views, counts
    mentions = Mentions(articles, passages, frame)
    words: list[dict[str, Any]] = []
    if texts is not None:
        placed, least = _placed(texts, articles["id"]), settings.minimum_articles
        speech = speech_of(passages, placed, articles, pivot)
        passages = passages.assign(letters=speech.letters, quoted_letters=speech.quoted)
        within = frame._replace(stories=codes_of(articles[STORY])) if STORY in articles else frame
        words += word_rows(placed, articles, within, pivot, least)
        words += speech_rows(passages, speech, actors, articles, within, least)
    of_stories = articles.assign(story=articles[STORY]) if STORY in articles else articles
    in_stories = frame_of(of_stories, (), settings, validated)
    periods = timeline_rows(
        {(a, t): units[a, t] for a in actors for t in targets if (a, t) in units},
        Mentions(articles, passages, in_stories),
        in_stories,
        calendar(articles, settings.by),
        settings,
        pivot,
    )
    narrated: list[dict[str, Any]] = []
    if narrations is not None:
        subjects = [*((name, "actor") for name in actors), *((name, "target") for name in targets)]
        of_article = narrations.assign(article=pd.Index(articles["id"]).get_indexer(narrations["article_id"]))
        narrated += narration_rows(of_article, subjects, frame, settings.minimum_articles)
    shared = invariance_rows(units, frame, language, settings.reference.get("language"))
    return Tables(
        table("stance", stances),
        table("coverage", coverage_rows(mentions, articles, passages, actors, frame)),
        with_q_values(table("differences", differences)),
        with_q_values(
            table("coverage_differences", coverage_difference_rows(mentions, actors, frame, settings))
        ),
        table("invariance", [*shared, *(audited or ())]),
        table("words", words),
        with_q_values(table("timeline", periods)),
        table("narration", narrated),
        table("controls", []) if controls is None else controls,
        _with_places(evidence, frame),
    )


def _placed(texts: Texts, ids: pd.Series[str]) -> PlacedTexts:
    """The texts with each article's place in the frame for its id."""
    place = dict(zip(ids, ids.index, strict=True))
    return lambda: ((place[id_], sentences) for id_, sentences in texts() if id_ in place)


def _with_places(evidence: pd.DataFrame, frame: Frame) -> pd.DataFrame:
    """The evidence without the columns that are not of the table, and where each row belongs.

    `passage` is the place of its passage among all; `in <grouping>` the name of its group in each grouping.
    """
    import pandas as pd

    from pipelines.compare.tables import COLUMNS

    for column in set(evidence) - {*COLUMNS["evidence"], *PLACES}:
        del evidence[column]  # not selected, which would hold the table twice
    groups = {
        f"in {of.by}": pd.Categorical.from_codes(of.codes[evidence["article"]], pd.Index(of.names))
        for of in frame.groupings
        if of.by != ALL
    }
    return evidence.assign(**groups)
