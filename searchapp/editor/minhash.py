"""MinHash signatures, and by their bands the pairs of texts that may be alike (Broder 1997; Leskovec, Rajaraman
and Ullman, Mining of Massive Datasets, chapter 3).

Two texts agree in a place of their signatures with a chance that is the Jaccard index of their shingle sets. A band
is a few places; pairs that agree in all of some band are candidates. In a crowd, a band's texts of one kind, each is
compared with a few leaders instead of with all others, so that the work grows with the number of texts only.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from searchapp.editor.shingles import Shingles, mixed

PLACES = 128
"""Places of a signature: the estimate's standard deviation is at most 0.044."""
CROWD = 64
"""Texts that share a band, up to which all their pairs are looked at."""
LEADERS = 16
"""Texts of a crowd that all others of it are compared with."""
MISSED = 0.005
"""The chance with which a pair right at the threshold may not become a candidate."""

Signatures = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.int64]

# Numpy's own generators may give other numbers in another version.
_FACTORS, _OFFSETS = (
    (mixed(np.arange(2 * PLACES, dtype=np.uint64)) >> np.uint64(32)).astype(np.uint32).reshape(2, PLACES)
)
_FACTORS |= np.uint32(1)


def signatures(found: Shingles) -> Signatures:
    """One row of PLACES for each text. The rows of texts without shingles mean nothing."""
    rows = np.zeros((len(found.starts) - 1, PLACES), dtype=np.uint32)
    filled = np.flatnonzero(np.diff(found.starts))
    if len(filled):
        # Places differ by an odd factor and an offset, modulo 2**32: each puts the shingles in another order.
        short = (found.hashes >> np.uint64(32)).astype(np.uint32)
        begins = found.starts[filled]
        ordered = np.empty_like(short)
        for place in range(PLACES):
            np.multiply(short, _FACTORS[place], out=ordered)
            np.add(ordered, _OFFSETS[place], out=ordered)
            rows[filled, place] = np.minimum.reduceat(ordered, begins)
    return rows


def estimates(rows: Signatures, pairs: Pairs) -> npt.NDArray[np.float64]:
    """About the Jaccard index of each pair (two columns of row numbers), from the rows alone."""
    found = np.empty(len(pairs), dtype=np.float64)
    for begin in range(0, len(pairs), 65_536):
        some = pairs[begin : begin + 65_536]
        found[begin : begin + 65_536] = (rows[some[:, 0]] == rows[some[:, 1]]).mean(axis=1)
    return found


def rows_per_band(threshold: float) -> int:
    """The most places that a band may have for a pair at the threshold to be missed with a chance of MISSED only."""
    for size in range(16, 1, -1):
        if (1 - threshold**size) ** (PLACES // size) <= MISSED:
            return size
    return 1


def slack(threshold: float) -> float:
    """How far below the truth an estimate at the threshold lies once in 700 times: three standard deviations."""
    return 3 * math.sqrt(threshold * (1 - threshold) / PLACES)


def candidates(rows: Signatures, threshold: float) -> Pairs:
    """The pairs of rows that may have a Jaccard index of `threshold` or more, each once, in order, lower row first.

    At most CROWD partners of a row in each band; beyond that LEADERS.
    """
    size = rows_per_band(threshold)
    floor = threshold - slack(threshold)
    found: list[Indices] = []
    for begin in range(0, PLACES - size + 1, size):
        for pairs in _band(rows, begin, size, floor):
            likely = pairs[estimates(rows, pairs) >= floor]
            found.append(likely[:, 0] * len(rows) + likely[:, 1])
        found = [np.unique(np.concatenate(found))] if found else []
    keys = found[0] if found else np.empty(0, dtype=np.int64)
    return np.stack((keys // max(1, len(rows)), keys % max(1, len(rows))), axis=1)


def _band(rows: Signatures, begin: int, size: int, floor: float) -> Iterator[Pairs]:
    """Pairs that agree in the places from `begin` on, some at a time."""
    keys = np.zeros(len(rows), dtype=np.uint64)
    for place in range(begin, begin + size):
        keys = (keys ^ rows[:, place]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    order = np.argsort(keys, kind="stable")
    bounds = np.flatnonzero(np.diff(keys[order])) + 1
    starts = np.concatenate(([0], bounds))
    lengths = np.diff(np.concatenate((starts, [len(order)])))
    small = np.repeat((lengths > 1) & (lengths <= CROWD), lengths)
    run = np.repeat(np.arange(len(lengths)), lengths)
    for distance in range(1, min(CROWD, len(run))):
        at = np.flatnonzero(small[:-distance] & (run[:-distance] == run[distance:]))
        if not len(at):
            break
        yield np.stack((order[at], order[at + distance]), axis=1)
    for number in np.flatnonzero(lengths > CROWD):
        yield from _crowd(rows, order[starts[number] : starts[number] + lengths[number]], floor)


def _crowd(rows: Signatures, members: Indices, floor: float) -> Iterator[Pairs]:
    """Each member of a crowd with the leaders: the first, then the first of those unlike the leaders so far."""
    for _ in range(LEADERS):
        if len(members) < 2:
            return
        leader, others = members[0], members[1:]
        pairs = np.stack((np.full(len(others), leader), others), axis=1)
        pairs.sort(axis=1)
        yield pairs
        # Those like the leader are in its group by that; only the others may yet belong to another.
        members = others[estimates(rows, pairs) < floor]
