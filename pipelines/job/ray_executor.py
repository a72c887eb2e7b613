"""The executor `ray`: runs the work on shards on the machines of a Ray cluster, or on this one."""

from __future__ import annotations

import logging
import os
import pickle
import socket
from collections import deque
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pipelines.engines.base import Lost
from pipelines.engines.threads import THREADS
from pipelines.errors import InputError, ModelError
from pipelines.job.executors import attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipelines.engines.base import Result

PASSED_ON = ("HF_", "POLYSTANCE_")
"""Beginnings of the variables of this process that workers get, too."""
TOKENS = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH")
TOKEN = Path.home() / ".ray" / "auth_token"
"""Where Ray finds the token that a cluster asks for."""
PATIENCE = 10.0
"""Seconds in which the head of a cluster must answer; not tuned."""
MOST_FAILED_STARTS = 3
"""For each worker; then the cluster is not fit for the run, and one loss more would not help."""


class RayExecutor:
    """Runs shards in actors of Ray, each of which holds its own models.

    As a context manager it keeps the actors, and what their work has loaded, from one run to the next.

    Args:
        workers: actors; by default as many as the cluster has processors for. Those that it has no room for
            start when it has.
        threads: processors, and so threads, of each worker.
        gpus: of each worker; a fraction shares one.
        address: of the cluster's head; by default that in RAY_ADDRESS, else this machine alone.
        place: of the executor's name in the config, for errors.

    Raises:
        ModelError: Ray is not installed.
    """

    def __init__(
        self,
        workers: int | None = None,
        threads: int | None = None,
        gpus: float = 0.0,
        address: str | None = None,
        place: str = "execution.executor",
    ) -> None:
        self.workers, self.threads, self.gpus, self.place = workers, threads or 1, gpus, place
        self._pool: _Pool | None = None
        self.address = address or os.environ.get("RAY_ADDRESS") or "local"
        if find_spec("ray") is None:
            raise ModelError(place, "Ray is not installed", "pip install 'polystance[ray]'")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.end()
            self._pool = None

    def run(self, work: Callable[[int], Result], shards: Sequence[int]) -> Iterator[Result | Lost]:
        """Yield the result of each shard when it is done, or how it was lost.

        Raises:
            InputError: there is no cluster at the address, or no worker starts in it.
        """
        if self._pool is None:
            self._connect()
            self._pool = _Pool(self.threads, self.gpus, self.place)
        yield from self._pool.results(pickle.dumps(work), deque(shards), self._count(len(shards)))

    def _connect(self) -> None:
        """Join the cluster, or start one on this machine, which ends with this process."""
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a run asks no host that nobody named
        if self.address != "local" and (any(name in os.environ for name in TOKENS) or TOKEN.exists()):
            os.environ.setdefault("RAY_AUTH_MODE", "token")  # which Ray does itself if it has no address
        import ray

        if ray.is_initialized():
            return
        settings: dict[str, Any] = {
            "address": self.address,
            "log_to_driver": False,
            "logging_level": logging.ERROR,
        }
        if self.address == "local":
            settings |= {"include_dashboard": False, "num_cpus": (self.workers or 1) * self.threads}
            if self.workers is None:
                del settings["num_cpus"]  # those of the machine
        passed_on = {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)}
        try:
            variables = {"env_vars": passed_on | {THREADS: str(self.threads)}}
            _call(self.address)
            ray.init(**settings, runtime_env=variables)
        except (OSError, RuntimeError, ValueError) as error:
            cause = f"no Ray cluster at '{self.address}' ({' '.join(str(error).split())[:100]})"
            raise InputError("execution.address", cause, "Start one: ray start --head") from error

    def _count(self, shards: int) -> int:
        import ray

        processors = ray.cluster_resources().get("CPU", 1)  # type: ignore[no-untyped-call]
        room = int(processors) // self.threads
        return max(1, min(self.workers or room, shards))


def _call(address: str) -> None:
    """Call a host and port, which Ray itself would try for ten minutes.

    Raises:
        OSError: nobody answers.
    """
    host, _, port = address.rpartition(":")
    if host and port.isdecimal() and "://" not in address:
        socket.create_connection((host, int(port)), PATIENCE).close()


class _Worker:
    """What an actor holds: the work of a run, and with it the models."""

    def __init__(self) -> None:
        self.run = 0
        self.work: Any = None

    def ready(self) -> None:
        """Return once the actor has started."""

    def result(self, run: int, work: bytes, shard: int) -> Any:
        """The result of the work on a shard, or the error that it raises."""
        if run != self.run:
            self.run, self.work = run, attempt(pickle.loads, work)
        return self.work if isinstance(self.work, Exception) else attempt(self.work, shard)


class _Pool:
    """Actors, each replaced by another one when it is lost; they get shards once they have started."""

    def __init__(self, threads: int, gpus: float, place: str) -> None:
        import ray

        self.place = place
        self.actor = ray.remote(num_cpus=threads, num_gpus=gpus, max_restarts=0)(_Worker)
        self.runs, self.failed_starts = 0, 0
        self.idle: list[Any] = []
        self.starting: dict[Any, Any] = {}
        self.busy: dict[Any, tuple[Any, int]] = {}

    def start(self) -> None:
        """Start an actor as soon as the cluster has room for it."""
        actor: Any = self.actor.remote()
        self.starting[actor.ready.remote()] = actor

    def results(self, work: bytes, remaining: deque[int], size: int) -> Iterator[Any]:
        """The results of the shards, or how they were lost.

        Args:
            work: pickled.
            remaining: numbers of shards; empty at the end.
            size: actors at most.

        Raises:
            Exception: from the work.
        """
        import ray

        self.runs += 1
        shared = ray.put(work)
        for _ in range(size - len(self.idle) - len(self.starting)):
            self.start()
        try:
            while remaining or self.busy:
                while remaining and self.idle:
                    actor, shard = self.idle.pop(), remaining.popleft()
                    self.busy[actor.result.remote(self.runs, shared, shard)] = actor, shard
                for ref in ray.wait([*self.starting, *self.busy])[0]:
                    yield from self._result(ref, MOST_FAILED_STARTS * size)
        finally:
            _end(actor for actor, _ in self.busy.values())
            self.busy.clear()

    def _result(self, ref: Any, most_failed_starts: int) -> Iterator[Any]:
        """What an actor has made of its shard; nothing if it has only started."""
        import ray

        actor, shard = self.busy.pop(ref, (None, None))
        actor = actor or self.starting.pop(ref)
        try:
            result = ray.get(ref)
        except ray.exceptions.RayActorError as error:
            self.start()
            if shard is not None:
                yield Lost(shard, _cause(error))
            else:
                self._count_failed_start(error, most_failed_starts)
            return
        self.idle.append(actor)
        if isinstance(result, Exception):
            raise result
        if shard is not None:
            yield result

    def end(self) -> None:
        """End all actors."""
        _end([*self.starting.values(), *self.idle, *(actor for actor, _ in self.busy.values())])

    def _count_failed_start(self, error: Exception, most: int) -> None:
        self.failed_starts += 1
        if self.failed_starts > most:
            cure = "polystance must be installed on every node, in the same version"
            raise InputError(self.place, f"no worker starts ({_cause(error)})", cure) from error


def _end(actors: Iterable[Any]) -> None:
    """End actors at once, whatever they compute: no file of a run is ever half written."""
    import ray

    for actor in actors:
        ray.kill(actor)


def _cause(error: Exception) -> str:
    """What Ray says of the loss of a worker, in one line."""
    return f"its worker was lost: {str(error).splitlines()[0]}"
