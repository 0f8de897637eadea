"""The link graph: links between articles, and broken links.

100,000 articles with half a million links take seconds and a few hundred megabytes; of an article only its
`ArticleLinks` is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from searchapp.editor.links.address_forms import (
    Address,
    Blog,
    Home,
    host_of,
    lacks_scheme,
    normalise_home,
    parse_address,
    path_key,
)
from searchapp.editor.links.address_index import AddressIndex, Node, node_of
from searchapp.editor.links.address_patterns import AddressPatterns, is_no_article
from searchapp.editor.links.nearest_addresses import BY_TITLE, AddressGuess, MissingAddress, guess_targets
from searchapp.editor.links.rendered_links import RenderedLink, extract_links
from searchapp.model import Article

MIN_LINKS_TO_GUESS = 3
"""Links to a host that match articles, from which it is taken for the blog's own."""
_PUBLISHED = frozenset(
    {"page", "list page", "partial", "not a post", "page without text", "HTML without front matter", "redirect"}
    | {"unlisted", "not to be searched", "not indexed yet", "unreadable"}
)
"""Reasons for which a file is not indexed although its page is published."""
KINDS = ("broken", "unclear", "hidden", "redirect", "spelling", "no-scheme")
"""Of a `BrokenLink`: no article at its address; probably none; an unpublished one; an alias of one; an address that
differs in case or ending; an external address without its `https://`."""


class ArticleLinks(NamedTuple):
    """A node and its outbound links; external ones may be left out."""

    node: Node
    links: tuple[RenderedLink, ...] = ()


class Edge(NamedTuple):
    """A link from one node to another (by number), and its text."""

    source: int
    target: int
    text: str


class BrokenLink(NamedTuple):
    """A link to correct.

    kind    one of KINDS
    source  the number of the node that has it
    nth     its position among the links of that article with the same `href`, from 0
    target  the number of the node that it leads to, or of the best guess; None if there is none
    why     the reason for the guess, or why the target is hidden
    """

    kind: str
    source: int
    href: str
    text: str
    nth: int
    target: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Graph:
    """The link graph; edges refer to nodes by number.

    nodes       in id order; the first `visible` ones are published, hidden ones follow
    edges       every link between two visible nodes, without self-links
    broken      broken links, in the order of the articles and of the links in them
    homes       the blog's normalised base URLs; `guessed` if inferred from its links
    """

    nodes: tuple[Node, ...]
    visible: int
    edges: tuple[Edge, ...]
    broken: tuple[BrokenLink, ...]
    homes: tuple[Home, ...] = ()
    guessed: bool = False

    @cached_property
    def outbound(self) -> Mapping[str, tuple[str, ...]]:
        """For each visible id the distinct ids that it links to, in id order."""
        return self._neighbours(lambda edge: (edge.source, edge.target))

    @cached_property
    def inbound(self) -> Mapping[str, tuple[str, ...]]:
        """For each visible id the distinct ids that link to it, in id order."""
        return self._neighbours(lambda edge: (edge.target, edge.source))

    def _neighbours(self, ends: Callable[[Edge], tuple[int, int]]) -> Mapping[str, tuple[str, ...]]:
        pairs = sorted(set(map(ends, self.edges)))
        found: dict[str, list[str]] = {}
        for one, other in pairs:
            found.setdefault(self.nodes[one].id, []).append(self.nodes[other].id)
        return {each.id: tuple(found.get(each.id, ())) for each in self.nodes[: self.visible]}

    @cached_property
    def orphans(self) -> tuple[Node, ...]:
        """Articles without inbound links, in id order."""
        return tuple(each for each in self.nodes[: self.visible] if not self.inbound[each.id])

    @cached_property
    def weak(self) -> tuple[tuple[Node, Node], ...]:
        """Articles that exactly one other article links to, and that one."""
        by_id = {each.id: each for each in self.nodes[: self.visible]}
        return tuple(
            (each, by_id[self.inbound[each.id][0]])
            for each in self.nodes[: self.visible]
            if len(self.inbound[each.id]) == 1
        )


def article_links(article: Article) -> ArticleLinks:
    """Return the node and links of an article."""
    return ArticleLinks(node_of(article), extract_links(article.html))


def _no_static_file(_path: str) -> bool:
    return False


def build(
    pages: Iterable[ArticleLinks],
    blog: Blog = Blog(),  # noqa: B008 - frozen
    hidden: Sequence[Node] = (),
    is_there: Callable[[str], bool] = _no_static_file,
) -> Graph:
    """Build the link graph of a blog.

    pages       of the visible articles, consumed once
    blog        its addresses; without any, the host is guessed from the links
    hidden      files that are no visible articles
    is_there    whether a path on the blog (without its leading slash) is a static file
    """
    homes = tuple(dict.fromkeys(each for each in map(normalise_home, blog.homes) if each))
    collected = sorted(_without_external(pages, {each.host for each in homes}), key=lambda page: page.node.id)
    nodes = (*(each.node for each in collected), *sorted(hidden))
    guessed = None if homes else _guess_home(collected, nodes, blog)
    homes = (guessed,) if guessed else homes
    survey = _Resolver(AddressIndex(nodes, homes), blog, homes, is_there)
    for number, each in enumerate(collected):
        survey.visit(number, each.links)
    return Graph(nodes, len(collected), tuple(survey.edges), survey.broken(), homes, guessed is not None)


