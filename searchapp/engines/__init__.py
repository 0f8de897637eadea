"""The engines, and the factory for the configured one."""

from __future__ import annotations

from searchapp.config.loading import Config
from searchapp.engine import Engine


def open_engine(config: Config) -> Engine:
    """Return the configured engine; nothing is opened until its first use."""
    from searchapp.retrieval import pins
    from searchapp.retrieval.ranking import Preferences

    preferences = Preferences(config.recency, pins.configured_pins(config), config.synonyms)
    if config.engine == "opensearch":
        from searchapp.engines.opensearch.engine import OpenSearchEngine, access_of

        return OpenSearchEngine(
            access_of(config), config.opensearch_prefix, config.opensearch_shards, preferences=preferences
        )
    from searchapp.engines.whoosh.engine import WhooshEngine

    return WhooshEngine(config.index_dir, preferences=preferences)
