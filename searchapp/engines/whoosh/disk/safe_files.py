"""File system operations of generations: ownership and mode checks, hard links, synced writes."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from searchapp.errors import IndexDamagedError, IndexUnreachableError, IndexUnusableError

UNSAFE = stat.S_IWGRP | stat.S_IWOTH
SHORT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EINTR})
"""Errors of exhausted resources, which say nothing about the file."""


def unreadable(path: Path, error: OSError, remedy: str) -> IndexUnusableError:
    """Return the error for a file that can't be read: unreachable if resources are exhausted, else damaged."""
    where = error.filename or path
    if error.errno in SHORT:
        return IndexUnreachableError(f"{where} can't be read now ({error.strerror}); try again in a moment")
    return IndexDamagedError(f"{where} can't be read ({error.strerror or error}); {remedy}")


def refuse_unsafe(paths: Iterable[Path]) -> None:
    """Raise IndexDamagedError if any user but the owner (or root) can write one of the paths, or owns it."""
    for path in paths:
        try:
            status = path.stat()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise IndexDamagedError(f"{path} can't be read ({error.strerror})") from error
        if status.st_mode & UNSAFE:
            raise IndexDamagedError(f"{path} can be written by others; run: chmod go-w '{path}'")
        if status.st_uid not in {os.geteuid(), 0}:
            raise IndexDamagedError(f"{path} belongs to another user; run: chown {os.geteuid()} '{path}'")


def link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        # Some file systems know no hard links.
        shutil.copyfile(source, target)


def write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        os.fchmod(stream.fileno(), 0o644)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
