"""A queue of articles with bounded memory, which spills to an unnamed temporary file."""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from searchapp.errors import IndexWriteError
from searchapp.model import Article

MAX_MEMORY = 32 * 1024 * 1024
"""Bytes kept in memory, at most; a few edited articles never touch the disk."""
PREFIX = "spool-"
"""Prefix of the file's name, which it has for a moment on file systems without unnamed files."""


def tidy(folder: Path) -> None:
    """Remove the files of runs that were killed in that moment."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{PREFIX}*"):
            path.unlink(missing_ok=True)


class Spool:
    """A first in, first out queue: fill it, then iterate. A context manager, which frees the file.

    folder   the folder of the file, the index folder: it must have room anyway, while the system's folder for temporary
             files may be read-only or in memory
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(MAX_MEMORY, prefix=PREFIX, dir=str(folder))  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing flushes what could not be written before, which was reported by then.
        with contextlib.suppress(OSError):
            self._file.close()

    def __len__(self) -> int:
        return self._count

    def put(self, article: Article) -> None:
        """Append an article. Raises IndexWriteError if the folder is full or can't be written."""
        try:
            pickle.dump(article, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise self._failed("written", error) from error
        self._count += 1

    def __iter__(self) -> Iterator[Article]:
        """Iterate over the articles. Raises IndexWriteError if the file can't be read."""
        try:
            self._file.seek(0)
            for _ in range(self._count):
                # Written by this process to an unnamed file, which nobody else can have changed.
                yield pickle.load(self._file)  # noqa: S301 - our own, see above
        except OSError as error:
            raise self._failed("read", error) from error

    def _failed(self, what: str, error: OSError) -> IndexWriteError:
        return IndexWriteError(f"{self._folder}: can't be {what} ({error.strerror}); make room, or see to the disk")
