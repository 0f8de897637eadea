"""Made-up queries: none is an error, none costs more than its share, and both engines understand them alike."""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fieldnotes import blog

from searchapp.engine import Engine
from searchapp.engines.reference.engine import MemoryEngine
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.model import Query, Sort
from tests.fuzz.grammar import query

QUERIES = int(os.environ.get("FUZZ_QUERIES", "8000"))
"""In CI; FUZZ_QUERIES=100000 takes ten minutes."""
COMPARED = 50
"""One of so many is asked of the naive engine, too, which takes its time."""
LONGEST = 2.0
"""Seconds of this thread. Far more than any takes, unless its cost grows faster than its length."""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with closing(WhooshEngine(tmp_path)) as engine:
        engine.rebuild(blog())
        yield engine


def ask(engine: Engine, seed: int, count: int) -> float:
    """Asks so many queries; the longest time that one took, in seconds."""
    naive = MemoryEngine()
    naive.rebuild(blog())
    chance = random.Random(seed)
    longest = 0.0
    for number in range(count):
        text = query(chance)
        asked = Query(text, sort=chance.choice(list(Sort)), page=chance.choice((1, 1, 1, 2, 50)))
        began = time.thread_time()
        found = engine.search(asked)
        longest = max(longest, time.thread_time() - began)
        assert longest < LONGEST, (seed, number, text)
        assert len(found.hits) <= found.total + found.more
        if number % COMPARED == 0:
            expected = naive.search(asked)
            assert (found.total, found.mode) == (expected.total, expected.mode), (seed, number, text)
            assert [hit.id for hit in found.hits] == [hit.id for hit in expected.hits], (seed, number, text)
            assert found.facets == expected.facets, (seed, number, text)
    return longest


def test_no_query_is_an_error(engine: Engine) -> None:
    ask(engine, 1, 1_000)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_queries(engine: Engine) -> None:
    fresh = secrets.randbits(32)
    print(f"fresh seed: {fresh}")
    longest = [ask(engine, seed, QUERIES // 2) for seed in (2, fresh)]
    print(f"{QUERIES} queries, the longest {max(longest) * 1000:.0f} ms")
