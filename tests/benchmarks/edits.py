"""What one change costs among many articles: the whole command as a user starts it, and the engine's part of it.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.edits [--articles 100000] [--edits 300]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from searchapp.engines.whoosh.engine import WhooshEngine
from tests.benchmarks.corpora import blog
from tests.benchmarks.indexing import run
from tests.benchmarks.peers.__main__ import paragraphs
from tests.benchmarks.peers.corpus import Record, read_articles, write_articles

ROUNDS = 5


def write_posts(records: Path, content: Path) -> list[Path]:
    """A Markdown file for each made article, a thousand to a folder."""
    posts = []
    for number, record in enumerate(read_articles(records)):
        folder = content / f"{number // 1000:04}"
        folder.mkdir(parents=True, exist_ok=True)
        posts.append(folder / Path(record.id).name)
        posts[-1].write_text(markdown(record), encoding="utf-8")
    return posts


def markdown(record: Record) -> str:
    """The file of a made article."""
    head = f"title: {json.dumps(record.title)}\ncategories: [{record.category}]\ntags: [{', '.join(record.tags)}]"
    return f"---\n{head}\n---\n" + record.body.replace("\n", "\n\n") + "\n"


def commands(posts: Sequence[Path], content: Path, index: Path) -> None:
    """Prints the wall time of `searchapp index` after nothing, an edit, a deletion and an addition."""

    def edit() -> None:
        with posts[len(posts) // 2].open("a", encoding="utf-8") as file:
            file.write("\nOne more line.\n")

    chosen, aside = posts[len(posts) // 3], content.parent / "aside"
    changes: dict[str, Callable[[], object]] = {
        "nothing changed": lambda: None,
        "one edited": edit,
        "one deleted": lambda: chosen.rename(aside),
        "one added": lambda: aside.rename(chosen),
    }
    print(f"full build: {run(content, index)[0]:.1f} s")
    time.sleep(2.1)  # files younger than this are read again, as they may yet change within a tick of the clock
    run(content, index)
    times: dict[str, list[float]] = {name: [] for name in changes}
    for _ in range(ROUNDS):
        for name, change in changes.items():
            change()
            times[name].append(run(content, index)[0])
    for name, seconds in times.items():
        print(f"{name}: {statistics.median(seconds):.2f} s (best {min(seconds):.2f} s, worst {max(seconds):.2f} s)")


def engine_alone(index: Path, count: int, edits: int) -> None:
    """Prints how long successive updates by one article take, merges included."""
    engine = WhooshEngine(index)
    ids = random.Random(1).choices(sorted(engine.manifest()), k=edits)
    seconds = []
    for number, id in enumerate(ids):
        article = engine.article(id)
        assert article is not None
        began = time.perf_counter()
        engine.update([replace(article, title=f"{article.title} {number}", digest=str(number))], [])
        seconds.append(time.perf_counter() - began)
    engine.close()
    seconds.sort()
    print(
        f"engine alone, {edits} edits among {count:,}: median {statistics.median(seconds) * 1000:.0f} ms, "
        f"p95 {seconds[edits * 95 // 100] * 1000:.0f} ms, worst {seconds[-1] * 1000:.0f} ms"
    )


def main() -> None:
    """Prints all the figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.edits", description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--edits", type=int, default=300)
    chosen = parser.parse_args()
    with blog("haacked") as source:
        texts = paragraphs(source)
    with tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        records, content, index = (Path(folder) / name for name in ("articles.jsonl", "content", "index"))
        write_articles(records, texts, chosen.articles)
        posts = write_posts(records, content)
        commands(posts, content, index)
        engine_alone(index, chosen.articles, chosen.edits)


if __name__ == "__main__":
    main()
