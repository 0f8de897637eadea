"""What the processes of one server have in common; it must be made before they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from searchapp.config import Config
from searchapp.web.limits import Counter, counter_of
from searchapp.web.metrics.counts import Metrics


@dataclass(frozen=True, slots=True)
class Joint:
    """One server's.

    counter   counts the requests of each client
    metrics   counts what was answered
    """

    counter: Counter
    metrics: Metrics = field(default_factory=Metrics)

    @classmethod
    def of(cls, config: Config) -> Joint:
        """As the configuration says. Raises ConfigError if a Redis is named and its client is not installed."""
        return cls(counter_of(config))
