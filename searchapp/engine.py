"""The seam: what an engine promises, and nothing that it is made of.

Contract, tested over every engine by `tests/test_engine_contract.py`:

- `update` and `rebuild` end in a complete new generation or raise and leave the old one; a search
  sees exactly one generation.
- `total` and facet counts are exact and counted after filters; the counts of a facet ignore its own
  selection and honour all the others. A page past the end is empty, with the total still right.
- Empty text means everything, newest first, whatever the sort but OLDEST.
- Ties break by date (newest first, undated last), then id, in code point order.
- What a query means is written in `searchapp.query`; what a word is, in `searchapp.analysis`.
- Strings come back as written. Values are plain data: no cursor, no document number, no markup.
- A backend's exceptions are translated at the seam into `searchapp.errors`.
- Scores are not compared across engines; sets, counts and what an exact title does are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Protocol

from searchapp.model import Article, Draft, Generation, Hit, Query, Results, Status, Suggestion


class Engine(Protocol):
    """An index of articles. One value may be shared by threads; each process opens its own."""

    def manifest(self) -> Mapping[str, str]:
        """id -> digest of every indexed article; empty when there is no index yet."""

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        """Adds or replaces `changed` (by id; the last one wins), drops the ids in `removed`.

        Consumes `changed` lazily. Raises IndexWriteError or IndexLockedError; on any exception,
        the iterable's own included, the old generation stays as it was.
        """

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        """Builds a generation of exactly `articles` from zero; otherwise as `update`."""

    def tidy(self) -> None:
        """Removes what runs that were killed have left, if it can. Not called while another run is under way."""

    def generation(self) -> str:
        """The name of the generation that is asked from now on; cheap enough for every request.

        Equal names, equal answers: whatever is asked between two calls that give the same name was
        answered from that generation. Raises IndexUnusableError while there is none.
        """

    def search(self, query: Query) -> Results:
        """One page of hits with exact total and facets. Never raises for what a reader typed."""

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Completions of what was typed so far, best first, at most `limit`."""

    def related(self, source: str | Draft, limit: int = 10) -> tuple[Hit, ...]:
        """Articles like the one with this id, or like a draft, never the article itself.

        Raises NotFoundError for an unknown id.
        """

    def article(self, id: str) -> Article | None:
        """The indexed version of an article, as it was given; None if there is none."""

    def locate(self, permalink: str) -> str | None:
        """The id of the article with this permalink or alias (path, compared without a final slash)."""

    def status(self) -> Status:
        """What the index holds. Raises IndexUnusableError while there is none."""

    def close(self) -> None:
        """Lets go of files; the engine is not used afterwards."""


def iter_articles(engine: Engine) -> Iterator[Article]:
    """Yield every indexed article, ascending by id, one in memory at a time. Raises IndexUnusableError.

    Each article is loaded when it is due; one that was deleted since the iteration began is left out.
    """
    engine.status()
    for id in sorted(engine.manifest()):
        article = engine.article(id)
        if article is not None:
            yield article
