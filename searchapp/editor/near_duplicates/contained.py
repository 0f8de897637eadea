"""Candidate pairs for set containment, by probing an inverted index of set members.

A set that has nearly all members of another has nearly all of any few of them. Members of more than MAX_SETS sets are
not probed: they are boilerplate, and would cost the square of their number.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from searchapp.editor.near_duplicates.minhash import Indices, Pairs
from searchapp.editor.near_duplicates.shingles import Hashes

PROBES = 8
"""Members of a set that are looked up, at most."""
MIN_SHARE = 0.6
"""Share of the probed members that a set must have to be a candidate; at a true share of 0.9, 99 % do."""
MAX_SETS = 64
_CHUNK = 8_192


def candidates(hashes: Hashes, owners: Indices, parts: Indices) -> Pairs:
    """Return int64[n, 2]: pairs (part, whole) of set numbers, of which the first may be contained in the second.

    hashes, owners  uint64[m] and int64[m]: members, distinct within a set, and the number of the set of each
    parts           int64[k], ascending: the numbers of the sets to look for in others
    """
    order = np.argsort(hashes, kind="stable")
    members, sets = hashes[order], owners[order]
    fresh = np.flatnonzero(np.concatenate(([True], members[1:] != members[:-1]))) if len(members) else order
    lengths = np.diff(np.concatenate((fresh, [len(members)])))
    begins, counts = np.repeat(fresh, lengths), np.repeat(lengths, lengths)
    total = int(sets.max()) + 1 if len(sets) else 0
    sizes = np.bincount(sets, minlength=total)
    elsewhere = np.bincount(sets[counts > 1], minlength=total)
    wanted = np.zeros(total, dtype=bool)
    wanted[parts[parts < total]] = True
    wanted &= (elsewhere >= MIN_SHARE * sizes) & (sizes > 0)
    probes = np.flatnonzero(wanted[sets] & (counts > 1) & (counts <= MAX_SETS))
    probes = probes[np.argsort(sets[probes], kind="stable")]
    owner = sets[probes]
    rank = np.arange(len(owner)) - np.searchsorted(owner, owner)
    probes, owner = probes[rank < PROBES], owner[rank < PROBES]
    used = np.bincount(owner, minlength=total)
    found = [np.empty((0, 2), dtype=np.int64)]
    # Whole sets at a time, so that each pair's members are counted together.
    edges = [*np.searchsorted(owner, owner[::_CHUNK]).tolist(), len(owner)]
    for low, high in pairwise(edges):
        some, whose = probes[low:high], owner[low:high]
        spread = np.repeat(np.arange(len(some)), counts[some])
        offsets = np.arange(len(spread)) - np.repeat(np.cumsum(counts[some]) - counts[some], counts[some])
        others = sets[begins[some][spread] + offsets]
        keys, times = np.unique(whose[spread] * total + others, return_counts=True)
        pairs = np.stack((keys // max(1, total), keys % max(1, total)), axis=1)
        enough = (times >= MIN_SHARE * used[pairs[:, 0]]) & (pairs[:, 0] != pairs[:, 1])
        found.append(pairs[enough])
    return np.concatenate(found)
