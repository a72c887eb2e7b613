"""The stages from 2 to 5, each of which makes a part of each shard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.find import find
from pipelines.heap import tight_heap
from pipelines.job.shards import run_shards
from pipelines.job.stories import join_stories, remove_stories
from pipelines.job.utterances import match_utterances
from pipelines.judge import judge
from pipelines.narrate import narrate
from pipelines.stages import FIND, JUDGE, NARRATE, STORIES, TRANSLATE
from pipelines.stories import outlines
from pipelines.text.languages import base_language
from pipelines.translate import translate, untranslatable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pipelines.job import Job
    from pipelines.job.manifest import Clock
    from pipelines.job.store import Shard
    from pipelines.records import (
        Article,
        Judgement,
        Narration,
        Outline,
        Passage,
        Rejection,
        TranslatedArticle,
    )
    from pipelines.stages import Stage


def run_sharded(job: Job, clock: Clock, stages: Collection[Stage], shards: Sequence[Shard]) -> None:
    """The stages from 2 to 5 that are among these."""
    if TRANSLATE in stages:
        run_shards(job, clock, TRANSLATE, translate_shard, shards)
    if FIND in stages:
        run_shards(job, clock, FIND, find_shard, shards)
    if STORIES in stages:
        find_stories(job, clock, shards)
    if JUDGE in stages:
        run_shards(job, clock, JUDGE, judge_shard, shards)
    if JUDGE in stages and job.config.stance.narration:
        run_shards(job, clock, NARRATE, narrate_shard, shards)


def translate_shard(
    job: Job, shard: Shard, articles: Sequence[Article]
) -> Iterator[TranslatedArticle | Rejection]:
    """Stage 2 on articles of one shard."""
    pivot, translator = job.config.pivot, job.models.held_translator(shard.language)
    if translator is None and base_language(shard.language) != base_language(pivot):
        return job.counted(untranslatable(articles, shard.language, pivot))
    return job.counted(translate(articles, translator))


def find_shard(job: Job, _: Shard, articles: Sequence[TranslatedArticle]) -> Iterator[Passage]:
    """Stage 3 on articles of one shard."""
    config, counted, models = job.config, job.counted(articles), job.models
    return find(
        counted, config.actors, config.targets, config.pivot, config.find, models.near, models.finders
    )


def find_stories(job: Job, clock: Clock, shards: Sequence[Shard]) -> None:
    """Stage 4 on all shards."""
    if job.models.story_encoder is None:
        remove_stories(job.store)
        return
    run_shards(job, clock, STORIES, outline_shard, shards)
    kept = [shard for shard in shards if shard.number not in job.lost]
    with tight_heap():
        join_stories(job.store, kept, job.config.stories.days)
    match_utterances(job, kept)


def outline_shard(job: Job, shard: Shard, articles: Sequence[TranslatedArticle]) -> Iterator[Outline]:
    """Stage 4 on articles of one shard: what their stories are found by."""
    encoder = job.models.story_encoder
    assert encoder is not None, "the stage is not run"
    actors: dict[str, set[str]] = {}
    for passage in job.store.passages(shard.number):
        actors.setdefault(passage.article_id, set()).add(passage.actor)
    return outlines(job.counted(articles), actors, encoder)


def judge_shard(job: Job, _: Shard, passages: Sequence[Passage]) -> Iterator[Judgement | Rejection]:
    """Stage 5 on passages of one shard."""
    targets, stance = job.config.targets, job.config.stance
    minima = stance.minimum_probability, stance.minimum_agreement
    return job.counted(judge(passages, targets, job.models.held_judge(), *minima, job.config.pivot))


def narrate_shard(
    job: Job, shard: Shard, articles: Sequence[TranslatedArticle]
) -> Iterator[Narration | Rejection]:
    """The part of stage 5 about the articles' authors, on articles of one shard."""
    config, counted = job.config, job.counted(articles)
    minima = config.stance.minimum_probability, config.stance.minimum_agreement
    taken = {(passage.article_id, passage.start) for passage in job.store.passages(shard.number)}
    return narrate(
        counted,
        config.actors,
        config.targets,
        job.models.held_judge(),
        minima,
        config.pivot,
        config.find,
        taken,
    )
