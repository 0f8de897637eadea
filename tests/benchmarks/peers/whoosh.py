"""Stock Whoosh with its documentation's settings; facets are counted over the set of matches, faster than its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from whoosh import index, query
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import KEYWORD, STORED, TEXT, Schema

from tests.benchmarks.peers.corpus import Record, Request
from tests.benchmarks.peers.measure import Answer, Search


def build(articles: Iterator[Record], folder: Path) -> None:
    """One commit."""
    schema = Schema(
        title=TEXT(StemmingAnalyzer(), field_boost=3.0),
        body=TEXT(StemmingAnalyzer()),
        category=KEYWORD(),
        tags=KEYWORD(),
        values=STORED(),
    )
    writer = index.create_in(str(folder), schema).writer(limitmb=256)
    for record in articles:
        writer.add_document(
            title=record.title,
            body=record.body,
            category=record.category,
            tags=" ".join(record.tags),
            values=(record.category, record.tags),
        )
    writer.commit()


def start(folder: Path, variant: str) -> Search:
    """The values of all documents are read once."""
    searcher = index.open_dir(str(folder)).searcher()
    values = [fields["values"] for fields in searcher.reader().all_stored_fields()]
    stem = StemmingAnalyzer()

    def parsed(request: Request) -> query.Query:
        if request.prefix:
            parts = [_either(query.Prefix, request.words[0])]
        else:
            terms = [token.text for token in stem(" ".join(request.words), mode="query")]
            parts = [_either(query.Phrase, terms)] if request.phrase else [_either(query.Term, term) for term in terms]
        for field, value in (("category", request.category), ("tags", request.tag)):
            if value:
                parts.append(query.ConstantScoreQuery(query.Term(field, value), 0.0))
        return query.And(parts)

    def search(request: Request) -> Answer:
        tree = parsed(request)
        top = tuple(hit.docnum for hit in searcher.search(tree, limit=10))
        categories: Counter[str] = Counter()
        tags: Counter[str] = Counter()
        total = 0
        for doc in searcher.docs_for_query(tree):
            total += 1
            category, held = values[doc]
            categories[category] += 1
            tags.update(held)
        return Answer(top, total, categories, tags)

    return search


def _either(kind: type[query.Query], value: object) -> query.Query:
    return query.Or([kind("title", value), kind("body", value)])
