"""How problems are reported, by a run and by a check alike."""

from __future__ import annotations

from collections.abc import Iterable

from searchapp.model import Problem


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By path, then line; each one once."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.line or 0, p.column or 0, p.code, p.reason)))
