"""A Ray cluster of two nodes on this machine, started as on two machines: by `ray start`."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

OPTIONS = ["--block", "--num-cpus", "1", "--disable-usage-stats"]
OPTIONS += ["--object-store-memory", str(100 << 20)]  # bytes; Ray's store holds only the results of shards
AGENTS = ("dashboard-agent-grpc", "dashboard-agent-listen", "runtime-env-agent", "metrics-export")
"""Helpers of a node. With ports of their own, a node does not wait for them, for which a busy machine is too slow."""
PATIENCE = 180.0
"""Seconds in which a node must have started."""
WORKER = b"ray::_Worker"
"""Beginning of the name of a process that works on shards."""


class Cluster:
    """Two nodes of one processor each, of which the second may be lost and started again.

    Args:
        folder: for what the nodes print.
    """

    def __init__(self, folder: Path) -> None:
        os.environ |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        self.port, self.log = _free_port(), folder / "nodes.log"
        self.address = f"{_own_address()}:{self.port}"
        self.nodes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        try:
            import ray

            self._start("--head", "--port", str(self.port), "--include-dashboard", "false")
            self._wait(lambda: "Ray runtime started" in self.log.read_text(errors="replace"))
            ray.init(self.address, logging_level=logging.ERROR, log_to_driver=False)
            self.start_node()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        import ray

        ray.shutdown()
        while self.nodes:
            self.lose_node()

    def start_node(self) -> None:
        """Start the second node."""
        self._start("--address", self.address)
        self._wait(lambda: self._alive() == 2)

    def lose_node(self) -> None:
        """Kill all processes of the last node, as a machine does that loses power."""
        node = self.nodes.pop()
        for process, _ in _processes(node.pid):
            os.kill(process, signal.SIGKILL)
        node.wait()

    def lose_worker(self) -> bool:
        """Kill a process that works on shards; False if there is none."""
        for node in self.nodes:
            for process, name in _processes(node.pid):
                if name.startswith(WORKER):
                    os.kill(process, signal.SIGKILL)
                    return True
        return False

    def _start(self, *arguments: str) -> None:
        ports = [word for name in AGENTS for word in (f"--{name}-port", str(_free_port()))]
        command = [str(Path(sys.executable).with_name("ray")), "start", *arguments, *OPTIONS, *ports]
        with self.log.open("ab") as log:
            started = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.nodes.append(started)

    def _alive(self) -> int:
        """How many nodes the head knows as alive."""
        import ray

        return sum(node["Alive"] for node in ray.nodes())  # type: ignore[no-untyped-call]

    def _wait(self, condition: Callable[[], bool]) -> None:
        patience = time.monotonic() + PATIENCE
        while not condition():
            if self.nodes[-1].poll() is not None or time.monotonic() > patience:
                raise SystemExit(f"a node did not start: {self.log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)


def _own_address() -> str:
    import ray

    address: str = ray.util.get_node_ip_address()  # type: ignore[no-untyped-call]
    return address


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("", 0))
        port: int = free.getsockname()[1]
        return port


def _processes(session: int) -> Iterator[tuple[int, bytes]]:
    """The processes of a session and their names."""
    for folder in Path("/proc").glob("[0-9]*"):
        process = int(folder.name)
        try:
            if os.getsid(process) == session:
                yield process, (folder / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
