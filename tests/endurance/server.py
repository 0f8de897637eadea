"""A blog and `searchapp serve` over it, as both look from outside: answers, memory, open files, generations on disk."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "searchapp")
STARTS_WITHIN = 60.0


def write_blog(folder: Path, version: int, count: int = 12) -> None:
    """Articles that all say which version they are: in their text, and in a tag that they share."""
    content = folder / "content"
    content.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        text = f"Common words of article {number}. " * (1 + number % 5)
        front = f"title: Article {number}\ntags: [v{version}, n{number % 3}]\ndate: 2024-01-{number % 28 + 1:02}\n"
        temporary = content / f".p{number}"
        temporary.write_text(f"---\n{front}---\n\n{text}\n\nThis is version v{version}.\n")
        temporary.rename(content / f"p{number}.md")


def index(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs `searchapp index`."""
    return subprocess.run(
        [*COMMAND, "index", *arguments], cwd=folder, env=_environment(), capture_output=True, text=True
    )


def _environment(settings: Mapping[str, str] = {}) -> dict[str, str]:
    own = {f"SEARCHAPP_{name.upper()}": value for name, value in settings.items()}
    return {name: value for name, value in os.environ.items() if not name.startswith("SEARCHAPP_")} | own


class Server:
    """`searchapp serve` in a folder, on a free port, in a process group of its own."""

    def __init__(self, folder: Path, *arguments: str, settings: Mapping[str, str] = {}) -> None:
        self._folder = folder
        self.log = folder / "serve.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "serve", "--port", "0", *arguments],
                cwd=folder,
                env=_environment(settings),
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + STARTS_WITHIN
        while not (found := re.search(r"^Serving http://([^:]+):(\d+)", self.log.read_text(), re.MULTILINE)):
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.05)
        self.address = found[1], int(found[2])

    @contextmanager
    def connection(self) -> Iterator[http.client.HTTPConnection]:
        """One that stays open."""
        with closing(http.client.HTTPConnection(*self.address, timeout=30)) as connection:
            yield connection

    def processes(self) -> list[int]:
        """The master, its workers, and what else it has started."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError, IndexError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[2]) == self.process.pid and fields[0] != "Z":
                        found.append(int(entry.name))
        return sorted(found)

    def memory(self) -> int:
        """Bytes of all processes, what they share counted once."""
        return sum(map(_proportional, self.processes()))

    def descriptors(self) -> int:
        """Files and sockets that all processes have open."""
        found = 0
        for pid in self.processes():
            with suppress(OSError):
                found += len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return found

    def generations(self) -> int:
        """Folders of generations on disk, with one that is being written."""
        return sum(entry.is_dir() for entry in (self._folder / "index").iterdir())

    def close(self) -> None:
        """Ends it, kindly."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def _proportional(pid: int) -> int:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def ask(
    connection: http.client.HTTPConnection, address: str, body: object = None, headers: Mapping[str, str] = {}
) -> tuple[int, bytes]:
    """Status and body of an answer; a connection that the server has ended for being idle is opened again."""
    data = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json", **headers} if data else headers
    for last in (False, True):
        try:
            connection.request("POST" if data else "GET", address, data, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            connection.close()
            if last:
                raise
    raise AssertionError("not reached")


def asked(connection: http.client.HTTPConnection, address: str) -> Any:
    """The JSON of an answer that must be 200."""
    status, body = ask(connection, address)
    assert status == 200, f"{address}: {status} {body[:300]!r}"
    return json.loads(body)
