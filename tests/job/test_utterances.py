"""The utterances of a run: in pieces that any executor works on, found again only if they may differ."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines.config import load_config
from pipelines.engines.base import Lost, Result
from pipelines.errors import InputError
from pipelines.hashing import fingerprint
from pipelines.job import Job
from pipelines.job import utterances as of_run
from pipelines.job.losses import ShardsLostError
from pipelines.job.sealed import write_parquet
from pipelines.job.store import Shard
from pipelines.job.utterances import match_utterances, stored_utterances
from pipelines.records import Passage
from pipelines.stages import FIND, STORIES
from pipelines.stories.utterances import Quoted, utterances
from pipelines.text.embed import Encoder
from tests.samples import write_config

SPEECH = "“We will sign the agreement on grain in March,” Yoon said."
SHORTER = "Yoon said the agreement on grain would be signed in March."
OTHER = "“Nobody here wants a war over fishing,” Yoon said."
A_DAY = 500
"""Articles."""
WORDINGS = (SPEECH, SHORTER, OTHER)


def job_of(folder: Path, executor: str = "local", workers: int | None = None) -> Job:
    """A run that needs no model but the encoder, and remembers nothing of others."""
    folder.mkdir(exist_ok=True)
    path = write_config(
        folder,
        translation={"engine": "tests.fakes:ShoutingTranslator"},
        stance={"engine": "tests.fakes:KeywordJudge", "memory": False},
        execution={"executor": executor, "workers": workers},
    )
    return Job(load_config(path), folder / "out", offline=True)


def written(
    job: Job, stories: Sequence[int], wordings: Sequence[str] = WORDINGS, size: int = 4
) -> list[Shard]:
    """Write what the stage has before: in each story, one article with each of the wordings.

    Args:
        job: of the run.
        stories: their numbers.
        wordings: of what Yoon said.
        size: articles of a shard.
    """
    articles = [
        (f"{story}-{n}", f"story {story}", text) for story in stories for n, text in enumerate(wordings)
    ]
    shards = []
    for number, start in enumerate(range(0, len(articles), size)):
        passages = [
            Passage(f"p{id_}", id_, "Yoon", 0, 9, text, text, text, "quoted", "both")
            for id_, _, text in articles[start : start + size]
        ]
        digest = fingerprint(passages)
        shards.append(Shard(number, "en", len(passages), digest))
        job.store.write_part(FIND, number, passages, digest)
    for day, start in enumerate(range(0, len(articles), A_DAY)):
        ids, names, _ = zip(*articles[start : start + A_DAY], strict=True)
        path = job.folder / STORIES.folder / f"day-{date(2024, 10, 1) + timedelta(day)}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parquet(pa.table({"article_id": ids, "story": names}), path, {"fingerprint": fingerprint(ids)})
    return shards


def matched(job: Job, stories: Sequence[int], size: int = 4) -> dict[str, bytes]:
    """The files of the utterances, by their names."""
    with job.workers():
        match_utterances(job, written(job, stories, size=size))
    return files(job)


def files(job: Job) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (job.folder / STORIES.folder).glob("utterances-*")}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_run, "PASSAGES", 4)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The stories whose sentences are compared in this process, as they are."""
    stories: list[str] = []
    real = utterances

    def noted(groups: Iterable[Sequence[Quoted]], encoder: Encoder) -> Iterator[object]:
        for group, firsts in real(groups, encoder):
            stories.append(group[0].story)
            yield group, firsts

    monkeypatch.setattr(of_run, "utterances", noted)
    return stories


class LosingExecutor:
    """Loses each piece once, and piece LOST each time."""

    LOST = -1

    def __init__(self) -> None:
        self.lost: set[int] = set()

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        for shard in shards:
            if shard in self.lost and shard != self.LOST:
                yield work(shard)
            else:
                self.lost.add(shard)
                yield Lost(shard, "lost on the way")


class KilledExecutor:
    """Is killed once it has worked on two pieces."""

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        yield from map(work, shards[:2])
        os.kill(os.getpid(), signal.SIGKILL)


