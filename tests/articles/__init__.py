"""What the tests of articles share: a folder written from a mapping, read through the public door."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

from searchapp.articles import Limits, Outcome, Site, convert, discover, open_site
from searchapp.articles.reader import read
from searchapp.config.loading import Config
from searchapp.model import Article, Problem
from searchapp.rules import RULES


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).lstrip("\n").encode())


def site_of(folder: Path, **settings: Any) -> Site:
    return open_site(Config(content_dir=folder, index_dir=folder.parent / "index", **settings))


def outcomes(
    folder: Path, files: Mapping[str, str | bytes] = {}, limits: Limits | None = None, **settings: Any
) -> dict[str, Outcome]:
    """Every outcome of a folder to which `files` are added, by id.

    Read in this process, and sent as from a worker, unless there are limits: only a worker holds what it does to them.
    """
    write(folder, files)
    site = site_of(folder, **settings)
    sources, _ = discover(site)
    if limits is None:
        found = (pickle.loads(pickle.dumps(read(site, source, Limits()))) for source in sources)
    else:
        found = convert(site, sources, {}, workers=1, limits=limits)
    outcomes = {outcome.id: outcome for outcome in found}
    assert all(problem.code in RULES for outcome in outcomes.values() for problem in outcome.problems)
    return outcomes


def articles(folder: Path, files: Mapping[str, str | bytes], **settings: Any) -> dict[str, Article]:
    """The articles of a folder in which nothing is hidden, skipped or warned about."""
    found = outcomes(folder, files, **settings)
    assert [problem for outcome in found.values() for problem in outcome.problems] == []
    shown = {id: outcome.article for id, outcome in found.items() if outcome.article}
    assert shown.keys() == found.keys(), {id: o.hidden for id, o in found.items() if o.hidden}
    return shown


def article(folder: Path, text: str | bytes, name: str = "post.md", **settings: Any) -> Article:
    return articles(folder, {name: text}, **settings)[name]


def problems(outcome: Outcome) -> list[tuple[int | None, str, bool]]:
    """Of one outcome: (line, reason, skipped)."""
    assert all(isinstance(problem, Problem) and problem.path == outcome.id for problem in outcome.problems)
    return [(problem.line, problem.reason, problem.skipped) for problem in outcome.problems]
