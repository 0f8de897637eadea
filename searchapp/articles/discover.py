"""The candidate files below the content folder: found without opening or following anything dangerous."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from searchapp.articles.outcome import Source
from searchapp.articles.site import Site
from searchapp.articles.source import kind_of
from searchapp.model import Problem

ENDINGS = frozenset({".md", ".markdown", ".mdown", ".mkd", ".mkdn", ".mdx", ".rst", ".html", ".htm"})
NEVER = frozenset(
    [
        "node_modules",
        "bower_components",
        "_site",
        "_includes",
        "_layouts",
        "_sass",
        "_data",
        "_plugins",
        "_assets",
        "__pycache__",
    ]
)
"""Folders that hold no articles wherever they are; those whose names start with a dot neither."""
AT_ROOT = frozenset(["public", "vendor", "themes", "layouts", "archetypes", "scaffolds", "resources", "venv"])
"""Folders that hold no articles right in the site's root."""


def discover(site: Site) -> tuple[list[Source], list[Problem]]:
    """Every file that may be an article, sorted by id, and what stands in the way of finding more."""
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for item in _walk(site, problems):
        if item.id in sources:
            problems.append(Problem(item.id, None, "another file's name is the same once it is made readable", True))
        else:
            sources[item.id] = item
    return sorted(sources.values(), key=lambda source: source.id), sorted(problems, key=lambda p: p.path)


def _walk(site: Site, problems: list[Problem]) -> Iterator[Source]:
    top = os.fspath(site.config.content_dir)
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except OSError as error:
            problems.append(Problem(_id(top, folder), None, f"the folder can't be read: {error.strerror}", True))
            continue
        for entry in found:
            id = _id(top, entry.path)
            below = id.removeprefix(site.root)
            if site.exclude and site.excluded(below):
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    if _entered(entry.name, below):
                        waiting.append(entry.path)
                elif entry.is_symlink() or os.path.splitext(entry.name)[1].lower() in ENDINGS:  # noqa: PTH122 - 10 µs
                    yield from _candidate(entry, id, site.config.content_dir, problems)
            except OSError as error:
                problems.append(Problem(id, None, f"can't be looked at: {error.strerror}", True))


def _id(top: str, path: str) -> str:
    """The path below `top` as text: undecodable bytes become U+FFFD."""
    relative = path[len(top.rstrip("/")) + 1 :]
    if relative.isascii():
        return relative or "."
    return os.fsencode(relative).decode("utf-8", "replace")


def _entered(name: str, below: str) -> bool:
    return not (name.startswith(".") or name in NEVER or (below == name and name in AT_ROOT))


def _candidate(entry: os.DirEntry[str], id: str, content: Path, problems: list[Problem]) -> Iterator[Source]:
    """The entry as a source, if it is one; a link to a folder, and what is no regular file, is a problem."""
    ending = Path(entry.name).suffix.lower()
    if entry.name.startswith("."):
        return
    try:
        status = entry.stat()
    except OSError as error:
        if ending in ENDINGS:
            problems.append(Problem(id, None, f"can't be looked at: {error.strerror}", True))
        return
    if stat.S_ISDIR(status.st_mode):
        problems.append(Problem(id, None, "a symbolic link to a folder is not followed"))
    elif ending not in ENDINGS:
        return
    elif entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(content.resolve()):
        # Whoever may add an article, by a pull request say, could publish any file of this machine.
        problems.append(Problem(id, None, "a symbolic link to a file outside the content folder is not followed", True))
    elif stat.S_ISREG(status.st_mode):
        signature = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        yield Source(id, Path(entry.path), signature)
    else:
        problems.append(Problem(id, None, f"is {kind_of(status.st_mode)}, not a file", True))
