"""The query log: a year of searches, how large its file is, how long the reports take, and what noting costs a search.

python -m tests.benchmarks.queries [--searches 200000]
SEARCHAPP_CORPORA=… python -m tests.benchmarks.queries --folder keep-it-here [--articles 100000]   # with the cost
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from searchapp.config.loading import Config
from searchapp.querylog import AnswerKind, Click, Interface, Search, reports
from searchapp.querylog.entries import Entry, hour_of
from searchapp.querylog.store import FILE_NAME, Store
from searchapp.web import create_app
from tests.benchmarks.peers.corpus import make_requests
from tests.benchmarks.serving import addresses, ready

QUERIES = 40_000
"""Different ones; their frequencies follow Zipf's law."""
YEAR = 365 * 24
BATCH = 2_000
ROUNDS = 30


def made(searches: int, seed: int = 1) -> Iterator[Entry]:
    """A year of searches up to now, half of those that find something with a click."""
    chance = random.Random(seed)
    words = [
        "".join(chance.choices(("ba", "ne", "ti", "ro", "lum", "ska", "der"), k=chance.randint(2, 4)))
        for _ in range(8_000)
    ]
    texts = [" ".join(chance.choices(words, k=chance.choice((1, 1, 2, 2, 2, 3, 3, 4)))) for _ in range(QUERIES)]
    weights = [1 / (rank + 3) for rank in range(QUERIES)]
    now = hour_of(datetime.now(UTC))
    for number, query in enumerate(chance.choices(range(QUERIES), weights, k=searches)):
        hour = now - (searches - number) * YEAR // searches
        total = 0 if query % 9 == 4 else query * 7 % 300 + 1
        [interface] = chance.choices((Interface.PAGE, Interface.LIVE, Interface.WIDGET), (3, 6, 2))
        outcome = AnswerKind.ANY if query % 7 == 3 else AnswerKind.ALL
        yield Search(interface, texts[query], (("tag", "code"),) if number % 20 == 0 else (), total, outcome, hour)
        if total and query % 11 and chance.random() < 0.5:
            article = f"_posts/20{query % 20:02}-01-01-an-article-with-the-name-{query % 2_000}.md"
            yield Click(interface, texts[query], article, chance.choice((1, 1, 1, 2, 3, 5)), hour)


def year(folder: Path, searches: int) -> None:
    """Writes and reads; prints what that took."""
    entries = list(made(searches))
    began = time.process_time()
    with closing(Store(folder)) as store:
        for at in range(0, len(entries), BATCH):
            store.add(entries[at : at + BATCH])
    each = (time.process_time() - began) / len(entries) * 1e6
    size = (folder / FILE_NAME).stat().st_size / 1e6
    print(f"{searches:,} searches in a year: {size:.1f} MB, {each:.0f} µs each to write in batches")
    today = datetime.now(UTC).date()
    for weeks in (12, 52):
        began = time.process_time()
        found = reports.read(folder, today - timedelta(days=7 * weeks), today, ZoneInfo("Europe/Warsaw"))
        lists = (found.without_results, found.without_clicks, found.rising)
        took = time.process_time() - began
        print(f"report of {weeks} weeks: {took:.2f} s, {found.searches:,} searches for {len(found.queries):,} queries")
        assert all(lists)


def cost(folder: Path, articles: int) -> None:
    """Prints the CPU time of a search with and without the log, within one process, its writing thread included."""
    ready(folder, articles)
    texts = addresses(make_requests(folder / "articles.jsonl", 1_000))
    with tempfile.TemporaryDirectory(prefix="searchapp-desk-") as desk:
        clients = {
            on: create_app(Config(folder / "content", folder / "ours", desk_dir=Path(desk), query_log=on)).test_client()
            for on in (True, False)
        }
        rest = iter(texts)
        for name, asked in (("distinct", None), ("kept", texts[-100:])):
            spent: dict[bool, list[float]] = {True: [], False: []}
            for number in range(ROUNDS):
                for on in (number % 2 == 0, number % 2 == 1):
                    wanted = asked or [next(rest) for _ in range(50)]
                    began = time.process_time()
                    for address in wanted:
                        clients[on].get(address)
                    spent[on].append((time.process_time() - began) / len(wanted) * 1e6)
            median = {on: statistics.median(times) for on, times in spent.items()}
            print(f"{name} searches: {median[True]:,.0f} µs with the log, {median[False]:,.0f} µs without,", end=" ")
            print(f"{median[True] / median[False]:.3f} times")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.queries", description=__doc__)
    parser.add_argument("--searches", type=int, default=200_000, help="in the year (default 200000)")
    parser.add_argument("--folder", type=Path, help="made articles and their index are there, or kept there")
    parser.add_argument("--articles", type=int, default=100_000, help="how many to make (default 100000)")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        year(Path(folder), chosen.searches)
    if chosen.folder:
        cost(chosen.folder, chosen.articles)


if __name__ == "__main__":
    main()
