"""The check of the content: reads every file, without an index."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from searchapp.articles import Outcome, Site, SourceFile, convert, discover, lint, open_site
from searchapp.config.loading import Config
from searchapp.editor.cross_checks import CROSS_CHECKS, CrossCheck
from searchapp.indexing.run import Progress, sorted_problems
from searchapp.model import Problem
from searchapp.retrieval import pins
from searchapp.rules import Selection, select


@dataclass(slots=True)
class ContentCheck:
    """A running check: iterate over its problems, once; the counts are complete only afterwards.

    Problems are in the order of their paths; those that need the whole blog come last.

    before      problems found before any file was read
    whole       whether this is the whole blog, so that rules across articles apply
    articles    number of visible articles
    hidden      number of hidden ones by reason
    counts      number of problems by code
    """

    site: Site
    sources: list[SourceFile]
    selection: Selection
    before: list[Problem]
    whole: bool = True
    progress: Progress | None = None
    articles: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[Problem]:
        cross_checks = [make(self.site) for make in CROSS_CHECKS if self.whole]
        cross_checks = [cross_check for cross_check in cross_checks if cross_check.codes & self.selection.codes]
        names: set[str] = set()
        of_files = self._of_files(cross_checks, names)
        for problem in heapq.merge(self.before, of_files, key=attrgetter("path")):
            yield from self._selected(problem)
        for problem in sorted_problems(problem for cross_check in cross_checks for problem in cross_check.problems()):
            yield from self._selected(problem)
        if self.whole:
            for problem in pins.pin_problems(self.site.config, lambda name: name.rstrip("/") in names):
                yield from self._selected(problem)

    def _selected(self, problem: Problem) -> Iterator[Problem]:
        if problem in self.selection:
            self.counts[problem.code] += 1
            yield problem

    def _of_files(self, cross_checks: list[CrossCheck], names: set[str]) -> Iterator[Problem]:
        pinned = bool(self.site.config.pinned)
        for done, outcome in enumerate(convert(self.site, self.sources, {}), 1):
            yield from sorted_problems(outcome.problems)
            self._count(outcome)
            if (article := outcome.article) is not None:
                spots = dict(outcome.spots)
                for cross_check in cross_checks:
                    cross_check.see(article, spots)
                if pinned:
                    names |= {link.rstrip("/") for link in (article.id, article.permalink, *article.aliases)}
            if self.progress:
                self.progress(done, len(self.sources))

    def _count(self, outcome: Outcome) -> None:
        if outcome.article is not None:
            self.articles += 1
        elif outcome.hidden:
            self.hidden[outcome.hidden] += 1


def examine(
    config: Config,
    selection: Selection | None = None,
    progress: Progress | None = None,
    *,
    below: Collection[str] = (),
) -> ContentCheck:
    """Start a check. Raises ConfigError if there is no content folder.

    selection   the rules to apply; those of the configuration by default
    progress    called with the number of files read and that of all
    below       paths of files or folders, relative as ids are: only these are checked, drafts included, without the
                rules that need the whole blog; "." is all. () checks everything that readers see
    """
    if selection is None:
        selection = select(config.check_select, config.check_ignore)
    if below:
        config = replace(config, include_drafts=True, include_future=True)
    site = replace(open_site(config), lint=selection.codes & lint.CODES)
    sources, problems = discover(site)
    before = list(sorted_problems([*site.problems, *problems]))
    if below:
        sources = [source for source in sources if _is_below(source.id, below)]
        before = [problem for problem in before if _is_below(problem.path, below)]
    return ContentCheck(site, sources, selection, before, not below, progress)


def _is_below(id: str, paths: Collection[str]) -> bool:
    return any(path in {".", id} or id.startswith(f"{path}/") for path in paths)