def run_and_be_killed(folder: str) -> None:
    of_run.PASSAGES = 4
    matched(job_of(Path(folder), f"{__name__}:KilledExecutor"), range(8))


def test_any_executor_and_shards_of_any_size_give_the_same_files(tmp_path: Path) -> None:
    here = matched(job_of(tmp_path / "here"), range(8))
    assert len(here) > 3
    assert matched(job_of(tmp_path / "workers", workers=2), range(8)) == here
    assert matched(job_of(tmp_path / "pool", "tests.fakes:ProcessExecutor"), range(8), size=100) == here
    firsts = stored_utterances(job_of(tmp_path / "workers").store)
    assert [firsts[f"p5-{n}"] for n in range(3)] == ["p5-0", "p5-0", "p5-2"]
    assert len(firsts) == 8 * 3


def test_a_killed_run_resumes_with_the_pieces_that_it_has_and_leaves_nothing(tmp_path: Path) -> None:
    whole = matched(job_of(tmp_path / "whole"), range(8))
    code = f"from {__name__} import run_and_be_killed; run_and_be_killed({str(tmp_path / 'killed')!r})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == -signal.SIGKILL
    job = job_of(tmp_path / "killed")
    folder = job.folder / STORIES.folder
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("utterances-*")}
    assert len(kept) == 2
    assert list(folder.glob("quoted-*"))
    with pytest.raises(InputError, match="unfinished"):
        stored_utterances(job.store)
    (folder / ".quoted.1.unfinished").touch()
    (folder / ".days.1.unfinished" / "day=2024-10-01").mkdir(parents=True)
    with job.store.lock():
        assert matched(job, range(8)) == whole
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    names = {path.name.partition("-")[0] for path in folder.iterdir()}
    assert names == {"day", "utterances.json", "utterances"}


def test_only_what_changed_is_compared_again_though_there_are_more_pieces(
    tmp_path: Path, compared: list[str]
) -> None:
    job = job_of(tmp_path)
    first = matched(job, range(6))
    assert len(compared) == 6
    assert matched(job, range(6)) == first
    more = matched(job, range(12))
    assert sorted(compared[6:]) == sorted(f"story {story}" for story in range(6, 12))
    assert {name.rpartition("-")[2] for name in more} == {"16.parquet"}
    assert {name.rpartition("-")[2] for name in first} == {"8.parquet"}
    assert matched(job, range(6)) == first
    assert len(compared) == 12
    assert more == matched(job_of(tmp_path / "anew"), range(12))


def test_a_damaged_piece_is_set_aside_and_made_again(tmp_path: Path, compared: list[str]) -> None:
    job = job_of(tmp_path)
    whole, name = matched(job, range(8)), sorted(files(job))[1]
    path = job.folder / STORIES.folder / name
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(InputError, match="damaged"):
        stored_utterances(job.store)
    with pytest.warns(UserWarning, match="damaged; set aside"):
        again = matched(job, range(8))
    assert {name: again[name] for name in whole} == whole
    assert 8 < len(compared) < 16


def test_a_lost_piece_is_done_again_and_one_that_is_lost_each_time_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, losing = matched(job_of(tmp_path / "whole"), range(8)), f"{__name__}:LosingExecutor"
    assert matched(job_of(tmp_path / "losing", losing), range(8)) == whole
    number = int(sorted(whole)[0].split("-")[1])
    monkeypatch.setattr(LosingExecutor, "LOST", number)
    with pytest.raises(ShardsLostError, match="part of stage stories could not be done"):
        matched(job_of(tmp_path / "lost", losing), range(8))


def test_memory_hardly_grows_with_the_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_run, "PASSAGES", 400)

    def peak(name: str, articles: int) -> int:
        job = job_of(tmp_path / name)
        shards = written(job, range(articles), [SPEECH], size=500)
        tracemalloc.start()
        match_utterances(job, shards)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak("first", 100)  # what is imported once
    assert (peak("more", 5_000) - peak("few", 1_000)) / 4_000 < 100  # bytes for each article
