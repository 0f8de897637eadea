"""Checks of the content, index and desk folders: existence, permissions, disk space."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from searchapp.articles import discover, open_site
from searchapp.config.loading import Config
from searchapp.doctor.findings import Finding, counted, ok, problem, warning
from searchapp.indexing.lock import holder
from searchapp.querylog.store import FILE_NAME as QUERIES
from searchapp.web.desk import tokens

MB = 1_000_000
MIN_FREE = 100 * MB
"""Bytes that should be free for a build of the smallest index."""

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def content(config: Config) -> Iterator[Finding]:
    """Check that there are articles and that they are readable. Raises ConfigError without a content folder."""
    sources, problems = discover(open_site(config))
    closed = [source.id for source in sources if not os.access(config.content_dir / source.id, os.R_OK)]
    closed += [each.path for each in problems if each.skipped]
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        yield problem("content", f"{config.content_dir}: {closed[0]}{more} can't be read", "let this user read them")
    elif not sources:
        yield warning("content", f"{config.content_dir} has no articles", "check content_dir")
    else:
        yield ok("content", f"{config.content_dir}: {counted(len(sources), 'file')}")


def index_folder(config: Config) -> Iterator[Finding]:
    """Check that only its owner can write the index folder, and that this is the current user."""
    folder = config.index_dir
    if not folder.exists():
        yield ok("index folder", f"{folder} is not there yet")
        return
    status = folder.stat()
    if status.st_mode & _OTHERS_WRITE:
        yield problem("index folder", f"{folder} can be written by others", f"run: chmod go-w '{folder}'")
    elif status.st_uid not in {os.geteuid(), 0}:
        found = f"{folder} belongs to user {status.st_uid}, and this is user {os.geteuid()}"
        remedy = f"run searchapp as that user, or: chown -R {os.geteuid()} '{folder}'"
        yield problem("index folder", found, remedy)
    elif not os.access(folder, os.W_OK | os.X_OK):
        found = f"{folder} can't be written by user {os.geteuid()}: it can be searched, not brought up to date"
        yield warning("index folder", found, f"run searchapp as user {status.st_uid}")
    else:
        yield ok("index folder", f"{folder} can be written by its owner alone")


def lock(config: Config) -> Iterator[Finding]:
    """Check whether a build is running."""
    who = holder(config.index_dir)
    if who is None:
        yield ok("lock", "no build is under way")
    else:
        yield warning("lock", f"a build is under way ({who})", "wait until it ends; if it never does, end that process")


def disk(config: Config) -> Iterator[Finding]:
    """Check the disk space for a build, which writes a second index beside the first one."""
    folder = next(path for path in (config.index_dir, *config.index_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    files = config.index_dir.glob("*/*") if config.index_dir.exists() else ()
    needed = sum(path.stat().st_size for path in files if path.is_file())
    found = f"{free // MB} MB free at {folder}; the index takes {needed // MB} MB"
    remedy = "make room, or move index_dir"
    if free < needed:
        yield problem("disk", f"{found}, and a build needs as much again", remedy)
    elif free < max(MIN_FREE, 2 * needed):
        yield warning("disk", found, remedy)
    else:
        yield ok("disk", found)


def desk(config: Config) -> Iterator[Finding]:
    """Check that only its owner can access the desk folder, whose data no rebuild restores."""
    folder = config.desk_dir
    if not folder.exists():
        yield ok("desk folder", f"{folder} is not there yet")
        return
    open_ones = [path for path in (folder, *map(folder.joinpath, (tokens.FILE_NAME, QUERIES))) if _is_open(path)]
    if open_ones:
        paths = ", ".join(map(str, open_ones))
        modes = " && ".join(f"chmod {'700' if path.is_dir() else '600'} '{path}'" for path in open_ones)
        yield problem("desk folder", f"others can get at {paths}", f"run: {modes}")
    elif not os.access(folder, os.W_OK | os.X_OK):
        found = f"{folder} can't be written by user {os.geteuid()}"
        yield warning("desk folder", found, f"run: chown -R {os.geteuid()} '{folder}'")
    else:
        yield ok("desk folder", f"{folder} is its owner's alone")


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & _OTHERS)
