"""Xapian through Debian's Python binding; runs in the system's Python. Tags are counted in one slot for each place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import xapian

from tests.benchmarks.peers.corpus import Record, Request
from tests.benchmarks.peers.measure import Answer, Search

SLOTS = 6
"""The category, then at most five tags: its counting takes one value a slot."""


def build(articles: Iterator[Record], folder: Path) -> None:
    """Stemmed terms with positions, title words counted three times; one commit."""
    database = xapian.WritableDatabase(str(folder / "db"), xapian.DB_CREATE)
    generator = xapian.TermGenerator()
    generator.set_stemmer(xapian.Stem("english"))
    generator.set_stemming_strategy(xapian.TermGenerator.STEM_ALL)
    for record in articles:
        document = xapian.Document()
        generator.set_document(document)
        generator.index_text(record.title, 3)
        generator.increase_termpos()
        generator.index_text(record.body)
        document.add_boolean_term(f"XC{record.category}")
        document.add_value(0, record.category)
        for slot, tag in enumerate(record.tags, 1):
            document.add_boolean_term(f"XT{tag}")
            document.add_value(slot, tag)
        database.add_document(document)
    database.commit()
    database.close()


def start(folder: Path, variant: str) -> Search:
    """All matches are looked at, so that total and counts are exact."""
    database = xapian.Database(str(folder / "db"))
    stem = xapian.Stem("english")

    def matching(request: Request) -> xapian.Query:
        if request.prefix:
            query = xapian.Query(xapian.Query.OP_WILDCARD, request.words[0], 0, xapian.Query.WILDCARD_LIMIT_ERROR)
        else:
            kind = xapian.Query.OP_PHRASE if request.phrase else xapian.Query.OP_AND
            query = xapian.Query(kind, [stem(word).decode() for word in request.words])
        for prefix, value in (("XC", request.category), ("XT", request.tag)):
            if value:
                query = xapian.Query(xapian.Query.OP_FILTER, query, xapian.Query(prefix + value))
        return query

    def search(request: Request) -> Answer:
        enquire = xapian.Enquire(database)
        enquire.set_query(matching(request))
        spies = [xapian.ValueCountMatchSpy(slot) for slot in range(SLOTS)]
        for spy in spies:
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, 10, database.get_doccount())
        top = tuple(match.docid for match in found)
        counts = [{item.term.decode(): item.termfreq for item in spy.values()} for spy in spies]
        tags: Counter[str] = Counter()
        for count in counts[1:]:
            tags.update(count)
        return Answer(top, found.get_matches_estimated(), _known(counts[0]), _known(tags))

    return search


def _known(counts: dict[str, int]) -> dict[str, int]:
    return {value: count for value, count in counts.items() if value}
