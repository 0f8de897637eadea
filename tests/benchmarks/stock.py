"""The peer: stock Whoosh as its documentation has it, over the same articles."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from whoosh import index as whoosh_index
from whoosh.analysis import StemmingAnalyzer
from whoosh.fields import ID, KEYWORD, TEXT, Schema
from whoosh.qparser import MultifieldParser

from searchapp.model import Article


def build(folder: Path, articles: Iterable[Article]) -> Any:
    """An index of title, body and tags in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    schema = Schema(
        id=ID(stored=True, unique=True),
        title=TEXT(StemmingAnalyzer(), stored=True, field_boost=2.0),
        body=TEXT(StemmingAnalyzer(), stored=True),
        tags=KEYWORD(stored=True, commas=True, lowercase=True),
    )
    stock = whoosh_index.create_in(str(folder), schema)
    writer = stock.writer()
    for article in articles:
        writer.add_document(
            id=article.id,
            title=article.title,
            body="\n".join(f"{section.title}\n{section.text}" for section in article.sections),
            tags=",".join(article.tags),
        )
    writer.commit()
    return stock


def search(searcher: Any, schema: Any, text: str) -> int:
    """Counts what matches and reads the first ten hits' stored fields with highlighted bodies."""
    query = MultifieldParser(["title", "body"], schema).parse(text)
    results = searcher.search(query, limit=10, groupedby="tags")
    for hit in results:
        hit.highlights("body")
    results.groups("tags")
    return len(results)
