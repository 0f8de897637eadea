"""Login with a token, and logout."""

from __future__ import annotations

import logging
import re

from flask import g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from searchapp.errors import AccessFileError, TooManyAttemptsError
from searchapp.web.desk import access
from searchapp.web.desk.blueprint import desk
from searchapp.web.state import root

_BELOW = re.compile(r"(/[a-z]+)*")
"""Paths of the desk's pages, relative to its first page."""
_log = logging.getLogger(__name__)


@desk.get("/login")
def entrance() -> AnyResponse:
    """Render the login form."""
    if g.desk_session or g.desk_local:
        return redirect(_next(), 303)
    return _form()


@desk.post("/login")
def log_in() -> AnyResponse:
    """Begin a session; 403 for a wrong token, 429 after too many of them."""
    try:
        session = access.token_store().log_in(request.form.get("token", "").strip(), request.remote_addr or "")
    except TooManyAttemptsError as error:
        minutes = error.seconds // 60 + 1
        response = _form(f"Too many wrong tokens came from your address. Try again in {minutes} minutes.", 429)
        response.headers["Retry-After"] = str(error.seconds)
        return response
    except AccessFileError as error:
        _log.warning("%s", error)
        return _form("Tokens can't be looked at now; the server's log says why.", 503)
    if session is None:
        return _form("This is not a token of this desk.", 403)
    response = redirect(_next(), 303)
    access.set_cookie(response, session)
    return response


@desk.post("/logout")
def log_out() -> AnyResponse:
    """End the session on the server, also for copies of its cookie."""
    try:
        access.token_store().log_out(g.desk_cookie)
    except AccessFileError as error:
        _log.warning("%s", error)
        return _form("You are not logged out: the session can't be ended now; the server's log says why.", 503)
    response = redirect(url_for("desk.entrance"), 303)
    response.delete_cookie(access.COOKIE, path=f"{root()}{desk.url_prefix}", httponly=True, samesite="Strict")
    return response


def _form(complaint: str = "", status: int = 200) -> AnyResponse:
    page = render_template("desk/login.html", complaint=complaint, next=_next(""))
    return make_response(page, status)


def _next(default: str | None = None) -> str:
    """The path to redirect to: that in the parameter `next` if it is one of the desk's pages."""
    wanted = request.values.get("next", "")
    home = url_for("desk.home")
    if wanted.startswith(home) and _BELOW.fullmatch(wanted.removeprefix(home)):
        return wanted
    return home if default is None else default
