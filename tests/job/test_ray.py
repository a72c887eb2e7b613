"""The executor `ray` on a real Ray of this machine."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines import run as pipeline
from pipelines.config import load_config
from pipelines.engines.base import Lost
from pipelines.errors import InputError
from pipelines.job.ray_executor import RayExecutor
from tests.job.test_executors import end_of, process_of
from tests.samples import tables

ray = pytest.importorskip("ray")
pytestmark = pytest.mark.timeout(400)  # on a busy machine, Ray takes more than a minute to start
FakesConfig = Callable[..., Path]


@pytest.fixture(scope="module", autouse=True)
def _cluster() -> Iterator[None]:
    yield
    ray.shutdown()


@pytest.mark.filterwarnings("ignore")  # of Ray itself
def test_a_run_under_ray_gives_the_same_tables(fakes_config: FakesConfig, tmp_path: Path) -> None:
    path = fakes_config(execution={"shard_size": 1})
    pipeline.run(load_config(path), tmp_path / "local")
    spread = load_config(path, ["execution.executor=ray", "execution.workers=2"])
    outcome = pipeline.run(spread, tmp_path / "spread")
    assert tables(tmp_path / "spread") == tables(tmp_path / "local")
    translator, _ = outcome.manifest["models"]
    assert translator["load_seconds"] is not None
    pipeline.run(spread, tmp_path / "continued", until="find")
    pipeline.run(load_config(path), tmp_path / "continued")
    assert tables(tmp_path / "continued") == tables(tmp_path / "local")


@pytest.mark.filterwarnings("ignore")
def test_a_lost_actor_costs_its_shard_and_an_error_is_raised_here() -> None:
    executor = RayExecutor(workers=2)
    results = list(executor.run(end_of, [1, 3, 2, 5]))
    lost = [result for result in results if isinstance(result, Lost)]
    assert {result for result in results if not isinstance(result, Lost)} == {1, 2, 5}
    assert [loss.shard for loss in lost] == [3]
    with pytest.raises(InputError, match="something is missing"):
        list(executor.run(end_of, [4]))


@pytest.mark.filterwarnings("ignore")
def test_actors_are_kept_from_one_run_to_the_next_and_one_that_was_lost_between_is_replaced() -> None:
    with RayExecutor(workers=1) as executor:
        (first,) = executor.run(process_of, [1])
        (second,) = executor.run(process_of, [2])
        assert not isinstance(first, Lost)
        assert first == (1, second[1])
        os.kill(first[1], signal.SIGKILL)
        (lost,) = executor.run(process_of, [3])
        assert isinstance(lost, Lost)
        (third,) = executor.run(process_of, [3])
        assert third == (3, third[1])
        assert third[1] != first[1]


def test_an_address_without_a_cluster_is_refused_in_one_line() -> None:
    ray.shutdown()
    os.environ["RAY_gcs_rpc_server_reconnect_timeout_s"] = "1"  # noqa: SIM112  (its name)
    with pytest.raises(InputError, match=r"no Ray cluster at '127\.0\.0\.1:1'"):
        list(RayExecutor(address="127.0.0.1:1").run(end_of, [1]))
