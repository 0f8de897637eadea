"""Related articles against the links that authors set: how many of an article's link targets are among its first ten.

SEARCHAPP_CORPORA=… python -m tests.benchmarks.related [blog …]      (pip install -e '.[bench]')

Truth are the links of an article to others of its own blog. What is asked for is what is like its text (title and body,
no tags) from which those links and their words are gone; the article itself does not count. recall@10 is the mean over
the articles that link, of the share of their targets that are found. The weights of `searchapp.retrieval.related` were
chosen on CHOSEN_ON; the other blogs had no say.

same tags           most tags in common, the nearest in time first; it reads the article's tags instead of its text
stock Whoosh        `Searcher.more_like` on the bodies, as it is and with as many terms as ours
TF-IDF cosine       scikit-learn's `TfidfVectorizer` over title and body, as it is and as one tunes it for English
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from lxml import html

from searchapp.config.loading import Config
from searchapp.editor.links.graph import article_links, build
from searchapp.engine import Engine, iter_articles
from searchapp.engines import open_engine
from searchapp.indexing import index
from searchapp.model import Article, Draft
from searchapp.retrieval.related import PROFILE_WORDS
from tests.benchmarks import stock
from tests.benchmarks.corpora import blog

CHOSEN_ON = "haacked"
BLOGS = (CHOSEN_ON, "rust-blog", "infeeds")
AMONG = 10

Ranking = list[str]


@dataclass(frozen=True, slots=True)
class Case:
    """An article, its text without the links to its own blog, and where these lead."""

    article: Article
    text: str
    targets: frozenset[str]


def cases(articles: Sequence[Article]) -> list[Case]:
    """The articles that link to others of the blog, in order."""
    graph = build(article_links(article) for article in articles)
    words: dict[str, set[str]] = {}
    for edge in graph.edges:
        words.setdefault(graph.nodes[edge.source].id, set()).add(edge.text)
    outbound = graph.outbound
    return [
        Case(article, _without(article, words[article.id]), frozenset(outbound[article.id]))
        for article in articles
        if article.id in words
    ]


def _without(article: Article, words: set[str]) -> str:
    body = html.fragment_fromstring(article.html, create_parent="div")
    for link in list(body.iter("a")):
        text = " ".join(link.text_content().split())
        # The graph keeps the first words of long ones.
        if any(text == known or (known.endswith("…") and text.startswith(known[:-1])) for known in words):
            link.drop_tree()
    return " ".join(body.itertext())


def text_of(article: Article) -> str:
    """Title and body."""
    return "\n".join([article.title, *(f"{section.title}\n{section.text}" for section in article.sections)])


def recall(asked: Sequence[Case], rankings: Sequence[Ranking]) -> float:
    """The mean share of the targets that are among the first AMONG."""
    shares = (
        len(case.targets.intersection([id for id in ranking if id != case.article.id][:AMONG])) / len(case.targets)
        for case, ranking in zip(asked, rankings, strict=True)
    )
    return statistics.mean(shares)


def ours(engine: Engine, asked: Sequence[Case], *, labels: bool = False) -> list[Ranking]:
    """What the engine relates to each text, with the article's tags and categories if `labels`."""
    found = []
    for case in asked:
        own = case.article
        tags, categories = (own.tags, own.categories) if labels else ((), ())
        draft = Draft(own.title, case.text, tags, categories, own.language)
        found.append([hit.id for hit in engine.related(draft, AMONG + 1)])
    return found


def same_tags(articles: Sequence[Article], asked: Sequence[Case]) -> list[Ranking]:
    """Those with most tags in common, the nearest in time first, then by id."""
    tags = {article.id: {tag.casefold() for tag in article.tags} for article in articles}
    days = {article.id: article.date.timestamp() if article.date else 0.0 for article in articles}

    def ranked(own: str) -> Iterator[tuple[int, float, str]]:
        for id, others in tags.items():
            if others & tags[own]:
                yield -len(others & tags[own]), abs(days[id] - days[own]), id

    return [[id for *_, id in sorted(ranked(case.article.id))[: AMONG + 1]] for case in asked]


def more_like(searcher: Any, asked: Sequence[Case], terms: int) -> list[Ranking]:
    """Stock Whoosh's more-like-this, by its so many key terms of each text."""
    found = []
    for case in asked:
        number = searcher.document_number(id=case.article.id)
        hits = searcher.more_like(number, "body", text=f"{case.article.title}\n{case.text}", top=AMONG, numterms=terms)
        found.append([hit["id"] for hit in hits])
    return found


def cosine(articles: Sequence[Article], asked: Sequence[Case], **settings: Any) -> list[Ranking]:
    """The cosines of scikit-learn's TF-IDF vectors."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(**settings)
    matrix = vectorizer.fit_transform([text_of(article) for article in articles])
    wanted = vectorizer.transform([f"{case.article.title}\n{case.text}" for case in asked])
    ids = [article.id for article in articles]
    rows = (np.asarray((wanted[number] @ matrix.T).todense())[0] for number in range(len(asked)))
    return [[ids[at] for at in np.argsort(-row, kind="stable")[: AMONG + 1]] for row in rows]


def measure(engine: Engine, folder: Path) -> tuple[int, Mapping[str, float], float]:
    """How many articles link, recall@10 by method, and the milliseconds that ours takes for one text."""
    articles = list(iter_articles(engine))
    asked = cases(articles)
    found: dict[str, float] = {"same tags": recall(asked, same_tags(articles, asked))}
    with stock.build(folder / "stock", articles).searcher() as searcher:
        found["stock Whoosh"] = recall(asked, more_like(searcher, asked, 5))
        found[f"stock Whoosh, {PROFILE_WORDS} terms"] = recall(asked, more_like(searcher, asked, PROFILE_WORDS))
    found["TF-IDF cosine"] = recall(asked, cosine(articles, asked))
    tuned = cosine(articles, asked, sublinear_tf=True, stop_words="english")
    found["TF-IDF cosine, tuned"] = recall(asked, tuned)
    began = time.perf_counter()
    found["searchapp"] = recall(asked, ours(engine, asked))
    took = (time.perf_counter() - began) * 1000 / len(asked)
    found["searchapp, with tags"] = recall(asked, ours(engine, asked, labels=True))
    return len(asked), found, took


def main() -> None:
    """Prints a table: a row for each method, a column for each blog."""
    columns: dict[str, Mapping[str, float]] = {}
    for name in sys.argv[1:] or BLOGS:
        with blog(name) as content, tempfile.TemporaryDirectory(prefix="searchapp-bench-") as folder:
            config = Config(content_dir=content, index_dir=Path(folder) / "index")
            engine = open_engine(config)
            index(config, engine)
            count, found, took = measure(engine, Path(folder))
            engine.close()
        columns[f"{name} ({count})"] = found
        print(f"{name}: {count} articles link, {took:.1f} ms for each", file=sys.stderr)
    show(columns, print)


def show(columns: Mapping[str, Mapping[str, float]], say: Callable[[str], object]) -> None:
    """The table as Markdown."""
    say(f"| recall@{AMONG} | {' | '.join(columns)} |")
    say("|---" * (len(columns) + 1) + "|")
    for method in next(iter(columns.values())):
        say(f"| {method} | {' | '.join(f'{found[method]:.3f}' for found in columns.values())} |")


if __name__ == "__main__":
    main()
