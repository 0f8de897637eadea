"""What keeps a worker small and even: pages shared with the master, one heap, a collector that seldom looks."""

from __future__ import annotations

import ctypes
import gc

THRESHOLDS = (5_000, 20, 20)
"""Objects until the collector looks (Python's own: 700, 10, 10). An answer is made of thousands and leaves hardly any
cycle: looking took 0.1 ms of each request, and 8 ms every few hundred."""
_M_ARENA_MAX = -8
"""mallopt's name for it, from malloc.h."""


def share() -> None:
    """Called in the master before it forks: what is loaded now stays shared with the workers.

    The collector would write to each object's header, and so copy its page, when it looks for garbage. And glibc
    gives each thread a heap of its own, which keeps what the largest answers of that thread took; threads that
    compute in turns have no use for that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
