"""The articles' files by name, for links that name a file as generators do."""

from __future__ import annotations

from collections.abc import Mapping

from searchapp.editor.links.address_forms import stem
from searchapp.engine import Engine


class FileNames:
    """Made when first asked for, once per generation. One value may be shared by threads: two may make the same."""

    def __init__(self) -> None:
        self._made: tuple[str, Mapping[str, str]] = ("", {})

    def of(self, engine: Engine) -> Mapping[str, str]:
        """Path or name of a file, without ending -> id of the article in it; of several the first by id."""
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
