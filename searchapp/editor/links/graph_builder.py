"""The link graph of an index and its content folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from searchapp.articles import Limits, Site, hidden_files, open_site
from searchapp.articles.files.source import UnreadableError, decode, read_bytes
from searchapp.config.loading import Config
from searchapp.editor.links.address_forms import Blog
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.graph import ArticleLinks, Graph, article_links, build
from searchapp.editor.links.link_problems import link_problems
from searchapp.engine import Engine, iter_articles
from searchapp.errors import ConfigError
from searchapp.model import Problem

Progress = Callable[[int, int], None]
_STATIC = ("", "static/", "public/", "source/", "src/", "content/")
"""Folders of static files below the root of the site."""


def blog_of(config: Config, site: Site | None) -> Blog:
    """Return the blog's addresses: the configured one, and that of its generator's configuration."""
    given = (config.site_url, site.address if site else "")
    return Blog(tuple(dict.fromkeys(filter(None, given))), site.root if site else "")


def hidden_of(site: Site, shown: frozenset[str]) -> tuple[Node, ...]:
    """Return nodes for the files of a site that are not among the shown ids."""
    return tuple(
        Node(id, title, permalink, aliases, hidden=reason)
        for id, title, permalink, aliases, reason in hidden_files(site, shown)
    )


class StaticFiles:
    """Predicate: whether a path on the blog is a file in a folder from which generators copy static files."""

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
    """Returns the text of a file of the content folder by id; None if it can't be read."""

    def __init__(self, config: Config) -> None:
        self._folder = config.content_dir

    def __call__(self, id: str) -> str | None:
        try:
            return decode(read_bytes(self._folder / id, Limits()))[0]
        except (OSError, ValueError, UnreadableError):
            return None


def problems_of(pages: Iterable[ArticleLinks], config: Config, site: Site) -> tuple[Problem, ...]:
    """Return the link problems of a site's visible articles, in the order of their ids."""
    collected = list(pages)
    hidden = hidden_of(site, frozenset(each.node.id for each in collected))
    graph = build(collected, blog_of(config, site), hidden, StaticFiles(config, site))
    return tuple(problem for _, problem in link_problems(graph, Sources(config)))


def graph_of(engine: Engine, config: Config, progress: Progress | None = None) -> Graph:
    """Return the link graph of all indexed articles. Raises IndexUnusableError while there is no index.

    Without the content folder neither drafts nor static files are known.

    progress    called with the number of articles read and that of all
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
    for done, article in enumerate(iter_articles(engine), 1):
        yield article_links(article)
        if progress:
            progress(done, count)
