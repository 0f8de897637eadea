"""Readers while generations change: every answer is 200, and all of one generation."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import subprocess
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.endurance.server import COMMAND, Server, ask, asked, index, write_blog

READERS = 4
COUNT = 12
REQUESTS = int(os.environ.get("ENDURANCE_REQUESTS", "10000"))
"""In CI; ENDURANCE_REQUESTS=50000, over 100 swaps, by hand."""
ADDRESSES = ("/api/search?q=common", "/api/search", "/api/search?q=version&sort=oldest", "/api/search?q=commmon")


class Readers:
    """Threads that search until they have asked so often, or are told that it is over."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._read, args=(number,)) for number in range(READERS)]
        self.answers = 0
        self.failures: list[str] = []
        self.versions: set[str] = set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _read(self, number: int) -> None:
        with self._server.connection() as connection:
            while not self._over.is_set():
                address = ADDRESSES[number % len(ADDRESSES)]
                number += 1
                try:
                    self._check(asked(connection, f"{address}{'&' if '?' in address else '?'}per_page=100"))
                except Exception as error:
                    self.failures.append(f"{address}: {error!r}")

    def _check(self, answer: dict[str, object]) -> None:
        """All hits, all snippets and the facet must tell the same version."""
        hits, facets = answer["hits"], answer["facets"]
        assert isinstance(hits, list)
        assert isinstance(facets, dict)
        assert answer["total"] == COUNT == len(hits)
        versions = {tag for hit in hits for tag in hit["tags"] if tag.startswith("v")}
        counted = {value["value"]: value["count"] for value in facets["tag"] if value["value"].startswith("v")}
        assert counted == dict.fromkeys(versions, COUNT)
        assert len(versions) == 1
        with self._lock:
            self.answers += 1
            self.versions |= versions


def swap_until(folder: Path, server: Server, swaps: int, requests: int) -> Readers:
    """So many new generations, full and incremental in turn, while readers ask at least so often."""
    readers = Readers(server)
    readers.start()
    try:
        done = 0
        while done < swaps or readers.answers < requests:
            if done < swaps:
                done += 1
                write_blog(folder, done, COUNT)
                result = index(folder, *(["--rebuild"] if done % 2 else []))
                assert result.returncode == 0, result.stderr
            else:
                time.sleep(0.1)
            assert not readers.failures, readers.failures[:3]
    finally:
        readers.stop()
    return readers


@pytest.mark.parametrize(
    ("swaps", "requests", "workers"),
    [(2, 100, 2), pytest.param(REQUESTS // 500, REQUESTS, 4, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])],
)
def test_every_answer_is_of_one_generation(tmp_path: Path, swaps: int, requests: int, workers: int) -> None:
    write_blog(tmp_path, 0, COUNT)
    with closing(Server(tmp_path, "--workers", str(workers))) as server:
        readers = swap_until(tmp_path, server, swaps, requests)
    print(f"{readers.answers} answers over {swaps} swaps by {workers} workers, of {len(readers.versions)} versions")
    assert readers.failures == []
    assert readers.answers >= requests
    assert len(readers.versions) > swaps // 2
    assert f"v{swaps}" in readers.versions


INDEXERS = int(os.environ.get("ENDURANCE_INDEXERS", "6"))
ROUNDS = int(os.environ.get("ENDURANCE_ROUNDS", "2"))


SECRET = "of the hook"


def call(server: Server) -> None:
    """Tells the server, as what deploys a blog does, that there is something new."""
    digest = hmac.new(SECRET.encode(), b"{}", hashlib.sha256).hexdigest()
    headers = {"X-Hub-Signature-256": f"sha256={digest}", "X-GitHub-Delivery": secrets.token_hex(8)}
    with server.connection() as connection:
        status, body = ask(connection, "/hooks/reindex", {}, headers)
        assert (status, json.loads(body)) == (202, {"status": "queued"})


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_of_many_indexers_at_once_one_builds_and_the_others_wait(tmp_path: Path) -> None:
    """One of them watches, another is called. ENDURANCE_INDEXERS=20 ENDURANCE_ROUNDS=50 is the whole of it."""
    write_blog(tmp_path, 0, COUNT)
    served = Server(tmp_path, "--watch", settings={"webhook_secret": SECRET})
    with closing(served) as server, server.connection() as connection:
        for version in range(1, ROUNDS + 1):
            write_blog(tmp_path, version, COUNT)
            call(server)
            runs = [
                subprocess.Popen(
                    [*COMMAND, "index", *(["--rebuild"] if number % 3 == 0 else [])],
                    cwd=tmp_path,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                )
                for number in range(INDEXERS - 2)
            ]
            for run in runs:
                _, errors = run.communicate(timeout=600)
                assert run.returncode == 0, errors
                assert "Traceback" not in errors
            answer = asked(connection, "/api/search?q=common&per_page=100")
            assert {tag for hit in answer["hits"] for tag in hit["tags"] if tag[0] == "v"} == {f"v{version}"}
            assert answer["total"] == COUNT
        assert server.generations() <= 3
    assert "Traceback" not in server.log.read_text()
    assert not list((tmp_path / "index").glob("*.lock*.tmp"))
