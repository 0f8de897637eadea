"""bm25s: scores of articles with any of the words, nothing else. Its numpy backend, as installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import bm25s
import Stemmer

from tests.benchmarks.peers.corpus import Record, Request
from tests.benchmarks.peers.measure import Answer, Search


def build(articles: Iterator[Record], folder: Path) -> None:
    """Title and body as one text: it has no fields."""
    stemmer = Stemmer.Stemmer("english")
    texts = [f"{record.title}\n{record.body}" for record in articles]
    tokens = bm25s.tokenize(texts, stopwords=None, stemmer=stemmer, show_progress=False)
    model = bm25s.BM25()
    model.index(tokens, show_progress=False)
    model.save(str(folder), show_progress=False)


def start(folder: Path, variant: str) -> Search:
    """The arrays are mapped."""
    stemmer = Stemmer.Stemmer("english")
    model = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)

    def search(request: Request) -> Answer | None:
        if request.phrase or request.prefix or request.tag or request.category:
            return None
        text = " ".join(request.words)
        words = bm25s.tokenize([text], stopwords=None, stemmer=stemmer, return_ids=False, show_progress=False)
        found = model.retrieve(words, k=10, show_progress=False, return_as="documents")
        return Answer(tuple(int(doc) for doc in found[0]), None, None, None)

    return search
