"""The server as a process: several workers, new generations, signals, hostile clients."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from searchapp.serving import Deadlines

COMMAND = (sys.executable, "-m", "searchapp")


class Server:
    """`searchapp serve` on a free port.

    settings    of the environment, without SEARCHAPP_
    beside      processes beside the workers that these start
    """

    serving = "^(Serving .*)$"
    """What is on its log when it serves."""

    def __init__(self, folder: Path, *args: str, settings: Mapping[str, str] | None = None, beside: int = 0) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHAPP_")}
        environment |= {f"SEARCHAPP_{name.upper()}": value for name, value in (settings or {}).items()}
        self.errors = folder / "serve.log"
        with self.errors.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", *args],
                cwd=folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self.line = wait_for(lambda: re.search(self.serving, self.errors.read_text(), re.MULTILINE))[1]
        wait_for(lambda: len(self.workers()) == 2 + ("--watch" in args) + beside)
        self.url = re.search(r"http://\S+", self.line)[0]

    @property
    def address(self) -> tuple[str, int]:
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        return host.strip("[]"), int(port)

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=20) as response:
            return json.load(response)

    def total(self, query: str) -> int:
        return int(self.get(f"/api/search?q={query}")["total"])

    def members(self) -> list[int]:
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[2]) == self.process.pid and fields[0] != "Z":
                    found.append(int(entry.name))
        return found

    def workers(self) -> list[int]:
        return [pid for pid in self.members() if pid != self.process.pid]

    def end(self, sign: int = signal.SIGTERM) -> tuple[int, float]:
        began = time.monotonic()
        self.process.send_signal(sign)
        code = self.process.wait(20)
        return code, time.monotonic() - began

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.members():
            os.kill(pid, signal.SIGKILL)
        if self.process.stdout:
            self.process.stdout.close()


def wait_for(condition: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def post(folder: Path, name: str, text: str) -> None:
    (folder / "content").mkdir(exist_ok=True)
    (folder / "content" / name).write_text(f"---\ntitle: {name}\n---\n\n{text}\n")


def write(folder: Path) -> Path:
    for number in range(5):
        post(folder, f"p{number}.md", "common words")
    return folder


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    return write(tmp_path)


@pytest.fixture
def server(blog: Path) -> Iterator[Server]:
    with closing(Server(blog)) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests after which it is as before."""
    with closing(Server(write(tmp_path_factory.mktemp("shared")))) as running:
        yield running


def test_what_was_sought_is_in_the_file_when_the_server_has_ended(server: Server, blog: Path) -> None:
    for number in range(20):
        server.total(f"common+{number % 4}")
    assert server.end()[0] == 0
    with closing(sqlite3.connect(blog / "index.desk" / "queries.sqlite")) as db:
        rows = dict(db.execute("SELECT query, sum(count) FROM searches GROUP BY query").fetchall())
    assert rows == {f"common {number}": 5 for number in range(4)}
    assert "Traceback" not in server.errors.read_text()


def index(folder: Path) -> None:
    subprocess.run([*COMMAND, "index"], cwd=folder, check=True, capture_output=True)


def test_it_builds_a_missing_index_serves_and_ends_cleanly(server: Server) -> None:
    assert re.fullmatch(r"Serving http://127\.0\.0\.1:\d+ \(2 workers, 5 articles\)", server.line)
    assert server.total("common") == 5
    assert server.get("/healthz")["articles"] == 5
    assert len(server.workers()) == 2
    code, seconds = server.end()
    assert code == 0
    assert seconds < 6
    wait_for(lambda: not server.members(), 5)
    assert "Traceback" not in server.errors.read_text()


def test_every_worker_notices_a_new_generation(server: Server, blog: Path) -> None:
    assert {server.total("newcomer") for _ in range(10)} == {0}
    post(blog, "new.md", "a newcomer")
    index(blog)
    assert {server.total("newcomer") for _ in range(20)} == {1}


