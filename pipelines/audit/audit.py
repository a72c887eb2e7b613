"""Draws judged passages of each translated language, translates them a second way, and judges them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from pipelines.audit.again import passages_again
from pipelines.audit.rows import audit_rows
from pipelines.audit.ways import Way, second_way
from pipelines.blocks import guarded
from pipelines.coding.identifiers import digest
from pipelines.coding.population import keys, load_population
from pipelines.errors import ConfigError, InputError
from pipelines.job import Job
from pipelines.judge import PAIRS_AT_A_TIME, pair_of, stance_label
from pipelines.text.languages import base_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pipelines.audit.again import Twice
    from pipelines.coding.population import Key, Population
    from pipelines.config import RunConfig
    from pipelines.engines.base import Pair, StanceJudge
    from pipelines.records import Label, Passage

COLUMNS = [
    *("article_id", "language", "outlet", "actor", "target", "start", "label", "again", "source", "pivot"),
    *("pivot_again", "way"),
]
NOT_FOUND = "lost"
"""Instead of a label: the actor is not found in the second translation, or the judge failed on it."""


class Audit(NamedTuple):
    """What an audit gives.

    `rows` are for the table of invariance; `passages`, with COLUMNS, are those that were drawn.
    """

    rows: pd.DataFrame
    passages: pd.DataFrame


def audit(
    config: RunConfig, run_dir: Path, other: RunConfig, *, size: int, seed: int = 1, offline: bool = False
) -> Audit:
    """Judge passages of a run again in a second translation.

    Both translations are put to the same judge now, whatever judged the run. If a language is translated
    back and forth, passages of the pivot are, too: their first text is no translation, so that what differs
    is what the translators of that language do.

    Args:
        config: of the run.
        run_dir: folder of the finished run.
        other: the config with another translation, where the user names one; else the same.
        size: judged passages to draw of each language, at most.
        seed: of the draw.
        offline: never ask the hub.

    Raises:
        ConfigError: `other` differs in more than its translation, or an option of it is wrong.
        InputError: no finished run, or none of its languages can be translated a second way.
        ModelError: a model is unavailable.
    """
    if other.model_copy(update={"translation": config.translation}) != config:
        cure = "Give keys of the translation alone, such as translation.models.ru=MODEL"
        raise ConfigError("--set", "an audit changes the translation, and nothing else", cure)
    population = load_population(run_dir)
    languages = [name for name in sorted(set(population.rows["language"])) if _is_translated(name, config)]
    if not languages:
        raise InputError(str(run_dir), "no judged passage is translated", "An audit is of translations")
    ways = {name: second_way(config, other, name, offline=offline) for name in languages}
    if not any(isinstance(way, Way) for way in ways.values()):
        name, cause = next(iter(ways.items()))
        raise InputError(f"{run_dir}: {name}", str(cause), "")
    missing = {name: way for name, way in ways.items() if isinstance(way, str)}
    job = Job(config, run_dir, offline=offline)
    frames = []
    for name in languages:
        way = ways.pop(name)  # with its models, of which two languages at a time would fill the memory
        if isinstance(way, Way):
            frames.append(_judged_again(job, population, name, way, size, seed))
            if way.back is not None:
                back = way.of_the_pivot()
                frames.append(_judged_again(job, population, config.pivot, back, size, seed))
    passages = pd.concat(frames, ignore_index=True)
    return Audit(pd.DataFrame(audit_rows(passages, missing)), passages)


def _is_translated(language: str, config: RunConfig) -> bool:
    """False for the pivot, also in another script."""
    is_pivot = base_language(language) == base_language(config.pivot)
    return not is_pivot or language in config.translation.models


def _judged_again(
    job: Job, population: Population, language: str, way: Way, size: int, seed: int
) -> pd.DataFrame:
    """The drawn rows of one language with both labels."""
    rows = population.rows[population.rows["language"] == language].reset_index(drop=True)
    names = keys(rows)
    # The order is that of a hash, so that a larger sample holds a smaller one.
    order = sorted(range(len(names)), key=lambda place: digest("audit", seed, *names[place]))[:size]
    drawn = [names[place] for place in order]
    shards = [shard for shard in population.shards if shard.language == language]
    both = passages_again(job.config, job.store, shards, way, dict.fromkeys(drawn))
    judge = job.models.held_judge()
    labels = _labels(job.config, judge, [(key, both[key].first) for key in drawn])
    found_again = [(key, second) for key in drawn if (second := both[key].second) is not None]
    again = dict(zip([key for key, _ in found_again], _labels(job.config, judge, found_again), strict=True))
    return pd.DataFrame(_drawn_rows(rows.iloc[order], drawn, both, labels, again, way), columns=COLUMNS)


def _drawn_rows(
    rows: pd.DataFrame,
    drawn: Sequence[Key],
    both: Mapping[Key, Twice],
    labels: Sequence[str],
    again: Mapping[Key, str],
    way: Way,
) -> Iterator[dict[str, object]]:
    outlets = rows["outlet"].astype(object).fillna("")
    for key, language, outlet, label in zip(drawn, rows["language"], outlets, labels, strict=True):
        first, second = both[key]
        yield {
            **key._asdict(), "language": language, "outlet": outlet, "label": label,
            "again": again.get(key, NOT_FOUND), "source": first.source, "pivot": first.pivot,
            "pivot_again": second.pivot if second else "", "way": way.name,
        }  # fmt: skip


def _labels(
    config: RunConfig, judge: StanceJudge, passages: Sequence[tuple[Key, Passage]]
) -> list[Label | str]:
    """The label of each passage toward its key's target; NOT_FOUND if the judge fails on it."""
    targets = {target.name: target for target in config.targets}
    pairs: list[Pair] = [pair_of(passage, targets[key.target], config.pivot) for key, passage in passages]
    minima = config.stance.minimum_probability, config.stance.minimum_agreement
    labels: list[Label | str] = []
    for start in range(0, len(pairs), PAIRS_AT_A_TIME):
        for scores in guarded(pairs[start : start + PAIRS_AT_A_TIME], judge.judge):
            labels.append(NOT_FOUND if isinstance(scores, Exception) else stance_label(scores, *minima))
    return labels
