"""One indexing run at a time: an advisory lock on a file in the index folder, which contains the holder's PID.

The kernel releases it when the holder ends in any way. The filelock package (4.3 tried) takes 85 ms to import, gives up
on an index folder that is deleted while it waits, and can't name the holder of a lock without acquiring it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import logging
import os
import time
from collections.abc import Iterator
from pathlib import Path

from searchapp.errors import IndexLockedError, IndexWriteError

FILE_NAME = "LOCK"
WAIT = 60.0
"""Seconds that a run waits for another one by default."""

_POLL = 0.05
_log = logging.getLogger(__name__)
_held: set[int] = set()


def _close_in_child() -> None:
    """Close the lock in forked processes: one that outlives a killed run must not keep it locked."""
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_child)


@contextlib.contextmanager
def lock(index_dir: Path, wait: float = WAIT) -> Iterator[None]:
    """Context manager: hold the folder's lock; creates the folder if it is missing.

    wait    seconds to wait for another holder, which is logged once

    Raises IndexLockedError after that time, IndexWriteError if the folder can't be used.
    """
    descriptor = _acquire(index_dir, wait)
    _held.add(descriptor)
    try:
        yield
    finally:
        _held.discard(descriptor)
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def holder(index_dir: Path) -> str | None:
    """Return the current holder as text for people, None if there is none. Read only."""
    try:
        descriptor = os.open(index_dir / FILE_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(descriptor)
    else:
        return None
    finally:
        os.close(descriptor)


def _acquire(index_dir: Path, wait: float) -> int:
    deadline = time.monotonic() + wait
    warned = False
    while True:
        descriptor = _open(index_dir)
        if _try(descriptor, index_dir):
            if _is_current(descriptor, index_dir):
                _sign(descriptor)
                return descriptor
            os.close(descriptor)
            continue
        holder = _holder(descriptor)
        os.close(descriptor)
        if time.monotonic() >= deadline:
            raise IndexLockedError(
                f"another searchapp index is running ({holder}) on {index_dir}; try again when it has ended"
            )
        if not warned:
            _log.warning("another searchapp index is running (%s); waiting", holder)
            warned = True
        time.sleep(_POLL)


def _open(index_dir: Path) -> int:
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        return os.open(
            index_dir / FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, 0o644
        )
    except OSError as error:
        raise IndexWriteError(
            f"{index_dir}: can't be written ({error.strerror}); choose another folder with --index"
        ) from error


def _try(descriptor: int, index_dir: Path) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES, errno.EINTR}:
            return False
        os.close(descriptor)
        raise IndexWriteError(
            f"{index_dir}: can't be locked ({error.strerror}); a disk that is shared over a network may not allow it: "
            "choose another folder with --index"
        ) from error
    return True


def _is_current(descriptor: int, index_dir: Path) -> bool:
    """False if the folder was deleted, and perhaps recreated, while this run waited."""
    try:
        return os.path.samestat(os.fstat(descriptor), (index_dir / FILE_NAME).stat())
    except OSError:
        return False


def _sign(descriptor: int) -> None:
    # A full disk must not stop a run that may be about to free space; the name is a courtesy.
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _holder(descriptor: int) -> str:
    with contextlib.suppress(OSError):
        text = os.pread(descriptor, 20, 0).strip()
        if text.isdigit():
            return f"pid {text.decode()}"
    return "pid unknown"