def _without_external(pages: Iterable[ArticleLinks], hosts: set[str]) -> Iterable[ArticleLinks]:
    """The pages without external links if the blog's hosts are known: most links of most blogs."""
    for each in pages:
        kept = [
            link
            for link in each.links
            if not link.href.startswith(("#", "mailto:"))
            and (not hosts or not (at := host_of(link.href)) or at in hosts)
        ]
        yield ArticleLinks(each.node, tuple(kept))


def _guess_home(pages: Sequence[ArticleLinks], nodes: Sequence[Node], blog: Blog) -> Home | None:
    """The host with the most links whose paths are those of articles."""
    places = AddressIndex(nodes, ())
    hits: Counter[str] = Counter()
    for each in pages:
        for link in each.links:
            at = host_of(link.href)
            address = parse_address(link.href, each.node.id, "", blog, ()) if at else None
            if address and any(path.strip("/") for path in address.paths) and places.find(address._replace(host="")):
                hits[at] += 1
    best = hits.most_common(1)
    return Home(best[0][0], "") if best and best[0][1] >= MIN_LINKS_TO_GUESS else None


class _Resolver:
    """Resolves links one by one; broken ones are classified at the end, as guesses are made for all at once."""

    def __init__(
        self, places: AddressIndex, blog: Blog, homes: tuple[Home, ...], is_there: Callable[[str], bool]
    ) -> None:
        self.places, self.nodes, self.blog, self.homes = places, places.nodes, blog, homes
        self.is_there = is_there
        self.edges: list[Edge] = []
        self.found: list[BrokenLink] = []
        self.lost: list[tuple[int, Address]] = []
        """Positions in `found` of links to no article."""

    def visit(self, source: int, links: tuple[RenderedLink, ...]) -> None:
        """Resolve the links of one visible node."""
        seen: Counter[str] = Counter()
        own = self.nodes[source]
        for link in links:
            nth = seen[link.href]
            seen[link.href] += 1
            address = parse_address(link.href, own.id, own.permalink, self.blog, self.homes)
            if address is None:
                continue
            found = self.places.find(address)
            if found is None:
                if not address.host:
                    self.lost.append((len(self.found), address))
                    self.found.append(BrokenLink("broken", source, *link, nth))
            elif found.node != source:
                self._arrive(source, link, nth, found.node, found.how)

    def _arrive(self, source: int, link: RenderedLink, nth: int, target: int, how: str) -> None:
        hidden = self.nodes[target].hidden
        if not hidden:
            self.edges.append(Edge(source, target, link.text))
            if how in {"alias", "spelling"}:
                self.found.append(BrokenLink({"alias": "redirect"}.get(how, how), source, *link, nth, target))
        elif hidden not in _PUBLISHED:
            self.found.append(BrokenLink("hidden", source, *link, nth, target, hidden))

    def broken(self) -> tuple[BrokenLink, ...]:
        """Return all broken links, with guesses at their targets."""
        shapes = AddressPatterns(each.permalink for each in self.nodes if each.permalink and not each.hidden)
        asked = {
            position: MissingAddress(_path_of(self.found[position].href, address), self.found[position].text)
            for position, address in self.lost
        }
        near = guess_targets(self.nodes, {lost for lost in asked.values() if not is_no_article(lost.path)})
        for position, address in self.lost:
            close = near.get(asked[position])
            kind = self._kind(self.found[position].href, address, asked[position].path, shapes, close)
            if kind not in {"broken", "unclear"}:
                close = None
            target, why = (close.node, close.why) if close else (None, "")
            self.found[position] = self.found[position]._replace(kind=kind, target=target, why=why)
        return tuple(each for each in self.found if each.kind)

    def _kind(self, href: str, address: Address, path: str, shapes: AddressPatterns, near: AddressGuess | None) -> str:
        """The kind of a link that leads to no article; "" if it need not."""
        if lacks_scheme(href):
            return "no-scheme"
        if any(self.is_there(name) for name in (*address.files, *(path.lstrip("/") for path in address.paths)) if name):
            return ""
        if address.tag or _is_source_file(href) or shapes.is_article(path):
            return "broken"
        alike = near is not None and near.similarity >= 0.9 and near.why != BY_TITLE
        if shapes.may_be_article(path) or (alike and not is_no_article(path)):
            return "unclear"
        return ""


def _is_source_file(href: str) -> bool:
    """Whether an address on the blog is that of a Markdown file: generators replace it by the page's address."""
    return href.partition("#")[0].partition("?")[0].lower().endswith((".md", ".markdown", ".mdx"))


def _path_of(href: str, address: Address) -> str:
    """The path by which an address is classified."""
    if address.paths and not _is_source_file(href):
        return path_key(address.paths[0].partition("?")[0]) or "/"
    return "/" + (address.files[0] if address.files else address.post)
