"""The bytes that an article is made of: of its file, and of separate files with its metadata."""

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
    """The bytes of a file, and of its metadata files by precedence."""

    data: bytes
    metadata: tuple[bytes, ...] = ()

    def digest(self, site: Site, id: str) -> str:
        """Return the hex digest of all bytes, the id and the site's fingerprint."""
        return digest(site.fingerprint, id, b"\0".join((self.data, *self.metadata)))


def read_contents(site: Site, path: str | Path, limits: Limits) -> FileContents:
    """Read a file and its metadata files. Raises as `read_bytes` for the file itself."""
    data = read_bytes(path, limits)
    found: list[bytes] = []
    for other, _ in metadata_files(site, path):
        with contextlib.suppress(OSError, UnreadableError):
            found.append(read_bytes(other, limits))
    return FileContents(data, tuple(found))


def metadata_files(site: Site, path: str | Path) -> list[tuple[Path, os.stat_result]]:
    """Return the metadata files of an article's file that exist; symbolic links are ignored for safety."""
    names = BY_NAME[site.generator].metadata_files
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
