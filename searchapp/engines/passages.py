"""Which passage of an article a hit shows, chosen by the positions of words alone: no text is read.

All words of an article's headings, summary, sections and code stand on one line, in this order, with a gap of one
between two texts (as between the texts of one field in `documents.analyse`). With n sections the texts are numbered

    0 … n - 1   headings      n   the summary      n + 1 … 2n   sections      2n + 1   the code
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from searchapp.engines.terms import Marks

MANY = 9
"""Matches in a passage beyond which more count for nothing."""


class Span(NamedTuple):
    """The words `start:end` of the line, which item number `item` of the query met."""

    start: int
    end: int
    item: int


@dataclass(frozen=True, slots=True)
class Places:
    """Where on the line the wanted terms stand (term -> ascending positions), and words with the prefix of an item."""

    terms: Mapping[str, Sequence[int]]
    prefixed: Mapping[int, Iterable[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """The chosen text, and the match that the passage begins with: None if only the text's heading has any."""

    text: int
    span: Span | None


def places(texts: Iterable[str], wanted: Marks, language: str) -> tuple[Places, list[int]]:
    """Where on the line of these texts the query's words stand, by analysing all of them.

    Also where each text begins, and after the gap behind the last.
    """
    terms: dict[str, list[int]] = {}
    prefixed: dict[int, set[int]] = {}
    starts = [0]
    for text in texts:
        tokens, end = wanted.tokens(text, language, starts[-1])
        starts.append(end + 1)
        for token in tokens:
            found = terms.setdefault(token.term, [])
            if not found or found[-1] != token.position:
                found.append(token.position)
            for item in wanted.starting(token):
                prefixed.setdefault(item, set()).add(token.position)
    return Places({term: sorted(set(found)) for term, found in terms.items()}, prefixed), starts


def spans(found: Places, wanted: Marks) -> list[Span]:
    """Everything on the line that meets an item of the query, by start; phrases only where they stand whole."""
    met: set[Span] = set()
    for term, sequences in wanted.sequences.items():
        if term in found.terms:
            for sequence, item in sequences:
                met.update(Span(start, start + len(sequence), item) for start in _starts(sequence, found.terms))
    for item, positions in found.prefixed.items():
        met.update(Span(position, position + 1, item) for position in positions)
    return sorted(met)


def _starts(sequence: tuple[str, ...], terms: Mapping[str, Sequence[int]]) -> Iterable[int]:
    """Where the terms stand side by side: the rarest is looked for beside the others."""
    if len(sequence) == 1:
        return terms[sequence[0]]
    if not all(term in terms for term in sequence):
        return ()
    rarest = min(range(len(sequence)), key=lambda offset: len(terms[sequence[offset]]))
    starts = [position - rarest for position in terms[sequence[rarest]]]
    for offset, term in enumerate(sequence):
        starts = [start for start in starts if _has(terms[term], start + offset)]
    return starts


def _has(positions: Sequence[int], wanted: int) -> bool:
    at = bisect_left(positions, wanted)
    return at < len(positions) and positions[at] == wanted


def choose(
    found: Sequence[Span], text_at: Callable[[int], tuple[int, int]], sections: int, width: int
) -> Choice | None:
    """The text and the match at which the passage with most of the query's words begins, the earliest of equals.

    found     ascending
    text_at   position -> the number of its text, and a position after all of that text
    width     how many words a passage has; one match that is longer is a passage too

    Distinct items count most, then those that the section's heading has, then how often. Sections go before the
    summary, and that before the code.
    """
    named: dict[int, set[int]] = {}
    texts: dict[int, Sequence[Span]] = {}
    at = 0
    while at < len(found):
        number, end = text_at(found[at].start)
        stop = bisect_left(found, (end,), at)
        if number < sections:
            named[number + sections + 1] = {span.item for span in found[at:stop]}
        else:
            texts[number] = found[at:stop]
        at = stop
    most = len({span.item for span in found})
    best, best_score = None, 0
    for number in sorted(texts.keys() | named.keys(), key=lambda text: (text > 2 * sections, text == sections, text)):
        score, span = _densest(texts.get(number, ()), named.get(number, set()), width, most)
        if score > best_score:
            best, best_score = Choice(number, span), score
    return best


def _densest(found: Sequence[Span], named: set[int], width: int, most: int) -> tuple[int, Span | None]:
    """The best passage of a text as (score, its first match)."""
    best = (30 * len(named), found[0] if found else None)
    highest = 100 * most + (30 * most if named else 0) + MANY
    counts: dict[int, int] = {}
    right = 0
    for left, span in enumerate(found):
        # The match itself is in its passage even if it is longer, as a quoted sentence may be.
        while right < len(found) and (right <= left or found[right].end <= span.start + width):
            counts[found[right].item] = counts.get(found[right].item, 0) + 1
            right += 1
        headings = 30 * len(named | counts.keys()) if named else 0
        score = 100 * len(counts) + headings + min(right - left, MANY)
        if score > best[0]:
            best = (score, span)
            if score == highest:
                break
        counts[span.item] -= 1
        if not counts[span.item]:
            del counts[span.item]
    return best
