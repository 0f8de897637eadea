"""The oracle sees it when the array path is not exact: each of these faults, small and on purpose, makes it fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from searchapp.engines.whoosh.search import (
    docsets,
    executor,
    explainer,
    facet_counts,
    matcher,
    phrases,
    proximity,
    top_hits,
)
from searchapp.engines.whoosh.search.docsets import DocSet
from searchapp.engines.whoosh.search.snapshot import Snapshot
from searchapp.engines.whoosh.segments import impacts
from tests.test_oracle import articles, changes, check, limits, queries

Function = Callable[..., Any]


def without_the_last(function: Function) -> Function:
    """A list of documents that ends too soon."""

    def faulty(*arguments: Any) -> DocSet:
        found: DocSet = function(*arguments)
        return DocSet(found.docs[:-1], None if found.steps is None else found.steps[:-1], found.weight)

    return faulty


def with_twice_the_weight(function: Function) -> Function:
    """The scores of one kind of node."""

    def faulty(*arguments: Any, **named: Any) -> DocSet:
        found: DocSet = function(*arguments, **named)
        return DocSet(found.docs, found.steps, 2 * found.weight)

    return faulty


def one_more(function: Function) -> Function:
    """A number, or every number of an array."""
    return lambda *arguments: function(*arguments) + 1


def one_place_off(function: Function) -> Function:
    """Positions."""
    return lambda places, line, length: function(np.maximum(places - 1, 0), line, length)


def reversed_ties(function: Function) -> Function:
    """What is alike in all keys."""
    return lambda *arguments: function(*arguments)[::-1]


def but_the_last(function: Function) -> Function:
    """An array that ends too soon."""
    return lambda *arguments: function(*arguments)[:-1]


def nothing_deleted(_function: Function) -> Function:
    """A filter that lets everything pass."""
    return lambda found, _mask: found


FAULTS: dict[str, tuple[object, str, Callable[[Function], Function]]] = {
    "a conjunction ends too soon": (matcher, "both", without_the_last),
    "a disjunction ends too soon": (matcher, "either", without_the_last),
    "words in one field count twice": (matcher._QueryMatcher, "_in_field", with_twice_the_weight),
    "prefixes count twice": (matcher._QueryMatcher, "_held_by_prefix", with_twice_the_weight),
    "phrases are sought one word off": (phrases, "_contained", one_place_off),
    "kept impacts are too high": (impacts, "compute", one_more),
    "an article too many is counted for the idf": (Snapshot, "df", one_more),
    "deleted articles and excluded words are found": (matcher, "_only", nothing_deleted),
    "ties are in the wrong order": (Snapshot, "by_id", reversed_ties),
    "words side by side are found in all documents but the last": (proximity, "_both", but_the_last),
    "boosts are forgotten": (top_hits, "_boosted", lambda _: lambda _docs, scores, _snapshot: scores),
    "dates gain too much": (
        top_hits,
        "multiply",
        lambda multiply: lambda scores, factors: multiply(multiply(scores, factors), factors),
    ),
    "pinned articles are not found": (docsets.ScoredDocs, "with_pinned", lambda _: lambda found, _pinned: found),
    "synonyms are added up": (matcher, "best", lambda _: docsets.either),
    "a rare synonym counts as much as it can": (
        matcher,
        "alternatives",
        lambda alternatives: lambda *of: (each._replace(most=1e6) for each in alternatives(*of)),
    ),
    "one part of a score is explained too high": (explainer._SegmentScoreInputs, "impact", one_more),
    "only the best few are looked at": (
        docsets,
        "smallest",
        lambda smallest: lambda keys, n: smallest(keys, n)[: n - 1],
    ),
    "facets count one article too many": (facet_counts.FacetTable, "_counted", one_more),
    "dates are ignored": (executor, "_inside_dates", lambda _: lambda _query, found, _snapshot: found),
}


ASKED = {
    "words in one field count twice": "title:red",
    "prefixes count twice": "tra*",
    "phrases are sought one word off": '"red café"',
    "words side by side are found in all documents but the last": "red café",
    "pinned articles are not found": "green website",
    "synonyms are added up": "website",
    "a rare synonym counts as much as it can": "trail of",
}
"""What some of the queries are, where few random ones would meet the fault."""


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_the_oracle_fails_if(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, name, broken = FAULTS[fault]
    monkeypatch.setattr(where, name, broken(getattr(where, name)))
    asked = queries | queries.map(lambda query: replace(query, text=ASKED.get(fault, query.text)))
    run = settings(
        max_examples=400,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )(
        given(st.lists(articles(), min_size=4, max_size=10), changes, st.lists(asked, min_size=8, max_size=8), limits)(
            check
        )
    )
    with pytest.raises(AssertionError):
        run()
