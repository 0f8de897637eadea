"""One indexing run at a time, whichever machine it is on: a document that only one can create, and must renew.

A run that was killed holds it until it expires.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator

from searchapp.engines.opensearch.cluster import AbsentError, Cluster, ConflictError, Json
from searchapp.engines.opensearch.index import schema
from searchapp.errors import IndexLockedError, IndexUnusableError

log = logging.getLogger(__name__)

LASTS = 60.0
"""Seconds that a lease is good for without being renewed. Clocks of indexing machines may differ by less than this."""

_SET = """
if (ctx._source.owner == params.owner || ctx._source.until < params.free) {
    ctx._source.owner = params.owner; ctx._source.until = params.until
} else { ctx.op = 'none' }
"""


class Lease:
    """The right to write. `check` raises once it is lost."""

    def __init__(self, cluster: Cluster, prefix: str) -> None:
        self._cluster = cluster
        self._index = f"{prefix}-lock"
        self._path = f"/{self._index}/_update/lock"
        self._owner = f"{socket.gethostname()} pid {os.getpid()} {secrets.token_hex(4)}"
        self._lost = False
        self._over = threading.Event()

    @contextlib.contextmanager
    def held(self) -> Iterator[Lease]:
        """Holds the lease, renewing it. Raises IndexLockedError if somebody else has it."""
        self._make_index()
        self._take()
        renewing = threading.Thread(target=self._keep, name="lease", daemon=True)
        renewing.start()
        try:
            yield self
        finally:
            self._over.set()
            renewing.join()
            self._give_back()

    def check(self) -> None:
        """Raises IndexLockedError if the lease was lost: what was built must not be published."""
        if self._lost:
            raise IndexLockedError("another searchapp index has taken over; nothing was changed, run it again")

    def _make_index(self) -> None:
        mapping = {"_meta": schema.MADE, "properties": {"owner": {"type": "keyword"}, "until": {"type": "double"}}}
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        try:
            self._cluster.write("PUT", f"/{self._index}", {"settings": settings, "mappings": mapping})
        except ConflictError:
            found = self._cluster.write("GET", f"/{self._index}/_mapping")
            metas = [each["mappings"].get("_meta") for each in found.values()]
            if not all(map(schema.is_ours, metas)):
                raise IndexUnusableError(
                    f"an index {self._index} is there that searchapp did not make; choose another opensearch_prefix"
                ) from None

    def _take(self) -> None:
        holder = self._set(time.time() + LASTS, free_before=time.time())
        if holder != self._owner:
            raise IndexLockedError(
                f"another searchapp index is running ({holder.rpartition(' ')[0]}); try again when it has ended"
            )

    def _set(self, until: float, free_before: float = 0.0) -> str:
        """Makes the lease last if it is ours, or ended before a time, in one step; whose it is then."""
        params = {"owner": self._owner, "until": until, "free": free_before}
        body: Json = {"script": {"source": _SET, "params": params}}
        if free_before:
            body |= {"scripted_upsert": True, "upsert": {"owner": "", "until": 0.0}}
        found = self._cluster.write("POST", self._path, body, {"_source": "true", "retry_on_conflict": 5})
        return str(found["get"]["_source"]["owner"])

    def _keep(self) -> None:
        good_until = time.monotonic() + LASTS
        while not self._lost and not self._over.wait(LASTS / 4):
            try:
                self._lost = self._set(time.time() + LASTS) != self._owner
                good_until = time.monotonic() + LASTS
            except (AbsentError, ConflictError):
                self._lost = True
            except IndexUnusableError as error:
                log.warning("the lease can't be renewed: %s", error)
                self._lost = time.monotonic() > good_until

    def _give_back(self) -> None:
        with contextlib.suppress(ConflictError, AbsentError, IndexUnusableError):
            self._set(0.0)
