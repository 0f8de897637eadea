"""What the processes of one server have in common; it must be made before they are."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from searchapp.config.loading import Config
from searchapp.web.http.limits import RateCounter, counter_of
from searchapp.web.ops.build_trigger import BuildTrigger
from searchapp.web.ops.metrics.counts import Metrics


@dataclass(frozen=True, slots=True)
class SharedState:
    """One server's.

    counter   counts the requests of each client
    metrics   counts what was answered
    calls     for a build; None if no process is there to hear them
    ending    set in a process that is about to end
    """

    counter: RateCounter
    metrics: Metrics = field(default_factory=Metrics)
    calls: BuildTrigger | None = None
    ending: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def of(cls, config: Config, *, builder: bool = False) -> SharedState:
        """As the configuration says. Raises ConfigError if a Redis is named and its client is not installed.

        builder     whether there will be a process that builds when it is called for
        """
        return cls(counter_of(config), calls=BuildTrigger() if builder and config.webhook_secret else None)
