"""Nodes that die or stop in mid-load: no search fails, no article is lost, no answer comes later than it may."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import nodes
import pytest
from fieldnotes import blog

from searchapp.engines.opensearch.cluster import DEADLINE
from searchapp.engines.opensearch.engine import Access, OpenSearchEngine
from searchapp.engines.opensearch.index import bulk
from searchapp.errors import IndexUnreachableError
from searchapp.model import Query

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(3600)]

KILLS = int(os.environ.get("OPENSEARCH_KILLS", "20"))
READERS = 2
ARTICLES = [replace(article, id=f"{n}-{article.id}", digest=str(n)) for n in range(20) for article in blog()]
ASKED = ("", blog()[0].title, "the", "tag:nothing", f'"{" ".join(blog()[1].title.split()[:2])}"', "a* b*")


@pytest.fixture(scope="module")
def cluster() -> Iterator[nodes.Cluster]:
    if lacking := nodes.missing():
        pytest.skip(f"no OpenSearch cluster: {lacking}")
    with nodes.cluster() as running:
        yield running


@pytest.fixture
def engine(cluster: nodes.Cluster) -> Iterator[OpenSearchEngine]:
    cluster.wait(3)
    with closing(OpenSearchEngine(Access(tuple(cluster.addresses)), "faults", 2)) as engine:
        engine.rebuild(ARTICLES)
        yield engine


class Readers:
    """Threads that search all the time, and what they were told."""

    def __init__(self, engine: OpenSearchEngine) -> None:
        self.answers = 0
        self.failures: list[str] = []
        self.slowest = 0.0
        self._engine = engine
        self._expected = {text: engine.search(Query(text)).total for text in ASKED}
        self._over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._read) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _read(self) -> None:
        while not self._over.is_set():
            for text, total in self._expected.items():
                start = time.monotonic()
                try:
                    found = self._engine.search(Query(text)).total
                    if found != total:
                        self.failures.append(f"{text!r}: {found} articles, not {total}")
                except Exception as error:
                    self.failures.append(f"{text!r}: {error!r} after {time.monotonic() - start:.1f} s")
                self.slowest = max(self.slowest, time.monotonic() - start)
                self.answers += 1
            time.sleep(0.02)


def test_a_killed_node_fails_no_search(cluster: nodes.Cluster, engine: OpenSearchEngine) -> None:
    readers = Readers(engine)
    with readers.at_work():
        for number in range(KILLS):
            cluster.wait(3, "green")
            cluster.kill(number % 3)
            # Only once it is missed: before, the cluster says that it is whole, and another would be killed too.
            cluster.wait(2)
            cluster.start_node(number % 3)
        cluster.wait(3, "green")
    print(f"{KILLS} kills, {readers.answers} searches, the slowest {readers.slowest:.1f} s: {readers.failures[:5]}")
    assert readers.failures == []
    assert readers.answers > 10 * KILLS
    assert dict(engine.manifest()) == {article.id: article.digest for article in ARTICLES}


def test_a_build_goes_on_while_a_node_dies(cluster: nodes.Cluster, engine: OpenSearchEngine) -> None:
    cluster.wait(3, "green")
    more = [replace(article, id=f"more-{article.id}", digest="more") for article in ARTICLES]

    def articles() -> Iterator[object]:
        yield from more[:50]
        cluster.kill(1)
        yield from more[50:]

    engine.rebuild(articles())  # type: ignore[arg-type]
    cluster.wait(2)
    cluster.start_node(1)
    cluster.wait(3, "green")
    assert dict(engine.manifest()) == {article.id: article.digest for article in more}


def test_a_build_begins_anew_when_a_part_of_it_is_lost(
    cluster: nodes.Cluster,
    engine: OpenSearchEngine,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While an index is written, each part of it is on one node only; here that one does not come back."""
    cluster.wait(3, "green")
    monkeypatch.setattr(bulk, "ROWS", 20)  # so that it takes its time
    many = [replace(article, id=f"{n}-{article.id}", digest="many") for n in range(400) for article in blog()]
    before = cluster.ask("GET", "/faults-*/_alias")
    killed: list[int] = []

    def kill() -> None:
        while not killed:
            rows = cluster.ask("GET", "/_cat/shards/faults-*?format=json&h=index,prirep,state,docs,node")
            own = [row for row in rows if row["index"] not in before and not row["index"].endswith("-words")]
            if own and all(row["state"] == "STARTED" for row in own):
                killed.append(int(own[0]["node"].removeprefix("node-")))
                cluster.kill(killed[0])
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    engine.rebuild(many)
    killer.join()
    assert "it is written again" in caplog.text
    assert dict(engine.manifest()) == {article.id: article.digest for article in many}
    cluster.start_node(killed[0])
    cluster.wait(3, "green")


def test_a_node_that_does_not_answer_holds_nobody_past_the_deadline(
    cluster: nodes.Cluster, engine: OpenSearchEngine
) -> None:
    cluster.wait(3, "green")
    for number in range(3):
        cluster.signal(number, signal.SIGSTOP)
        try:
            for _ in range(3):
                start = time.monotonic()
                with contextlib.suppress(IndexUnreachableError):  # it has the only copy that is asked
                    assert engine.search(Query()).total == len(ARTICLES)
                assert time.monotonic() - start < DEADLINE + 1
        finally:
            cluster.signal(number, signal.SIGCONT)
        cluster.wait(3, "green")
