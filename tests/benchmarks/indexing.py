"""How long a build takes, how much memory, and what one edited post costs.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.indexing [blog]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from tests.benchmarks import stock
from tests.benchmarks.corpora import MEGABYTE, PeakMemory, blog

ROUNDS = 3


def run(content: Path, index: Path, memory: bool = False) -> tuple[float, dict[str, Any], PeakMemory | None]:
    """`searchapp index` as a user starts it: wall time in seconds, its report, its memory."""
    command = [
        sys.executable,
        "-m",
        "searchapp",
        "index",
        "--json",
        f"--content={content}",
        f"--index={index}",
    ]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        peak = PeakMemory(process.pid) if memory else None
        output, _ = process.communicate()
        seconds = time.perf_counter() - began
        if peak:
            peak.stop()
    if process.returncode:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}")
    return seconds, json.loads(output), peak


def edited(content: Path, index: Path) -> list[float]:
    """Seconds of runs after one post was edited, the start of Python included."""
    post = max((path for path in content.rglob("*.m*d*") if path.is_file()), key=lambda path: path.name)
    seconds = []
    for number in range(ROUNDS):
        with post.open("a", encoding="utf-8") as file:
            file.write(f"\nOne more line, number {number}.\n")
        took, report, _ = run(content, index)
        assert (report["updated"], report["added"], report["deleted"]) == (1, 0, 0), report
        seconds.append(took)
    return seconds


def against_stock(content: Path, scratch: Path) -> tuple[float, float, int]:
    """Seconds from articles in memory to a finished index: ours, stock Whoosh's; how many articles."""
    config = Config(content_dir=content, index_dir=scratch / "ours")
    site = open_site(config)
    articles = [outcome.article for outcome in convert(site, discover(site)[0], {}) if outcome.article]
    began = time.perf_counter()
    engine = open_engine(config)
    engine.rebuild(articles)
    ours = time.perf_counter() - began
    engine.close()
    began = time.perf_counter()
    stock.build(scratch / "stock", articles)
    return ours, time.perf_counter() - began, len(articles)


def main() -> None:
    """Prints all the figures."""
    name = sys.argv[1] if len(sys.argv) > 1 else "haacked"
    with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        scratch = Path(folder)
        _, report, peak = run(content, scratch / "memory", memory=True)
        assert peak is not None
        print(f"{name}: {report['articles']:,} articles, {len(report['skipped'])} skipped")
        resident, proportional = peak.resident / MEGABYTE, peak.proportional / MEGABYTE
        print(f"peak memory of all processes: {proportional:.0f} MB ({resident:.0f} MB, shared pages repeated)")
        builds = [run(content, scratch / f"full{number}")[0] for number in range(ROUNDS)]
        print(f"full build: {statistics.median(builds):.2f} s (best {min(builds):.2f} s)")
        idle = [run(content, scratch / "full0")[0] for _ in range(ROUNDS)]
        print(f"nothing changed: {statistics.median(idle):.2f} s")
        edits = edited(content, scratch / "full0")
        print(f"one edited post: {statistics.median(edits):.2f} s (best {min(edits):.2f} s)")
        ours, theirs, count = against_stock(content, scratch)
        print(f"engine alone, {count:,} articles: {ours:.2f} s; stock Whoosh {theirs:.2f} s")
        print(f"ratio: {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
