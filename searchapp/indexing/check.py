"""What is wrong with the content: every file is read, no index is needed and none is touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from searchapp.articles import convert, discover, open_site, permalink_clashes
from searchapp.config import Config
from searchapp.engines import pins
from searchapp.indexing.report import in_order
from searchapp.indexing.run import Progress
from searchapp.model import Problem


@dataclass(frozen=True, slots=True)
class Examination:
    """The problems in path order, how many articles are shown, and how many are hidden for which reason."""

    problems: tuple[Problem, ...]
    articles: int
    hidden: Mapping[str, int]


def check(config: Config) -> tuple[Problem, ...]:
    """Everything that is wrong with the content. Raises ConfigError if there is no content folder."""
    return examine(config).problems


def examine(config: Config, progress: Progress | None = None) -> Examination:
    """`check`, with numbers. Calls `progress` with the files read and of all."""
    site = open_site(config)
    sources, problems = discover(site)
    found = [*site.problems, *problems]
    permalinks: dict[str, str] = {}
    names: set[str] = set()
    hidden: dict[str, int] = {}
    for done, outcome in enumerate(convert(site, sources, {}), 1):
        found += outcome.problems
        if outcome.article is not None:
            permalinks[outcome.id] = outcome.article.permalink
            names |= {link.rstrip("/") for link in (outcome.id, outcome.article.permalink, *outcome.article.aliases)}
        elif outcome.hidden:
            hidden[outcome.hidden] = hidden.get(outcome.hidden, 0) + 1
        if progress:
            progress(done, len(sources))
    found += permalink_clashes(permalinks.items())
    found += pins.doubtful(config, lambda name: name.rstrip("/") in names)
    return Examination(in_order(found), len(permalinks), dict(sorted(hidden.items())))
