"""One indexing run at a time: an advisory lock on a file in the index folder that names its holder.

The kernel lets go of it when the holder ends, however it ends. The filelock package (tried in 4.3) takes 85 ms to
import, gives up on an index folder that is deleted while it waits, and can't say who holds a lock without taking it.
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
"""Seconds that a run waits for another one."""

_POLL = 0.05
_log = logging.getLogger(__name__)
_held: set[int] = set()


def _close_in_child() -> None:
    """A forked worker that outlives a killed run must not keep its lock alive."""
    for descriptor in _held:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_close_in_child)


@contextlib.contextmanager
def lock(index_dir: Path, wait: float = WAIT) -> Iterator[None]:
    """Holds the folder's lock; creates the folder if need be.

    wait    seconds to wait for another holder, which is said once on the log

    Raises IndexLockedError when the time is over, IndexWriteError if the folder can't be used.
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
    """Who builds in this folder now, as a person is told; None if nobody does. Changes nothing."""
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
    told = False
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
        if not told:
            _log.warning("another searchapp index is running (%s); waiting", holder)
            told = True
        time.sleep(_POLL)


def _open(index_dir: Path) -> int:
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        return os.open(
            index_dir / FILE_NAME,
            os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK,
            0o644,
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
    """False if the folder was deleted, and perhaps made anew, while this run waited."""
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
