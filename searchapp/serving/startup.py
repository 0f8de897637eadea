"""What the master does before it forks workers: checks of the environment, and settings of memory."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import stat
from pathlib import Path

from searchapp import web
from searchapp.errors import ConfigError, IndexDamagedError

THRESHOLDS = (5_000, 20, 20)
"""Thresholds of the garbage collector (Python's own: 700, 10, 10). A response allocates thousands of objects and leaves
hardly any cycle: collections took 0.1 ms of each request, and 8 ms every few hundred."""
_M_ARENA_MAX = -8
"""The parameter of mallopt, from malloc.h."""
_log = logging.getLogger(__name__)


def check(index_dir: Path) -> None:
    """Raise ConfigError for Flask's debugger, IndexDamagedError for an index folder that others can write."""
    if web.is_debugging():
        raise ConfigError(
            "FLASK_DEBUG is set, which shows readers the inside of this program; unset it and start again"
        )
    try:
        mode = index_dir.stat().st_mode
    except FileNotFoundError:  # a cluster may be all there is
        return
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise IndexDamagedError(f"{index_dir} can be written by others; run: chmod go-w '{index_dir}'")


def warn_of_root() -> None:
    """Log a warning when running as root."""
    if os.geteuid() == 0:
        _log.warning("this runs as root; give it a user of its own (searchapp deploy systemd prints a unit that does)")


def prepare_fork() -> None:
    """To be called in the master before it forks: the memory used now stays shared with the workers.

    A collection writes to each object's header, and so copies its page. And glibc gives each thread a heap of its own,
    which keeps the memory of that thread's largest response; threads that compute in turns do not need that.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
