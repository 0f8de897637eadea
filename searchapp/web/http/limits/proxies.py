"""The client of a request, also behind trusted proxies.

`X-Forwarded-For` is read from its end, where the nearest proxy has written, up to the first address that is no trusted
proxy: everything before that may be forged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = "searchapp.forwarded"
"""Set in the WSGI environment of a request whose client address comes from a trusted proxy."""

IPV6_BITS = 64
"""Leading bits of an IPv6 address that identify a client, as each is assigned a /64 (RFC 6177)."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def init_app(app: Flask, trusted: Sequence[str]) -> None:
    """Trust the `X-Forwarded-*` headers of the proxies in these networks."""
    if trusted:
        app.wsgi_app = _ProxyFix(app.wsgi_app, trusted)  # type: ignore[method-assign] # Flask's own advice


class _ProxyFix:
    def __init__(self, app: WSGIApplication, trusted: Iterable[str]) -> None:
        self._app = app
        self._trusted: list[_Network] = [ipaddress.ip_network(each) for each in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._believed(environ.get("REMOTE_ADDR", "")):
            self._rewrite(environ)
        return self._app(environ, start_response)

    def _rewrite(self, environ: WSGIEnvironment) -> None:
        for address in reversed(_header_list(environ, "HTTP_X_FORWARDED_FOR")):
            plain = _without_port(address)
            if plain is None:
                break
            environ["REMOTE_ADDR"] = plain
            environ[FORWARDED] = True
            if not self._believed(plain):
                break
        if scheme := _header_list(environ, "HTTP_X_FORWARDED_PROTO")[-1:]:
            environ["wsgi.url_scheme"] = "https" if scheme[0].lower() == "https" else "http"
        if host := _header_list(environ, "HTTP_X_FORWARDED_HOST")[-1:]:
            environ["HTTP_HOST"] = host[0]

    def _believed(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self._trusted)


def _header_list(environ: WSGIEnvironment, name: str) -> list[str]:
    return [part.strip() for part in environ.get(name, "").split(",") if part.strip()]


def _without_port(address: str) -> str | None:
    """An address without the port that some proxies add; None for anything else (`unknown`)."""
    for text in (address, address.rpartition(":")[0], address.partition("]")[0].removeprefix("[")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return None


def client_key(address: str | None, *, named: bool) -> str | None:
    """Return the key by which the client at an address is counted; None if it has no limit.

    named    whether the address comes from a trusted proxy
    """
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    found = getattr(found, "ipv4_mapped", None) or found
    if not named and (found.is_private or found.is_loopback or found.is_link_local):
        return None
    if found.version == 6:
        return str(ipaddress.ip_network((int(found), IPV6_BITS), strict=False).network_address)
    return str(found)
