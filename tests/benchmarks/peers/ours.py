"""Our engine: its executor alone (the work that the peers do), and the whole of `search` with snippets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from searchapp.engines import pipeline
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.model import Article, FacetValue, Query, Section
from tests.benchmarks.peers.corpus import Record, Request
from tests.benchmarks.peers.measure import Answer, Search

_FIRST_DAY = datetime(2004, 1, 1, tzinfo=UTC)


def article(record: Record) -> Article:
    """A made article as our engine is given it."""
    return Article(
        id=record.id,
        title=record.title,
        permalink=f"/{record.id[:-3]}/",
        date=_FIRST_DAY + timedelta(days=record.day),
        categories=(record.category,),
        tags=record.tags,
        sections=(Section("", "", record.body, 0),),
        digest=record.id,
    )


def build(articles: Iterator[Record], folder: Path) -> None:
    """A generation in `folder`, checksums and syncing included."""
    engine = WhooshEngine(folder)
    engine.rebuild(map(article, articles))
    engine.close()


def query(request: Request) -> Query:
    """The request as our engine is asked it."""
    chosen = (("category", request.category), ("tag", request.tag))
    return Query(request.text, filters=tuple((key, value) for key, value in chosen if value))


def start(folder: Path, variant: str) -> Search:
    """Facets of authors and years are counted too; those of the filtered facet as if it were not filtered."""
    engine = WhooshEngine(folder)

    def whole(request: Request) -> Answer:
        found = engine.search(query(request))
        top = tuple(hit.id for hit in found.hits)
        return Answer(top, found.total, _counts(found.facets["category"]), _counts(found.facets["tag"]))

    def alone(request: Request) -> Answer:
        with engine._opened() as searcher:
            found = searcher.rank(pipeline.resolve_and_pin(query(request), searcher))
        top = tuple(doc for doc, _ in found.page)
        return Answer(top, found.total, _counts(found.facets["category"]), _counts(found.facets["tag"]))

    return whole if "snippets" in variant else alone


def _counts(values: tuple[FacetValue, ...]) -> dict[str, int]:
    return {value.value: value.count for value in values}
