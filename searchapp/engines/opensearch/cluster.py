"""Requests to a cluster: other nodes tried while there is time, every failure told as one of `searchapp.errors`.

The only module that knows the client library.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from searchapp.errors import IndexUnreachableError, IndexWriteError

log = logging.getLogger(__name__)

DEADLINE = 6.0
"""Seconds that all tries of a reader's request have together."""

ATTEMPT = 2.0
"""Seconds for a node to answer one: then the next is asked."""

PAUSE = 0.1
"""Seconds before all nodes are tried again."""

PATIENCE = 120.0
"""Seconds for a request of an indexing run."""

BLOCKED = "takes no changes: it is read-only or a disk is nearly full; free some space and lift the block"

Json = dict[str, Any]


class AbsentError(Exception):
    """What was asked about is not there (404)."""


class ConflictError(Exception):
    """Somebody else was first (409, or an index of that name)."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at a cluster; see `searchapp.config.loading.Config`."""

    hosts: tuple[str, ...]
    user: str = ""
    password: str = field(default="", repr=False)
    ca: str = ""
    verify: bool = True


class Cluster:
    """A cluster as one partner. One value may be shared by threads; a forked process gets connections of its own."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self._client: Any = None
        self._process = 0
        self._question = threading.local()
        if not access.verify:
            log.warning("opensearch_verify is off: whoever is between this machine and the cluster can read and change")

    @property
    def hosts(self) -> str:
        """For messages."""
        return ", ".join(self.access.hosts)

    @contextmanager
    def question(self) -> Iterator[None]:
        """What this thread asks in there has DEADLINE seconds in all, not each."""
        self._question.end = time.monotonic() + DEADLINE
        try:
            yield
        finally:
            self._question.end = None

    def write(self, method: str, path: str, body: object = None, params: Mapping[str, object] | None = None) -> Json:
        """The same with the patience of an indexing run."""
        return self.ask(method, path, body, params, within=PATIENCE, attempt=PATIENCE / 2)

    def close(self) -> None:
        """Closes the connections."""
        if self._client is not None and self._process == os.getpid():
            self._client.close()
        self._client = None

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        params: Mapping[str, object] | None = None,
        within: float | None = None,
        attempt: float = ATTEMPT,
    ) -> Json:
        """The JSON that answers a request, which may be sent more than once.

        within    seconds for all tries, in place of what is left of DEADLINE
        attempt   seconds for a node to answer one

        Raises AbsentError and ConflictError, and IndexUnreachableError for everything else that goes wrong.
        """
        from opensearchpy import exceptions

        perform = self._connected().transport.perform_request
        end = time.monotonic() + (DEADLINE if within is None else within)
        if within is None and getattr(self._question, "end", None):
            end = self._question.end
        tries = 0
        while True:
            left = max(end - time.monotonic(), 0.05)
            try:
                answer: Json = perform(method, path, params=dict(params or {}), body=body, timeout=min(left, attempt))
            except exceptions.SerializationError as error:
                raise self._not_a_cluster() from error
            except exceptions.TransportError as error:
                # All nodes at once; then a breath for those that are about to take over.
                tries += 1
                pause = 0.0 if tries % len(self.access.hosts) else PAUSE
                if not _worth_another_try(error) or time.monotonic() + pause >= end:
                    raise self._translated(error) from error
                time.sleep(pause)
            else:
                if not isinstance(answer, dict):
                    raise self._not_a_cluster()
                return answer

    def _connected(self) -> Any:
        if self._client is None or self._process != os.getpid():
            import opensearchpy

            access = self.access
            secure = any(host.startswith("https://") for host in access.hosts)
            options: Json = {"http_auth": (access.user, access.password)} if access.user else {}
            if secure:
                options |= {"verify_certs": access.verify, "ssl_show_warn": False}
                options |= {"ca_certs": access.ca} if access.ca and access.verify else {}
            # What fails is told here, in a line: the client would add a traceback for each try.
            if (own := logging.getLogger("opensearch")).level == logging.NOTSET:
                own.setLevel(logging.CRITICAL)
            # A node that did not answer is asked again after a second: it may be the only one left.
            self._client = opensearchpy.OpenSearch(
                hosts=list(access.hosts), max_retries=0, dead_timeout=1, timeout_cutoff=0, pool_maxsize=16, **options
            )
            self._process = os.getpid()
        return self._client

    def _not_a_cluster(self) -> IndexUnreachableError:
        return IndexUnreachableError(
            f"what answers at {self.hosts} is no OpenSearch cluster (no JSON came); check opensearch_hosts and proxies"
        )

    def _translated(self, error: Any) -> Exception:
        """What a person is told. Never the exception's own text: that may hold whatever a proxy wrote."""
        from opensearchpy import exceptions

        status, kind, cluster = error.status_code, _kind(error), f"the cluster at {self.hosts}"
        if isinstance(error, exceptions.SSLError) or "certificate" in str(error.error).lower():
            return IndexUnreachableError(
                f"the certificate of {self.hosts} can't be trusted; name the one that signed it as opensearch_ca"
            )
        if isinstance(error, exceptions.ConnectionTimeout):
            return IndexUnreachableError(f"{cluster} did not answer in time; try again in a moment")
        if isinstance(error, exceptions.ConnectionError):
            return IndexUnreachableError(f"{cluster} can't be reached; check that it runs, and the hosts")
        if status == 401 or (status == 403 and kind not in {"cluster_block_exception", "index_create_block_exception"}):
            user = self.access.user or "(none)"
            return IndexUnreachableError(f"{cluster} refuses the user {user}; check user and password")
        if "block" in kind:
            return IndexWriteError(f"{cluster} {BLOCKED}")
        if status == 404 and kind:
            return AbsentError(kind)
        if status == 409 or kind == "resource_already_exists_exception":
            return ConflictError(kind)
        if not kind:
            return self._not_a_cluster()
        log.error("OpenSearch: %s %s", status, kind)
        return IndexUnreachableError(f"{cluster} failed ({status} {kind}); see its log")


def _kind(error: Any) -> str:
    """What the cluster calls an error, "" if it is not its own."""
    info = error.info if isinstance(error.info, dict) else {}
    if isinstance(cause := info.get("error"), dict):
        return str(cause.get("type", ""))
    if info.get("found") is False or info.get("result") == "not_found":
        return "not_found"
    return "" if cause is None else "error"


def _worth_another_try(error: Any) -> bool:
    from opensearchpy import exceptions

    if isinstance(error, exceptions.ConnectionError):
        return not isinstance(error, exceptions.SSLError)
    return error.status_code == 429 or (isinstance(error.status_code, int) and error.status_code >= 500)
