"""The engine on an OpenSearch cluster: the same answers as the embedded one, from as many machines as it takes.

What a word is, and how a query is understood, marked and explained, is decided here, by what all engines share; the
cluster matches, counts, sorts and keeps.
"""

from __future__ import annotations

import importlib.util
import math
import threading
import time
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from searchapp import logs
from searchapp.config.loading import Config
from searchapp.engines import pipeline
from searchapp.engines.opensearch.cluster import AbsentError, Access, Cluster, ConflictError
from searchapp.engines.opensearch.index import generations, schema
from searchapp.engines.opensearch.index.generations import Builder
from searchapp.engines.opensearch.index.lease import Lease
from searchapp.engines.opensearch.query.search import ClusterSearcher
from searchapp.engines.pipeline import Answer, PipelineEngine
from searchapp.errors import ConfigError, IndexDamagedError, IndexMissingError, IndexWriteError
from searchapp.model import Article, Generation
from searchapp.retrieval.ranking import DEFAULT, Preferences

__all__ = ("Access", "OpenSearchEngine", "access_of")

ATTEMPTS = 3
"""A generation may be replaced twice, and so be gone, while a question is answered from it."""

GLANCE = 0.25
"""Seconds that a look at which generation is the current one is good for: an answer over HTTP needs to know thrice."""

REBUILD = "run searchapp index --rebuild"


def access_of(config: Config) -> Access:
    """How a configuration says that the cluster is reached. Raises ConfigError if it can't be done so."""
    if importlib.util.find_spec("opensearchpy") is None:
        raise ConfigError("engine = \"opensearch\" needs its client; run: pip install 'searchapp[opensearch]'")
    password = config.opensearch_password
    if config.opensearch_password_file:
        try:
            password = Path(config.opensearch_password_file).read_text(encoding="utf-8").split("\n", 1)[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"opensearch_password_file: {config.opensearch_password_file} can't be read") from error
        logs.hide(password)
    return Access(
        config.opensearch_hosts, config.opensearch_user, password, config.opensearch_ca, config.opensearch_verify
    )


class OpenSearchEngine(PipelineEngine):
    """Implements `searchapp.engine.Engine` on a cluster.

    access      where it is, and as whom it is asked
    prefix      the alias of the current generation, and what the names of all indexes begin with
    shards      of an index that is built anew
    preferences the operator's, about order

    Threads search side by side. What another process publishes is seen GLANCE seconds later at most; a generation that
    is gone by then is not asked.
    """

    def __init__(
        self, access: Access, prefix: str = "searchapp", shards: int = 1, preferences: Preferences = DEFAULT
    ) -> None:
        self._cluster = Cluster(access)
        self._prefix, self._shards, self._preferences = prefix, shards, preferences
        self._searcher: ClusterSearcher | None = None
        self._looked = -math.inf
        self._writing = threading.Lock()

    def update(self, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        try:
            self.generation()
        except IndexMissingError:
            return self.rebuild(changed)
        return self._built(lambda builder: builder.update(self._current(), changed, removed))

    def rebuild(self, articles: Iterable[Article]) -> Generation:
        def build(builder: Builder) -> Generation:
            names = generations.aliased(self._cluster, self._prefix, patient=True)
            return builder.build(articles, next(iter(names), None))

        return self._built(build)

    def _built(self, build: Callable[[Builder], Generation]) -> Generation:
        self._refuse_strange()
        lease = Lease(self._cluster, self._prefix)
        with self._writing, lease.held():
            self._looked = -math.inf
            try:
                return build(Builder(self._cluster, self._prefix, self._shards, lease))
            except (AbsentError, ConflictError) as error:
                raise IndexWriteError(f"the index was changed while it was built ({error}); run it again") from error
            finally:
                self._looked = -math.inf

    def close(self) -> None:
        self._cluster.close()
        self._searcher = None

    def _ask(self, question: Callable[[pipeline.Searcher[Any]], Answer]) -> Answer:
        with self._cluster.question():
            for _ in range(ATTEMPTS):
                try:
                    return question(self._current())
                except AbsentError:
                    self._searcher = None
                    self._looked = -math.inf
            raise IndexMissingError(f"the index {self._prefix} on the cluster is gone; {REBUILD}")

    def _current(self) -> ClusterSearcher:
        """What is asked now."""
        searcher, looked = self._searcher, time.monotonic()
        if searcher is not None and looked < self._looked + GLANCE:
            return searcher
        names = generations.aliased(self._cluster, self._prefix)
        if not names:
            self._refuse_strange()
            raise IndexMissingError("there is no index yet; run: searchapp index")
        if searcher is None or searcher.name != names[0]:
            searcher = ClusterSearcher(self._cluster, names[0], self._meta_of(names), self._preferences)
        self._searcher, self._looked = searcher, looked
        return searcher

    def _meta_of(self, names: list[str]) -> dict[str, Any]:
        found = self._cluster.ask("GET", f"/{names[0]}/_mapping", None, {"local": "true"})
        meta: dict[str, Any] = found[names[0]]["mappings"].get("_meta", {})
        if len(names) > 1 or not schema.is_ours(meta):
            raise IndexDamagedError(
                f"the alias {self._prefix} points to an index that searchapp did not make ({', '.join(names)}); "
                "choose another opensearch_prefix"
            )
        if meta.get("format") != schema.fingerprint():
            raise IndexDamagedError(
                f"the index {names[0]} was built by another version ({meta.get('format')}; "
                f"this is {schema.fingerprint()}); {REBUILD}"
            )
        return meta

    def _refuse_strange(self) -> None:
        """Never touches what stands where ours would."""
        try:
            found = self._cluster.ask("GET", f"/{self._prefix}/_mapping", None, {"local": "true"})
        except AbsentError:
            return
        for name, content in found.items():
            if name == self._prefix or not schema.is_ours(content["mappings"].get("_meta")):
                raise IndexDamagedError(
                    f"an index {name} is there that searchapp did not make; choose another opensearch_prefix"
                )
