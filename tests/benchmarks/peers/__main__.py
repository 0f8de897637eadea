"""The one command. See the package."""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path

from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from tests.benchmarks.corpora import blog
from tests.benchmarks.peers import pagefind, processes
from tests.benchmarks.peers.chart import chart
from tests.benchmarks.peers.corpus import make_requests, write_articles, write_requests
from tests.benchmarks.peers.processes import Measured
from tests.benchmarks.peers.table import report, times

QUICK = 2_000
MIN_WORDS = 8


def paragraphs(content: Path) -> list[str]:
    """The paragraphs of a blog that are sentences, each once, in the order of its files."""
    site = open_site(Config(content_dir=content, index_dir=content / "none"))
    found: dict[str, None] = {}
    for outcome in convert(site, discover(site)[0], {}):
        for section in outcome.article.sections if outcome.article else ():
            found.update((text, None) for text in section.text.split("\n") if len(text.split()) >= MIN_WORDS)
    return list(found)


def prepare(content: Path, folder: Path, articles: int) -> None:
    """Writes the articles and the requests, unless the folder has them."""
    path = folder / "articles.jsonl"
    done = folder / f"articles-{articles}"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_articles(path, paragraphs(content), articles)
        write_requests(folder / "requests.json", make_requests(path))
        done.touch()


def measure_all(folder: Path, modules: Path, names: Sequence[str], keep: bool) -> list[Measured]:
    """Every peer that is asked for, ours first."""
    found: list[Measured] = []
    for contender in processes.contenders(modules):
        if contender.name == "ours" or not names or contender.name in names:
            began = time.perf_counter()
            measured = processes.measure(contender, folder, keep)
            found += measured
            print(f"… {contender.name}: {measured[0].reason or f'{time.perf_counter() - began:.0f} s'}", flush=True)
    return found


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.peers", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="how many to make (default 100000)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} articles, no Pagefind")
    parser.add_argument("--only", nargs="*", default=(), metavar="PEER", help="these peers beside ours")
    parser.add_argument("--npm", type=Path, default=Path("node_modules"), help="the node_modules folder")
    parser.add_argument("--svg", type=Path, help="where to draw the chart")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    parser.add_argument("--folder", type=Path, help="keep articles and indexes there")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    chosen = _arguments(arguments)
    articles = QUICK if chosen.quick else chosen.articles
    temporary = tempfile.TemporaryDirectory(prefix="searchapp-bench-")
    with blog("haacked") as content, nullcontext(chosen.folder) if chosen.folder else temporary as name:
        folder = Path(name)
        prepare(content, folder, articles)
        text = (folder / "articles.jsonl").stat().st_size / 1_000_000
        print(f"{articles:,} articles, {text:.0f} MB of JSON; Python {platform.python_version()}", flush=True)
        found = measure_all(folder, chosen.npm, chosen.only, keep=bool(chosen.folder))
        from tests.benchmarks.peers.corpus import read_requests

        print("\n" + report(found, read_requests(folder / "requests.json")))
        if not chosen.quick and (not chosen.only or "pagefind" in chosen.only):
            with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as scratch:
                print("\n" + pagefind.compare(content, chosen.npm, Path(scratch)))
    _save(found, articles, chosen.svg, chosen.json)


def _save(found: Sequence[Measured], articles: int, svg: Path | None, figures: Path | None) -> None:
    rows = [(measured, times(measured)) for measured in found if not measured.reason]
    if svg:
        title = f"Milliseconds a query, {articles:,} articles: top ten, total, facets; median and worst of 60"
        marked = (
            (f"{measured.label}{'*' if measured.lacks else ''}", statistics.median(ms), max(ms))
            for measured, ms in rows
        )
        svg.write_text(chart(title, sorted(marked, key=lambda row: row[1])))
    if figures:
        for measured, _ in rows:
            del measured.queries["requests"]
        figures.write_text(json.dumps([asdict(measured) for measured in found]))


if __name__ == "__main__":
    main()
