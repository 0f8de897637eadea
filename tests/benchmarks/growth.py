"""How our engine grows from a thousand articles to a million: build, memory, size, opening, queries.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.growth [--million]
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.corpora import blog
from tests.benchmarks.peers.__main__ import paragraphs
from tests.benchmarks.peers.corpus import make_requests, write_articles, write_requests
from tests.benchmarks.peers.processes import contenders, measure
from tests.benchmarks.peers.table import MEGABYTE, aligned

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
MILLION = (300_000, 1_000_000)
HEAD = (
    "articles", "text MB", "build s", "build peak MB", "index MB", "open + first answer ms", "query MB", "own MB",
    "median ms", "p95 ms", "worst ms", "with snippets ms",
)  # fmt: skip


def row(count: int, texts: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Measures one size, in processes of its own; the texts are dealt out into `count` articles."""
    articles = folder / "articles.jsonl"
    write_articles(articles, texts, count)
    write_requests(folder / "requests.json", make_requests(articles))
    alone, whole = measure(contenders(folder)[0], folder, keep=False)
    if alone.reason:
        return (f"{count:,}", *(["-"] * (len(HEAD) - 2)), alone.reason)
    milliseconds = sorted(entry["ms"] for entry in alone.queries["queries"])
    figures = (
        articles.stat().st_size / MEGABYTE,
        alone.build["seconds"],
        alone.build["peak"] / MEGABYTE,
        alone.size / MEGABYTE,
        alone.queries["opened"],
        alone.queries["peak"] / MEGABYTE,
        alone.queries["memory"]["anonymous"] / MEGABYTE,
        statistics.median(milliseconds),
        milliseconds[len(milliseconds) * 95 // 100],
        milliseconds[-1],
        statistics.median(entry["ms"] for entry in whole.queries["queries"]),
    )
    return (f"{count:,}", *(f"{figure:.2f}" if figure < 100 else f"{figure:.0f}" for figure in figures))


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints a line for each size as it is measured, then the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.growth", description=__doc__)
    parser.add_argument("--million", action="store_true", help="go on to 1,000,000 articles")
    parser.add_argument("--sizes", type=int, nargs="+", help="these sizes instead")
    chosen = parser.parse_args(arguments)
    sizes = chosen.sizes or (SIZES + MILLION if chosen.million else SIZES)
    rows: list[tuple[str, ...]] = [HEAD]
    with blog("haacked") as content:
        texts = paragraphs(content)
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
            rows.append(row(size, texts, Path(folder)))
            print(" ".join(rows[-1]), flush=True)
    print(aligned(rows))


if __name__ == "__main__":
    main()
