"""The manual: the Markdown files in this folder, read and searched as the articles of a blog are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from operator import itemgetter
from pathlib import Path

from searchapp.articles import Limits, Outcome, discover, open_site
from searchapp.articles.front_matter.split import split
from searchapp.articles.reader import read
from searchapp.config.loading import Config
from searchapp.engine import Engine
from searchapp.model import Article

FOLDER = Path(__file__).parent
ENDING = ".md"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the manual.

    topic        its name in addresses and on the command line: that of its file, without the ending
    title        the heading above it
    description  one sentence
    part         the part of the manual that it belongs to
    markdown     its text, without front matter
    """

    topic: str
    title: str
    description: str
    part: str
    markdown: str


@cache
def pages() -> tuple[Page, ...]:
    """All pages in reading order."""
    return tuple(page for _, page in sorted(map(_page, FOLDER.glob(f"*{ENDING}")), key=itemgetter(0)))


def _page(path: Path) -> tuple[int, Page]:
    front = split(path.read_text("utf-8"))
    title, description, part = (str(front.data[key]) for key in ("title", "description", "part"))
    return int(str(front.data["order"])), Page(path.stem, title, description, part, front.body.strip() + "\n")


def page(topic: str) -> Page | None:
    """Return the page of a topic; None if there is none."""
    return next((page for page in pages() if page.topic == topic), None)


def nearest(topic: str) -> str:
    """Return the topic whose name or title is most similar to a text; "" if none is."""
    names = {name.lower(): page.topic for page in pages() for name in (page.title, page.topic)}
    return next((names[name] for name in get_close_matches(topic.lower(), names, 1)), "")


@cache
def engine() -> Engine:
    """An index of the pages in memory, built at the first call in a process (0.1 s).

    An article's id is the name of its file, its permalink `/<topic>`.
    """
    from searchapp.engines.reference.engine import MemoryEngine

    found = MemoryEngine()
    found.rebuild(map(_article, _outcomes()))
    return found


def _outcomes() -> list[Outcome]:
    site = open_site(Config(content_dir=FOLDER, index_dir=FOLDER, language="en"))
    return [read(site, source, Limits()) for source in discover(site)[0]]


def _article(outcome: Outcome) -> Article:
    assert outcome.article is not None, outcome.problems
    return replace(outcome.article, permalink=f"/{outcome.id.removesuffix(ENDING)}")
