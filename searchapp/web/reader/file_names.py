"""Lookup of articles by file name, for generators' link tags."""

from __future__ import annotations

from collections.abc import Mapping

from searchapp.editor.links.address_forms import stem
from searchapp.engine import Engine


class FileNames:
    """A lookup table, built lazily once per generation. Safe for threads, two of which may build the same one."""

    def __init__(self) -> None:
        self._made: tuple[str, Mapping[str, str]] = ("", {})

    def of(self, engine: Engine) -> Mapping[str, str]:
        """Return the ids of articles by path and by name of their files without ending; of several the first by id."""
        generation = engine.generation()
        known, names = self._made
        if known != generation:
            names = self._read(engine)
            self._made = (generation, names)
        return names

    def _read(self, engine: Engine) -> Mapping[str, str]:
        names: dict[str, str] = {}
        for id in sorted(engine.manifest()):
            path = stem(id)
            names.setdefault(path, id)
            names.setdefault(path.rpartition("/")[2], id)
        return names
