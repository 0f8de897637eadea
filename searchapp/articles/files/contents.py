"""The bytes that an article is made of: those of its file, and of files beside it that hold its metadata."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path
from typing import NamedTuple

from searchapp.articles.files.source import UnreadableError, digest, read_bytes
from searchapp.articles.generators.table import BY_NAME
from searchapp.articles.outcome import Limits
from searchapp.articles.site import Site


class FileContents(NamedTuple):
    """What a file holds, and those beside it in the order in which they count."""

    data: bytes
    beside: tuple[bytes, ...] = ()

    def digest(self, site: Site, id: str) -> str:
        """Hex; of all of it, the id and the site's fingerprint."""
        return digest(site.fingerprint, id, b"\0".join((self.data, *self.beside)))


def read_contents(site: Site, path: str | Path, limits: Limits) -> FileContents:
    """What makes the article of a file. Raises UnreadableError and OSError as `read_bytes` does for the file itself."""
    data = read_bytes(path, limits)
    found: list[bytes] = []
    for other, _ in beside(site, path):
        with contextlib.suppress(OSError, UnreadableError):
            found.append(read_bytes(other, limits))
    return FileContents(data, tuple(found))


def beside(site: Site, path: str | Path) -> list[tuple[Path, os.stat_result]]:
    """The files that hold metadata of the article in a file; no links, which could lead anywhere."""
    names = BY_NAME[site.generator].beside
    if names is None:
        return []
    found: list[tuple[Path, os.stat_result]] = []
    file = Path(path)
    for name in names(site, file.name):
        other = file.with_name(name)
        with contextlib.suppress(OSError):
            status = other.lstat()
            if stat.S_ISREG(status.st_mode):
                found.append((other, status))
    return found
