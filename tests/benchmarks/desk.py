"""The desk's reports over many articles: near-duplicates, tags, the link graph; each as a whole command.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.desk [--articles 100000]

The articles are a blog's paragraphs dealt out anew. One in a hundred has a copy in which one word of twenty is another:
of these pairs it says how many are found. Each article links to two others, one in ten of them to none that is there.
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
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from tests.benchmarks.corpora import MEGABYTE, PeakMemory, blog
from tests.benchmarks.edits import markdown
from tests.benchmarks.indexing import run
from tests.benchmarks.peers.__main__ import paragraphs
from tests.benchmarks.peers.corpus import Record, read_articles, write_articles

COPIED = 100
"""One article in so many has a near-duplicate."""
CHANGED = 20
"""One word in so many differs in it."""
REPORTS = ("duplicates", "tags", "orphans")


def write_blog(records: Path, content: Path) -> list[tuple[str, str]]:
    """A file for each record, and the copies; gives the ids of each pair."""
    chance = random.Random(11)
    originals = list(read_articles(records))
    pairs = []
    for number, record in enumerate(originals):
        home = _write(content, number, record, _links(chance, len(originals)))
        if number % COPIED == 0:
            copy = replace(record, id=f"copy-{record.id}", title=f"{record.title} again", body=_altered(record, chance))
            pairs.append((home, _write(content, number, copy, "")))
    return pairs


def _write(content: Path, number: int, record: Record, links: str) -> str:
    folder = content / f"{number // 1000:04}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{number:06}{'-copy' if record.id.startswith('copy-') else ''}.md"
    head = f"---\npermalink: /{path.stem}/\n"
    path.write_text(head + markdown(record).removeprefix("---\n") + links, encoding="utf-8")
    return path.relative_to(content).as_posix()


def _links(chance: random.Random, count: int) -> str:
    there, perhaps = chance.randrange(count), chance.randrange(count * 11 // 10)
    return f"\nSee [this](/{there:06}/) and [that](/{perhaps:06}/).\n"


def _altered(record: Record, chance: random.Random) -> str:
    words = record.body.split(" ")
    for at in range(chance.randrange(CHANGED), len(words), CHANGED):
        words[at] = f"changed{at}"
    return " ".join(words)


def report(name: str, content: Path, index: Path) -> Any:
    """What a command prints; says how long it took and how much memory."""
    command = [sys.executable, "-m", "searchapp", name, "--json", f"--content={content}", f"--index={index}"]
    began, worked = time.perf_counter(), os.times()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        peak = PeakMemory(process.pid)
        output, _ = process.communicate()
        seconds = time.perf_counter() - began
        peak.stop()
    now = os.times()
    computing = now.children_user + now.children_system - worked.children_user - worked.children_system
    if process.returncode not in {0, 1}:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    print(f"{name}: {seconds:.1f} s ({computing:.1f} s of computing), {peak.proportional / MEGABYTE:.0f} MB")
    return json.loads(output)


def found_of(pairs: list[tuple[str, str]], duplicates: dict[str, Any]) -> float:
    """The share of the pairs that stand in one group."""
    together = {
        frozenset(two)
        for group in duplicates["groups"]
        for two in combinations([article["id"] for article in group["articles"]], 2)
    }
    return statistics.fmean(frozenset(pair) in together for pair in pairs)


def main() -> None:
    """Prints all the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.desk", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    chosen = parser.parse_args()
    with blog("haacked") as source:
        texts = paragraphs(source)
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        records, content, index = (Path(folder) / name for name in ("articles.jsonl", "content", "index"))
        write_articles(records, texts, chosen.articles)
        pairs = write_blog(records, content)
        print(f"{run(content, index)[1]['articles']:,} articles, {len(pairs):,} pairs of near-duplicates")
        reports = {name: report(name, content, index) for name in REPORTS}
    print(f"pairs found: {found_of(pairs, reports['duplicates']):.1%}; links: {reports['orphans']['links']:,}")


if __name__ == "__main__":
    main()
