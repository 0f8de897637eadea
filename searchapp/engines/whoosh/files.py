"""What generations ask of the file system: safe owners and modes, links, and bytes that are on the disk."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path

from searchapp.errors import IndexDamagedError

UNSAFE = stat.S_IWGRP | stat.S_IWOTH


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
