"""The articles that a draft links already."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import unquote, urlsplit

from searchapp.engine import Engine

MAX_LINKS = 2_000
_TAG = re.compile(
    r"\{%-?[ ]*(?:post_url|link)[ ]+([^%\s]+)[^%]*%\}|\{\{[<%][ ]*(?:rel)?ref[ ]+\"?([^\s\">%]+)[^\n]*?[>%]\}\}"
)
_OUTPUT = re.compile(r"\{\{[^{}]*\}\}")
_INDEX = re.compile(r"/index\.(?:html?|md)\Z", re.I)
_FILE = re.compile(r"\.(?:md|mdx|markdown|rst|txt)\Z", re.I)


def linked_ids(engine: Engine, links: Iterable[str], site_url: str = "") -> frozenset[str]:
    """Return the ids of the articles that a parsed's link targets lead to, on any host.

    Ambiguous targets (a file by its name alone) count as links to each candidate: better no suggestion than a second
    link.
    """
    base = urlsplit(site_url).path.rstrip("/")
    found: set[str] = set()
    names: list[str] = []
    for target in list(links)[:MAX_LINKS]:
        if tag := _TAG.search(target):
            names.append(_stem(tag[1] or tag[2]))
            continue
        path = _path(_OUTPUT.sub("", target))
        if _FILE.search(path):
            names.append(_stem(path))
        id = locate(engine, target, base)
        if id is not None:
            found.add(id)
    if names:
        found |= _named(engine, names)
    return frozenset(found)


def locate(engine: Engine, target: str, base: str = "") -> str | None:
    """Return the id of the article at an address, on any host; None if there is none.

    base    the path of the blog's root, without a final slash
    """
    path = _path(_OUTPUT.sub("", target))
    ways = (way for way in (*_path_forms(path, base), target) if way.strip("/."))
    return next((id for way in ways if (id := engine.locate(way)) is not None), None)


def _path(target: str) -> str:
    try:
        return urlsplit(target).path
    except ValueError:
        return ""


def _path_forms(path: str, base: str) -> Iterator[str]:
    """The path as written, percent-decoded, without the base path, without the index file's name."""
    if not path.strip("/."):
        return
    for each in dict.fromkeys((path, unquote(path, errors="replace"))):
        each = each if each.startswith("/") else f"/{each}"
        yield from (each, each.removeprefix(base), _INDEX.sub("/", each))


def _stem(path: str) -> str:
    """`_posts/2024-01-02-a-walk.md` is `2024-01-02-a-walk`; a folder's `index.md` is the folder."""
    stem = _FILE.sub("", unquote(path, errors="replace").rstrip("/"))
    folder, name = posixpath.split(stem)
    return posixpath.basename(folder) if name in {"index", "_index"} and folder else name


def _named(engine: Engine, names: Iterable[str]) -> set[str]:
    by_name: defaultdict[str, list[str]] = defaultdict(list)
    for id in engine.manifest():
        by_name[_stem(id)].append(id)
    return {id for name in names for id in by_name.get(name, ())}
