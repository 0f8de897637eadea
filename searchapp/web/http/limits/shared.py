"""Rate limits shared by several machines, in a Redis or Valkey: the algorithm of `counting` as an atomic script."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import time
from typing import Any

from searchapp.errors import ConfigError
from searchapp.web.http.limits.counting import RateCounter, RateLimit

TIMEOUT = 0.2
"""Timeout in seconds: a search must not wait for the counter."""
PROBE_TIMEOUT = 2.0
"""Timeout in seconds of `complaint`."""
FALLBACK_SECONDS = 10.0
"""Seconds for which each machine counts for itself after the server has not answered."""

_SCRIPT = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local cost, rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local due = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now) + cost / rate
if due > now + burst / rate then
    return tostring(due - now - burst / rate)
end
redis.call('SET', KEYS[1], string.format('%.6f', due), 'PX', math.ceil((due - now) * 1000) + 1)
return '0'
"""

_log = logging.getLogger(__name__)


def complaint(url: str) -> str:
    """Return what is wrong with the server, "" if it answers; without its client's text, which may have the URL."""
    if importlib.util.find_spec("redis") is None:
        return "the client of Redis is not installed (pip install 'searchapp[redis]')"
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=PROBE_TIMEOUT, socket_connect_timeout=PROBE_TIMEOUT) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return f"the server at redis_url does not answer ({type(error).__name__})"
    return ""


class RedisCounter:
    """A `RateCounter` on a Redis server. While that does not answer, `own` counts.

    Keys are digests of the clients, stored for a few minutes at most. Raises ConfigError without the Redis client.
    """

    def __init__(self, url: str, own: RateCounter) -> None:
        if importlib.util.find_spec("redis") is None:
            raise ConfigError("redis_url needs its client; run: pip install 'searchapp[redis]'")
        self._url, self._own = url, own
        self._script: Any = None
        self._process = 0
        self._apart_until = 0.0

    def take(self, client: str, cost: float, budget: RateLimit) -> float:
        """See `RateCounter`."""
        from redis import RedisError

        if time.monotonic() < self._apart_until:
            return self._own.take(client, cost, budget)
        key = f"searchapp:client:{hashlib.blake2b(client.encode(), digest_size=12).hexdigest()}"
        try:
            return float(self._connected()(keys=[key], args=[cost, budget.rate, budget.burst]))
        except RedisError as error:
            # Its text may have the address, and that a password.
            _log.warning("redis_url: no answer (%s); requests are counted here meanwhile", type(error).__name__)
            self._apart_until = time.monotonic() + FALLBACK_SECONDS
            return self._own.take(client, cost, budget)

    def _connected(self) -> Any:
        if self._script is None or self._process != os.getpid():
            import redis

            client = redis.Redis.from_url(
                self._url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, decode_responses=True
            )
            self._script, self._process = client.register_script(_SCRIPT), os.getpid()
        return self._script
