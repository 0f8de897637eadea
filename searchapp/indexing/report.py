"""What both a run and a check have to say about the whole of the content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from searchapp.model import Problem


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By path, then line; each one once."""
    return tuple(sorted(set(problems), key=lambda p: (p.path, p.line or 0, p.reason)))


def same_permalinks(permalinks: Mapping[str, str]) -> list[Problem]:
    """A warning for each article whose address another one has too.

    permalinks  id -> permalink, "" for those without; compared without a final slash
    """
    owners: dict[str, list[str]] = {}
    for id, permalink in sorted(permalinks.items()):
        if permalink:
            owners.setdefault(permalink.rstrip("/"), []).append(id)
    return [
        Problem(id, None, f"has the same permalink as {first}: {permalinks[id]}")
        for first, *others in owners.values()
        for id in others
    ]
