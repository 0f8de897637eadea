"""Index from addresses to articles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from searchapp.articles.generators.slugs import split_date
from searchapp.editor.links.address_forms import Address, Home, loose_key, normalise_home, path_key, stem
from searchapp.model import Article

_YEAR = re.compile(r"(?:19|20)\d\d\Z")
_MONTH_OR_DAY = re.compile(r"\d{1,2}\Z")


class Node(NamedTuple):
    """An article as a node of the link graph.

    day     date as YYYY-MM-DD, "" without one
    topic   its first category, else its first tag
    hidden  why it is not published, "" if it is
    """

    id: str
    title: str
    permalink: str = ""
    aliases: tuple[str, ...] = ()
    day: str = ""
    topic: str = ""
    hidden: str = ""


class AddressMatch(NamedTuple):
    """The number of the node at an address, and how it was found.

    how     "address" (its permalink), "file" (its path), "alias", "spelling" (an address that differs in case or
            ending) or "name" (name and date)
    """

    node: int
    how: str


def node_of(article: Article) -> Node:
    """Return the node of an article."""
    day = f"{article.date:%Y-%m-%d}" if article.date else ""
    topic = next(iter((*article.categories, *article.tags)), "")
    return Node(article.id, article.title, article.permalink, article.aliases, day, topic)


def slug(node: Node) -> str:
    """Return the last part of a node's permalink; without one, its file name without date and ending."""
    path = path_key(node.permalink.partition("?")[0])
    return path.rpartition("/")[2] or split_date(stem(node.id).rpartition("/")[2])[1]


class AddressIndex:
    """Lookup of all nodes by address; of several nodes at one address the first visible one counts."""

    def __init__(self, nodes: Sequence[Node], homes: tuple[Home, ...]) -> None:
        self.nodes, self.homes = nodes, homes
        self.paths: dict[str, int] = {}
        self.aliases: dict[str, int] = {}
        self.files: dict[str, int] = {}
        self.posts: dict[str, int] = {}
        self._loose: dict[str, int] = {}
        self._names: dict[str, tuple[int, ...]] = {}
        order = sorted(range(len(nodes)), key=lambda number: bool(nodes[number].hidden))
        for number in order:
            self._add(number, nodes[number])

    def _add(self, number: int, node: Node) -> None:
        file = stem(node.id)
        self.files.setdefault(file, number)
        self.posts.setdefault(file.rpartition("/")[2], number)
        if node.permalink:
            self.paths.setdefault(self._path(node.permalink), number)
            self._loose.setdefault(loose_key(self._path(node.permalink)), number)
        else:
            name = loose_key(slug(node))
            self._names[name] = (*self._names.get(name, ()), number)
        for alias in node.aliases:
            self.aliases.setdefault(self._path(alias), number)
            self._loose.setdefault(loose_key(self._path(alias)), number)

    def _path(self, permalink: str) -> str:
        """The key of a path on the blog; of a permalink on another host, prefixed with `//host`."""
        if not permalink.startswith(("http://", "https://")):
            return path_key(permalink)
        at = normalise_home(permalink)
        if at is None:
            return path_key(permalink)
        for each in self.homes:
            if each.host == at.host and f"{at.path}/".startswith(f"{each.path}/"):
                return path_key(at.path[len(each.path) :])
        return f"//{at.host}{path_key(at.path)}"

    def find(self, address: Address) -> AddressMatch | None:
        """Return the node at an address, by the most reliable way that leads to one; None if there is none."""
        if address.post:
            return self._post(address.post)
        before = f"//{address.host}" if address.host else ""
        keys = [before + path_key(path) for path in address.paths]
        # Static hosts add the ending themselves, but not behind a slash.
        keys += [f"{each}.html" for each, path in zip(keys, address.paths, strict=True) if path[-1:] != "/"]
        ways = [AddressMatch(self.paths[each], "address") for each in keys if each in self.paths]
        files = [AddressMatch(self.files[each], "file") for each in map(stem, address.files) if each in self.files]
        found = [*files, *ways] if address.files and not address.paths else [*ways, *files]
        if not found:
            found = [AddressMatch(self.aliases[each], "alias") for each in keys if each in self.aliases]
        if not found:
            found = [
                AddressMatch(self._loose[each], "spelling") for each in map(loose_key, keys) if each in self._loose
            ]
        if found:
            return found[0]
        if address.by_name:
            return self._post(stem(address.files[0]).rpartition("/")[2])
        return None if address.host else self._by_name(keys)

    def _post(self, name: str) -> AddressMatch | None:
        number = self.posts.get(name.rpartition("/")[2])
        return None if number is None else AddressMatch(number, "file")

    def _by_name(self, keys: Iterable[str]) -> AddressMatch | None:
        """The only article without a permalink that has the name and date of the path."""
        for path in keys:
            day, name = split_path(path)
            numbers = (
                [n for n in self._names.get(loose_key(name), ()) if matches_date(day, self.nodes[n])] if name else []
            )
            if len(numbers) == 1:
                return AddressMatch(numbers[0], "name")
        return None


def split_path(path: str) -> tuple[tuple[int, ...], str]:
    """Return the year, month and day in a path, as many of them as it has, and its last part."""
    *folders, name = path.partition("?")[0].strip("/").split("/")
    for at, folder in enumerate(folders):
        if _YEAR.match(folder):
            numbers = [int(folder)]
            for below in folders[at + 1 : at + 3]:
                if not _MONTH_OR_DAY.match(below):
                    break
                numbers.append(int(below))
            return tuple(numbers), name
    return (), name


def matches_date(day: tuple[int, ...], node: Node) -> bool:
    """Whether a node's date agrees with that of a path: (), (year,), (year, month) or (year, month, day)."""
    if not day:
        return True
    named, _ = split_date(stem(node.id).rpartition("/")[2])
    return day in {tuple(map(int, node.day.split("-")))[: len(day)] if node.day else (), (named or ())[: len(day)]}
