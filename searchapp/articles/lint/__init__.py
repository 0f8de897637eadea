"""Linting of single articles, for `check` only; indexing does not use it.

A family of rules is a module with CODES and `find(page)`; the codes' meanings are in `searchapp.rules`. Rules that
need more than one article are in `searchapp.editor.cross_checks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.lint import characters, front_matter, headings, keys, links, liquid, references
from searchapp.articles.lint.page import Flaw, LintedFile
from searchapp.model import Problem, Spot

MAX_SHOWN = 20
"""Problems of one rule in one file that are reported one by one; the next one has the number of the rest."""
_FAMILIES: tuple[tuple[frozenset[str], Callable[[LintedFile], Iterator[Flaw]]], ...] = tuple(
    (family.CODES, family.find) for family in (keys, front_matter, headings, links, references, liquid, characters)
) + ((frozenset({"url-bare"}), links.find_bare),)
CODES = frozenset().union(*(codes for codes, _ in _FAMILIES))
_WITHOUT_FRONT_MATTER = frozenset({"conflict-marker", "character-control"})
"""Rules that apply although the front matter is invalid, as they may explain why."""

__all__ = ["CODES", "MAX_SHOWN", "Flaw", "LintedFile", "inspect", "spots"]


def inspect(page: LintedFile, wanted: frozenset[str], *, readable: bool = True) -> list[Problem]:
    """Return the problems of one page in the order of the file, at most MAX_SHOWN + 1 of each rule.

    wanted      codes of the rules to apply
    readable    False if its front matter is invalid: only rules that may explain why apply
    """
    if not readable:
        wanted &= _WITHOUT_FRONT_MATTER
    found: list[Problem] = []
    seen: Counter[str] = Counter()
    for codes, find in _FAMILIES:
        if codes.isdisjoint(wanted):
            continue
        for flaw in find(page):
            if flaw.code in wanted:
                seen[flaw.code] += 1
                if seen[flaw.code] <= MAX_SHOWN + 1:
                    found.append(_problem(page, flaw))
    return _shortened(found, seen)


def spots(front: FrontMatter) -> tuple[tuple[str, Spot], ...]:
    """Return the positions of title, permalink and aliases in the front matter, for rules across articles."""
    keys = (("title", "title"), ("permalink", "permalink"), ("aliases", "redirectfrom"), ("aliases", "aliases"))
    found = ((name, front.spot_of(key)) for name, key in keys)
    return tuple((name, spot) for name, spot in found if spot.line is not None)


def _problem(page: LintedFile, flaw: Flaw) -> Problem:
    spot = flaw.where if isinstance(flaw.where, Spot) else page.at(flaw.where)
    return Problem(page.facts.id, spot.line, flaw.reason, code=flaw.code, column=spot.column, remedy=flaw.remedy)


def _shortened(found: list[Problem], seen: Counter[str]) -> list[Problem]:
    """The problems in order, those of each rule cut after MAX_SHOWN + 1; the last has the number of the rest."""
    kept: list[Problem] = []
    counts: Counter[str] = Counter()
    for problem in sorted(found, key=lambda p: (p.line or 0, p.column or 0)):
        counts[problem.code] += 1
        more = seen[problem.code] - MAX_SHOWN
        if counts[problem.code] <= MAX_SHOWN:
            kept.append(problem)
        elif counts[problem.code] == MAX_SHOWN + 1:
            kept.append(
                replace(
                    problem,
                    reason=f"{problem.reason} (and {more - 1:,} more in this file)" if more > 1 else problem.reason,
                )
            )
    return kept
