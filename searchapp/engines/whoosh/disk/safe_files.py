"""What generations ask of the file system: safe owners and modes, links, and bytes that are on the disk."""

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
"""What this process or machine is short of for now, and which says nothing of the file."""


def unreadable(path: Path, error: OSError, remedy: str) -> IndexUnusableError:
    """What a file that can't be read means: damage, unless all is well with it."""
    where = error.filename or path
    if error.errno in SHORT:
        return IndexUnreachableError(f"{where} can't be read now ({error.strerror}); try again in a moment")
    return IndexDamagedError(f"{where} can't be read ({error.strerror or error}); {remedy}")


def refuse_unsafe(paths: Iterable[Path]) -> None:
    """Raises IndexDamagedError if others than the owner can write one of the paths, or own it."""
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
