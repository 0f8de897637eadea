"""A generation's folder as a Whoosh storage that hides files which are not in the manifest."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Any

from searchapp.engines.whoosh._whoosh import filestore


class Storage(filestore.FileStorage):  # type: ignore[misc] # Whoosh has no types
    """A Whoosh storage that raises OSError for a folder that can't be read, where Whoosh's lists it as empty.

    listed     the only files that exist for Whoosh; all if None. Whoosh opens and unpickles the segment list with the
               highest number, so that a planted one must be hidden
    """

    def __init__(self, path: Path, listed: Collection[str] | None = None) -> None:
        super().__init__(str(path))
        self._listed = listed

    def list(self) -> list[str]:
        """Return the names of the files."""
        if self._listed is not None:
            return sorted(self._listed)
        return [path.name for path in Path(self.folder).iterdir()]

    def file_exists(self, name: str) -> bool:
        """Whether there is a file."""
        return self._is_listed(name) and bool(super().file_exists(name))

    def open_file(self, name: str, **kwargs: Any) -> Any:
        """Open a file for reading. Raises FileNotFoundError."""
        if not self._is_listed(name):
            raise FileNotFoundError(f"{name} is not in the manifest")
        return super().open_file(name, **kwargs)

    def temp_storage(self, name: str) -> Any:
        """Create a folder for temporary files. Raises OSError with its reason, which Whoosh's own may hide."""
        path = Path(self.folder, name)
        with suppress(FileExistsError):
            path.mkdir()
        return filestore.FileStorage(str(path))

    def _is_listed(self, name: str) -> bool:
        return self._listed is None or name in self._listed
