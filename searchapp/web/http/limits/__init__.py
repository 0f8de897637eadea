"""How much one client may ask: so many requests a minute, and as many at once.

proxies.py   who a request is from, where proxies stand before this server
clients.py   what of an address tells one client from another
counting.py  the rate limit, counted in memory that this machine's workers share
shared.py    the same in a Redis or Valkey, which several machines share

Addresses of this machine and of private networks have no limit, unless a proxy that is believed has named them: they
may be one that is not, and stand for all readers there are.
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
from searchapp.web.http.limits import clients, proxies
from searchapp.web.http.limits.counting import Budget, LocalCounter, RateCounter

__all__ = ("Budget", "LocalCounter", "RateCounter", "counter_of", "init_app")

FREE = ("/static/", "/healthz", "/readyz")
"""Beginnings of paths that cost next to nothing, or must always be answered."""

WATCHED = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches a server asks by its address, whatever names it has; no link is in the answers."""

COSTS = {"POST": 5.0}
"""A draft or a message has to be read first; everything else costs 1."""

_log = logging.getLogger(__name__)


def counter_of(config: Config) -> RateCounter:
    """What counts as the configuration says. To be shared by processes, it must be made before they are.

    Raises ConfigError if a Redis is named and its client is not installed.
    """
    if not config.redis_url:
        return LocalCounter()
    from searchapp.web.http.limits.shared import RedisCounter  # here, since few have a Redis

    return RedisCounter(config.redis_url, LocalCounter())


@dataclass
class _Limit:
    counter: RateCounter
    budget: Budget
    told: set[str] = field(default_factory=set)

    def check(self) -> None:
        """Refuses a request of a client that has spent all it may."""
        if request.path.startswith(FREE):
            return
        client = clients.limited(request.remote_addr, named=proxies.FORWARDED in request.environ)
        if client is None:
            return
        wait = self.counter.take(client, COSTS.get(request.method, 1.0), self.budget)
        if wait > 0:
            self._tell()
            raise TooManyRequests(retry_after=math.ceil(wait))

    def _tell(self) -> None:
        """An operator hears once of a proxy that all readers seem to be."""
        peer = request.remote_addr or ""
        if peer not in self.told and proxies.FORWARDED not in request.environ and "X-Forwarded-For" in request.headers:
            self.told.add(peer)
            _log.warning("too many requests from %s; if that is a proxy of yours, name it in trusted_proxies", peer)


def _check_host(trusted: Sequence[str]) -> None:
    # Not Flask's own TRUSTED_HOSTS: after that has refused, no page can be made that says so.
    if request.path not in WATCHED and not host_is_trusted(request.host, trusted):
        raise SecurityError


def init_app(app: Flask, config: Config, counter: RateCounter) -> None:
    """Puts the limits before everything that costs something; `counter` is what counts."""
    if config.trusted_hosts:
        app.before_request(lambda: _check_host(config.trusted_hosts))
    proxies.init_app(app, config.trusted_proxies)
    if config.rate_limit:
        app.before_request(_Limit(counter, Budget.of(config.rate_limit)).check)
