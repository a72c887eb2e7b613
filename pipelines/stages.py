"""The stages of a run, in order: the only list of them."""

from __future__ import annotations

from typing import NamedTuple

from pipelines.records import Article, Judgement, Narration, Outline, Passage, TranslatedArticle


class Stage(NamedTuple):
    """One stage.

    `folder` holds its results in a run's folder; `record` is the type that it writes there, None if it writes
    no records; `unit` is the unit of its progress, empty if that is not counted.
    """

    name: str
    folder: str
    record: type | None
    unit: str


READ = Stage("read", "articles", Article, "articles")
TRANSLATE = Stage("translate", "translated", TranslatedArticle, "articles")
FIND = Stage("find", "passages", Passage, "articles")
STORIES = Stage("stories", "stories", Outline, "articles")
JUDGE = Stage("judge", "judgements", Judgement, "judgements")
COMPARE = Stage("compare", "tables", None, "")
REPORT = Stage("report", "tables", None, "")
NARRATE = Stage("narrate", "narration", Narration, "articles")
"""A part of judging that only some configs ask for (`stance.narration`)."""
STAGES = (READ, TRANSLATE, FIND, STORIES, JUDGE, COMPARE, REPORT)
RECORDED = (*(stage for stage in STAGES if stage.record is not None), NARRATE)
"""The stages that write records, one part for each shard."""


def stages_until(name: str) -> tuple[Stage, ...]:
    """The stages up to and including the one of this name.

    Raises:
        ValueError: there is no such stage.
    """
    names = [stage.name for stage in STAGES]
    return STAGES[: names.index(name) + 1]
