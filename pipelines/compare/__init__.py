"""Stage 6: tables that compare languages and outlets, made from judgements."""

from __future__ import annotations

from bisect import bisect_left
from itertools import product
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
from pipelines.heap import trim_heap

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    import pandas as pd

    from pipelines.compare.tables import Tables
    from pipelines.compare.units import Frame, Units
    from pipelines.compare.words import Texts as PlacedTexts
    from pipelines.config import Compare
    from pipelines.records import Sentence

    Row = dict[str, Any]
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
    evidence = evidence_rows(
        articles, passages, judgements, targets, {*VIEWED, *COLUMNS["evidence"], *PLACES}
    )
    passages = passages[["actor", "start", "voice"]].assign(article=article_places(articles, passages))
    del judgements
    stances, differences, units = _judged_rows(evidence, articles, frame, (actors, targets), settings, minima)
    trim_heap()
    evidence = _with_places(evidence, frame)
    shared = invariance_rows(units, frame, grouping(articles, "language"), settings.reference.get("language"))
    of_pair = {pair: units[pair] for pair in product(actors, targets) if pair in units}
    periods = _period_rows(of_pair, articles, passages, settings, validated, pivot)
    del units, of_pair
    words: list[dict[str, Any]] = []
    if texts is not None:
        placed = _placed(texts, articles["id"])
        words, passages = _word_rows(placed, articles, passages, actors, frame, settings, pivot)
        trim_heap()
    mentions = Mentions(articles, passages, frame)
    narrated: list[dict[str, Any]] = []
    if narrations is not None:
        subjects = [*((name, "actor") for name in actors), *((name, "target") for name in targets)]
        of_article = narrations.assign(article=pd.Index(articles["id"]).get_indexer(narrations["article_id"]))
        narrated += narration_rows(of_article, subjects, frame, settings.minimum_articles)
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
        evidence,
    )


def _judged_rows(
    evidence: pd.DataFrame,
    articles: pd.DataFrame,
    frame: Frame,
    names: tuple[Sequence[str], Sequence[str]],
    settings: Compare,
    minima: tuple[float, float] | None,
) -> tuple[list[Row], list[Row], dict[tuple[str, str], Units]]:
    """The rows of stance and differences, and the units of each actor and target; `names` are of these."""
    views, counts, language = Views(evidence, minima), Counts(evidence, frame), grouping(articles, "language")
    stances: list[Row] = []
    differences: list[Row] = []
    for block in blocks(views, frame, *names):
        stances += stance_rows(block, frame, counts, settings, language)
        differences += difference_rows(block, frame, settings)
    return stances, differences, views.units()


def _period_rows(
    units: Mapping[tuple[str, str], Units],
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    settings: Compare,
    validated: Collection[str],
    pivot: str,
) -> list[Row]:
    """The rows of the timeline, within the stories that were found, if there are any."""
    if STORY in articles:
        articles = articles.assign(story=articles[STORY])
    frame = frame_of(articles, (), settings, validated)
    mentions, time = Mentions(articles, passages, frame), calendar(articles, settings.by)
    return timeline_rows(units, mentions, frame, time, settings, pivot)


def _word_rows(
    texts: PlacedTexts,
    articles: pd.DataFrame,
    passages: pd.DataFrame,
    actors: Sequence[str],
    frame: Frame,
    settings: Compare,
    pivot: str,
) -> tuple[list[Row], pd.DataFrame]:
    """The rows of words, and the passages with `letters` and `quoted_letters` of the source."""
    speech, least = speech_of(passages, texts, articles, pivot), settings.minimum_articles
    within = frame._replace(stories=codes_of(articles[STORY])) if STORY in articles else frame
    rows = [
        *word_rows(texts, articles, within, pivot, least),
        *speech_rows(passages, speech, actors, articles, within, least),
    ]
    return rows, passages.assign(letters=speech.letters, quoted_letters=speech.quoted)


def _placed(texts: Texts, ids: pd.Series[str]) -> PlacedTexts:
    """The texts with each article's place among the sorted ids; those of other articles are left out.

    A search takes microseconds, and a table of the ids more memory than all else that is known of an article.
    """
    import pyarrow as pa

    known = pa.array(ids, pa.string())

    def placed() -> Iterator[tuple[int, Sequence[Sentence]]]:
        for id_, sentences in texts():
            place = bisect_left(known, id_, key=lambda scalar: scalar.as_py())
            if place < len(known) and known[place].as_py() == id_:
                yield place, sentences

    return placed


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
