"""What is wrong with the content: every file is read, no index is needed and none is touched."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from operator import attrgetter

from searchapp.articles import Outcome, Site, Source, convert, discover, lint, open_site
from searchapp.config.loading import Config
from searchapp.editor.cross_checks import CROSS_CHECKS, CrossCheck
from searchapp.indexing.report import in_order
from searchapp.indexing.run import Progress
from searchapp.model import Problem
from searchapp.retrieval import pins
from searchapp.rules import Selection, select


@dataclass(slots=True)
class Examination:
    """A check that goes on while its problems are taken from it, once; the numbers are whole only at the end.

    Problems come in the order of their paths, those that need the whole blog after all the others.

    whole       whether this is the whole blog, so that rules across articles can be looked for
    articles    how many are shown
    hidden      how many are not, by the reason
    counts      how many problems there are, by code
    """

    site: Site
    sources: list[Source]
    selection: Selection
    before: list[Problem]
    whole: bool = True
    progress: Progress | None = None
    articles: int = 0
    hidden: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[Problem]:
        crossings = [make(self.site) for make in CROSS_CHECKS if self.whole]
        crossings = [crossing for crossing in crossings if crossing.codes & self.selection.codes]
        names: set[str] = set()
        of_files = self._of_files(crossings, names)
        for problem in heapq.merge(self.before, of_files, key=attrgetter("path")):
            yield from self._told(problem)
        for problem in in_order(problem for crossing in crossings for problem in crossing.problems()):
            yield from self._told(problem)
        if self.whole:
            for problem in pins.doubtful(self.site.config, lambda name: name.rstrip("/") in names):
                yield from self._told(problem)

    def _told(self, problem: Problem) -> Iterator[Problem]:
        if problem in self.selection:
            self.counts[problem.code] += 1
            yield problem

    def _of_files(self, crossings: list[CrossCheck], names: set[str]) -> Iterator[Problem]:
        pinned = bool(self.site.config.pinned)
        for done, outcome in enumerate(convert(self.site, self.sources, {}), 1):
            yield from in_order(outcome.problems)
            self._count(outcome)
            if (article := outcome.article) is not None:
                spots = dict(outcome.spots)
                for crossing in crossings:
                    crossing.see(article, spots)
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
) -> Examination:
    """A check, problem by problem. Raises ConfigError if there is no content folder.

    selection   the rules to look for; those of the configuration by default
    progress    called with the files read and of all
    below       paths of files or folders, as in ids: nothing but these is looked at, whether readers see it or not, and
                no rule that needs the whole blog is looked for; "." is all. Without any, all that readers see
    """
    if selection is None:
        selection = select(config.check_select, config.check_ignore)
    if below:
        config = replace(config, include_drafts=True, include_future=True)
    site = replace(open_site(config), lint=selection.codes & lint.CODES)
    sources, problems = discover(site)
    before = list(in_order([*site.problems, *problems]))
    if below:
        sources = [source for source in sources if _is_below(source.id, below)]
        before = [problem for problem in before if _is_below(problem.path, below)]
    return Examination(site, sources, selection, before, not below, progress)


def _is_below(id: str, paths: Collection[str]) -> bool:
    return any(path in {".", id} or id.startswith(f"{path}/") for path in paths)
