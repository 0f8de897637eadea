"""Web origins (RFC 6454): a scheme, a host and a port, as browsers spell them in `Origin`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*|[0-9a-f:.]*:[0-9a-f:.]*")


def origin(address: str) -> str | None:
    """Return the origin of a web address as browsers spell it: lower case, in ASCII, without path and default port.

    None for what has none: other schemes, wildcards, `null`, an address without a host.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host):
        return None
    named = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{named}" + (f":{port}" if port not in {None, _DEFAULT_PORTS[parts.scheme]} else "")


def _ascii(host: str) -> str:
    return host if host.isascii() else host.encode("idna").decode()
