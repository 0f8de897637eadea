"""The engine interface.

Contract, tested over every engine by `tests/test_engine_contract.py`:

- `update` and `rebuild` end in a complete new generation or raise and leave the old one; a search
  sees exactly one generation.
- `total` and facet counts are exact and counted after filters; the counts of a facet ignore its own
  selection and honour all the others. A page past the end is empty, with the total still right.
- Empty text means everything, newest first, whatever the sort but OLDEST.
- Ties break by date (newest first, undated last), then id, in code point order.
- Queries are defined by `searchapp.query`, words by `searchapp.analysis`.
- Strings come back as written. Values are plain data: no cursor, no document number, no markup.
- A backend's exceptions are translated into `searchapp.errors`.
- Scores of different engines are not comparable; sets, counts and the effect of an exact title are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from searchapp.model import Article, Draft, Generation, Hit, Query, Results, Status, Suggestion


class Engine(Protocol):
    """An index of articles. May be shared by threads; each process opens its own."""

    def manifest(self) -> Mapping[str, str]:
        """Return id -> digest of every indexed article; empty if there is no index yet."""

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        """Add or replace `changed` (by id; the last one wins), delete the ids in `removed`; return the new generation.

        Consumes `changed` lazily. Raises IndexWriteError or IndexLockedError; on any exception,
        including those of the iterable, the old generation stays.
        """

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        """Build a generation of exactly `articles` from scratch; otherwise as `update`."""

    def tidy(self) -> None:
        """Delete leftovers of killed runs, if possible. Not to be called during another run."""

    def generation(self) -> str:
        """Return the name of the current generation; cheap enough for every request.

        Whatever is asked between two calls that return the same name was answered from that generation. Raises
        IndexUnusableError while there is none.
        """

    def search(self, query: Query) -> Results:
        """Return one page of hits with exact total and facets. Never raises for what a reader typed."""

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return completions of a prefix, best first, at most `limit`."""

    def related(self, source: str | Draft, limit: int = 10) -> tuple[Hit, ...]:
        """Return articles like the one with this id, or like a draft, best first, without the article itself.

        Raises NotFoundError for an unknown id.
        """

    def article(self, id: str) -> Article | None:
        """Return an article as it was indexed; None if there is none with this id."""

    def locate(self, permalink: str) -> str | None:
        """Return the id of the article with this permalink or alias (a path, ignoring a final slash); None if none."""

    def status(self) -> Status:
        """Return the size of the index. Raises IndexUnusableError while there is none."""

    def close(self) -> None:
        """Release files and connections; the engine is not used afterwards."""


def iter_articles(engine: Engine) -> Iterator[Article]:
    """Yield every indexed article, ascending by id, one in memory at a time. Raises IndexUnusableError.

    Each article is loaded when it is due; one that was deleted since the iteration began is left out.
    """
    engine.status()
    for id in sorted(engine.manifest()):
        article = engine.article(id)
        if article is not None:
            yield article
