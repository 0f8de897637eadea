"""Whole real blogs: every file is an article, hidden for a true reason, or in the report; and how fast."""

from __future__ import annotations

import os
import tarfile
from collections import Counter
from pathlib import Path

import pytest
from articles import site_of

from searchapp.articles import Outcome, convert, discover
from searchapp.config.loading import CORPORA_VARIABLE

CORPORA = os.environ.get(CORPORA_VARIABLE, "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CORPORA, reason=f"{CORPORA_VARIABLE} names no folder with blogs/*.tar.gz"),
]

BLOGS = {  # name: (files, articles, hidden)
    "infeeds": (2359, 2359, {}),
    "haacked": (2058, 2058, {}),
    "rust-blog": (754, 750, {"list page": 3, "page without text": 1}),
    "siadlak": (454, 283, {"draft": 171}),
}


@pytest.fixture(params=BLOGS, scope="module")
def blog(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Outcome]]:
    folder = tmp_path_factory.mktemp(request.param)
    with tarfile.open(Path(CORPORA) / "blogs" / f"{request.param}.tar.gz") as archive:
        archive.extractall(folder, filter="data")
    site = site_of(folder)
    sources, problems = discover(site)
    assert problems == []
    return request.param, list(convert(site, sources, {}))


def test_every_file_is_accounted_for(blog: tuple[str, list[Outcome]]) -> None:
    name, found = blog
    files, articles, hidden = BLOGS[name]
    assert len(found) == files
    assert sum(outcome.article is not None for outcome in found) == articles
    assert Counter(outcome.hidden for outcome in found if outcome.hidden) == hidden
    assert [problem for outcome in found for problem in outcome.problems] == []


def test_articles_are_whole(blog: tuple[str, list[Outcome]]) -> None:
    _, found = blog
    for outcome in found:
        if (article := outcome.article) is None:
            continue
        assert article.title.strip()
        assert "@" not in "".join(article.authors)
        for section in article.sections:
            assert not section.level or f'id="{section.anchor}"' in article.html.replace("&amp;", "&"), article.id
        repr(article).encode()
