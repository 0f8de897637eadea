"""What is wrong with an article although it can be read. Only `check` asks; indexing never comes here.

page.py        what rules look at, and where that is in the file
masking.py     a body without its code
keys.py        the keys of front matter               front_matter.py title, dates, tags, description
headings.py    their levels and words                 links.py       links and pictures
references.py  links and footnotes by name            liquid.py      fences, comments, Liquid, shortcodes
characters.py  characters and words that nobody meant to publish

A family is a module with CODES and `find(page)`; what a code means is in `searchapp.rules`. Rules that need more than
one article are not here: see `searchapp.editor.cross_checks`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from searchapp.articles.front_matter.split import FrontMatter
from searchapp.articles.lint import characters, front_matter, headings, keys, links, liquid, references
from searchapp.articles.lint.page import Flaw, Page
from searchapp.model import Problem, Spot

MAX_SHOWN = 20
"""Findings of one rule in one file that are told one by one."""
_FAMILIES: tuple[tuple[frozenset[str], Callable[[Page], Iterator[Flaw]]], ...] = tuple(
    (family.CODES, family.find) for family in (keys, front_matter, headings, links, references, liquid, characters)
) + ((frozenset({"url-bare"}), links.find_bare),)
CODES = frozenset().union(*(codes for codes, _ in _FAMILIES))
_OF_ANY_TEXT = frozenset({"conflict-marker", "character-control"})
"""Those that may tell why front matter can't be read."""

__all__ = ["CODES", "MAX_SHOWN", "Flaw", "Page", "inspect", "spots"]


def inspect(page: Page, wanted: frozenset[str], *, readable: bool = True) -> list[Problem]:
    """The problems of one page, in the order of the file: of each rule the first ones, then how many more there are.

    wanted      codes; no others are reported
    readable    False if its front matter can't be read: only what may tell why is looked for
    """
    if not readable:
        wanted &= _OF_ANY_TEXT
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
    """Where the keys stand that rules for several articles are about; the first spelling that is there counts."""
    keys = (("title", "title"), ("permalink", "permalink"), ("aliases", "redirectfrom"), ("aliases", "aliases"))
    found = ((name, front.spot_of(key)) for name, key in keys)
    return tuple((name, spot) for name, spot in found if spot.line is not None)


def _problem(page: Page, flaw: Flaw) -> Problem:
    spot = flaw.where if isinstance(flaw.where, Spot) else page.at(flaw.where)
    return Problem(page.id, spot.line, flaw.reason, code=flaw.code, column=spot.column, remedy=flaw.remedy)


def _shortened(found: list[Problem], seen: Counter[str]) -> list[Problem]:
    """The last one of a rule that is shown says how many there are from there on."""
    kept: list[Problem] = []
    told: Counter[str] = Counter()
    for problem in sorted(found, key=lambda p: (p.line or 0, p.column or 0)):
        told[problem.code] += 1
        more = seen[problem.code] - MAX_SHOWN
        if told[problem.code] <= MAX_SHOWN:
            kept.append(problem)
        elif told[problem.code] == MAX_SHOWN + 1:
            kept.append(
                replace(
                    problem,
                    reason=f"{problem.reason} (and {more - 1:,} more in this file)" if more > 1 else problem.reason,
                )
            )
    return kept
