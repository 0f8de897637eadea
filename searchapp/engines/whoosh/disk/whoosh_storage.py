"""The folder of a generation as Whoosh sees it: what nobody vouches for is not there."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from searchapp.engines.whoosh._whoosh import filestore


class Storage(filestore.FileStorage):  # type: ignore[misc] # Whoosh has no types
    """Whoosh's own lists a folder that it can't read as an empty one, and so takes an index for none.

    vouched    the only files that are there to be read; all if it is None. Whoosh opens and unpickles whichever list
               of segments has the highest number, so one that was put into the folder must not be seen
    """

    def __init__(self, path: Path, vouched: Collection[str] | None = None) -> None:
        super().__init__(str(path))
        self._vouched = vouched

    def list(self) -> list[str]:
        """The names of the files."""
        if self._vouched is not None:
            return sorted(self._vouched)
        return [path.name for path in Path(self.folder).iterdir()]

    def file_exists(self, name: str) -> bool:
        """Whether there is a file."""
        return self._is_vouched(name) and bool(super().file_exists(name))

    def open_file(self, name: str, **kwargs: Any) -> Any:
        """A file to be read."""
        if not self._is_vouched(name):
            raise FileNotFoundError(f"{name} is not in the manifest")
        return super().open_file(name, **kwargs)

    def _is_vouched(self, name: str) -> bool:
        return self._vouched is None or name in self._vouched
