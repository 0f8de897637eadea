"""The blueprint that every topic of the desk adds its routes to, and the way through them."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("desk", __name__, url_prefix="/desk")

NAV = (
    ("desk.home", "Overview"),
    ("desk.draft", "Draft"),
    ("desk.checks", "Checks"),
    ("desk.links", "Links"),
    ("desk.duplicates", "Duplicates"),
    ("desk.tags", "Tags"),
    ("desk.queries", "Searches"),
)
"""(endpoint, label) of the desk's pages, in their order."""
