"""What every peer is asked to do, and the process in which it is measured.

python -m tests.benchmarks.peers.measure <peer> build|<variant> <folder>     (started by `__main__`)

`folder` has `articles.jsonl` and `requests.json`; the index goes to `<folder>/<peer>`. The result is one JSON object
on standard output. Only the standard library is imported here, before the peer is.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.benchmarks.peers.corpus import Record, Request, read_articles, read_requests

ROUNDS = 7
BUDGET = 1.0
"""Seconds after which a slow query is not repeated once more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The work: the ten best, how many match in all, and how many of them have each category and tag.

    `top` holds the peer's own document numbers or ids; None is what the peer does not tell.
    """

    top: tuple[Any, ...]
    total: int | None
    categories: Mapping[str, int] | None
    tags: Mapping[str, int] | None


Search = Callable[[Request], Answer | None]
"""Answers a request; None if the peer has no such query."""


class Peer(Protocol):
    """A module of this package that drives one engine; `processes.contenders` has its variants."""

    def build(self, articles: Iterator[Record], folder: Path) -> None:
        """Writes an index into an empty folder."""

    def start(self, folder: Path, variant: str) -> Search:
        """Opens the index."""


def memory() -> dict[str, int]:
    """Bytes: the most that was ever resident, and what is resident now and no file's."""
    status, rollup = (_proc(name) for name in ("status", "smaps_rollup"))
    return {"peak": status["VmHWM"], "anonymous": rollup["Anonymous"]}


def _proc(name: str) -> dict[str, int]:
    lines = Path(f"/proc/self/{name}").read_text().splitlines()
    split = (line.split() for line in lines)
    return {parts[0].rstrip(":"): int(parts[1]) * 1024 for parts in split if len(parts) == 3 and parts[2] == "kB"}


def timed_build(peer: Peer, articles: Path, index: Path) -> dict[str, Any]:
    """Seconds from the articles' file to a finished index, the file's parsing included, and memory."""
    index.mkdir(parents=True)
    began = time.perf_counter()
    peer.build(read_articles(articles), index)
    return {"seconds": time.perf_counter() - began, "memory": memory()}


def timed_queries(peer: Peer, variant: str, index: Path, requests: list[Request]) -> dict[str, Any]:
    """Milliseconds for opening with a first answer; for each request those of the first time and of later rounds.

    "ms" is the best of the rounds: what else the machine does falls away, for every peer alike.
    """
    began = time.perf_counter()
    search = peer.start(index, variant)
    search(requests[0])
    opened = (time.perf_counter() - began) * 1000
    found: list[dict[str, Any] | None] = []
    for request in requests:
        first, answer = _once(search, request)
        if answer is not None:
            found.append({"first": first, "answer": _plain(answer), "times": []})
        else:
            found.append(None)
    for request, entry in zip(requests, found, strict=True):
        while entry and len(entry["times"]) < ROUNDS and sum(entry["times"]) < BUDGET * 1000:
            entry["times"].append(_once(search, request)[0])
    for entry in filter(None, found):
        entry["ms"] = min(entry["times"])
    return {"opened": opened, "queries": found, "memory": memory()}


def _plain(answer: Answer) -> dict[str, Any]:
    counts = {"categories": answer.categories, "tags": answer.tags}
    plain = {key: None if values is None else dict(values) for key, values in counts.items()}
    return {"top": answer.top, "total": answer.total, **plain}


def _once(search: Search, request: Request) -> tuple[float, Answer | None]:
    began = time.perf_counter()
    answer = search(request)
    return (time.perf_counter() - began) * 1000, answer


def main() -> None:
    """Measures what the command line says."""
    name, step, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    peer: Any = importlib.import_module(f"tests.benchmarks.peers.{name}")
    if step == "build":
        result = timed_build(peer, folder / "articles.jsonl", folder / name)
    else:
        result = timed_queries(peer, step, folder / name, read_requests(folder / "requests.json"))
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
