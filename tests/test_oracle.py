"""The array path, the stock Whoosh path and the memory engine agree, on random blogs, edits and queries."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
import stock_queries
from hypothesis import example, given, settings
from hypothesis import strategies as st
from profiles import EXPENSIVE

from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.engines.whoosh.search import hit_loader
from searchapp.engines.whoosh.segments import chunks, docstore, postings, writer
from searchapp.excerpts import snippets
from searchapp.facets import BY_KEY, BY_OPERATOR, FACETS
from searchapp.model import Article, Draft, Pinned, Query, Results, Section, Sort, SynonymSet
from searchapp.retrieval import spelling
from searchapp.retrieval.ranking import Preferences

WORDS = (
    "red reds green node.js nodejs js node C++ C# c e-mail email 3.11 3 11 the of don't café cafe training trainer "
    "train 検索 検索する l'homme web site website trained trail"
).split()
MISSPELT = (
    "gren geern trianer trainig trainnig traning emial nodjs nodesj web-site websit cafee reed 検索す node-js tarin "
    "redgreen e mail traineré x"
).split()
VALUES = ["Red", "red", "C", "C#", "two words", "ŁÓDŹ"]

PAIRS = ["green website", "red café", "trail of red"]
"""Words that often stand side by side."""

PREFERENCES = Preferences(
    recency=400,
    pinned=(
        Pinned("Websites GREEN", ("c.md", "/nowhere/", "a.md")),
        Pinned("trail of red", ("h.md",)),
        Pinned("emial", ("d.md",)),
    ),
    synonyms=(
        SynonymSet(("red", "node.js", "trail of", "検索")),
        SynonymSet(("website", "café", "red café")),
        SynonymSet(("trail", "emial"), ("green website", "C++", "3.11")),
        SynonymSet(("the of", "l'homme")),
    ),
)

words = st.sampled_from(WORDS)
pieces = st.sampled_from([*WORDS, *PAIRS, *PAIRS])
gaps = st.sampled_from([" ", " ", " ", " ", "\n", "\t", ". ", " - ", "  \n", "、", "."])
text = st.lists(pieces, max_size=12).map(" ".join)
prose = st.lists(st.builds(str.__add__, pieces, gaps), max_size=50).map("".join)
values = st.lists(st.sampled_from(VALUES), max_size=3).map(tuple)
CHOSEN = [*VALUES, "2020", "2021", "FR", "en-GB"]
filters = st.tuples(st.sampled_from(list(BY_KEY)), st.sampled_from(CHOSEN))
dates = st.none() | st.sampled_from([datetime(2020 + n, 1 + n, 1, tzinfo=UTC) for n in range(4)])


@st.composite
def articles(draw: st.DrawFn) -> Article:
    id = f"{draw(st.sampled_from('abcdefgh'))}.md"
    title = draw(text) or "Untitled"
    below = st.builds(Section, text, st.sampled_from(["s", "", "tö"]), prose, st.sampled_from([1, 2, 6]))
    sections = (Section("", "", draw(prose), 0), *draw(st.lists(below, max_size=3)))
    return Article(
        id=id,
        title=title,
        date=draw(dates),
        language=draw(st.sampled_from(["en", "en", "fr"])),
        **{facet.field: draw(values) for facet in FACETS if facet.several},
        summary=draw(text),
        sections=sections[draw(st.sampled_from([0, 0, 0, 1])) :],
        code=draw(prose),
        html=draw(text),
        digest=str(draw(st.integers(0, 10**9))),
        boost=draw(st.sampled_from([1.0, 1.0, 1.0, 1.7, 0.3])),
    )


atom = st.one_of(
    words,
    st.lists(words, min_size=1, max_size=3).map(lambda found: '"' + " ".join(found) + '"'),
    words.map(lambda word: word[:3] + "*"),
    st.sampled_from(MISSPELT),
    st.sampled_from(MISSPELT),
    words.map(lambda word: f"title:{word}"),
    st.sampled_from(MISSPELT).map(lambda word: f"title:{word}"),
    st.builds('{}:"{}"'.format, st.sampled_from(list(BY_OPERATOR)), st.sampled_from(CHOSEN)),
    st.sampled_from(["after:2021", "before:2022-02", "OR", "NOT", "--", "tag:re*", "author:words"]),
)
clauses = st.lists(st.tuples(st.sampled_from(["", "", "", "-"]), atom).map("".join), max_size=5).map(" ".join)
queries = st.builds(
    Query,
    text=clauses | clauses | st.sampled_from(PAIRS),
    filters=st.lists(filters, max_size=3).map(tuple),
    after=st.none() | st.just(date(2021, 1, 1)),
    sort=st.sampled_from(Sort),
    page=st.sampled_from([1, 1, 2]),
    per_page=st.sampled_from([1, 3, 20]),
    exact=st.sampled_from([False, False, False, True]),
    explain=st.booleans(),
)
edits = st.tuples(
    st.lists(articles(), max_size=4), st.lists(st.sampled_from([f"{c}.md" for c in "abcdefgh"]), max_size=2)
)


def comparable(results: Results) -> Results:
    """Without what engines need not share: the generation's name."""
    return replace(results, generation="")


