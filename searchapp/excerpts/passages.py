"""Choice of the passage that a hit shows, by the positions of words alone: no text is read.

The words of an article's headings, summary, sections and code are numbered consecutively in this order, with a gap of
one between two texts (as between the texts of one field in `documents.analyse`). This is called the line. With n
sections the texts are numbered

    0 … n - 1   headings      n   the summary      n + 1 … 2n   sections      2n + 1   the code
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import Any, NamedTuple

import numpy as np

from searchapp.analysis.analyzer import Token
from searchapp.retrieval.query_terms import Marks

REPEATS = 3
"""Maximum of further matches of the same items that count."""

FEW = 256
"""Matches up to which all are examined."""

BATCH = 64
"""Matches of the rarest items around which passages are searched at once, if there are more than FEW in all."""

Positions = Any
"""Ascending positions: a list or, where there are many, an array of integers."""

Span = tuple[int, int, int]
"""A match: the words `start:end` of the line, and the number of the item."""


class MatchRun(NamedTuple):
    """Start positions of the matches of one item with the same number of words."""

    starts: Positions
    length: int
    item: int


class MatchPositions(NamedTuple):
    """Positions on the line of the query's terms, and by item of the words with its prefix."""

    terms: Mapping[str, Positions]
    prefixed: Mapping[int, Positions]


class TextLine(NamedTuple):
    """Layout of an article's texts on the line.

    sections  number of sections
    bounds    where the summary, the sections and the code begin, and the end of the gap behind that
    text_at   position -> the number of its text, and the position after the text's last word
    """

    sections: int
    bounds: tuple[int, int, int, int]
    text_at: Callable[[int], tuple[int, int]]


class PassageChoice(NamedTuple):
    """The chosen text, and the first position of the passage; None if only the text's heading has matches."""

    text: int
    position: int | None


def find_positions(
    texts: Iterable[str], marks: Marks, language: str
) -> tuple[MatchPositions, list[int], list[list[Token]]]:
    """Analyse texts: return positions of the query's words, the start of each text, and each text's matching tokens.

    The starts have one more element: the position after the gap behind the last text.
    """
    terms: dict[str, set[int]] = {}
    prefixed: dict[int, set[int]] = {}
    starts = [0]
    found_in = []
    for text in texts:
        tokens, end = marks.tokens(text, language, starts[-1])
        starts.append(end + 1)
        found_in.append(tokens)
        for token in tokens:
            for term in marks.terms_of(token):
                terms.setdefault(term, set()).add(token.position)
            for item in marks.starting(token):
                prefixed.setdefault(item, set()).add(token.position)
    terms_sorted = {term: sorted(found) for term, found in terms.items()}
    return MatchPositions(terms_sorted, {item: sorted(found) for item, found in prefixed.items()}), starts, found_in


def match_runs(found: MatchPositions, marks: Marks) -> list[MatchRun]:
    """Return all matches of items of the query; of phrases only whole ones."""
    met = [MatchRun(positions, 1, item) for item, positions in found.prefixed.items()]
    for term, sequences in marks.sequences.items():
        if term in found.terms:
            for sequence, item in sequences:
                starts = _starts(sequence, found.terms)
                if len(starts):
                    met.append(MatchRun(starts, len(sequence), item))
    return met


def _starts(sequence: tuple[str, ...], terms: Mapping[str, Positions]) -> Positions:
    """Return where the terms are adjacent, looking each occurrence of the rarest up among the others."""
    if len(sequence) == 1:
        return terms[sequence[0]]
    if not all(term in terms for term in sequence):
        return ()
    rarest = min(range(len(sequence)), key=lambda offset: len(terms[sequence[offset]]))
    first = terms[sequence[rarest]]
    if len(first) > FEW:
        starts = np.asarray(first, np.int64) - rarest
        for offset, term in enumerate(sequence):
            starts = starts[np.isin(starts + offset, terms[term])]
        return starts
    kept = [int(position) - rarest for position in first]
    for offset, term in enumerate(sequence):
        kept = [start for start in kept if _has(terms[term], start + offset)]
    return kept


def _has(positions: Positions, wanted: int) -> bool:
    at = bisect_left(positions, wanted)
    return bool(at < len(positions) and positions[at] == wanted)


def words_between(found: Iterable[MatchRun], low: int, high: int) -> list[int]:
    """Return the positions below `high` of all words of the matches that begin at `low` or later."""
    words: set[int] = set()
    for starts, length, _ in found:
        for start in starts[bisect_left(starts, low) : bisect_left(starts, high)]:
            words.update(range(int(start), min(int(start) + length, high)))
    return sorted(words)


