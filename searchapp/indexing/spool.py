"""A queue of articles that keeps to a fixed amount of memory, spilling to an unnamed temporary file."""

from __future__ import annotations

import contextlib
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from searchapp.errors import IndexWriteError
from searchapp.model import Article

MEMORY = 32 * 1024 * 1024
"""Bytes kept in memory; an edited post never touches the disk."""
PREFIX = "spool-"
"""Of the file's name, for the moment that it has one where the file system knows no files without."""


def tidy(folder: Path) -> None:
    """Removes the files of runs that were killed in that moment."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{PREFIX}*"):
            path.unlink(missing_ok=True)


class Spool:
    """Articles in, then the same articles out, in order. A context manager: leaving it frees the file.

    folder   where the file is: one that must have room anyway. The system's folder for temporary files may be none at
             all where nothing else can be written, and is often in memory
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = tempfile.SpooledTemporaryFile(MEMORY, prefix=PREFIX, dir=str(folder))  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # It would write what it could not before, and the reason why is known by now.
        with contextlib.suppress(OSError):
            self._file.close()

    def __len__(self) -> int:
        return self._count

    def put(self, article: Article) -> None:
        """Adds one at the end. Raises IndexWriteError when the folder is full or can't be written."""
        try:
            pickle.dump(article, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise self._failed("written", error) from error
        self._count += 1

    def __iter__(self) -> Iterator[Article]:
        """Raises IndexWriteError when the file can't be read."""
        try:
            self._file.seek(0)
            for _ in range(self._count):
                # Written by this very process into a file without a name: nobody else can have altered it.
                yield pickle.load(self._file)  # noqa: S301 - our own, see above
        except OSError as error:
            raise self._failed("read", error) from error

    def _failed(self, what: str, error: OSError) -> IndexWriteError:
        return IndexWriteError(f"{self._folder}: can't be {what} ({error.strerror}); make room, or see to the disk")
