"""Checks of doubtful settings, and of the services they name."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from searchapp.config.loading import SECRETS, Config
from searchapp.doctor.findings import Finding, ok, problem, warning

MIN_SECRET = 16
"""Characters below which a secret may be guessed."""


def settings(config: Config) -> Iterator[Finding]:
    """Check the configuration, and tell its sources and whether queries are logged."""
    doubts = [*_proxies(config), *_secrets(config)]
    yield from doubts
    if not doubts:
        places = sorted(set(config.sources.values()) - {"default"})
        yield ok("configuration", f"from {', '.join(places)}" if places else "defaults only")
    if config.query_log:
        found = f"what readers look for is noted for {config.query_log_days} days in {config.desk_dir}, without who"
        yield ok("query log", found, "query_log = false notes nothing")
    else:
        yield ok("query log", "off")


def _proxies(config: Config) -> Iterator[Finding]:
    if config.trusted_proxies and not config.public_url:
        found = "trusted_proxies without public_url: links in feeds and previews are told from each request"
        yield warning("configuration", found, 'set public_url, such as "https://search.example.org"')
    if not config.trusted_proxies and not _is_loopback(config.host):
        found = f'host = "{config.host}" without trusted_proxies: behind a proxy, all readers would count as one'
        yield warning("configuration", found, 'name the proxies in trusted_proxies, or listen on "127.0.0.1"')


def _secrets(config: Config) -> Iterator[Finding]:
    for name in sorted(SECRETS - {"opensearch_password"}):
        if 0 < len(getattr(config, name)) < MIN_SECRET:
            found = f"{name} is shorter than {MIN_SECRET} characters and may be guessed"
            yield warning("configuration", found, "make one with: openssl rand -hex 32")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def services(config: Config) -> Iterator[Finding]:
    """Check that a configured Redis answers; the cluster is checked with the index."""
    if not config.redis_url:
        return
    from searchapp.web.http.limits.shared import complaint

    if found := complaint(config.redis_url):
        yield problem("redis", found, "check redis_url, and that the server runs; until then each machine counts alone")
    else:
        yield ok("redis", "the server at redis_url answers")
