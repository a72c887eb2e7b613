"""Runs whose folder is in a store, in the memory of this process or on an S3 server of this machine."""

from __future__ import annotations

import json
import logging
import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest

from pipelines import addresses
from pipelines import run as pipeline
from pipelines.addresses import place_of
from pipelines.config import load_config
from pipelines.errors import InputError, ServerError
from pipelines.job import Job, lease, log
from pipelines.job.lease import Holder, Lease, LostLeaseError
from pipelines.job.mirror import Mirror
from pipelines.job.staging import staged
from pipelines.job.trials import Trial
from pipelines.job.work import work_on
from pipelines.shard_stages import translate_shard
from pipelines.stages import FIND, JUDGE, TRANSLATE
from tests.cli.processes import started, wait_until
from tests.samples import copies, tables, write_lines

FakesConfig = Callable[..., Path]
NO_PROCESS = 2**22 + 1  # above the largest number that Linux gives a process


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of a folder in the memory of this process."""
    place = f"memory://{tmp_path.name}/run"
    yield place
    fsspec.filesystem("memory").store.clear()


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """Goes to another machine, as far as local copies are concerned."""
    return lambda: monkeypatch.setenv("POLYSTANCE_CACHE", str(tmp_path / "elsewhere"))


def due(folder: Path) -> list[int]:
    """The shards that translate, find and judge had to do in the last run."""
    begun = {event["stage"]: event for event in log.events(folder) if event["event"] == log.STAGE}
    return [begun[stage.name]["shards"] for stage in (TRANSLATE, FIND, JUDGE) if stage.name in begun]


def test_a_run_in_a_store_is_continued_on_another_machine(
    fakes_config: FakesConfig, tmp_path: Path, address: str, elsewhere: Callable[[], None]
) -> None:
    config = load_config(fakes_config(execution={"shard_size": 1}))
    pipeline.run(config, staged(address), until="find")
    elsewhere()
    pipeline.run(config, staged(address))
    assert due(staged(address)) == [0, 0, 4]
    pipeline.run(config, tmp_path / "out")
    assert tables(staged(address)) == tables(tmp_path / "out")
    store = fsspec.filesystem("memory")
    assert store.cat(f"{address}/report.html") == (staged(address) / "report.html").read_bytes()
    assert not store.exists(f"{address}/.lock")


def test_a_file_without_its_mark_is_not_believed(
    fakes_config: FakesConfig, address: str, elsewhere: Callable[[], None]
) -> None:
    config, store = load_config(fakes_config(execution={"shard_size": 1})), fsspec.filesystem("memory")
    pipeline.run(config, staged(address), until="find")
    store.rm(f"{address}/.committed/translated/part-00002.parquet", recursive=True)
    store.pipe(f"{address}/translated/part-00002.parquet", b"half of")
    elsewhere()
    pipeline.run(config, staged(address), until="find")
    assert due(staged(address)) == [1, 0]


def test_a_file_that_is_not_as_its_mark_says_is_made_again_and_said_so(
    fakes_config: FakesConfig, address: str, elsewhere: Callable[[], None]
) -> None:
    config, store = load_config(fakes_config(execution={"shard_size": 1})), fsspec.filesystem("memory")
    pipeline.run(config, staged(address), until="find")
    store.pipe(f"{address}/passages/part-00001.parquet", b"other bytes")
    elsewhere()
    with pytest.warns(UserWarning, match=r"/run/passages/part-00001\.parquet: damaged; made again"):
        pipeline.run(config, staged(address), until="find")
    assert due(staged(address)) == [0, 1]
    assert store.cat(f"{address}/passages/part-00001.parquet") != b"other bytes"


def test_a_run_that_was_copied_to_a_store_is_taken_over(
    fakes_config: FakesConfig, tmp_path: Path, address: str
) -> None:
    config = load_config(fakes_config())
    pipeline.run(config, tmp_path / "out", until="judge")
    fsspec.filesystem("memory").put(f"{tmp_path / 'out'}/", f"{address}/", recursive=True)
    pipeline.run(config, staged(address), until="judge")
    assert due(staged(address)) == [0, 0, 0]


def test_what_a_run_removes_goes_from_the_store_and_files_of_others_stay(
    fakes_config: FakesConfig, address: str
) -> None:
    config, store = load_config(fakes_config(execution={"shard_size": 1})), fsspec.filesystem("memory")
    pipeline.run(config, staged(address), until="translate")
    store.pipe(f"{address}/notes of mine.txt", b"mine")
    merged = config.model_copy(update={"execution": config.execution.model_copy(update={"shard_size": 9})})
    pipeline.run(merged, staged(address), until="translate", fresh=True)
    assert [Path(name).name for name in store.ls(f"{address}/translated", detail=False)] == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    assert store.cat(f"{address}/notes of mine.txt") == b"mine"


def test_a_part_that_another_machine_makes_is_seen_here(
    fakes_config: FakesConfig, address: str, elsewhere: Callable[[], None]
) -> None:
    config = load_config(fakes_config())
    pipeline.run(config, staged(address), until="read")
    job = Job(config, staged(address))
    reading = job.store.reading()
    assert reading is not None
    sent = pickle.dumps((job, {shard.number: shard for shard in reading.shards}))
    here = job.folder
    elsewhere()
    there, shards = pickle.loads(sent)
    assert there.folder != here
    done = work_on(translate_shard, TRANSLATE, there, shards, False, 1)
    assert job.store.mirror is not None
    assert job.store.part(TRANSLATE, done.shard) is None
    job.store.mirror.pull(TRANSLATE.folder)
    assert job.store.part(TRANSLATE, done.shard) == there.store.part(TRANSLATE, 1)


def test_ends_of_processes_at_an_article_are_counted_on_all_machines(
    address: str, elsewhere: Callable[[], None]
) -> None:
    with pytest.raises(KeyError), Trial(staged(address), TRANSLATE, 0).of("a1"):
        raise KeyError
    elsewhere()
    there = Trial(staged(address), TRANSLATE, 0)
    assert there.ends == {"a1": 1}
    there.clear()
    assert not fsspec.filesystem("memory").find(address)


def held_by(address: str, **about: Any) -> None:
    """Write a lease as another process would."""
    now = datetime.now(UTC)
    fields = {"token": "other", "user": "ana", "host": "far", "process": 7, "since": now, "renewed": now}
    files, path = place_of(address)
    files.pipe_file(f"{path}/.lock", Holder(**(fields | about)).model_dump_json().encode())


def test_a_second_run_is_refused_and_told_who_holds_the_place(
    fakes_config: FakesConfig, address: str
) -> None:
    held_by(address, renewed=datetime.now(UTC) - timedelta(seconds=50))
    with pytest.raises(InputError) as refused:
        pipeline.run(load_config(fakes_config()), staged(address))
    assert refused.value.place == address
    assert "ana on far, process 7, since 20" in refused.value.cause
    assert "heard of 50 s ago" in refused.value.cause
    assert "its lease ends in 70 s" in refused.value.cure


@pytest.mark.parametrize(
    "about",
    [{"renewed": datetime(2024, 10, 24, tzinfo=UTC)}, {"host": lease.HERE, "process": NO_PROCESS}],
    ids=["not renewed", "of a process of this machine that is gone"],
)
def test_a_lease_whose_holder_is_gone_is_taken_over(
    address: str, about: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "WATCH", 0.1)
    held_by(address, **about)
    with Lease(place_of(address), address).held():
        assert b"other" not in place_of(address).filesystem.cat(f"{address}/.lock")


def test_a_lease_that_is_renewed_by_a_clock_that_is_behind_is_not_taken_over(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "WATCH", 0.5)
    ended, behind = threading.Event(), timedelta(hours=1)

    def renew() -> None:
        while not ended.wait(0.05):
            held_by(address, renewed=datetime.now(UTC) - behind)

    held_by(address, renewed=datetime.now(UTC) - behind)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(renew)
        with pytest.raises(InputError, match="another run is writing here"):
            Lease(place_of(address), address).held().__enter__()
        ended.set()


def test_what_is_no_lease_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".lock").write_text("{")
    monkeypatch.setattr("time.sleep", lambda _: None)
    with Lease(place_of(str(tmp_path)), str(tmp_path)).held():
        assert json.loads((tmp_path / ".lock").read_text())["host"] == lease.HERE
    assert not (tmp_path / ".lock").exists()


def test_a_process_that_lost_its_lease_writes_no_more(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = staged(address)
    mirror = Mirror(folder, address)
    with pytest.raises(LostLeaseError), mirror.held():  # noqa: PT012
        (folder / "config.yaml").write_text("name: mine")
        monkeypatch.setattr(lease, "TERM", timedelta(0))
        held_by(address)
    assert not fsspec.filesystem("memory").exists(f"{address}/config.yaml")
    assert b"other" in fsspec.filesystem("memory").cat(f"{address}/.lock")


def serving(port: int = 0) -> Any:
    """An S3 server that has started; what it stores is in this process, and so outlives it."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    return server


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3 server."""
    server = serving()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The file system of the S3 server, with a bucket `news`."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    fsspec.get_filesystem_class("s3").clear_instance_cache()  # of tests without credentials
    files = fsspec.filesystem("s3")
    files.mkdirs("news", exist_ok=True)
    return files


def test_a_run_from_and_to_s3_that_was_killed_continues_to_the_same_bytes_and_a_second_one_is_refused(
    fakes_config: FakesConfig, tmp_path: Path, s3: Any, elsewhere: Callable[[], None]
) -> None:
    path = fakes_config(execution={"shard_size": 1})
    write_lines(tmp_path / "articles.jsonl", [*copies(2), {"id": "none", "text": ""}])
    s3.put(str(tmp_path / "articles.jsonl"), "news/in/articles.jsonl")
    place, source = "s3://news/out", "articles.path=s3://news/in/*.jsonl"
    config, hangs = load_config(path, [source]), "translation.options.pause=600"
    with started("run", path, "--set", source, "--set", hangs, "--output", place) as process:
        wait_until(lambda: len(marks(s3, "translated")) == 4, process)  # those that need no translation
        elsewhere()
        refusal = rf"{place}: another run is writing here \(.*process {process.pid}, since"
        with pytest.raises(InputError, match=refusal):
            pipeline.run(config, staged(place))
        process.send_signal(signal.SIGKILL)
    pipeline.run(config, staged(place))
    assert due(staged(place)) == [4, 8, 8]
    pipeline.run(config, tmp_path / "whole")
    s3.invalidate_cache()
    s3.get("news/out/", f"{tmp_path / 'got'}/", recursive=True)
    assert tables(tmp_path / "got") == tables(tmp_path / "whole")
    assert (tmp_path / "got/rejected.csv").read_bytes() == (tmp_path / "whole/rejected.csv").read_bytes()


def marks(s3: Any, folder: str) -> list[str]:
    """Of the complete files in a folder of the run; not too often, since the server is in this process."""
    time.sleep(0.2)
    s3.invalidate_cache()
    return list(s3.find(f"news/out/.committed/{folder}"))


def away(server: Any, part: Path, seconds: float) -> Any:
    """Stop the server once a part is there, start one in its place after some seconds, and return it."""
    while not part.exists():
        time.sleep(0.01)
    _, port = server.get_host_and_port()
    server.stop()
    time.sleep(seconds)
    return serving(port)


@pytest.mark.parametrize("absence", [60.0, 1.0], ids=["and comes back", "for too long"])
def test_a_store_that_goes_away_costs_no_article(
    fakes_config: FakesConfig, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: Any, absence: float
) -> None:
    monkeypatch.setattr(addresses, "ABSENCE", absence)
    monkeypatch.setattr(type(s3), "retries", 1)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    server = serving()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://{}:{}".format(*server.get_host_and_port()))
    type(s3).clear_instance_cache()
    s3 = fsspec.filesystem("s3")  # on that server
    config = load_config(fakes_config(execution={"shard_size": 1}, translator={"pause": 0.1}))
    place = f"s3://news/away-{absence:.0f}"
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(away, server, staged(place) / "translated" / "part-00000.parquet", 3.0)
        if absence < 3.0:
            with pytest.raises(ServerError, match=rf"{place}: does not answer"):
                pipeline.run(config, staged(place), until="judge")
            again.result()
            s3.rm_file(f"{place}/.lock")  # which the run could not remove, and whose process lives
        pipeline.run(config, staged(place), until="judge")
        again.result().stop()
    assert "lost" not in (staged(place) / "run.log").read_text()
    assert len((staged(place) / "rejected.csv").read_text().splitlines()) == 1
