"""Parsing and normalisation of the addresses in articles: what each may refer to on its own blog."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from searchapp.articles.files.discover import SUFFIXES
from searchapp.articles.generators.link_tags import KINDS

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_PLACEHOLDER = re.compile(rf"/@({'|'.join(KINDS)})/(.*)\Z", re.S)
_INDEX = re.compile(r"/index\.(?:html?|php|aspx)\Z", re.I)
_PAGE_ENDING = re.compile(r"\.(?:html?|aspx?|php|md|markdown)\Z", re.I)
_NAMED_HOST = re.compile(r"[ \t]*(?:https?:)?//([^/?#\\]*)", re.I)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com|net|org|edu|gov|io|dev|info|co|uk|de|pl|eu)\Z", re.I)
_LEADING_BLANKS = re.compile(r"(?:%(?:20|0a|0d|09)|\s)+(?:https?:|www\.)", re.I)
_FOLDERS = ("", "content/", "source/", "src/", "docs/")
"""Folders below the root of the site that a generator's paths of files may be relative to."""


@dataclass(frozen=True, slots=True)
class Blog:
    """The blog's own addresses.

    homes   its base URLs (`https://example.org/blog`); the scheme and a leading `www.` do not matter
    root    the folder of the site below the content folder, "" or "blog/"
    """

    homes: tuple[str, ...] = ()
    root: str = ""


class Home(NamedTuple):
    """A normalised base URL: the host without `www.`, and the path without a final slash."""

    host: str
    path: str


class Address(NamedTuple):
    """What an address may refer to; each in the order in which it is tried.

    files   paths below the content folder (article ids), with or without an ending
    paths   paths on the blog as they are written, with a leading slash and perhaps a query
    post    file name of a post without its ending, as in Jekyll's `post_url`; "" if it is none
    host    its host if that is not known to be the blog's; "" on the blog
    by_name whether a file's bare name is enough, as for Hugo's `ref`
    tag     whether it comes from a generator's link tag, which can only refer to a file
    """

    files: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    post: str = ""
    host: str = ""
    by_name: bool = False
    tag: bool = False


def host_of(href: str) -> str:
    """Return the normalised host of an address; "" if it has none."""
    match = _NAMED_HOST.match(href)
    return normalise_host(match[1]) if match else ""


def normalise_home(url: str) -> Home | None:
    """Return the normalised base URL; None if it is no http(s) address."""
    try:
        parts = urlsplit(url)
        return Home(normalise_host(parts.netloc), parts.path.rstrip("/")) if parts.scheme in {"http", "https"} else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def normalise_host(netloc: str) -> str:
    """Return a host in lower case, without user, `www.`, default port, and final dot."""
    return re.sub(r"\.?(?::(?:80|443)?)?\Z", "", netloc.rpartition("@")[2].lower()).removeprefix("www.")


def path_key(path: str) -> str:
    """Return a path normalised for comparison: percent-decoded, NFC, without index file and final slash."""
    path, mark, query = path.partition("?")
    if "%" in path:
        path = unquote(path, errors="replace")
    if not path.isascii():
        path = unicodedata.normalize("NFC", path)
    path = _resolve_dots(path)
    if "/index." in path.lower():
        path = _INDEX.sub("", path)
    return path.rstrip("/") + mark + query


def loose_key(key: str) -> str:
    """Return a `path_key` without case and the ending of a page, which only some servers distinguish."""
    return _PAGE_ENDING.sub("", key.casefold())


def stem(path: str) -> str:
    """Return the path of a file without its ending, that of the folder for its `index`; NFC."""
    if not path.isascii():
        path = unicodedata.normalize("NFC", path)
    head, dot, ending = path.rpartition(".")
    if dot and f".{ending.lower()}" in SUFFIXES:
        path = head
    folder, slash, name = path.rpartition("/")
    return folder if slash and name in {"index", "_index"} else path


def parse_address(href: str, id: str, permalink: str, blog: Blog, homes: tuple[Home, ...]) -> Address | None:
    """Parse an `href` of the article with this id and permalink; None if it can't refer to an article.

    homes   those of `blog`, normalised
    """
    href = href.strip() if href.isprintable() else _CONTROL.sub("", href).strip()
    if not href or href[0] in "#?" or len(href) > 2_000:
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    if parts.scheme not in {"", "http", "https"} or (not parts.netloc and _SCHEME.match(href)):
        return None
    path, query = parts.path, parts.query
    if not parts.netloc:
        return _on_blog(path, query, id, permalink, blog, homes)
    name = normalise_host(parts.netloc)
    for each in homes:
        if each.host == name and f"{path}/".startswith(f"{each.path}/"):
            found = _on_blog(path[len(each.path) :] or "/", query, id, permalink, blog, homes)
            # Some permalinks have the path of the blog in them.
            return found._replace(paths=found.paths + _with_query(path, query)) if found and each.path else found
    return Address(paths=_with_query(path or "/", query), host=name)


