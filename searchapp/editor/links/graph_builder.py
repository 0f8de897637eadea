"""The link graph of an index and the content folder behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from searchapp.articles import Limits, Site, open_site, unseen
from searchapp.articles.files.source import UnreadableError, decode, read_bytes
from searchapp.config.loading import Config
from searchapp.editor.article_stream import every
from searchapp.editor.links.address_forms import Blog
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.graph import ArticleLinks, Graph, build, page
from searchapp.editor.links.link_problems import findings
from searchapp.engine import Engine
from searchapp.errors import ConfigError
from searchapp.model import Problem

Progress = Callable[[int, int], None]
_STATIC = ("", "static/", "public/", "source/", "src/", "content/")
"""Where static files may lie below the root of the site."""


def blog_of(config: Config, site: Site | None) -> Blog:
    """What is known of a blog's addresses: the configured one, and its generator's."""
    given = (config.site_url, site.address if site else "")
    return Blog(tuple(dict.fromkeys(filter(None, given))), site.root if site else "")


def hidden_of(site: Site, shown: frozenset[str]) -> tuple[Node, ...]:
    """The files of a site that are not shown (by id), as nodes."""
    return tuple(
        Node(id, title, permalink, aliases, hidden=reason)
        for id, title, permalink, aliases, reason in unseen(site, shown)
    )


class StaticFiles:
    """Whether a path on a blog is a file of its content folder, or of the one around it where generators keep them."""

    def __init__(self, config: Config, site: Site) -> None:
        root = config.content_dir / site.root
        self._folders = [root / name for name in _STATIC]
        self._folders += [root.parent / name for name in ("static", "public")]

    def __call__(self, path: str) -> bool:
        path = path.rstrip("/")
        parts = Path(path).parts
        if not parts or "\0" in path or ".." in parts or path.startswith("/"):
            return False
        try:
            names = (path, f"{path}.html", f"{path}/index.html")
            return any((folder / name).is_file() for folder in self._folders for name in names)
        except OSError:
            return False


class Sources:
    """The text of the files of a content folder, by id; None for one that can't be read now."""

    def __init__(self, config: Config) -> None:
        self._folder = config.content_dir

    def __call__(self, id: str) -> str | None:
        try:
            return decode(read_bytes(self._folder / id, Limits()))[0]
        except (OSError, ValueError, UnreadableError):
            return None


def problems_of(pages: Iterable[ArticleLinks], config: Config, site: Site) -> tuple[Problem, ...]:
    """What is wrong with the links of a site's visible articles, in the order of their ids."""
    collected = list(pages)
    hidden = hidden_of(site, frozenset(each.node.id for each in collected))
    graph = build(collected, blog_of(config, site), hidden, StaticFiles(config, site))
    return tuple(problem for _, problem in findings(graph, Sources(config)))


def graph_of(engine: Engine, config: Config, progress: Progress | None = None) -> Graph:
    """The link graph of all that is indexed. Raises IndexUnusableError while there is none.

    Without its content folder a server still knows the articles, but neither drafts nor static files.

    progress    called with the articles read and of all
    """
    pages = _pages(engine, progress)
    try:
        site = open_site(config)
    except ConfigError:
        return build(pages, blog_of(config, None))
    hidden = hidden_of(site, frozenset(engine.manifest()))
    return build(pages, blog_of(config, site), hidden, StaticFiles(config, site))


def _pages(engine: Engine, progress: Progress | None) -> Iterator[ArticleLinks]:
    count = engine.status().articles
    for done, article in enumerate(every(engine), 1):
        yield page(article)
        if progress:
            progress(done, count)
