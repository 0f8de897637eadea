"""The blueprint to which every module of the desk adds its routes, and its navigation.

A module of its own, as all of them import it.
"""

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
"""(endpoint, label) of the navigation's entries, in order."""
