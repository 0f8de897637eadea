"""The operations on arrays against the same said with sets, lists and sorting."""

from __future__ import annotations

import tempfile
from bisect import bisect_left
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.whoosh.search.docsets import DocSet, both, either, first, rows, smallest
from searchapp.engines.whoosh.segments.segment import FieldPostings, PostingsFile, SegmentPostings, write
from searchapp.retrieval.documents import TEXT_FIELDS

DOCUMENTS = 300
some = st.sets(st.integers(0, DOCUMENTS - 1), max_size=20)
many = st.sets(st.integers(0, DOCUMENTS - 1), min_size=100)


@st.composite
def lists(draw: st.DrawFn) -> DocSet:
    docs = sorted(draw(some | many))
    steps = draw(st.lists(st.integers(1, 60_000), min_size=len(docs), max_size=len(docs)))
    weight = draw(st.sampled_from([1.0, 0.25, 3.0]))
    scored = draw(st.booleans())
    return DocSet(np.array(docs, np.uint16), np.array(steps, np.uint16) if scored else None, weight)


def plain(held: DocSet) -> dict[int, float]:
    return dict(zip(held.docs.tolist(), held.scores().tolist(), strict=True))


@given(lists(), lists())
def test_both_is_the_intersection_with_scores_added(one: DocSet, other: DocSet) -> None:
    left, right = plain(one), plain(other)
    found = both(one, other, DOCUMENTS)
    assert found.docs.tolist() == sorted(left.keys() & right.keys())
    assert plain(found) == {doc: left[doc] + right[doc] for doc in left.keys() & right.keys()}


@given(st.lists(lists(), max_size=4))
def test_either_is_the_union_with_scores_added(parts: list[DocSet]) -> None:
    found = either(parts, DOCUMENTS)
    expected: dict[int, float] = {}
    for part in map(plain, parts):
        for doc, score in part.items():
            expected[doc] = expected.get(doc, 0.0) + score
    assert found.docs.tolist() == sorted(expected)
    assert plain(found) == expected


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5))))
def test_rows_counts_on_from_each_start(pairs: list[tuple[int, int]]) -> None:
    starts, counts = (np.array([pair[n] for pair in pairs], np.int64) for n in (0, 1))
    assert rows(starts, counts).tolist() == [start + n for start, count in pairs for n in range(count)]


@given(st.lists(st.integers(0, 40), max_size=2_000), st.integers(0, 40))
def test_smallest_has_all_ties_of_the_last(keys: list[int], count: int) -> None:
    found = smallest(np.array(keys, np.float64), count)
    last = sorted(keys)[:count][-1] if keys and count else -1
    assert found.tolist() == [place for place, key in enumerate(keys) if key <= last]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 3)), min_size=1), st.integers(1, 40), st.booleans())
def test_first_orders_by_all_keys(pairs: list[tuple[int, int]], count: int, deep: bool) -> None:
    keys = [np.array([pair[n] for pair in pairs], np.float64) for n in (0, 1)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("searchapp.engines.whoosh.search.docsets.DEEP", 0 if deep else 1_000)
        found = first(keys, lambda places: np.argsort(-places), count)
    assert found == sorted(range(len(pairs)), key=lambda place: (*pairs[place], -place))[:count]


alike = st.sampled_from(["", "a", "posts/20", "posts/2024-01", "检索"])
terms = st.lists(st.tuples(alike, st.text("ab/éz", max_size=4)).map("".join).filter(bool), unique=True, max_size=80)


@given(terms, terms)
def test_terms_are_found_whatever_they_share(held: list[str], sought: list[str]) -> None:
    encoded = sorted(term.encode() for term in held)
    field = FieldPostings(encoded, np.arange(len(encoded) + 1), np.zeros(len(encoded), np.int64))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "segment.post"
        with path.open("wb") as stream:
            write(stream, SegmentPostings({"id": field}, np.ones((len(TEXT_FIELDS), 1), np.int64)))
        file = PostingsFile(path)
    for term in [*encoded, *(term.encode() for term in sought)]:
        place = bisect_left(encoded, term)
        assert file.lower_bound("id", term) == place
        assert file.find("id", term) == (place if term in encoded else None)
        start, end = file.prefix_range("id", term)
        assert encoded[start:end] == [other for other in encoded if other.startswith(term)]
    asked = [term.encode() for term in (*sought, *held)]
    assert file.document_frequencies("id", asked).tolist() == [int(term in encoded) for term in asked]
