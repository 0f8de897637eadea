"""Rate limits: so many requests a minute for each client, and as many at once.

Addresses of this machine and of private networks have no limit unless a trusted proxy has named them: they may be
those of a proxy that is not configured, through which all readers come.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask, request
from werkzeug.exceptions import SecurityError, TooManyRequests
from werkzeug.sansio.utils import host_is_trusted

from searchapp.config.loading import Config
from searchapp.web.http.limits import proxies
from searchapp.web.http.limits.counting import LocalCounter, RateCounter, RateLimit

__all__ = ("LocalCounter", "RateCounter", "RateLimit", "counter_of", "init_app")

UNLIMITED = ("/static/", "/healthz", "/readyz")
"""Prefixes of paths without a limit: they cost next to nothing, or must always be answered."""

ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths answered under any host name, as monitoring uses the server's address; no link is in the answers."""

COSTS = {"POST": 5.0}
"""Cost by method, else 1: bodies have to be read and parsed."""

_log = logging.getLogger(__name__)


def counter_of(config: Config) -> RateCounter:
    """Return the configured counter. Processes that are forked later share it.

    Raises ConfigError if `redis_url` is set and its client is not installed.
    """
    if not config.redis_url:
        return LocalCounter()
    from searchapp.web.http.limits.shared import RedisCounter  # here, since few have a Redis

    return RedisCounter(config.redis_url, LocalCounter())


@dataclass
class _Limit:
    counter: RateCounter
    budget: RateLimit
    warned: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Raise TooManyRequests for a client that is over the limit."""
        if request.path.startswith(UNLIMITED):
            return
        client = proxies.client_key(request.remote_addr, named=proxies.FORWARDED in request.environ)
        if client is None:
            return
        wait = self.counter.take(client, COSTS.get(request.method, 1.0), self.budget)
        if wait > 0:
            self._warn_of_proxy()
            raise TooManyRequests(retry_after=math.ceil(wait))

    def _warn_of_proxy(self) -> None:
        """Log once for each address that may be a proxy which is not configured."""
        peer = request.remote_addr or ""
        if (
            peer not in self.warned
            and proxies.FORWARDED not in request.environ
            and "X-Forwarded-For" in request.headers
        ):
            self.warned.add(peer)
            _log.warning("too many requests from %s; if that is a proxy of yours, name it in trusted_proxies", peer)


def _check_host(trusted: Sequence[str]) -> None:
    # Not Flask's own TRUSTED_HOSTS: after that has refused, no page can be made that says so.
    if request.path not in ANY_HOST and not host_is_trusted(request.host, trusted):
        raise SecurityError


def init_app(app: Flask, config: Config, counter: RateCounter) -> None:
    """Check hosts, proxies and limits before each request; to be called before everything that costs time."""
    if config.trusted_hosts:
        app.before_request(lambda: _check_host(config.trusted_hosts))
    proxies.init_app(app, config.trusted_proxies)
    if config.rate_limit:
        app.before_request(_Limit(counter, RateLimit.of(config.rate_limit)).check)
