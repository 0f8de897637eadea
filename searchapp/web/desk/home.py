"""The first page of the desk."""

from __future__ import annotations

from flask import render_template

from searchapp.web.desk.blueprint import desk
from searchapp.web.state import state


@desk.get("")
def home() -> str:
    """What the desk has, and what the index holds."""
    return render_template("desk/home.html", status=state().engine.status(), zone=state().config.zone)
