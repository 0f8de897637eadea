"""The embedded engine and one on a cluster beside each other, HTTP to HTTP: build, latency, throughput, memory.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.cluster [--articles 10000] [--folder keep-it-here] [--nodes 1]

`searchapp serve --workers 2` over made articles, with each engine in turn: first one request after the other, then over
16 connections. The cluster's nodes, the server and the client share the cores of this one machine: what is measured is
what a search costs, not what several machines can do. More than one node costs more here, and shows no more. Errors are
wrk's too: it waits two seconds for an answer.
"""

from __future__ import annotations

import argparse
import http.client
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from searchapp.engine import Engine
from searchapp.engines.opensearch.engine import Access, OpenSearchEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.model import Article
from tests import nodes
from tests.benchmarks.corpora import PeakMemory, blog
from tests.benchmarks.load import CONNECTIONS, Load, client, load
from tests.benchmarks.peers import ours
from tests.benchmarks.peers.__main__ import prepare
from tests.benchmarks.peers.corpus import make_requests, read_articles
from tests.benchmarks.peers.table import aligned
from tests.benchmarks.serving import Server, addresses

WARM = 1_000
WARM_SECONDS = 20
"""Requests one after the other, then seconds of load, before anything is timed: a server in Java is slow until it has
compiled what it does often. All ask for other things, as answers are kept."""
SINGLE = 300
"""Requests one after the other."""
WORKERS = 2
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Figures:
    """Of an engine: seconds of the build and of one article's update; bytes; milliseconds; loads.

    `indexer` is the most memory during the build, `memory` that of the workers after the load; both with the nodes.
    """

    name: str
    build: float
    update: float
    size: int
    indexer: int
    alone: tuple[float, float]
    busy: Load
    memory: int


def measure(name: str, folder: Path, make: Callable[[], Engine], config: str, seconds: float, own: set[int]) -> Figures:
    """Builds with an engine, then serves from it. `own` are processes that only this engine needs."""
    with closing(make()) as engine:
        peak = PeakMemory(os.getpid())
        began = time.perf_counter()
        engine.rebuild(_articles(folder))
        build = time.perf_counter() - began
        peak.stop()
        first = next(_articles(folder))
        began = time.perf_counter()
        engine.update([first], [])
        update = time.perf_counter() - began
        size = engine.status().size
        print(f"{name}: built in {build:.1f} s, one edit {update:.2f} s", flush=True)
    file = folder / f"{name}.toml"
    file.write_text(config)
    texts = addresses(make_requests(folder / "articles.jsonl", 2_000))
    listed = folder / "addresses.txt"
    listed.write_text("\n".join(texts[WARM + SINGLE :]))
    where = [f"--config={file}", f"--content={folder / 'content'}", f"--index={folder / 'ours'}", "--port=0"]
    command = [sys.executable, "-m", "searchapp", "serve", "--json", f"--workers={WORKERS}", *where]
    with closing(Server(command, WORKERS)) as server:
        _times(server.url, texts[:WARM], strict=False)
        load(server.url, listed, 0, WARM_SECONDS)
        taken = sorted(_times(server.url, texts[WARM : WARM + SINGLE]))
        busy = load(server.url, listed, (len(texts) - WARM - SINGLE) // 2, seconds)
        memory = sum(map(_proportional, {*server.workers(), *own}))
    alone = statistics.median(taken), taken[len(taken) * 99 // 100]
    found = Figures(name, build, update, size, peak.proportional, alone, busy, memory)
    print(found, flush=True)
    return found


def _articles(folder: Path) -> Iterator[Article]:
    return map(ours.article, read_articles(folder / "articles.jsonl"))


def _times(url: str, texts: Sequence[str], *, strict: bool = True) -> list[float]:
    """Milliseconds of each address, over one connection; none may fail unless not `strict`."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    found = []
    for text in texts:
        began = time.perf_counter()
        connection.request("GET", text)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200 or not strict, text
        found.append((time.perf_counter() - began) * 1000)
    connection.close()
    return found


def _proportional(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def report(found: Sequence[Figures]) -> str:
    """The figures as text."""
    head = ("", "build s", "MB", "one edit s", "index MB", "p50 ms", "p99 ms", "requests/s", "p99 ms", "errors", "MB")
    rows = (
        (
            each.name,
            f"{each.build:.1f}",
            f"{each.indexer / MEGABYTE:.0f}",
            f"{each.update:.2f}",
            f"{each.size / MEGABYTE:.0f}",
            f"{each.alone[0]:.1f}",
            f"{each.alone[1]:.1f}",
            f"{each.busy.rate:.0f}",
            f"{each.busy.p99:.0f}",
            str(each.busy.errors),
            f"{each.memory / MEGABYTE:.0f}",
        )
        for each in found
    )
    return aligned([head, *rows])


def compare(folder: Path, size: int, seconds: float, heap: str) -> list[Figures]:
    """Both engines over the articles of a folder, on a cluster of so many nodes with so much heap each."""
    with nodes.cluster(size, (f"-Xms{heap}", f"-Xmx{heap}")) as running:
        hosts = tuple(running.addresses)
        config = f'engine = "opensearch"\nopensearch_hosts = {list(hosts)}\nopensearch_prefix = "bench"\n'
        own = {process.pid for process in running.processes}

        def make() -> Engine:
            return OpenSearchEngine(Access(hosts), "bench", size)

        clustered = measure("opensearch", folder, make, config, seconds, own)
    return [measure("whoosh", folder, lambda: WhooshEngine(folder / "ours"), "", seconds, set()), clustered]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.cluster", description=__doc__)
    parser.add_argument("--articles", type=int, default=10_000, help="how many to make (default 10000)")
    parser.add_argument("--folder", type=Path, help="keep articles and the embedded index there")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--heap", default="1g", help="of each node (default 1g)")
    parser.add_argument("--seconds", type=float, default=10, help="of the load")
    chosen = parser.parse_args(arguments)
    if lacking := nodes.missing():
        print(f"skipped: {lacking}")
        return
    temporary = tempfile.TemporaryDirectory(prefix="searchapp-bench-")
    with nullcontext(chosen.folder) if chosen.folder else temporary as name:
        folder = Path(name)
        if not (folder / f"articles-{chosen.articles}").exists():
            with blog("haacked") as content:
                prepare(content, folder, chosen.articles)
        print(
            f"{chosen.articles:,} articles, nodes: {chosen.nodes}, {WORKERS} workers, {os.cpu_count()} cores for all;"
        )
        print(f"one request at a time, then {CONNECTIONS} connections by {client()}", flush=True)
        print(report(compare(folder, chosen.nodes, chosen.seconds, chosen.heap)))


if __name__ == "__main__":
    main()
