"""A check as a whole, small enough to keep: how often each rule is broken, and the first places of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from searchapp.config.loading import Config
from searchapp.errors import ConfigError
from searchapp.indexing.check import examine
from searchapp.model import Problem

MOST = 1_000
"""Problems of one rule that are kept."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a check found.

    problems    in the order of their paths; of each rule the first MOST
    counts      of all problems, by code
    files       how many have any
    articles    how many were looked at
    began       when it began (UTC)
    missing     why there are no files to look at; "" if there are
    """

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    files: int
    articles: int
    began: datetime
    missing: str = ""


def findings(config: Config) -> Findings:
    """Checks everything."""
    began = datetime.now(UTC)
    try:
        found = examine(config)
    except ConfigError as error:
        return Findings((), {}, 0, 0, began, str(error))
    kept: list[Problem] = []
    files: set[str] = set()
    told: Counter[str] = Counter()
    for problem in found:
        files.add(problem.path)
        told[problem.code] += 1
        if told[problem.code] <= MOST:
            kept.append(problem)
    kept.sort(key=lambda problem: (problem.path, problem.line or 0, problem.column or 0))
    return Findings(tuple(kept), dict(found.counts), len(files), found.articles, began)
