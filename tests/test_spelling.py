"""Spelling: edit distances against a second implementation, and what a query is taken to mean, by both engines."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.engines.whoosh.search import fuzzy_terms
from searchapp.engines.whoosh.segments.segment import FieldPostings, PostingsFile, SegmentPostings, write
from searchapp.retrieval.documents import TEXT_FIELDS
from searchapp.retrieval.edit_distance import distance, max_edits, odds, plausible

letters = st.text(st.sampled_from("abcabcabcdłяé検\U0001d4b3"), max_size=9)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("", "", 0),
        ("trainer", "trainer", 0),
        ("trianer", "trainer", 1),
        ("traner", "trainer", 1),
        ("trainner", "trainer", 1),
        ("troiner", "trainer", 1),
        ("ca", "abc", 3),
        ("trianre", "trainer", 2),
        ("", "abc", 3),
    ],
)
def test_the_distance(left: str, right: str, expected: int) -> None:
    assert distance(left, right) == distance(right, left) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("cat", 0),
        ("cats", 1),
        ("bread", 1),
        ("tariff", 2),
        ("kitchens", 2),
        ("תעודה", 0),
        ("תעודות", 1),
        ("2024", 0),
        ("mp3s", 0),
        ("c++abc", 0),
        ("किताब", 1),
    ],
)
def test_longer_words_may_have_more_edits(word: str, expected: int) -> None:
    assert max_edits(word) == expected


@pytest.mark.parametrize(
    ("typed", "meant", "expected"),
    [
        ("trianer", "trainer", True),
        ("trainner", "trainer", True),
        ("comit", "commit", True),
        ("trainee", "trainer", True),
        ("definate", "definite", True),
        ("traimer", "trainer", True),
        ("traqner", "trainer", False),
        ("traxiner", "trainer", False),
        ("tainer", "trainer", False),
        ("trainers", "trainer", False),
    ],
)
def test_usual_slips(typed: str, meant: str, expected: bool) -> None:
    assert plausible(typed, meant) is expected


def test_edits_that_make_few_spellings_are_likelier() -> None:
    assert odds("trianer", "trainer") == odds("traner", "trainer") == odds("comit", "commit")
    assert odds("trianer", "trainer") > odds("traimer", "trainer") == odds("trainner", "trainer")
    assert odds("traimer", "trainer") > odds("traqner", "trainer") == odds("traxiner", "trainer") == 1


def words_file(folder: Path, words: set[str]) -> PostingsFile:
    terms = sorted(word.encode() for word in words)
    docs = np.zeros(len(terms), np.int64)
    field = FieldPostings(terms, np.arange(len(terms) + 1), docs)
    lengths = np.ones((len(TEXT_FIELDS), 1), np.int64)
    with (folder / "words").open("wb") as stream:
        write(stream, SegmentPostings({fuzzy_terms.FIELD: field}, lengths))
    return PostingsFile(folder / "words")


@given(st.sets(letters.filter(bool), max_size=60), letters.filter(bool), st.sampled_from([1, 2, 3]))
def test_near_words_are_those_that_the_plain_distance_finds(words: set[str], typed: str, most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = fuzzy_terms.similar_terms(words_file(Path(folder), words), typed, most)
    expected = {word: distance(typed, word) for word in words if word[0] == typed[0]}
    assert {term.decode(): away for term, away, _ in found} == {
        word: away for word, away in expected.items() if 0 < away <= most
    }
    assert [term for term, _, _ in found] == [sorted(word.encode() for word in words)[number] for _, _, number in found]