def test_workers_confirm_each_others_answers_until_the_index_changes(server: Server, blog: Path) -> None:
    def status(tag: str) -> int:
        with closing(http.client.HTTPConnection(*server.address, timeout=20)) as connection:
            connection.request("GET", "/api/search?q=common", headers={"If-None-Match": tag})
            return connection.getresponse().status

    with urllib.request.urlopen(server.url + "/api/search?q=common", timeout=20) as response:
        tag = response.headers["ETag"]
    assert [status(tag) for _ in range(20)] == [304] * 20
    post(blog, "new.md", "common")
    index(blog)
    assert [status(tag) for _ in range(20)] == [200] * 20


def test_no_request_fails_while_the_index_is_rebuilt(server: Server, blog: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        build = subprocess.Popen(
            [sys.executable, "-m", "searchapp", "index", "--rebuild"],
            cwd=blog,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        totals: list[int] = []
        while build.poll() is None:
            totals += pool.map(server.total, ["common"] * 4)
        assert build.returncode == 0
        assert set(totals) == {5}


def test_hostile_requests_kill_no_worker(shared: Server) -> None:
    before = sorted(shared.workers())
    for data in (
        b"\x00" * 5000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 500 + b"\r\n",
        b"GET /" + b"x" * 20000 + b" HTTP/1.1\r\n\r\n",
        b"POST /api/related HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n{}",
        b"POST /api/related HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /api/search?q=%ff%00%F0%9F HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ):
        with socket.create_connection(shared.address, 10) as connection:
            connection.sendall(data)
    assert shared.total("common") == 5
    assert sorted(shared.workers()) == before


def test_idle_connections_do_not_block_it(shared: Server) -> None:
    idle = [socket.create_connection(shared.address, 10) for _ in range(4)]
    began = time.monotonic()
    assert shared.total("common") == 5
    assert time.monotonic() - began < 3
    for connection in idle:
        connection.close()


def test_clients_that_never_close_do_not_block_it(shared: Server) -> None:
    left_open = [socket.create_connection(shared.address, 10) for _ in range(10)]
    for connection in left_open:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    began = time.monotonic()
    assert [shared.total("common") for _ in range(10)] == [5] * 10
    assert time.monotonic() - began < 4
    for connection in left_open:
        answer = b""
        while piece := connection.recv(10_000):
            answer += piece
        assert answer.endswith(b"}\n")
        connection.close()


def sockets(pid: int) -> int:
    found = 0
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            found += str(descriptor.readlink()).startswith("socket:")
    return found


def fewest(server: Server) -> int:
    """How many of sixteen connections that come at once the worker with the fewest takes."""
    workers = server.workers()
    before = {pid: sockets(pid) for pid in workers}
    with ExitStack() as stack:
        connections = [
            stack.enter_context(closing(http.client.HTTPConnection(*server.address, timeout=20))) for _ in range(16)
        ]
        for connection in connections:
            connection.connect()
        for connection in connections:
            connection.request("GET", "/healthz")
        assert [connection.getresponse().read()[:1] for connection in connections] == [b"{"] * 16
        found = min(sockets(pid) - before[pid] for pid in workers)
    wait_for(lambda: all(sockets(pid) <= before[pid] for pid in workers))
    return found


def test_connections_are_dealt_out_evenly(shared: Server) -> None:
    # The machine may have other things to do for a while; unbalanced, one worker takes nearly all.
    wait_for(lambda: statistics.median(fewest(shared) for _ in range(5)) >= 4)


def test_one_worker_alone_gives_way_to_nobody(shared: Server) -> None:
    stopped, _ = shared.workers()
    os.kill(stopped, signal.SIGSTOP)
    assert [shared.total("common") for _ in range(10)] == [5] * 10
    os.kill(stopped, signal.SIGCONT)
    assert shared.total("common") == 5


def test_a_killed_worker_is_replaced(server: Server) -> None:
    first = server.workers()
    os.kill(first[0], signal.SIGKILL)
    wait_for(lambda: len(server.workers()) == 2 and first[0] not in server.workers())
    assert server.total("common") == 5


def test_a_file_that_is_cut_under_a_server_costs_its_generation_only(server: Server, blog: Path) -> None:
    """What is mapped into memory is gone then, and who reads it is ended by the system (SIGBUS)."""
    post(blog, "new.md", "common words")
    subprocess.run([*COMMAND, "index", "--rebuild"], cwd=blog, check=True, capture_output=True)
    assert {server.total("common") for _ in range(20)} == {6}
    live = blog / "index" / (blog / "index/CURRENT").read_text().split()[0]
    for file in live.iterdir():
        os.truncate(file, 0)
    answers: Counter[int] = Counter()

    def served() -> bool:
        with suppress(OSError, http.client.HTTPException):
            answers[server.total("words")] += 1
        return answers[5] >= 20

    wait_for(served, 60)
    assert set(answers) <= {5, 6}, "of the generation before, or of the cut one where it was read already"
    assert "answering from the generation before it" in server.errors.read_text()
    index(blog)
    wait_for(lambda: server.total("common") == 6)


def test_without_its_master_no_process_stays(server: Server) -> None:
    server.process.kill()
    server.process.wait()
    wait_for(lambda: not server.members(), 15)


def test_watch_indexes_what_changes_and_ends_with_the_server(blog: Path) -> None:
    with closing(Server(blog, "--watch")) as server:
        assert len(server.workers()) == 3
        post(blog, "new.md", "a newcomer")
        wait_for(lambda: server.total("newcomer") == 1)
        code, seconds = server.end()
        assert (code, seconds < 8) == (0, True)
        wait_for(lambda: not server.members(), 5)


def test_a_watcher_that_was_killed_is_replaced(blog: Path) -> None:
    with closing(Server(blog, "--watch")) as server:
        watcher = min(server.workers())
        os.kill(watcher, signal.SIGKILL)
        wait_for(lambda: len(server.workers()) == 3 and watcher not in server.workers())
        post(blog, "new.md", "a newcomer")
        wait_for(lambda: server.total("newcomer") == 1)
        code, seconds = server.end()
        assert (code, seconds < 8) == (0, True)
        wait_for(lambda: not server.members(), 5)


def test_the_watcher_says_which_article_is_bad_and_says_it_once(blog: Path) -> None:
    with closing(Server(blog, "--watch")) as server:
        (blog / "content" / "p0.md").write_text("---\ntitle: [broken\n---\n\nlost\n")
        wait_for(lambda: "p0.md:3: skipped: " in server.errors.read_text())
        assert server.total("common") == 5
        post(blog, "new.md", "a newcomer")
        wait_for(lambda: server.total("newcomer") == 1)
        assert server.errors.read_text().count("p0.md") == 1


def test_the_watcher_ends_even_if_the_server_is_killed(blog: Path) -> None:
    with closing(Server(blog, "--watch")) as server:
        server.process.kill()
        server.process.wait()
        wait_for(lambda: not server.members(), 15)


def test_ctrl_c_ends_it_quietly(blog: Path) -> None:
    with closing(Server(blog, "--watch")) as server:
        os.killpg(server.process.pid, signal.SIGINT)
        assert server.process.wait(15) in {0, 130}
        wait_for(lambda: not server.members(), 5)
        assert "Traceback" not in server.errors.read_text()


def test_a_port_in_use_is_one_clear_line(blog: Path) -> None:
    index(blog)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run(
            [sys.executable, "-m", "searchapp", "serve", "--port", str(port)],
            cwd=blog,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in result.stderr


def test_neither_index_nor_content_is_two(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "searchapp", "serve"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


STUCK = """
import socket, time
from searchapp.serving import Deadlines
connection, client = socket.socketpair()
with Deadlines(0.2, 0.3).watching(connection):
    time.sleep(30)
"""


def test_code_that_does_not_come_back_ends_its_process() -> None:
    began = time.monotonic()
    result = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert time.monotonic() - began < 10
    assert "still busy" in result.stderr


def test_a_client_that_says_nothing_more_is_cut_off() -> None:
    connection, client = socket.socketpair()
    with connection, client, Deadlines(0.2, 30).watching(connection):
        client.sendall(b"GET / HT")
        received = b""
        while piece := connection.recv(100):
            received += piece
    assert received == b"GET / HT"
