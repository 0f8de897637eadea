"""MinHash signatures and candidate pairs by locality-sensitive hashing (Broder 1997; Leskovec, Rajaraman and Ullman,
Mining of Massive Datasets, chapter 3).

Two signatures agree at a position with a probability that is the Jaccard index of the shingle sets. A band is a few
positions; texts that agree in a whole band share a bucket and are candidates. In a bucket of more than MAX_BUCKET
texts, each is compared with a few pivots instead of with all others: work stays linear in the number of texts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from searchapp.editor.near_duplicates.shingles import Shingles, splitmix64

SIGNATURE_LENGTH = 128
"""Length of a signature; the standard deviation of its estimates is at most 0.044."""
MAX_BUCKET = 32
"""Size of a bucket up to which all its pairs are candidates; a larger one is split by the next bands."""
MAX_DEPTH = 4
"""Bands by which a large bucket is split; texts that agree in all of them are nearly identical."""
PIVOTS = 16
"""Pivots of such a bucket that all its other texts are compared with."""
MAX_CANDIDATES = 16
"""Candidates of one text, at most: the most similar ones."""
MISS_RATE = 0.005
"""Accepted probability that a pair right at the threshold is missed."""

Signatures = npt.NDArray[np.uint32]
Indices = npt.NDArray[np.int64]
Pairs = npt.NDArray[np.int64]

# Numpy's own generators may give other numbers in another version.
_FACTORS, _OFFSETS = (
    (splitmix64(np.arange(2 * SIGNATURE_LENGTH, dtype=np.uint64)) >> np.uint64(32))
    .astype(np.uint32)
    .reshape(2, SIGNATURE_LENGTH)
)
_FACTORS |= np.uint32(1)


def signatures(found: Shingles) -> Signatures:
    """Return uint32[texts, SIGNATURE_LENGTH]: a signature for each text, zeros for one without shingles."""
    rows = np.zeros((len(found.starts) - 1, SIGNATURE_LENGTH), dtype=np.uint32)
    filled = np.flatnonzero(np.diff(found.starts))
    if len(filled):
        # Hash functions differ by an odd factor and an offset, modulo 2**32: each is another permutation.
        short = (found.hashes >> np.uint64(32)).astype(np.uint32)
        begins = found.starts[filled]
        ordered = np.empty_like(short)
        for place in range(SIGNATURE_LENGTH):
            np.multiply(short, _FACTORS[place], out=ordered)
            np.add(ordered, _OFFSETS[place], out=ordered)
            rows[filled, place] = np.minimum.reduceat(ordered, begins)
    return rows


def estimates(rows: Signatures, pairs: Pairs) -> npt.NDArray[np.float64]:
    """Return float64[n]: the estimated Jaccard index of each of int64[n, 2] pairs of row numbers."""
    found = np.empty(len(pairs), dtype=np.float64)
    for begin in range(0, len(pairs), 65_536):
        some = pairs[begin : begin + 65_536]
        found[begin : begin + 65_536] = (rows[some[:, 0]] == rows[some[:, 1]]).mean(axis=1)
    return found


def rows_per_band(threshold: float) -> int:
    """Return the largest band size with which a pair at the threshold is missed with probability MISS_RATE at most."""
    for size in range(16, 1, -1):
        if (1 - threshold**size) ** (SIGNATURE_LENGTH // size) <= MISS_RATE:
            return size
    return 1


def slack(threshold: float) -> float:
    """Return three standard deviations of an estimate at the threshold: it is lower than that 1 time in 700."""
    return 3 * math.sqrt(threshold * (1 - threshold) / SIGNATURE_LENGTH)


def candidates(rows: Signatures, threshold: float) -> Pairs:
    """Return int64[n, 2]: the pairs of rows whose Jaccard index may be `threshold` or more, ascending, lower row first.

    A pair is kept if it is among the MAX_CANDIDATES most similar of either row, which bounds the work.
    """
    total = max(1, len(rows))
    size = rows_per_band(threshold)
    floor = threshold - slack(threshold)
    keys, likeness = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    for begin in range(0, SIGNATURE_LENGTH - size + 1, size):
        found, values = [keys], [likeness]
        for pairs in _band(rows, np.arange(len(rows)), begin, size, threshold):
            estimate = estimates(rows, pairs)
            likely = estimate >= floor
            found.append(pairs[likely, 0] * total + pairs[likely, 1])
            values.append(estimate[likely])
        keys, first = np.unique(np.concatenate(found), return_index=True)
        likeness = np.concatenate(values)[first]
        kept = _most_similar(keys // total, keys % total, likeness, total)
        keys, likeness = keys[kept], likeness[kept]
    return np.stack((keys // total, keys % total), axis=1)


def _most_similar(
    lower: Indices, higher: Indices, likeness: npt.NDArray[np.float64], total: int
) -> npt.NDArray[np.bool_]:
    """A mask of the pairs that are among the MAX_CANDIDATES most similar of either of their rows."""
    kept = np.ones(len(likeness), dtype=bool)
    if not len(kept) or np.bincount(np.concatenate((lower, higher)), minlength=total).max() <= MAX_CANDIDATES:
        return kept
    kept[:] = False
    owners, pair = np.concatenate((lower, higher)), np.tile(np.arange(len(kept)), 2)
    order = np.lexsort((pair, -likeness[pair], owners))
    sorted_owners = owners[order]
    rank = np.arange(len(order)) - np.searchsorted(sorted_owners, sorted_owners)
    kept[pair[order[rank < MAX_CANDIDATES]]] = True
    return kept


def _band(
    rows: Signatures, members: Indices, begin: int, size: int, threshold: float, depth: int = 1
) -> Iterator[Pairs]:
    """Yield pairs of members that agree in `size` positions from `begin` on; large buckets are split by more bands."""
    keys = np.zeros(len(members), dtype=np.uint64)
    for place in range(begin, begin + size):
        keys = (keys ^ rows[members, place % SIGNATURE_LENGTH]) * np.uint64(0x9E3779B97F4A7C15)
        keys ^= keys >> np.uint64(29)
    by_key = np.argsort(keys, kind="stable")
    order = members[by_key]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(keys[by_key])) + 1))
    lengths = np.diff(np.concatenate((starts, [len(order)])))
    small = np.repeat((lengths > 1) & (lengths <= MAX_BUCKET), lengths)
    run = np.repeat(np.arange(len(lengths)), lengths)
    for distance in range(1, min(MAX_BUCKET, len(run))):
        at = np.flatnonzero(small[:-distance] & (run[:-distance] == run[distance:]))
        if not len(at):
            break
        yield np.stack((order[at], order[at + distance]), axis=1)
    for number in np.flatnonzero(lengths > MAX_BUCKET):
        crowd = order[starts[number] : starts[number] + lengths[number]]
        if depth < MAX_DEPTH:
            yield from _band(rows, crowd, begin + size, size, threshold, depth + 1)
        else:
            yield from _pivot_pairs(rows, crowd, threshold + slack(threshold))


def _pivot_pairs(rows: Signatures, members: Indices, threshold: float) -> Iterator[Pairs]:
    """Yield pairs of each member with the pivots: the first, then the first of those not similar to any pivot yet."""
    for _ in range(PIVOTS):
        if len(members) < 2:
            return
        leader, others = members[0], members[1:]
        pairs = np.stack((np.full(len(others), leader), others), axis=1)
        yield pairs
        members = others[estimates(rows, pairs) < threshold]
