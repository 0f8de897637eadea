"""Access control of the desk: a session begun with a token, or a browser on this machine.

For everybody else the desk answers 404, or, once there is a token, with a login form. Forms are protected against CSRF
by an HttpOnly, `SameSite=Strict` cookie and its HMAC in the form; see the OWASP cheat sheet "Cross-Site Request Forgery
Prevention", on signed double submit. Because of that digest `compression` skips these answers (BREACH).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import logging
import secrets
from urllib.parse import quote, urlsplit

from flask import Response, abort, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from searchapp.config.origins import origin as origin_of
from searchapp.errors import AccessFileError
from searchapp.web.desk.blueprint import desk
from searchapp.web.desk.peer_credentials import is_another_user
from searchapp.web.desk.tokens import SESSION_SECONDS, TokenStore
from searchapp.web.state import root, state

COOKIE = "searchapp_desk"
CSRF_FIELD = "csrf"

_OPEN = frozenset({"desk.entrance", "desk.log_in"})
"""Endpoints that need no session."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PROXY_HEADERS = (
    "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
    "Fly-Client-Ip",
)  # fmt: skip
"""Headers as WSGI spells them, besides those that begin with X-Forwarded."""
_log = logging.getLogger(__name__)


def token_store() -> TokenStore:
    """Return the token store of this application."""
    return TokenStore(state().config.desk_dir)


@desk.before_app_request
def hide_from_strangers() -> None:
    """Answer 404 instead of 405 where the desk is hidden, as 405 reveals that an address exists."""
    if not isinstance(request.routing_exception, MethodNotAllowed):
        return
    below = f"{request.path}/".startswith(f"{desk.url_prefix}/")
    if below and not (is_local() or _is_session(request.cookies.get(COOKIE, "")) or _has_entrance()):
        abort(404)


@desk.before_request
def check_access() -> AnyResponse | None:
    """Refuse requests without access, and forms without a valid CSRF token."""
    g.desk_cookie = request.cookies.get(COOKIE, "")
    g.desk_local = is_local()
    g.desk_session = _is_session(g.desk_cookie)
    if not (g.desk_local or g.desk_session):
        if not _has_entrance():
            abort(404)
        if request.endpoint not in _OPEN:
            return _refused()
    if request.method not in _SAFE and not _has_csrf_token():
        page = render_template("desk/refused.html", back=_back())
        return make_response(page, 403)
    return None


@desk.after_request
def keep_private(response: Response) -> Response:
    """Forbid caching and indexing, and set the CSRF cookie if there is a new one."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if "desk_new_cookie" in g:
        set_cookie(response, g.desk_new_cookie)
    return response


@desk.app_context_processor
def for_templates() -> dict[str, object]:
    """Return the variables of the desk's templates."""
    return {"csrf": csrf, "desk_session": g.get("desk_session", False)}


def csrf() -> str:
    """Return the value of a form's CSRF_FIELD; creates the cookie if there is none."""
    if not g.desk_cookie:
        g.desk_cookie = g.desk_new_cookie = secrets.token_urlsafe(32)
    return _digest(g.desk_cookie)


def set_cookie(response: AnyResponse, value: str) -> None:
    """Set the desk's only cookie: a session, or for a local browser a random value."""
    response.set_cookie(
        COOKIE,
        value,
        max_age=SESSION_SECONDS,
        path=f"{root()}{desk.url_prefix}",
        secure=request.is_secure or state().config.public_url.startswith("https:"),
        httponly=True,
        samesite="Strict",
    )


def is_local() -> bool:
    """Whether the client is a browser on this machine, run by this process's user, without a proxy between.

    Proxied requests may come from this machine, too. They are recognised by the headers that proxies add, by a
    host that is not this machine, by HTTP/1.0, nginx's default before 1.29.7, by `public_url`, and by the user that the
    proxy runs as. A proxy that adds nothing and runs as our own user can't be distinguished from a local browser:
    the manual says what to set.
    """
    names = request.headers.keys()
    if any(name in _PROXY_HEADERS or name.startswith("X-Forwarded") for name in names):
        return False
    if request.environ["SERVER_PROTOCOL"] != "HTTP/1.1":
        return False
    public = urlsplit(state().config.public_url).hostname
    hosts = (request.remote_addr, urlsplit(f"//{request.host}").hostname, public or "localhost")
    return all(map(_is_loopback, hosts)) and not is_another_user(request.environ)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host or "")
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_session(cookie: str) -> bool:
    try:
        return token_store().is_session(cookie)
    except AccessFileError as error:
        _log.warning("%s", error)
        return False


def _has_entrance() -> bool:
    try:
        return bool(token_store().tokens())
    except AccessFileError as error:
        _log.warning("%s", error)
        return False


def _refused() -> AnyResponse:
    """A redirect to the login form, which leads back to the requested page; 403 for a form that was sent."""
    if request.method not in _SAFE:
        return make_response(render_template("desk/refused.html", back=url_for("desk.entrance")), 403)
    return redirect(f"{url_for('desk.entrance')}?next={quote(root() + request.path)}", 303)


def _has_csrf_token() -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and not _is_same_origin(origin):
        return False
    given = request.form.get(CSRF_FIELD, "")
    return bool(g.desk_cookie) and hmac.compare_digest(given.encode(), _digest(g.desk_cookie).encode())


def _is_same_origin(origin: str) -> bool:
    """Whether an origin is that of the request's host, or of `public_url` if a proxy passes on another host."""
    here = {f"http://{request.host}", f"https://{request.host}", origin_of(state().config.public_url)}
    return origin in here


def _back() -> str:
    return request.path if request.endpoint not in _OPEN else url_for("desk.entrance")


def _digest(cookie: str) -> str:
    return hmac.new(cookie.encode(), b"searchapp desk form", hashlib.sha256).hexdigest()
