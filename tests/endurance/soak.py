"""Mixed load with a new generation every ten seconds: what must not grow does not.

python -m tests.endurance.soak [--minutes 30]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.endurance.server import Server, ask, index, write_blog

CLIENTS = 4
EVERY = 10.0
"""Seconds from one new generation to the next."""
PAUSE = 0.02
"""Seconds that a client thinks between two requests: the machine is to be busy, not full."""
WARM = 1 / 3
"""Of the time, before which what grows is memory that is being filled."""
ARTICLES = 60

GOOD = (
    "/",
    "/?q=common+words",
    "/search?q=article&tag=n1",
    "/api/search?q={word}",
    "/api/search?q=%22common+words%22&sort=newest",
    "/api/search?q=a*&page=2",
    "/api/search?q=wrods+aticle",
    "/api/suggest?q={word}",
    "/articles/p{number}.md",
    "/api/articles/p{number}.md",
    "/api/articles/p{number}.md/related",
    "/feed.atom?q=common",
    "/healthz",
    "/api/openapi.json",
)
BAD = ("/nothing/here", "/api/search?page=0", "/articles/none.md", "/api/search?after=tomorrow")


@dataclass(frozen=True, slots=True)
class Sample:
    """At so many seconds: bytes and open files of the server, generations on disk."""

    at: float
    memory: int
    descriptors: int
    generations: int


@dataclass(slots=True)
class Soak:
    """What was seen."""

    requests: int = 0
    swaps: int = 0
    failures: list[str] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)

    @property
    def settled(self) -> list[Sample]:
        """The samples after warming up."""
        return [each for each in self.samples if each.at >= self.samples[-1].at * WARM]

    def slope(self) -> float:
        """By how much of itself the memory grows in an hour, by least squares."""
        fit = statistics.linear_regression([each.at for each in self.settled], [each.memory for each in self.settled])
        return fit.slope * 3600 / statistics.mean(each.memory for each in self.settled)

    def growth(self) -> float:
        """How much more the last quarter has at the median than the first one after warming up, in bytes."""
        quarter = max(len(self.settled) // 4, 1)
        first, last = self.settled[:quarter], self.settled[-quarter:]
        return statistics.median(e.memory for e in last) - statistics.median(e.memory for e in first)

    def __str__(self) -> str:
        memory = [each.memory / 1e6 for each in self.settled]
        descriptors = [each.descriptors for each in self.settled]
        return (
            f"{self.samples[-1].at:.0f} s, {self.requests} requests, {self.swaps} generations, "
            f"{len(self.failures)} failures; memory {memory[0]:.1f} → {memory[-1]:.1f} MB "
            f"(at most {max(memory):.1f}, growth {self.growth() / 1e6:+.1f}), open files {min(descriptors)} to "
            f"{max(descriptors)}, at most {max(each.generations for each in self.samples)} generations on disk"
        )


def soak(folder: Path, seconds: float) -> Soak:
    """Loads a server in a folder for so long."""
    seen = Soak()
    over = threading.Event()
    write_blog(folder, 0, ARTICLES)
    with closing(Server(folder)) as server:
        threads = [threading.Thread(target=_read, args=(server, over, seen, number)) for number in range(CLIENTS)]
        threads.append(threading.Thread(target=_swap, args=(folder, over, seen)))
        for thread in threads:
            thread.start()
        began = time.monotonic()
        while (at := time.monotonic() - began) < seconds:
            seen.samples.append(Sample(at, server.memory(), server.descriptors(), server.generations()))
            over.wait(1)
        over.set()
        for thread in threads:
            thread.join()
        if "Traceback" in server.log.read_text():
            seen.failures.append(server.log.read_text()[-2000:])
    return seen


def _read(server: Server, over: threading.Event, seen: Soak, number: int) -> None:
    chance = random.Random(number)
    words = ("common", "words", "article", "version", "commmon", "nothing", "wörds", "v1", "c++")
    with server.connection() as connection:
        while not over.wait(PAUSE):
            if chance.random() < 0.1:
                address, expected, body = chance.choice(BAD), {400, 404}, None
            elif chance.random() < 0.1:
                address, expected = "/api/related", {200}
                body = {"title": chance.choice(words), "text": " ".join(chance.choices(words, k=40))}
            else:
                address = chance.choice(GOOD).format(
                    word=quote(chance.choice(words)), number=chance.randrange(ARTICLES)
                )
                expected, body = {200}, None
            try:
                status, text = ask(connection, address, body)
                if status not in expected:
                    seen.failures.append(f"{address}: {status} {text[:200]!r}")
            except OSError as error:
                seen.failures.append(f"{address}: {error!r}")
            seen.requests += 1


def _swap(folder: Path, over: threading.Event, seen: Soak) -> None:
    while not over.wait(EVERY):
        seen.swaps += 1
        write_blog(folder, seen.swaps, ARTICLES)
        result = index(folder, *(["--rebuild"] if seen.swaps % 5 == 0 else []))
        if result.returncode:
            seen.failures.append(f"index: {result.returncode} {result.stderr}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Loads, and prints what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.endurance.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="searchapp-soak-") as folder:
        seen = soak(Path(folder), chosen.minutes * 60)
    print(seen)
    for failure in seen.failures[:10]:
        print(failure)


if __name__ == "__main__":
    main()
