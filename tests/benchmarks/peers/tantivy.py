"""Tantivy through its Python binding. A search and an aggregation are two calls there, each finding the matches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Filter, Index, Occur, Query, SchemaBuilder, SnippetGenerator, TextAnalyzerBuilder, Tokenizer

from tests.benchmarks.peers.corpus import TAGS, Record, Request
from tests.benchmarks.peers.measure import Answer, Search

_COUNTS = {
    "categories": {"terms": {"field": "category", "size": TAGS}},
    "tags": {"terms": {"field": "tags", "size": TAGS}},
}


def build(articles: Iterator[Record], folder: Path) -> None:
    """Default writer (a thread for each core), merges waited for."""
    schema = (
        SchemaBuilder()
        .add_text_field("title", stored=True, tokenizer_name="en_stem")
        .add_text_field("body", stored=True, tokenizer_name="en_stem")
        .add_text_field("category", tokenizer_name="raw", index_option="basic", fast=True)
        .add_text_field("tags", tokenizer_name="raw", index_option="basic", fast=True)
        .build()
    )
    writer = Index(schema, str(folder)).writer()
    for record in articles:
        writer.add_document(
            tantivy.Document(title=record.title, body=record.body, category=record.category, tags=list(record.tags))
        )
    writer.commit()
    writer.wait_merging_threads()


def start(folder: Path, variant: str) -> Search:
    """Query objects are made directly; nothing is parsed."""
    index = Index.open(str(folder))
    searcher, schema = index.searcher(), index.schema
    stem = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase()).filter(Filter.stemmer("english")).build()

    def matching(request: Request) -> Query:
        if request.prefix:
            parts = [_either(lambda field: Query.regex_query(schema, field, f"{request.words[0]}.*"))]
        else:
            terms = stem.analyze(" ".join(request.words))
            if request.phrase:
                parts = [_either(lambda field: Query.phrase_query(schema, field, list(terms)))]
            else:
                parts = [_either(lambda field, t=term: Query.term_query(schema, field, t)) for term in terms]
        for field, value in (("category", request.category), ("tags", request.tag)):
            if value:
                parts.append(Query.const_score_query(Query.term_query(schema, field, value, "basic"), 0.0))
        return parts[0] if len(parts) == 1 else Query.boolean_query([(Occur.Must, part) for part in parts])

    def search(request: Request) -> Answer:
        query = matching(request)
        found: Any = searcher.search(query, 10, count=True)
        counts = searcher.aggregate(query, _COUNTS)
        top: tuple[Any, ...] = tuple((address.segment_ord, address.doc) for _, address in found.hits)
        if "snippets" in variant:
            snippets = SnippetGenerator.create(searcher, query, schema, "body")
            top = tuple(snippets.snippet_from_doc(searcher.doc(address)).to_html() for _, address in found.hits)
        return Answer(top, found.count, _buckets(counts["categories"]), _buckets(counts["tags"]))

    return search


def _either(part: Any) -> Query:
    return Query.boolean_query([(Occur.Should, Query.boost_query(part("title"), 3.0)), (Occur.Should, part("body"))])


def _buckets(counts: Any) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in counts["buckets"]}
