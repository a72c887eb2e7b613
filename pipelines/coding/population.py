"""The judged passages of a run: what sheets are drawn from, and what codes are matched with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.compare.evidence import evidence_rows
from pipelines.compare.frames import article_frame
from pipelines.config import load_config
from pipelines.errors import InputError
from pipelines.hashing import fingerprint
from pipelines.job.copies import copies_of
from pipelines.job.manifest import FILE
from pipelines.job.results import judged_reading
from pipelines.job.store import Store
from pipelines.job.stories import story_table
from pipelines.stages import FIND, JUDGE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    import pandas as pd

    from pipelines.config import RunConfig
    from pipelines.job.store import Shard
    from pipelines.records import Sentence

KEY = ("article_id", "actor", "target", "start")
"""What a judged row is known by; `start` is the passage's place in the article's text."""
NEARBY = 300
"""Characters of an article that are shown on either side of a passage: two or three sentences, as a coder
needs them for pronouns. Not tuned."""


class Key(NamedTuple):
    """What a judged row is known by."""

    article_id: str
    actor: str
    target: str
    start: int


class Surroundings(NamedTuple):
    """A passage between the text before and after it, in one language."""

    before: str
    passage: str
    after: str


class Population(NamedTuple):
    """The judged passages of a finished run.

    `articles` is as `article_frame` makes it, sorted by id; `rows` has the columns of `evidence_rows`,
    without those that have no label, sorted as in evidence.csv.
    """

    config: RunConfig
    manifest: dict[str, Any]
    shards: tuple[Shard, ...]
    articles: pd.DataFrame
    rows: pd.DataFrame

    @property
    def digest(self) -> str:
        """A fingerprint of which passages were judged toward which targets."""
        return fingerprint(self.rows[[*KEY, "source"]].to_numpy().tolist())

    @property
    def label_digest(self) -> str:
        """A fingerprint of the passages and of the machine's labels."""
        return fingerprint(self.rows[[*KEY, "label"]].to_numpy().tolist())


def load_population(run_dir: Path) -> Population:
    """The judged passages of a run.

    Raises:
        InputError: the folder holds no finished run, or none of its passages was judged.
    """
    store = Store(run_dir)
    reading, manifest = judged_reading(store), store.read_json(FILE)
    if not manifest or not (run_dir / "config.yaml").is_file():
        raise InputError(
            str(run_dir), "no finished run in this folder", "Finish it first: polystance run CONFIG"
        )
    config = load_config(run_dir / "config.yaml")
    articles = article_frame(store, reading.shards, copies_of(store, reading), story_table(store))
    rows = evidence_rows(
        articles,
        store.table(FIND, reading.shards).to_pandas(),
        store.table(JUDGE, reading.shards).to_pandas(),
        [target.name for target in config.targets],
    )
    rows = rows[rows["label"] != ""].reset_index(drop=True)
    if rows.empty:
        raise InputError(str(run_dir), "no passage was judged", "Check the aliases of actors and targets")
    return Population(config, manifest, reading.shards, articles, rows)


def keys(rows: pd.DataFrame) -> list[Key]:
    """The key of each row, in order."""
    return [Key(*values) for values in rows[list(KEY)].itertuples(index=False, name=None)]


def surroundings(
    run_dir: Path, shards: Collection[Shard], wanted: Collection[Key]
) -> dict[Key, tuple[Surroundings, Surroundings]]:
    """The passage of each key in its surroundings, in the source language and in the pivot language."""
    of_article: dict[str, list[Key]] = {}
    for key in wanted:
        of_article.setdefault(key.article_id, []).append(key)
    return dict(_read_surroundings(Store(run_dir), shards, of_article))


def _read_surroundings(
    store: Store, shards: Collection[Shard], of_article: dict[str, list[Key]]
) -> Iterator[tuple[Key, tuple[Surroundings, Surroundings]]]:
    for shard in shards:
        for translated in store.translated(shard.number):
            sentences = translated.sentences
            places = {sentence.start: index for index, sentence in enumerate(sentences)}
            for key in of_article.get(translated.article.id, ()):
                index = places[key.start]
                yield key, (_around(sentences, index, "source"), _around(sentences, index, "pivot"))


def _around(sentences: tuple[Sentence, ...], index: int, side: str) -> Surroundings:
    texts = [getattr(sentence, side) for sentence in sentences]
    before, after = " ".join(texts[:index]), " ".join(texts[index + 1 :])
    if len(before) > NEARBY:
        cut = before[-NEARBY:]
        before = f"… {cut.partition(' ')[2] or cut}"
    if len(after) > NEARBY:
        cut = after[:NEARBY]
        after = f"{cut.rpartition(' ')[0] or cut} …"
    return Surroundings(before, texts[index], after)
