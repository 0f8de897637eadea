"""What keeps a worker small: pages shared with the master, and memory that is given back."""

from __future__ import annotations

import ctypes
import gc

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
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
