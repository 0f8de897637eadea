"""Numbers that the processes of one server add to, each in a row of its own, so that none overwrites another's.

prometheus-client's own way with several processes is a folder of files, four for each process that ever ran, which its
environment must name before it is imported, somebody has to empty, and a read-only file system must have room for.
Memory that the master shares needs none of that, is read in 20 µs, and what a worker has counted outlives it.
"""

from __future__ import annotations

import mmap
import threading

import numpy as np

STRIPES = 128
"""Rows: twice as many as there may be workers at a time; a worker's number grows with each that was ever started."""


class Table:
    """So many numbers, in memory that processes forked later share. One value may be shared by threads."""

    def __init__(self, cells: int) -> None:
        self._memory = mmap.mmap(-1, 8 * cells * STRIPES)
        self._all = memoryview(self._memory).cast("d")
        self._cells = cells
        self._lock = threading.Lock()
        self.settle(0)

    def settle(self, process: int) -> None:
        """Takes the row of this process; no other one that runs may have this number."""
        start = process % STRIPES * self._cells
        self._own = self._all[start : start + self._cells]

    def add(self, amounts: dict[int, float]) -> None:
        """Adds to some of the numbers, by their places."""
        own = self._own
        with self._lock:
            for place, amount in amounts.items():
                own[place] += amount

    def totals(self) -> list[float]:
        """What all processes have added, by place."""
        rows = np.frombuffer(self._memory, np.float64).reshape(STRIPES, self._cells)
        found: list[float] = rows.sum(axis=0).tolist()
        return found
