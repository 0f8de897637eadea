"""What the analyzer costs and what it gets wrong: words of a real blog, and made texts in scripts without blanks.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.words_scripts [blog]
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from searchapp.analysis import fold_text
from searchapp.articles import convert, discover, open_site
from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.model import Article, Query
from searchapp.retrieval.documents import field_texts
from tests.benchmarks.corpora import MEGABYTE, blog

WORDS = 1_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def plain_scan(articles: list[Article]) -> dict[str, set[str]]:
    """Return the articles that have each word of letters, as a regular expression sees words."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for article in articles:
        texts = [text for field in field_texts(article).values() for text in field]
        for word in set(_WORD.findall(fold_text("\n".join(texts)))):
            found[re.sub("'s$|'", "", word)].add(article.id)
    return found


def measure_words(content: Path, index: Path) -> None:
    """Print the cost of a build, and the wrong matches and misses of quoted words against a plain scan."""
    config = Config(content_dir=content, index_dir=index)
    site = open_site(config)
    articles = [outcome.article for outcome in convert(site, discover(site)[0], {}) if outcome.article]
    engine = open_engine(config)
    began = time.perf_counter()
    engine.rebuild(articles)
    print(f"{len(articles):,} articles, engine alone: {time.perf_counter() - began:.2f} s")
    size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    print(f"index: {size / MEGABYTE:.2f} MB")
    scan = plain_scan(articles)
    words = random.Random(16).sample(sorted(scan), WORDS)
    wrong, missed, exact = 0, 0, 0
    worst: list[tuple[int, str, int, int]] = []
    for word in words:
        results = engine.search(Query(f'"{word}"', per_page=1, exact=True))
        total = results.total if results.mode.value == "all" else 0
        expected = len(scan[word])
        wrong += max(0, total - expected)
        missed += max(0, expected - total)
        exact += total == expected
        worst.append((abs(total - expected), word, total, expected))
    engine.close()
    print(f"{WORDS:,} quoted words: {exact:,} totals as a plain scan's, {wrong:,} too many, {missed:,} too few")
    for _, word, total, expected in sorted(worst, reverse=True)[:10]:
        if total != expected:
            print(f"    {word}: {total} for {expected}")


def main() -> None:
    """Prints all the figures."""
    with blog(sys.argv[1] if len(sys.argv) > 1 else "infeeds") as content, tempfile.TemporaryDirectory() as folder:
        measure_words(content, Path(folder) / "index")


if __name__ == "__main__":
    main()
