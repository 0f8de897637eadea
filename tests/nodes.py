"""A real OpenSearch cluster on loopback for the tests: three processes of one node each, any of which can be killed.

The server comes from Maven Central (`opensearch/pom.xml`); Java and Maven must be there. `python tests/nodes.py` starts
a cluster, prints its addresses, and ends it when its standard input does or it is interrupted.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parent / "opensearch"
SMALL = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""How a test's nodes are run: they start sooner than they would to be fast."""

STARTS_WITHIN = 180.0
"""Seconds that a cluster has for its start; alone on two cores it takes twenty."""

DISK_FREE = "200mb"
"""A machine that tests run on may be nearly full: only then are shards no longer given to a node."""


def missing() -> str:
    """What the machine lacks for a cluster, "" if nothing."""
    lacking = [tool for tool in ("java", "mvn") if shutil.which(tool) is None]
    return f"needs {' and '.join(lacking)}" if lacking else ""


def build() -> str:
    """Fetches the server and compiles the node; the class path. Nothing is done that was done before."""
    target = PROJECT / "target"
    made = target / "classes" / "OpenSearchNode.class"
    sources = (PROJECT / "pom.xml", PROJECT / "src/main/java/OpenSearchNode.java")
    if not made.exists() or any(source.stat().st_mtime > made.stat().st_mtime for source in sources):
        shutil.rmtree(target, ignore_errors=True)
        goals = ("compile", "dependency:copy-dependencies")
        command = ["mvn", "-q", "-B", *goals, f"-DoutputDirectory={target / 'lib'}"]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=900)
        if done.returncode:
            raise RuntimeError(f"Maven failed: {done.stdout}{done.stderr}")
    return f"{target / 'classes'}:{target / 'lib' / '*'}"


def free_ports(count: int) -> list[int]:
    """Ports on which nothing listens now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


class Cluster:
    """Nodes with their data in a folder. `addresses` are theirs, in order; `java` is what each is run with."""

    def __init__(self, folder: Path, size: int = 3, java: Sequence[str] = SMALL) -> None:
        self._folder = folder
        self._java = java
        self._path = build()
        ports = free_ports(2 * size)
        self._http, self._transport = ports[:size], ports[size:]
        self._processes: list[subprocess.Popen[bytes] | None] = [None] * size
        self.addresses = [f"http://127.0.0.1:{port}" for port in self._http]

    @property
    def processes(self) -> list[subprocess.Popen[bytes]]:
        """Those that run."""
        return [process for process in self._processes if process is not None]

    def start(self) -> None:
        """Starts all nodes and waits until they are one cluster."""
        for number in range(len(self._processes)):
            self.start_node(number)
        self.wait(len(self._processes))

    def start_node(self, number: int) -> None:
        """Starts one node; `wait` tells when it is part of the cluster."""
        home = self._folder / f"node-{number}"
        home.mkdir(parents=True, exist_ok=True)
        names = ",".join(f"node-{each}" for each in range(len(self._processes)))
        settings = {
            "cluster.name": "searchapp-tests",
            "node.name": f"node-{number}",
            "path.home": home,
            "http.port": self._http[number],
            "transport.port": self._transport[number],
            "network.host": "127.0.0.1",
            "http.type": "netty4",
            "transport.type": "netty4",
            "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in self._transport),
            "cluster.initial_cluster_manager_nodes": names,
            "cluster.routing.allocation.disk.watermark.low": DISK_FREE,
            "cluster.routing.allocation.disk.watermark.high": DISK_FREE,
            "cluster.routing.allocation.disk.watermark.flood_stage": DISK_FREE,
            "cluster.max_shards_per_node": 10_000,
            # What a killed node was asked for is asked of another sooner than after a quarter of an hour.
            "indices.recovery.internal_action_timeout": "15s",
            "indices.recovery.internal_action_long_timeout": "30s",
            "indices.recovery.recovery_activity_timeout": "30s",
            "node.processors": 2,
        }
        arguments = [f"{key}={value}" for key, value in settings.items()]
        with (home / "log").open("ab") as log:
            self._processes[number] = subprocess.Popen(
                ["java", *self._java, "-Dlog4j2.level=WARN", "-cp", self._path, "OpenSearchNode", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
            )

    def kill(self, number: int, how: signal.Signals = signal.SIGKILL) -> None:
        """Ends a node at once, as a power cut would."""
        process = self._processes[number]
        assert process is not None
        process.send_signal(how)
        process.wait()
        self._processes[number] = None

    def signal(self, number: int, what: signal.Signals) -> None:
        """Sends a node a signal: SIGSTOP makes it one that does not answer."""
        process = self._processes[number]
        assert process is not None
        process.send_signal(what)

    def wait(self, size: int, status: str = "yellow", within: float = STARTS_WITHIN) -> None:
        """Waits until so many nodes are one cluster, with all shards as `status` says."""
        end = time.monotonic() + within
        last: object = None
        path = f"/_cluster/health?wait_for_nodes={size}&wait_for_status={status}&timeout=5s"
        while time.monotonic() < end:
            for number, process in enumerate(self._processes):
                if process is not None and process.poll() is not None:
                    raise RuntimeError(f"node {number} ended: {self.log(number)[-2000:]}")
                if process is not None:
                    try:
                        last = self.ask("GET", path, number=number)
                        if not last["timed_out"] and last["number_of_nodes"] == size:
                            return
                    except OSError as error:
                        last = error
                        time.sleep(0.2)
        raise RuntimeError(f"no cluster of {size} after {within} seconds: {last}")

    def ask(self, method: str, path: str, body: object = None, number: int = 0) -> Any:
        """A request to one node, and its JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.addresses[number]}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def log(self, number: int) -> str:
        """What a node has said."""
        return (self._folder / f"node-{number}" / "log").read_text(errors="replace")

    def stop(self) -> None:
        """Ends all nodes."""
        for number, process in enumerate(self._processes):
            if process is not None:
                self.kill(number)


@contextlib.contextmanager
def cluster(size: int = 3, java: Sequence[str] = SMALL) -> Iterator[Cluster]:
    """A running cluster with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="opensearch-", ignore_cleanup_errors=True) as folder:
        made = Cluster(Path(folder), size, java)
        try:
            made.start()
            yield made
        finally:
            made.stop()


if __name__ == "__main__":
    with cluster() as running, contextlib.suppress(KeyboardInterrupt):
        print(",".join(running.addresses), flush=True)
        sys.stdin.read()
