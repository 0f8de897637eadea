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


class Lease:
    """The right to write. `check` raises once it is lost."""

    def __init__(self, cluster: Cluster, prefix: str) -> None:
        self._cluster = cluster
        self._index = f"{prefix}-lock"
        self._path = f"/{self._index}/_doc/lock"
        self._owner = f"{socket.gethostname()} pid {os.getpid()} {secrets.token_hex(4)}"
        self._version: Json = {}
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
        body = {
            "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
            "mappings": {
                "_meta": schema.MADE,
                "properties": {"owner": {"type": "keyword"}, "until": {"type": "double"}},
            },
        }
        try:
            self._cluster.write("PUT", f"/{self._index}", body)
        except ConflictError:
            found = self._cluster.write("GET", f"/{self._index}/_mapping")
            metas = [each["mappings"].get("_meta") for each in found.values()]
            if not all(map(schema.is_ours, metas)):
                raise IndexUnusableError(
                    f"an index {self._index} is there that searchapp did not make; choose another opensearch_prefix"
                ) from None

    def _row(self) -> Json:
        return {"owner": self._owner, "until": time.time() + LASTS}

    def _take(self) -> None:
        try:
            self._store({"op_type": "create"})
            return
        except ConflictError:
            pass
        try:
            found = self._cluster.write("GET", self._path)
        except AbsentError:
            found = {"_source": {"owner": "", "until": 0.0}, "_seq_no": None}
        holder = found["_source"]
        if holder["owner"] != self._owner and holder["until"] > time.time():
            raise IndexLockedError(
                f"another searchapp index is running ({holder['owner'].rpartition(' ')[0]}); "
                "try again when it has ended"
            )
        version = {"op_type": "create"}
        if found["_seq_no"] is not None:
            version = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        try:
            self._store(version)
        except ConflictError as error:
            raise IndexLockedError("another searchapp index has just begun; try again when it has ended") from error

    def _store(self, version: Json) -> None:
        found = self._cluster.write("PUT", self._path, self._row(), version)
        self._version = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}

    def _keep(self) -> None:
        good_until = time.monotonic() + LASTS
        while not self._over.wait(LASTS / 4):
            try:
                self._store(self._version)
                good_until = time.monotonic() + LASTS
            except (ConflictError, AbsentError):
                self._lost = True
                return
            except IndexUnusableError as error:
                log.warning("the lease can't be renewed: %s", error)
                self._lost = time.monotonic() > good_until
                if self._lost:
                    return

    def _give_back(self) -> None:
        with contextlib.suppress(ConflictError, AbsentError, IndexUnusableError):
            self._cluster.ask("DELETE", self._path, None, self._version)
