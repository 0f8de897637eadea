"""The engine on a cluster for the tests that many engines share.

The cluster is that of OPENSEARCH_HOSTS if that is set, else one that is started when a test first needs it.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import os
from functools import cache
from pathlib import Path

import nodes
import pytest

from searchapp.engines.opensearch.cluster import Cluster
from searchapp.engines.opensearch.engine import Access, OpenSearchEngine
from searchapp.retrieval.ranking import DEFAULT, Preferences

HOSTS = "OPENSEARCH_HOSTS"


@cache
def hosts() -> tuple[str, ...]:
    """The addresses of the cluster's nodes; skips the test where there can't be one."""
    if os.environ.get(HOSTS):
        return tuple(os.environ[HOSTS].split(","))
    if lacking := nodes.missing():
        pytest.skip(f"no OpenSearch cluster: {lacking}")
    stack = contextlib.ExitStack()
    running = stack.enter_context(nodes.cluster())
    atexit.register(stack.close)
    return tuple(running.addresses)


class ClusteredEngine(OpenSearchEngine):
    """An engine that leaves nothing on the cluster."""

    def close(self) -> None:
        forget(self._prefix)
        super().close()


def engine_at(path: Path, preferences: Preferences = DEFAULT, shards: int = 2) -> OpenSearchEngine:
    """An engine with indexes of its own for each path."""
    return ClusteredEngine(Access(hosts()), prefix_of(path), shards, preferences)


def prefix_of(path: Path) -> str:
    """What the names of a path's indexes begin with."""
    return f"t{hashlib.blake2b(str(path).encode(), digest_size=6).hexdigest()}"


def forget(prefix: str) -> None:
    """Deletes all indexes of a prefix."""
    cluster = Cluster(Access(hosts()))
    names = ",".join(cluster.write("GET", f"/{prefix}-*/_alias"))
    if names:
        cluster.write("DELETE", f"/{names}")
    cluster.close()