def _on_blog(path: str, query: str, id: str, permalink: str, blog: Blog, homes: tuple[Home, ...]) -> Address | None:
    marked = _PLACEHOLDER.search(path)
    if marked:
        return _from_tag(marked[1], unquote(marked[2], errors="replace").strip("/"), id, blog)
    if path.startswith("@/"):
        return Address(files=_from_root(unquote(path[2:], errors="replace"), blog), tag=True)
    decoded = unquote(path, errors="replace")
    if not decoded.startswith("/"):
        return _relative(path, decoded, query, id, permalink)
    below = [path[len(each.path) :] for each in homes if each.path and f"{path}/".startswith(f"{each.path}/")]
    files = _from_root(decoded[1:], blog) if _is_file(decoded) else ()
    return Address(files, tuple(dict.fromkeys(way for one in (path, *below) for way in _with_query(one, query))))


def _from_tag(kind: str, target: str, id: str, blog: Blog) -> Address:
    """The target of a generator's link tag."""
    if kind == "post_url":
        return Address(post=stem(target), tag=True)
    if kind == "link":
        return Address(files=_from_root(target, blog), tag=True)
    beside = _resolve_dots(posixpath.join("/", posixpath.dirname(id), target))[1:]
    return Address(files=(beside, *_from_root(target, blog)), by_name=True, tag=True)


def _relative(path: str, decoded: str, query: str, id: str, permalink: str) -> Address:
    folder = posixpath.dirname(id)
    files = (_resolve_dots(posixpath.join("/", folder, decoded)).strip("/"),)
    if not permalink.startswith("/"):
        # Without a permalink nothing is known of the addresses relative to it, but that it may be an article's name.
        return Address(files, by_name=not _is_file(decoded))
    return Address(files, _with_query(urljoin(permalink, path), query))


def _from_root(path: str, blog: Blog) -> tuple[str, ...]:
    path = _resolve_dots(f"/{path}")[1:]
    below = path.removeprefix(blog.root)
    return tuple(dict.fromkeys((path, *(f"{blog.root}{folder}{below}" for folder in _FOLDERS), *_without_first(below))))


def _without_first(path: str) -> tuple[str, ...]:
    """The path below its first folder, as the content folder may be that one (`_posts/x.md` is `x.md` then)."""
    first, _, rest = path.partition("/")
    return (rest,) if rest and (first.startswith("_") or f"{first}/" in _FOLDERS) else ()


def _with_query(path: str, query: str) -> tuple[str, ...]:
    return (f"{path}?{query}", path) if query else (path,)


def _resolve_dots(path: str) -> str:
    """An absolute path with `.` and `..` resolved, at most up to the root; a final slash stays."""
    if "/." not in path and "//" not in path:
        return path
    normal = posixpath.normpath("/" + path.lstrip("/"))
    return normal + "/" if path.endswith("/") and normal != "/" else normal


def _is_file(path: str) -> bool:
    _, dot, ending = path.rpartition(".")
    return bool(dot) and f".{ending.lower()}" in SUFFIXES


def is_placeholder(href: str, homes: tuple[Home, ...]) -> bool:
    """Whether an address is a placeholder for a generator's link tag, or Zola's `@/`."""
    if href.startswith("@/"):
        return True
    if "/@" not in href or not _PLACEHOLDER.search(href):
        return False
    try:
        netloc = urlsplit(href).netloc
    except ValueError:
        return False
    return not netloc or normalise_host(netloc) in {each.host for each in homes}


def lacks_scheme(href: str) -> bool:
    """Whether an external address lacks its `https://`: browsers resolve it relative to the page."""
    if _LEADING_BLANKS.match(href):
        return True
    first = re.split(r"[/?#]", href, maxsplit=1)[0]
    if ":" in first or not first or href.startswith(("/", ".", "#")):
        return False
    return first.lower().startswith("www.") or _HOST.match(first) is not None
