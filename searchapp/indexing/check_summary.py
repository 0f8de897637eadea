"""The summary of a check, small enough to cache: counts by rule, and the first problems of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from searchapp.config.loading import Config
from searchapp.errors import ConfigError
from searchapp.indexing.check import examine
from searchapp.model import Problem

MAX_PER_RULE = 1_000
"""Problems of one rule that are kept, at most."""


@dataclass(frozen=True, slots=True)
class CheckSummary:
    """The summary of a check.

    problems    in the order of their paths; the first MAX_PER_RULE of each rule
    counts      number of all problems by code
    files       number of files with problems
    articles    number of visible articles
    began       start of the check (UTC)
    missing     why there is no content to check; "" if there is
    """

    problems: tuple[Problem, ...]
    counts: Mapping[str, int]
    files: int
    articles: int
    began: datetime
    missing: str = ""


def summarise(config: Config) -> CheckSummary:
    """Check all content and return the summary. Raises nothing for a missing content folder: see `missing`."""
    began = datetime.now(UTC)
    try:
        found = examine(config)
    except ConfigError as error:
        return CheckSummary((), {}, 0, 0, began, str(error))
    kept: list[Problem] = []
    files: set[str] = set()
    counts: Counter[str] = Counter()
    for problem in found:
        files.add(problem.path)
        counts[problem.code] += 1
        if counts[problem.code] <= MAX_PER_RULE:
            kept.append(problem)
    kept.sort(key=lambda problem: (problem.path, problem.line or 0, problem.column or 0))
    return CheckSummary(tuple(kept), dict(found.counts), len(files), found.articles, began)
