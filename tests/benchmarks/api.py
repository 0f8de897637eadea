"""How long `/api/search` takes with facets, over a real blog and queries made of its own titles and words.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.api [blog]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from searchapp.config.loading import Config
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Article, Query
from searchapp.web import create_app
from tests.benchmarks import stock
from tests.benchmarks.corpora import blog

QUERIES = 200


def queries(titles: list[str]) -> list[str]:
    """One to three words as readers type them; the same ones on every run."""
    chance = random.Random(2)
    found = []
    while len(found) < QUERIES:
        words = [word for word in chance.choice(titles).split() if word.isalpha() and len(word) > 2]
        if words:
            found.append(" ".join(chance.sample(words, min(len(words), chance.randint(1, 3)))))
    return found


def times(call: Callable[[str], object], texts: list[str]) -> list[float]:
    """Milliseconds of each call, after a warm-up."""
    for text in texts[:10]:
        call(text)
    found = []
    for text in texts:
        began = time.perf_counter()
        call(text)
        found.append((time.perf_counter() - began) * 1000)
    return found


def show(label: str, found: list[float]) -> None:
    """Median and tail of a list of milliseconds."""
    tail = statistics.quantiles(found, n=20)[-1]
    print(f"{label}: median {statistics.median(found):.1f} ms, 95 % below {tail:.1f} ms")


def main() -> None:
    """Prints all the figures."""
    name = sys.argv[1] if len(sys.argv) > 1 else "haacked"
    with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
        config = Config(content_dir=content, index_dir=Path(folder) / "index")
        engine = open_engine(config)
        print(f"{name}: {index(config, engine).articles:,} articles, {QUERIES} queries")
        articles: list[Article] = [found for id in engine.manifest() if (found := engine.article(id))]
        texts = queries([article.title for article in articles])
        client = create_app(config, engine).test_client()

        def api(text: str) -> None:
            response = client.get("/api/search", query_string={"q": text})
            assert response.status_code == 200
            assert response.get_json()["facets"]

        ours = times(api, texts)
        show("/api/search with facets", ours)
        show("engine alone", times(lambda text: engine.search(Query(text)), texts))
        whoosh = stock.build(Path(folder) / "stock", articles)
        with whoosh.searcher() as searcher:
            theirs = times(lambda text: stock.search(searcher, whoosh.schema, text), texts)
        show("stock Whoosh, one facet, top ten not exact", theirs)
        print(f"ratio of the medians: {statistics.median(ours) / statistics.median(theirs):.2f}")


if __name__ == "__main__":
    main()
