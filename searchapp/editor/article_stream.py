"""Iteration over all articles of an index."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.engine import Engine
from searchapp.model import Article


def iter_articles(engine: Engine) -> Iterator[Article]:
    """Yield every indexed article, ascending by id, one in memory at a time. Raises IndexUnusableError.

    Each article is loaded when it is due; one that was deleted since the iteration began is left out.
    """
    engine.status()
    for id in sorted(engine.manifest()):
        article = engine.article(id)
        if article is not None:
            yield article