class Limits(NamedTuple):
    """Of a segment, of what is sorted at once, of stored text and of snippets: so small, few articles have many."""

    tokens: int = writer.MAX_TOKENS
    merged: int = writer.MAX_MERGED
    rows: int = postings.MAX_ROWS
    chunk: int = chunks.CHUNK
    block: int = docstore.BLOCK
    few: int = hit_loader.FEW
    window: int = snippets.WINDOW
    lead: int = snippets.LEAD
    long: int = chunks.LONG


limits = st.sampled_from(
    [
        Limits(),
        Limits(30, 1, 7, 1, 5, 0, 20, 5, 0),
        Limits(60, 100, 20, 20, 40, 3, 60, 20, 30),
        Limits(chunk=10, window=40),
    ]
)
changes = st.lists(edits, max_size=4)


def check(
    blog: list[Article], changes: list[tuple[list[Article], list[str]]], asked: list[Query], size: Limits
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "MAX_TOKENS", size.tokens)
        patch.setattr(writer, "MAX_MERGED", size.merged)
        patch.setattr(postings, "MAX_ROWS", size.rows)
        patch.setattr("searchapp.engines.whoosh.search.phrases._CHUNK", size.rows)
        patch.setattr(chunks, "CHUNK", size.chunk)
        patch.setattr(chunks, "LONG", size.long)
        patch.setattr(docstore, "BLOCK", size.block)
        patch.setattr(hit_loader, "FEW", size.few)
        patch.setattr(snippets, "WINDOW", size.window)
        patch.setattr(snippets, "LEAD", size.lead)
        patch.setattr(snippets, "SHORT_WINDOW", size.window)
        patch.setattr(snippets, "SHORT_LEAD", size.lead)
        patch.setattr(spelling, "FAR", 2)
        compare(blog, changes, asked)


def compare(blog: list[Article], changes: list[tuple[list[Article], list[str]]], asked: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        memory, arrays = MemoryEngine(PREFERENCES), WhooshEngine(Path(folder) / "index", preferences=PREFERENCES)
        stock = WhooshEngine(Path(folder) / "index", stock_queries.match, PREFERENCES)
        memory.rebuild(blog)
        arrays.rebuild(blog)
        for changed, removed in changes:
            memory.update(changed, removed)
            arrays.update(changed, removed)
        try:
            assert arrays.manifest() == memory.manifest()
            for query in asked:
                expected = memory.search(query)
                for engine in (arrays, stock):
                    found = engine.search(query)
                    assert comparable(found) == comparable(expected)
                for hit in expected.hits if query.explain else ():
                    values = [part.value for part in hit.explanation]
                    assert sum(values) == sum(reversed(values)) == hit.score
            for id in memory.manifest():
                assert arrays.article(id) == memory.article(id)
                related = [(hit.id, hit.reasons) for hit in memory.related(id)]
                assert [(hit.id, hit.reasons) for hit in arrays.related(id)] == [
                    (id, tuple(replace(r, weight=pytest.approx(r.weight)) for r in reasons)) for id, reasons in related
                ]
            assert arrays.suggest("re") == memory.suggest("re")
            assert arrays.related(Draft(text="red training", tags=("c#",))) is not None
        finally:
            arrays.close()
            stock.close()


LONG = int(os.environ.get("ORACLE_EXAMPLES", "250"))
"""Each takes up to a second, and every run has others."""


def wordless(id: str, title: str) -> Article:
    return Article(id=id, title=title, sections=(Section("", "", "", 0),), digest="0")


# Whoosh's InverseMatcher counts a deleted document that follows the last excluded one.
@example([], [([wordless("a.md", "red"), wordless("b.md", "b"), wordless("b.md", "b")], [])], [Query("-red")], Limits())
@settings(max_examples=EXPENSIVE)
@given(st.lists(articles(), max_size=10), changes, st.lists(queries, min_size=1, max_size=8), limits)
def test_engines_agree(
    blog: list[Article], changes: list[tuple[list[Article], list[str]]], asked: list[Query], size: Limits
) -> None:
    check(blog, changes, asked, size)


@pytest.mark.slow
@pytest.mark.timeout(2400)
@settings(max_examples=LONG)
@given(st.lists(articles(), max_size=14), changes, st.lists(queries, min_size=4, max_size=16), limits)
def test_engines_agree_for_long(
    blog: list[Article], changes: list[tuple[list[Article], list[str]]], asked: list[Query], size: Limits
) -> None:
    check(blog, changes, asked, size)
