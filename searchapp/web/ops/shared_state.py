"""State shared by the processes of one server; to be created before they are forked."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from searchapp.config.loading import Config
from searchapp.web.http.limits import RateCounter, counter_of
from searchapp.web.ops.build_trigger import BuildTrigger
from searchapp.web.ops.metrics.counts import Metrics


@dataclass(frozen=True, slots=True)
class SharedState:
    """Shared state of one server.

    counter   rate limits by client
    metrics   counters of requests and searches
    build_trigger  requests for a build; None without a builder process
    ending    set in a process that is about to end; not shared
    """

    counter: RateCounter
    metrics: Metrics = field(default_factory=Metrics)
    build_trigger: BuildTrigger | None = None
    ending: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, config: Config, *, builder: bool = False) -> SharedState:
        """Create it as configured. Raises ConfigError if `redis_url` is set and its client is not installed.

        builder     whether there will be a process that builds on request
        """
        return cls(counter_of(config), build_trigger=BuildTrigger() if builder and config.webhook_secret else None)
