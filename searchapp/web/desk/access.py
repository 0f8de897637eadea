"""Who may come in: a session that a token began, or a browser on this very machine.

To everybody else the desk is not there, or, once there is a token, it is a form that asks for one. Whoever is in proves
with each form that it came from one of our pages: by a cookie that no script can read and that no other site can make a
browser send (`SameSite=Strict`), and in the form a digest of it that nobody can tell without it; see the OWASP cheat
sheet "Cross-Site Request Forgery Prevention", on signed double submit. For the sake of that digest `compression` leaves
these answers alone (BREACH).
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
from searchapp.web.desk.blueprint import NAV, desk
from searchapp.web.desk.peer_credentials import is_another_user
from searchapp.web.desk.tokens import SESSION_SECONDS, TokenStore
from searchapp.web.state import root, state

COOKIE = "searchapp_desk"
CSRF_FIELD = "csrf"

_OPEN = frozenset({"desk.entrance", "desk.log_in"})
"""What who is not in may ask for."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FROM_A_PROXY = (
    "Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip",
    "Fly-Client-Ip",
)  # fmt: skip
"""Headers, as WSGI spells them; and all that begin with X-Forwarded."""
_log = logging.getLogger(__name__)


def access() -> TokenStore:
    """The tokens and sessions of this application."""
    return TokenStore(state().config.desk_dir)


@desk.before_app_request
def hide() -> None:
    """An address that does not know a method would say by 405 that it is there; without an entrance it is not."""
    if not isinstance(request.routing_exception, MethodNotAllowed):
        return
    below = f"{request.path}/".startswith(f"{desk.url_prefix}/")
    if below and not (is_local() or _is_session(request.cookies.get(COOKIE, "")) or _has_entrance()):
        abort(404)


@desk.before_request
def let_in() -> AnyResponse | None:
    """Turns away who may not come in, and forms that are not ours."""
    g.desk_cookie = request.cookies.get(COOKIE, "")
    g.desk_local = is_local()
    g.desk_session = _is_session(g.desk_cookie)
    if not (g.desk_local or g.desk_session):
        if not _has_entrance():
            abort(404)
        if request.endpoint not in _OPEN:
            return _turned_away()
    if request.method not in _SAFE and not _is_our_form():
        page = render_template("desk/refused.html", back=_back())
        return make_response(page, 403)
    return None


@desk.after_request
def keep_private(response: Response) -> Response:
    """No copy anywhere, no search engine, and a cookie to tell our forms by."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if "desk_new_cookie" in g:
        set_cookie(response, g.desk_new_cookie)
    return response


@desk.app_context_processor
def for_templates() -> dict[str, object]:
    """What the desk's templates may say."""
    return {"csrf": csrf, "desk_nav": NAV, "desk_session": g.get("desk_session", False)}


def csrf() -> str:
    """What a form sends as CSRF_FIELD; makes a cookie for who has none."""
    if not g.desk_cookie:
        g.desk_cookie = g.desk_new_cookie = secrets.token_urlsafe(32)
    return _digest(g.desk_cookie)


def set_cookie(response: AnyResponse, value: str) -> None:
    """The desk's only cookie: a session, or for a browser on this machine a random value of no meaning."""
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
    """Whether the browser runs on this machine, as the user that we are, and came here directly.

    Requests that a proxy passes on come from this machine, too. They are told by the headers that proxies add, by a
    host that is not this machine, by HTTP/1.0, which nginx before 1.29.7 speaks if it is told nothing, by `public_url`,
    and by the user that the proxy runs as. One that adds nothing and runs as our own user can't be told from a browser
    here: the manual says what to set.
    """
    names = request.headers.keys()
    if any(name in _FROM_A_PROXY or name.startswith("X-Forwarded") for name in names):
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
        return access().is_session(cookie)
    except AccessFileError as error:
        _log.warning("%s", error)
        return False


def _has_entrance() -> bool:
    try:
        return bool(access().tokens())
    except AccessFileError as error:
        _log.warning("%s", error)
        return False


def _turned_away() -> AnyResponse:
    """To the entrance, which leads back to a page that was asked for by its address."""
    if request.method not in _SAFE:
        return make_response(render_template("desk/refused.html", back=url_for("desk.entrance")), 403)
    return redirect(f"{url_for('desk.entrance')}?next={quote(root() + request.path)}", 303)


def _is_our_form() -> bool:
    origin = request.headers.get("Origin")
    if origin is not None and not _is_ours(origin):
        return False
    given = request.form.get(CSRF_FIELD, "")
    return bool(g.desk_cookie) and hmac.compare_digest(given.encode(), _digest(g.desk_cookie).encode())


def _is_ours(origin: str) -> bool:
    """Whether this is where the browser is: what it asked, or the public address if a proxy passes on another host."""
    here = {f"http://{request.host}", f"https://{request.host}", origin_of(state().config.public_url)}
    return origin in here


def _back() -> str:
    return request.path if request.endpoint not in _OPEN else url_for("desk.entrance")


def _digest(cookie: str) -> str:
    return hmac.new(cookie.encode(), b"searchapp desk form", hashlib.sha256).hexdigest()
