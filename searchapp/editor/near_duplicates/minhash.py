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

from searchapp.editor.near_duplicates.shingles import Shingles, mixed

PLACES = 128
"""Places of a signature: the estimate's standard deviation is at most 0.044."""
CROWD = 32
"""Texts that agree in a band, up to which all their pairs are looked at; more are told apart by the next bands."""
DEPTH = 4
"""Bands that a crowd is told apart by. What then still agrees is nearly identical."""
LEADERS = 16
"""Texts of such a crowd that all others of it are compared with."""
PARTNERS = 16
"""Candidates of one text, the likest."""
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

    Of each row the PARTNERS likest, and those whose likest it is: where many share nearly enough, work has a bound.
    """
    total = max(1, len(rows))
    size = rows_per_band(threshold)
    floor = threshold - slack(threshold)
    keys, likeness = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    for begin in range(0, PLACES - size + 1, size):
        found, values = [keys], [likeness]
        for pairs in _band(rows, np.arange(len(rows)), begin, size, threshold):
            estimate = estimates(rows, pairs)
            likely = estimate >= floor
            found.append(pairs[likely, 0] * total + pairs[likely, 1])
            values.append(estimate[likely])
        keys, first = np.unique(np.concatenate(found), return_index=True)
        likeness = np.concatenate(values)[first]
        kept = _likest(keys // total, keys % total, likeness, total)
        keys, likeness = keys[kept], likeness[kept]
    return np.stack((keys // total, keys % total), axis=1)


def _likest(lower: Indices, higher: Indices, likeness: npt.NDArray[np.float64], total: int) -> npt.NDArray[np.bool_]:
    """Which pairs are among the PARTNERS likest of either of their rows."""
    kept = np.ones(len(likeness), dtype=bool)
    if not len(kept) or np.bincount(np.concatenate((lower, higher)), minlength=total).max() <= PARTNERS:
        return kept
    kept[:] = False
    owners, pair = np.concatenate((lower, higher)), np.tile(np.arange(len(kept)), 2)
    order = np.lexsort((pair, -likeness[pair], owners))
    sorted_owners = owners[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_owners, sorted_owners)
    kept[pair[order[rank < PARTNERS]]] = True
    return kept


def _band(
    rows: Signatures, members: Indices, begin: int, size: int, threshold: float, depth: int = 1
) -> Iterator[Pairs]:
    """Pairs of members that agree in `size` places from `begin` on, some at a time; of a crowd in more places."""
    keys = np.zeros(len(members), dtype=np.uint64)
    for place in range(begin, begin + size):
        keys = (keys ^ rows[members, place % PLACES]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    by_key = np.argsort(keys, kind="stable")
    order = members[by_key]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(keys[by_key])) + 1))
    lengths = np.diff(np.concatenate((starts, [len(order)])))
    small = np.repeat((lengths > 1) & (lengths <= CROWD), lengths)
    run = np.repeat(np.arange(len(lengths)), lengths)
    for distance in range(1, min(CROWD, len(run))):
        at = np.flatnonzero(small[:-distance] & (run[:-distance] == run[distance:]))
        if not len(at):
            break
        yield np.stack((order[at], order[at + distance]), axis=1)
    for number in np.flatnonzero(lengths > CROWD):
        crowd = order[starts[number] : starts[number] + lengths[number]]
        if depth < DEPTH:
            yield from _band(rows, crowd, begin + size, size, threshold, depth + 1)
        else:
            yield from _led(rows, crowd, threshold + slack(threshold))


def _led(rows: Signatures, members: Indices, sure: float) -> Iterator[Pairs]:
    """Each member of a crowd with the leaders: the first, then the first of those that are not surely like one."""
    for _ in range(LEADERS):
        if len(members) < 2:
            return
        leader, others = members[0], members[1:]
        pairs = np.stack((np.full(len(others), leader), others), axis=1)
        yield pairs
        members = others[estimates(rows, pairs) < sure]
