"""What the real server does under load: distinct searches, kept answers, 304s; its start and its workers' memory.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.serving [--articles 100000] [--folder keep-it-here] [--rounds 3]

`searchapp serve --workers 2` over made articles, loaded over 16 connections from the same machine: the client takes
its share of the same cores. The ceiling is an application that only says hello, under the same web server.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import IndexUnusableError
from searchapp.serving import THREADS
from tests.benchmarks.corpora import blog
from tests.benchmarks.load import CONNECTIONS, Load, client, load
from tests.benchmarks.peers import ours
from tests.benchmarks.peers.__main__ import prepare
from tests.benchmarks.peers.corpus import Request, make_requests, read_articles
from tests.benchmarks.peers.table import aligned

PER_KIND = 6_000
ALONE = 300
"""Queries that the engine is asked without a server."""
KEPT = 100
"""Addresses that are asked over and over."""
SEARCH = "/api/search?q=blog"
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """Loads in rounds; what starting took; bytes of each worker's own memory; CPU milliseconds of the workers."""

    first: float
    uncached: list[Load]
    kept: list[Load]
    confirmed: list[Load]
    hello: list[Load]
    own: list[int]
    cpu: float
    engine: float


def hello(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """The least that an application can do."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"hello"]


class Server:
    """A gunicorn master and its workers, `searchapp serve` or another application."""

    def __init__(self, command: Sequence[str], workers: int) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHAPP_")}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
        self.url = self._announced() if "searchapp" in command else ""
        self._count = workers

    def _announced(self) -> str:
        """The address in the JSON document that `serve` prints when it listens."""
        assert self.process.stdout is not None
        lines: list[str] = []
        while "}" not in (lines or [""])[-1]:
            lines.append(self.process.stdout.readline() or "}")
        return str(json.loads("".join(lines))["url"])

    def workers(self) -> list[int]:
        """The processes that answer, once all are there."""
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        while len(found := [int(pid) for pid in path.read_text().split()]) < self._count:
            time.sleep(0.02)
        return found

    def cpu(self) -> float:
        """Seconds that the workers have computed."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.workers()]
        return sum(int(each[11]) + int(each[12]) for each in fields) / TICK

    def own(self) -> list[int]:
        """Bytes of each worker that it shares with nobody."""
        return [_private(pid) for pid in self.workers()]

    def close(self) -> None:
        """Ends it."""
        self.process.terminate()
        self.process.communicate()


def _private(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_"))


def _get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=60) as response:
        response.read()
        return response.headers.get("ETag") or ""


@contextmanager
def _hello(port: int, workers: int) -> Iterator[Server]:
    bare = ["-k", "gthread", "-w", str(workers), "--threads", str(THREADS), "--log-level", "critical"]
    command = [sys.executable, "-m", "gunicorn", *bare, "-b", f"127.0.0.1:{port}", "tests.benchmarks.serving:hello"]
    with closing(Server(command, workers)) as server:
        server.url = f"http://127.0.0.1:{port}"
        while True:
            try:
                _get(server.url)
            except OSError:
                time.sleep(0.05)
            else:
                break
        yield server


def addresses(requests: Sequence[Request]) -> list[str]:
    """Addresses of the API, each once, of all kinds in turn; the same ones on every run."""
    texts: dict[str, None] = {}
    for request in requests:
        filters = {"category": request.category, "tag": request.tag}
        pairs = {"q": request.text, **{name: value for name, value in filters.items() if value}}
        texts[f"/api/search?{urlencode(pairs)}"] = None
    found = list(texts)
    random.Random(5).shuffle(found)
    return found


def ready(folder: Path, articles: int) -> None:
    """Articles in a folder, and an index of them that this version reads, unless they are there."""
    if not (folder / f"articles-{articles}").exists():
        with blog("haacked") as content:
            prepare(content, folder, articles)
    with closing(WhooshEngine(folder / "ours")) as engine:
        try:
            engine.status()
        except IndexUnusableError:
            ours.build(read_articles(folder / "articles.jsonl"), folder / "ours")


def measure(folder: Path, rounds: int, seconds: float, workers: int, per_kind: int = PER_KIND) -> Figures:
    """All the figures over the articles and the index of a folder."""
    requests = make_requests(folder / "articles.jsonl", per_kind)
    all_of_them, some = folder / "addresses.txt", folder / "kept.txt"
    texts = addresses(requests)
    all_of_them.write_text("\n".join(texts))
    some.write_text("\n".join(texts[-KEPT:]))
    where = [f"--content={folder / 'content'}", f"--index={folder / 'ours'}", "--port=0", f"--workers={workers}"]
    began = time.perf_counter()
    with closing(Server([sys.executable, "-m", "searchapp", "serve", "--json", *where], workers)) as server:
        tag = _get(server.url + SEARCH)
        first = time.perf_counter() - began
        load(server.url, all_of_them, 0, 1)  # every worker opens the index
        asked, before, uncached = len(texts) // 10, server.cpu(), []
        for _ in range(rounds):
            uncached.append(load(server.url, all_of_them, asked, seconds))
            asked += uncached[-1].requests
        cpu = (server.cpu() - before) * 1000 / sum(each.requests for each in uncached)
        if asked > len(texts):
            print(f"… only {len(texts):,} distinct queries; the last ones came twice")
        kept = [load(server.url, some, 0, seconds) for _ in range(rounds)]
        (folder / "one.txt").write_text(SEARCH)
        confirmed = [load(server.url, folder / "one.txt", 0, seconds, tag) for _ in range(rounds)]
        own = server.own()
        port = int(server.url.rpartition(":")[2])
    with _hello(port, workers) as bare:
        said = [load(bare.url, folder / "one.txt", 0, seconds) for _ in range(rounds)]
    return Figures(first, uncached, kept, confirmed, said, own, cpu, _engine(folder, requests))


def _engine(folder: Path, requests: Sequence[Request]) -> float:
    """CPU milliseconds of one search without a server, after some to warm up."""
    chosen = random.Random(6).sample(requests, min(len(requests), 2 * ALONE))
    with closing(WhooshEngine(folder / "ours")) as engine:
        for request in chosen[: len(chosen) // 2]:
            engine.search(ours.query(request))
        began = time.process_time()
        for request in chosen[len(chosen) // 2 :]:
            engine.search(ours.query(request))
        return (time.process_time() - began) * 1000 / (len(chosen) - len(chosen) // 2)


def report(found: Figures) -> str:
    """The figures as text."""
    ceiling = statistics.median(each.rate for each in found.hello)
    rows = [("", "requests/s", "best", "p50 ms", "p99 ms", "best", "worst ms", "of hello's", "errors")]
    loads = {
        "distinct searches, not kept": found.uncached,
        f"{KEPT} searches over and over": found.kept,
        "304": found.confirmed,
        "hello under the same web server": found.hello,
    }
    for name, rounds in loads.items():
        rate = statistics.median(each.rate for each in rounds)
        rows.append(
            (
                name,
                f"{rate:,.0f}",
                f"{max(each.rate for each in rounds):,.0f}",
                f"{statistics.median(each.p50 for each in rounds):.1f}",
                f"{statistics.median(each.p99 for each in rounds):.1f}",
                f"{min(each.p99 for each in rounds):.1f}",
                f"{max(each.worst for each in rounds):.0f}",
                f"{rate / ceiling:.2f}",
                str(sum(each.errors for each in rounds)),
            )
        )
    return "\n".join(
        (
            aligned(rows),
            f"CPU of a search in the workers: {found.cpu:.2f} ms, of which the engine {found.engine:.2f} ms",
            f"first answer after start: {found.first:.2f} s",
            f"a worker's own memory: {', '.join(f'{size / 1_000_000:.0f} MB' for size in found.own)}",
        )
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.serving", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="how many to make (default 100000)")
    parser.add_argument("--folder", type=Path, help="keep articles and the index there")
    parser.add_argument("--rounds", type=int, default=3, help="of each load; the table has medians and bests")
    parser.add_argument("--seconds", type=float, default=4, help="of each load")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args(arguments)
    temporary = tempfile.TemporaryDirectory(prefix="searchapp-bench-")
    with nullcontext(chosen.folder) if chosen.folder else temporary as name:
        folder = Path(name)
        ready(folder, chosen.articles)
        print(f"{chosen.articles:,} articles, {chosen.workers} workers, {CONNECTIONS} connections by {client()},")
        print(f"which shares the {os.cpu_count()} cores with the server", flush=True)
        print(report(measure(folder, chosen.rounds, chosen.seconds, chosen.workers)))


if __name__ == "__main__":
    main()
