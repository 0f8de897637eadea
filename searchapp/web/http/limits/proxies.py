"""Who a request is from, where proxies stand before this server: those that are believed say so.

`X-Forwarded-For` is read from its end, where the nearest proxy has written, up to the first address that is none of
them: what stands before that anybody may have sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FORWARDED = "searchapp.forwarded"
"""In the environment of a request of which a believed proxy has said who it is from."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def init_app(app: Flask, trusted: Sequence[str]) -> None:
    """Believes the proxies of these networks."""
    if trusted:
        app.wsgi_app = _Believing(app.wsgi_app, trusted)  # type: ignore[method-assign] # Flask's own advice


class _Believing:
    def __init__(self, app: WSGIApplication, trusted: Iterable[str]) -> None:
        self._app = app
        self._trusted: list[_Network] = [ipaddress.ip_network(each) for each in trusted]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if self._believed(environ.get("REMOTE_ADDR", "")):
            self._rewrite(environ)
        return self._app(environ, start_response)

    def _rewrite(self, environ: WSGIEnvironment) -> None:
        for address in reversed(_listed(environ, "HTTP_X_FORWARDED_FOR")):
            plain = _plain(address)
            if plain is None:
                break
            environ["REMOTE_ADDR"] = plain
            environ[FORWARDED] = True
            if not self._believed(plain):
                break
        if scheme := _listed(environ, "HTTP_X_FORWARDED_PROTO")[-1:]:
            environ["wsgi.url_scheme"] = "https" if scheme[0].lower() == "https" else "http"
        if host := _listed(environ, "HTTP_X_FORWARDED_HOST")[-1:]:
            environ["HTTP_HOST"] = host[0]

    def _believed(self, address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in self._trusted)


def _listed(environ: WSGIEnvironment, name: str) -> list[str]:
    return [part.strip() for part in environ.get(name, "").split(",") if part.strip()]


def _plain(address: str) -> str | None:
    """An address without the port that some proxies add; None if it is none (`unknown`)."""
    for text in (address, address.rpartition(":")[0], address.partition("]")[0].removeprefix("[")):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            continue
    return None
