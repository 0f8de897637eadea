"""A queue of articles that keeps to a fixed amount of memory, spilling to an unnamed temporary file."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from types import TracebackType

from searchapp.errors import IndexWriteError
from searchapp.model import Article

MEMORY = 32 * 1024 * 1024
"""Bytes kept in memory; an edited post never touches the disk."""


class Spool:
    """Articles in, then the same articles out, in order. A context manager: leaving it frees the file."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=MEMORY)  # noqa: SIM115 - closed by __exit__
        self._count = 0

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return self._count

    def put(self, article: Article) -> None:
        """Adds one at the end. Raises IndexWriteError when the temporary folder is full."""
        try:
            pickle.dump(article, self._file, pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise IndexWriteError(
                f"{tempfile.gettempdir()}: can't be written ({error.strerror}); free some space"
            ) from error
        self._count += 1

    def __iter__(self) -> Iterator[Article]:
        self._file.seek(0)
        for _ in range(self._count):
            # Written by this very process into a file without a name: nobody else can have altered it.
            yield pickle.load(self._file)  # noqa: S301 - our own, see above
