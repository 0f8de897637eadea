"""The articles of an index, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.engine import Engine
from searchapp.model import Article


def every(engine: Engine) -> Iterator[Article]:
    """Every indexed article, ascending by id, one in memory at a time. Raises IndexUnusableError while there is none.

    An index that changes meanwhile gives each article as it is when its turn comes; one that has gone is left out.
    """
    engine.status()
    for id in sorted(engine.manifest()):
        article = engine.article(id)
        if article is not None:
            yield article
