"""Discovery of content files, without opening or following anything dangerous."""

from __future__ import annotations

import os
import stat
from operator import itemgetter
from pathlib import Path

from searchapp.articles.files.contents import metadata_files
from searchapp.articles.files.source import kind_of
from searchapp.articles.outcome import SourceFile
from searchapp.articles.site import Site
from searchapp.model import Problem

SUFFIXES = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".rst", ".html", ".htm"})
EXCLUDED_FOLDERS = frozenset(
    ("node_modules bower_components _site _includes _layouts _sass _data _plugins _assets __pycache__").split()
)
"""Folders without articles at any depth, besides those whose names start with a dot."""
EXCLUDED_AT_ROOT = frozenset("public vendor themes layouts archetypes scaffolds resources venv".split())
"""Folders without articles directly in the site's root."""


def discover(site: Site) -> tuple[list[SourceFile], list[Problem]]:
    """Return every file that may be an article, sorted by id, and the problems of finding more, sorted by path."""
    found: list[SourceFile] = []
    problems: list[Problem] = []
    waiting = [(os.fspath(site.config.content_dir), "")]
    while waiting:
        folder, above = waiting.pop()
        try:
            # Names are then looked up in the open folder, not from the root each time.
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                below = _look(site, descriptor, folder, above, found, problems)
            finally:
                os.close(descriptor)
        except OSError as error:
            reason = f"the folder can't be read: {error.strerror}"
            problems.append(Problem(above.rstrip("/") or ".", None, reason, True, "folder-unreadable"))
        else:
            waiting += below
    found.sort(key=itemgetter(0))
    sources = {source.id: source for source in reversed(found)}
    if len(sources) < len(found):
        reason = "another file's name is the same once it is made readable"
        problems += [
            Problem(item.id, None, reason, True, "file-name-clash") for item in found if sources[item.id] is not item
        ]
        found = list(reversed(sources.values()))
    return found, sorted(problems, key=lambda p: p.path)


def _look(
    site: Site, descriptor: int, folder: str, above: str, found: list[SourceFile], problems: list[Problem]
) -> list[tuple[str, str]]:
    """Add the sources and problems of one open folder; return the subfolders: path, prefix of their ids."""
    below: list[tuple[str, str]] = []
    with os.scandir(descriptor) as listing:
        entries = list(listing)
    for entry in entries:
        name = entry.name
        id = above + name if name.isascii() else above + _readable(name)
        if site.exclude and site.excluded(id.removeprefix(site.root)):
            continue
        path = f"{folder}/{name}"
        try:
            if name[name.rfind(".") :].lower() in SUFFIXES:
                # First what nearly all are, with one call of the system.
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISREG(status.st_mode):
                    if name[0] != ".":
                        found.append(SourceFile(id, path, _signature(site, path, status)))
                    continue
            if entry.is_dir(follow_symlinks=False):
                if _entered(name, id.removeprefix(site.root)):
                    below.append((path, f"{id}/"))
            elif entry.is_symlink():
                found += _linked(site, entry, path, id, problems)
            elif _is_named_so(name):
                problems.append(_odd(id, status))
        except OSError as error:
            problems.append(Problem(id, None, f"can't be looked at: {error.strerror}", True, "file-unreadable"))
    return below


def _readable(name: str) -> str:
    """Return a name as text: undecodable bytes become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def _is_named_so(name: str) -> bool:
    return name[name.rfind(".") :].lower() in SUFFIXES and name[0] != "."


def _entered(name: str, below: str) -> bool:
    return not (name.startswith(".") or name in EXCLUDED_FOLDERS or (below == name and name in EXCLUDED_AT_ROOT))


def _linked(site: Site, entry: os.DirEntry[str], path: str, id: str, problems: list[Problem]) -> tuple[SourceFile, ...]:
    """Return the source that a symbolic link refers to; a folder or a file elsewhere is a problem."""
    if entry.name.startswith("."):
        return ()
    named = _is_named_so(entry.name)
    try:
        status = entry.stat()
    except OSError as error:
        if named:
            problems.append(Problem(id, None, f"can't be looked at: {error.strerror}", True, "file-unreadable"))
        return ()
    if stat.S_ISDIR(status.st_mode):
        problems.append(Problem(id, None, "a symbolic link to a folder is not followed", code="file-symlink"))
    elif named and not Path(path).resolve().is_relative_to(site.config.content_dir.resolve()):
        # Whoever may add an article, by a pull request say, could publish any file of this machine.
        reason = "a symbolic link to a file outside the content folder is not followed"
        problems.append(Problem(id, None, reason, True, "file-symlink"))
    elif named and stat.S_ISREG(status.st_mode):
        return (SourceFile(id, path, _signature(site, path, status)),)
    elif named:
        problems.append(_odd(id, status))
    return ()


def _signature(site: Site, path: str, status: os.stat_result) -> tuple[int, ...]:
    """Return a file's signature; with metadata files, of the sum of their sizes and the latest of their times."""
    size, modified, changed = status.st_size, status.st_mtime_ns, status.st_ctime_ns
    for _, there in metadata_files(site, path):
        size += there.st_size
        modified, changed = max(modified, there.st_mtime_ns), max(changed, there.st_ctime_ns)
    return size, modified, changed, status.st_ino


def _odd(id: str, status: os.stat_result) -> Problem:
    return Problem(id, None, f"is {kind_of(status.st_mode)}, not a file", True, "file-odd")