def longest_at(found: Iterable[MatchRun], position: int) -> int:
    """Return the number of words of the longest match that begins at a position; 1 if there is none."""
    return max((run.length for run in found if _has(run.starts, position)), default=1)


def choose(found: Sequence[MatchRun], line: TextLine, width: int) -> PassageChoice | None:
    """Return the passage of `width` words with most of the query's items, by its first match; None without matches.

    The earliest of equals; sections go before the summary, and that before the code. A match that is longer than
    `width` is a passage too. A section of which only the heading matches is chosen if no text does.
    """
    summary, sections, code, end = line.bounds
    search = _Search(found, line, width)
    areas = [(low, high) for low, high in ((sections, code), (summary, sections), (code, end)) if high - low > 1]
    amount: dict[int, int] = {}
    for run in found:
        count = len(run.starts) - bisect_left(run.starts, summary)
        if count:
            amount[run.item] = amount.get(run.item, 0) + count
    if sum(amount.values()) <= FEW:
        return search.best(areas, len(amount))[1] if amount else search.named_only()
    rarest = sorted(amount, key=lambda item: (amount[item], item))
    for level in range(1, len(rarest) + 1):
        # A passage with all items but n has one of the n + 1 rarest.
        most = len(rarest) - level + 1
        rare = [run for run in found if run.item in rarest[:level]]
        near = (stretch for area in areas for stretch in _around(rare, *area, width))
        items, choice = search.best(near, most)
        if items >= most:
            break
    return choice


def _around(rare: Sequence[MatchRun], low: int, high: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield ranges between two positions that contain all passages with one of these matches."""
    starts = merge(*(run.starts[bisect_left(run.starts, low) : bisect_left(run.starts, high)] for run in rare))
    first = last = count = 0
    for start in map(int, starts):
        if count and (start - width > last or count == BATCH):
            yield first, last
            count = 0
        if not count:
            first = max(low, start - width)
        last = min(high, start + width)
        count += 1
    if count:
        yield first, last


class _Search:
    """The matches of one article."""

    def __init__(self, found: Sequence[MatchRun], line: TextLine, width: int) -> None:
        self._found = found
        self._line = line
        self._width = width
        self._named: dict[int, set[int]] = {}
        headings_end = line.bounds[0]
        for starts, _, item in found if headings_end else ():
            for start in starts[: bisect_left(starts, headings_end)]:
                number, _ = line.text_at(int(start))
                self._named.setdefault(number + line.sections + 1, set()).add(item)

    def named_only(self) -> PassageChoice | None:
        """Return the first section whose heading has most items."""
        text = max(self._named, key=lambda text: (len(self._named[text]), -text), default=None)
        return None if text is None else PassageChoice(text, None)

    def best(self, stretches: Iterable[tuple[int, int]], most: int) -> tuple[int, PassageChoice | None]:
        """Return the best passage of these ranges and its number of items; no passage has more than `most` items."""
        score, choice = (0, 0, 0), None
        highest = (most, len(self._found) if self._named else 0, REPEATS)
        for low, high in stretches:
            spans = self._spans(low, high)
            at = 0
            while at < len(spans):
                text, end = self._line.text_at(spans[at][0])
                stop = bisect_left(spans, (end,), at)
                found, position = _densest(spans[at:stop], self._named.get(text, set()), self._width)
                if found > score:
                    score, choice = found, PassageChoice(text, position)
                at = stop
            if score >= highest:
                break
        return score[0], choice

    def _spans(self, low: int, high: int) -> list[Span]:
        """Return the matches that begin between two positions, in order."""
        spans: list[Span] = []
        for starts, length, item in self._found:
            inside = starts[bisect_left(starts, low) : bisect_left(starts, high)]
            if len(inside):
                spans += [(start, start + length, item) for start in map(int, inside)]
        spans.sort()
        return spans


def _densest(found: Sequence[Span], named: set[int], width: int) -> tuple[tuple[int, int, int], int]:
    """Return the score of a text's best passage, and its first match's position.

    Distinct items count most, then, where the heading has any, those of the passage and the heading together, then
    matches beyond the first of each item.
    """
    best, position = (0, 0, 0), 0
    counts: dict[int, int] = {}
    right, size = 0, len(found)
    for left, (start, _, item) in enumerate(found):
        # The match itself is in its passage even if it is longer, as a quoted sentence may be.
        while right < size and (right <= left or found[right][1] <= start + width):
            counts[found[right][2]] = counts.get(found[right][2], 0) + 1
            right += 1
        distinct = len(counts)
        headings = len(named | counts.keys()) if named else 0
        score = (distinct, headings, min(right - left - distinct, REPEATS))
        if score > best:
            best, position = score, start
        counts[item] -= 1
        if not counts[item]:
            del counts[item]
    return best, position
