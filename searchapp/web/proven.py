"""Which generation this process has answered a search from."""

from __future__ import annotations

from searchapp.engine import Engine
from searchapp.model import Query


class Proven:
    """Of one process. A search is tried once in each generation: to be asked every second must cost nothing."""

    def __init__(self) -> None:
        self._generation = ""

    def check(self, engine: Engine) -> None:
        """Raises IndexUnusableError if nothing can be found."""
        generation = engine.status().generation.name
        if generation != self._generation:
            engine.search(Query(per_page=1))
            self._generation = generation
