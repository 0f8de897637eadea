"""The blueprint to which every module of the desk adds its routes; a module of its own, as all of them import it."""

from __future__ import annotations

from flask import Blueprint

desk = Blueprint("desk", __name__, url_prefix="/desk")
