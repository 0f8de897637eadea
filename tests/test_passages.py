"""Which passage is chosen: pure positions, and the same one whether few matches are looked at or all."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchapp.excerpts import passages
from searchapp.excerpts.passages import MatchRun, PassageChoice, TextLine, choose


def line(headings: list[int], summary: int, sections: list[int], code: int) -> TextLine:
    """The line of texts with so many words."""
    starts = [0, *accumulate(words + 1 for words in (*headings, summary, *sections, code))]
    count = len(sections)

    def text_at(position: int) -> tuple[int, int]:
        number = bisect_right(starts, position) - 1
        return number, starts[number + 1] - 1

    return TextLine(count, (starts[count], starts[count + 1], starts[2 * count + 1], starts[-1]), text_at)


@pytest.mark.parametrize(
    ("runs", "expected"),
    [
        ([], None),
        ([MatchRun([6], 1, 0)], PassageChoice(3, 6)),
        ([MatchRun([10, 14], 1, 0), MatchRun([60], 1, 1)], PassageChoice(3, 10)),
        ([MatchRun([10, 59], 1, 0), MatchRun([61], 1, 1)], PassageChoice(4, 59)),
        ([MatchRun([5, 70], 1, 0), MatchRun([72], 1, 1), MatchRun([1], 1, 1)], PassageChoice(4, 70)),
        ([MatchRun([5, 70], 1, 0), MatchRun([1], 1, 1)], PassageChoice(4, 70)),
        ([MatchRun([1], 1, 0)], PassageChoice(4, None)),
        ([MatchRun([3, 109], 1, 0)], PassageChoice(2, 3)),
        ([MatchRun([3, 20, 109], 1, 0)], PassageChoice(3, 20)),
        ([MatchRun([20], 40, 0), MatchRun([40], 1, 1)], PassageChoice(3, 20)),
    ],
)
def test_the_passage_with_most_of_the_words(runs: list[MatchRun], expected: PassageChoice | None) -> None:
    """Headings of no and one word, a summary of one, sections of fifty, code of ten."""
    assert choose(runs, line([0, 1], 1, [49, 50], 10), 12) == expected


lengths = st.lists(st.integers(0, 30), min_size=1, max_size=3)
found = st.lists(
    st.tuples(
        st.sets(st.integers(0, 150), min_size=1, max_size=60), st.sampled_from([1, 1, 2, 3, 20]), st.integers(0, 3)
    ),
    max_size=6,
)


@given(lengths, st.integers(0, 10), st.integers(0, 30), found, st.integers(1, 20), st.integers(1, 3))
def test_looking_only_where_it_may_be_finds_the_same(
    sections: list[int],
    summary: int,
    code: int,
    found: list[tuple[set[int], int, int]],
    width: int,
    batch: int,
) -> None:
    texts = line([2] * len(sections), summary, sections, code)
    runs = []
    for starts, length, item in found:
        inside = [at for at in sorted(starts) if at < texts.bounds[-1] and at + length <= texts.text_at(at)[1]]
        if inside:
            runs.append(MatchRun(inside, length, item))
    everything = choose(runs, texts, width)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passages, "FEW", 0)
        patch.setattr(passages, "BATCH", batch)
        assert choose(runs, texts, width) == everything
