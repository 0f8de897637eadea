"""Generations on the cluster: each an index of its own, the current one that to which the alias points.

A generation never changes once it is published. An update begins as a clone of the one before: the cluster links its
files instead of copying them (other copies of a shard are copied), and so whoever searches meanwhile sees all of one
generation, whatever goes wrong. Documents with numbers in place of a clone would spare that, but every count of every
query would have to leave some out. If the usual lengths have changed (`ranking.pivot`), all impacts have, and all is
written anew from the articles that the index holds.

The generation before the current one is kept until the next.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from searchapp.engines.opensearch.cluster import AbsentError, Cluster, ConflictError, Json
from searchapp.engines.opensearch.index import documents, schema
from searchapp.engines.opensearch.index.bulk import BulkItem, PartLostError, send
from searchapp.engines.opensearch.index.corpus_stats import AnalysedArticles, CorpusStats
from searchapp.engines.opensearch.index.lease import Lease
from searchapp.engines.opensearch.query import index_view
from searchapp.engines.opensearch.query.index_view import WHOLE_SEARCH, IndexView, count_of, counting, rows, stored
from searchapp.errors import IndexUnusableError, IndexWriteError
from searchapp.model import Article, Generation
from searchapp.retrieval.documents import analyse

log = logging.getLogger(__name__)
SETTLES = 60
"""Seconds for the second copies to be complete, or to go on being made, before a generation is published without."""


class Builder:
    """Builds generations while the lease is held."""

    def __init__(self, cluster: Cluster, prefix: str, shards: int, lease: Lease) -> None:
        self._cluster, self._prefix, self._shards, self._lease = cluster, prefix, shards, lease

    def build(self, articles: Iterable[Article], before: str | None) -> Generation:
        """A generation of exactly these articles. `before` is the index of the one that it takes the place of."""
        with AnalysedArticles(CorpusStats()) as analysed:
            analysed.add(articles)
            return self._write_all(analysed, before)

    def update(self, view: IndexView, changed: Iterable[Article], removed: Collection[str]) -> Generation:
        """The generation after one: `changed` added or replaced, `removed` left out."""
        with AnalysedArticles(CorpusStats(view.articles, view.meta["lengths"])) as analysed:
            analysed.add(changed)
            gone = {documents.key(id): id for id in (*analysed.digests, *removed)}
            for doc in stored(self._cluster, view.name, gone, ["article"], 500):
                analysed.tally.count(analyse(documents.article_of(doc["_source"])), out=True)
            if analysed.tally.pivots() != view.meta["pivots"]:
                return self._rewrite(view, analysed, gone)
            return self._amend(view, analysed, gone)

    def _rewrite(self, view: IndexView, analysed: AnalysedArticles, gone: Mapping[str, str]) -> Generation:
        hits = rows(self._cluster, view.name, {"_source": ["article"]}, size=500)
        kept = (documents.article_of(hit["_source"]) for hit in hits)
        with AnalysedArticles(CorpusStats()) as everything:
            everything.add(article for article in kept if documents.key(article.id) not in gone)
            everything.add(analysed.articles())
            return self._write_all(everything, view.name)

    def _write_all(self, analysed: AnalysedArticles, before: str | None) -> Generation:
        try:
            return self._write_once(analysed, before)
        except PartLostError as error:
            log.warning("%s; it is written again", error)
            return self._write_once(analysed, before)

    def _write_once(self, analysed: AnalysedArticles, before: str | None) -> Generation:
        tally = analysed.tally
        pivots = tally.pivots()
        with self._new() as name:
            meta = self._meta(name, tally, pivots)
            body = {"settings": schema.settings(self._shards), "mappings": schema.mapping(meta)}
            self._create("PUT", f"/{name}", body)
            body = {"settings": schema.WORDS_SETTINGS, "mappings": schema.words_mapping(schema.MADE)}
            self._create("PUT", f"/{name}-words", body)
            send(self._cluster, name, analysed.rows(tally.collection(pivots)))
            send(self._cluster, f"{name}-words", tally.rows({}))
            finished = self._complete(name, meta, before)
            found = index_view.digests(self._cluster, name)
            _verify(meta, analysed.digests, found, len(found))
            return self._publish(name, meta, finished, before)

    def _amend(self, view: IndexView, analysed: AnalysedArticles, gone: Mapping[str, str]) -> Generation:
        tally = analysed.tally
        with self._new() as name:
            for suffix in ("", "-words"):
                settings = {"index.blocks.write": None, "index.refresh_interval": -1}
                self._create("POST", f"/{view.name}{suffix}/_clone/{name}{suffix}", {"settings": settings})
            known = self._known(view, tally)
            df = {term: known.get(f"t:{term}", (0, 0))[0] for term in tally.terms}
            send(self._cluster, name, (BulkItem(key, None) for key, id in gone.items() if id not in analysed.digests))
            send(self._cluster, name, analysed.rows(tally.collection(view.meta["pivots"], df)))
            send(self._cluster, f"{name}-words", tally.rows(known))
            meta = self._meta(name, tally, view.meta["pivots"])
            finished = self._complete(name, meta, view.name)
            # The rest are files of the generation before, which was verified.
            sources = [doc["_source"] for doc in stored(self._cluster, name, gone, ["id", "digest"])]
            everything = self._cluster.write("POST", f"/{name}/_search", counting({"match_all": {}}), WHOLE_SEARCH)
            found = {source["id"]: source["digest"] for source in sources}
            _verify(meta, analysed.digests, found, count_of(everything))
            return self._publish(name, meta, finished, view.name)

    def _create(self, method: str, path: str, body: Json) -> None:
        # Nobody else makes an index of this name: if it is there, a node that died had made it before it could say so.
        with contextlib.suppress(ConflictError):
            self._cluster.write(method, path, body)

    def _known(self, view: IndexView, tally: CorpusStats) -> dict[str, tuple[int, int]]:
        """What the index of words says of those that were counted."""
        found = stored(self._cluster, f"{view.name}-words", tally.changes(), ["df", "titles"])
        return {doc["_id"]: (doc["_source"]["df"], doc["_source"]["titles"]) for doc in found}

    def _meta(self, name: str, tally: CorpusStats, pivots: Mapping[str, float]) -> Json:
        lengths = {field: count for field, count in tally.lengths.items() if count}
        generation = name.removeprefix(f"{self._prefix}-")
        meta = {"format": schema.fingerprint(), "generation": generation, "pivots": dict(pivots)}
        return {**schema.MADE, **meta, "articles": tally.articles, "lengths": lengths}

    @contextmanager
    def _new(self) -> Iterator[str]:
        """The name of a generation that is to be; whatever of it there is goes if that fails."""
        name = f"{self._prefix}-{datetime.now(UTC):%Y%m%d%H%M%S}-{secrets.token_hex(4)}"
        try:
            yield name
        except BaseException:
            self._drop([name])
            raise

    def _complete(self, name: str, meta: Json, before: str | None) -> datetime:
        """Says in the index what it is, and makes all of it visible to who knows its name; the time of that."""
        finished = datetime.now(UTC)
        meta = {**meta, "indexed_at": finished.isoformat(), "before": before}
        self._cluster.write("PUT", f"/{name}/_mapping", {"_meta": meta})
        self._cluster.write("POST", f"/{name},{name}-words/_refresh")
        return finished

    def _publish(self, name: str, meta: Json, finished: datetime, before: str | None) -> Generation:
        """Points the alias to a generation that was verified, in one step for all who ask."""
        both = f"{name},{name}-words"
        self._cluster.write("PUT", f"/{both}/_settings", {"index.blocks.write": True, **schema.COPIES})
        self._settle(both)
        self._lease.check()
        before_it = aliased(self._cluster, self._prefix, patient=True)
        actions = [{"add": {"index": name, "alias": self._prefix}}]
        actions += [{"remove": {"index": old, "alias": self._prefix}} for old in before_it if old != name]
        self._cluster.write("POST", "/_aliases", {"actions": actions})
        self._clean(keep={name, before or name})
        return Generation(meta["generation"], finished)

    def _settle(self, names: str) -> None:
        health: Json = {"timed_out": True, "initializing_shards": 1}
        while health["timed_out"] and health["initializing_shards"]:
            # It says 408 when the time is over, and how far it is.
            wait: Json = {"wait_for_status": "green", "timeout": f"{SETTLES / 2:.0f}s", "ignore": 408}
            health = self._cluster.write("GET", f"/_cluster/health/{names}", None, wait)
        if health["timed_out"]:
            log.warning("the second copies of the index are not complete; it is used all the same")

    def _clean(self, keep: Collection[str]) -> None:
        """Drops generations that nobody asks any more, and what failed or killed builds have left."""
        found = self._cluster.write("GET", f"/{self._prefix}-*/_mapping")
        ours = {name.removesuffix("-words") for name in found if schema.is_ours(found[name]["mappings"].get("_meta"))}
        self._drop(name for name in ours - {*keep} if _is_generation(name, self._prefix))

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            try:
                self._cluster.write("DELETE", f"/{name},{name}-words", None, {"ignore_unavailable": "true"})
            except IndexUnusableError as error:  # what led here matters more, and the next build tries again
                log.warning("%s could not be deleted: %s", name, error)


def _verify(meta: Json, sent: Mapping[str, str], found: Mapping[str, str], count: int) -> None:
    """Raises IndexWriteError unless what was sent was found, by digest, and there are as many articles as expected."""
    if found != {documents.whole(id): digest for id, digest in sent.items()} or count != meta["articles"]:
        raise IndexWriteError(
            f"of {meta['articles']} articles the cluster has {count}, or some not as they were sent; "
            "the index is as it was, run searchapp index"
        )


def _is_generation(name: str, prefix: str) -> bool:
    """Not what belongs to another prefix that begins like this one."""
    rest = name.removeprefix(f"{prefix}-").split("-")
    return len(rest) == 2 and rest[0].isdigit() and len(rest[0]) == 14


def aliased(cluster: Cluster, prefix: str, *, patient: bool = False) -> list[str]:
    """The indexes that the alias points to, by what the asked node knows: it needs no other for that."""
    ask = cluster.write if patient else cluster.ask
    try:
        return sorted(ask("GET", f"/_alias/{prefix}", None, {"local": "true"}))
    except AbsentError:
        return []
