"""The link graph: which article links to which, and the links that lead to none.

Nodes are numbers while the graph is made, ids outside. 100,000 articles with half a million links take seconds and a
few hundred megabytes; nothing of an article but its `ArticleLinks` is kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from searchapp.editor.links.address_forms import Address, Blog, Home, home, host_of, key, read, without_scheme
from searchapp.editor.links.address_index import AddressIndex, Node, node
from searchapp.editor.links.address_patterns import AddressPatterns, is_elsewhere
from searchapp.editor.links.nearest_addresses import BY_WORDS, AddressGuess, MissingAddress, nearest
from searchapp.editor.links.rendered_links import RenderedLink, links
from searchapp.model import Article

ENOUGH_TO_GUESS = 3
"""Links to a host that lead to articles before it is taken for the blog's own."""
_SHOWN_TO_READERS = frozenset(
    {"page", "list page", "partial", "not a post", "page without text", "HTML without front matter", "redirect"}
    | {"unlisted", "not to be searched", "not indexed yet", "unreadable"}
)
"""Why a file may be no article of the index though there is a page at its address."""
KINDS = ("broken", "unclear", "hidden", "redirect", "spelling", "no-scheme")
"""Of a `BrokenLink`: nothing is there; nothing is there that is known of; readers do not see what is there; it is a
former address; it differs in case or ending; it is another site's address without its `https://`."""


class ArticleLinks(NamedTuple):
    """A node and its links, of which those that can't be the blog's own may be left out."""

    node: Node
    links: tuple[RenderedLink, ...] = ()


class Edge(NamedTuple):
    """A link from one node to another (by number), and its words."""

    source: int
    target: int
    text: str


class BrokenLink(NamedTuple):
    """A link that does not lead where it should: one of KINDS.

    nth     which one of the links of that article with this very `href` it is, from 0
    target  the node that it leads to, or the nearest to what it says; None if there is none
    why     why that is the nearest, or why the target is hidden
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
    """`nodes` in id order, hidden ones last, of which `visible` are readers'.

    edges       every link between two visible nodes; those of a node to itself are left out
    troubles    in the order of the articles and of the links in them
    homes       the blog's addresses as they are compared; `guessed` if its links alone tell them
    """

    nodes: tuple[Node, ...]
    visible: int
    edges: tuple[Edge, ...]
    troubles: tuple[BrokenLink, ...]
    homes: tuple[Home, ...] = ()
    guessed: bool = False

    @cached_property
    def outbound(self) -> Mapping[str, tuple[str, ...]]:
        """For each visible id the ids that it links to, each once, in id order."""
        return self._neighbours(lambda edge: (edge.source, edge.target))

    @cached_property
    def inbound(self) -> Mapping[str, tuple[str, ...]]:
        """For each visible id the ids that link to it, each once, in id order."""
        return self._neighbours(lambda edge: (edge.target, edge.source))

    def _neighbours(self, ends: Callable[[Edge], tuple[int, int]]) -> Mapping[str, tuple[str, ...]]:
        pairs = sorted(set(map(ends, self.edges)))
        found: dict[str, list[str]] = {}
        for one, other in pairs:
            found.setdefault(self.nodes[one].id, []).append(self.nodes[other].id)
        return {each.id: tuple(found.get(each.id, ())) for each in self.nodes[: self.visible]}

    @cached_property
    def orphans(self) -> tuple[Node, ...]:
        """Articles that no other links to, in id order."""
        return tuple(each for each in self.nodes[: self.visible] if not self.inbound[each.id])

    @cached_property
    def weak(self) -> tuple[tuple[Node, Node], ...]:
        """Articles that one other links to, and that one."""
        by_id = {each.id: each for each in self.nodes[: self.visible]}
        return tuple(
            (each, by_id[self.inbound[each.id][0]])
            for each in self.nodes[: self.visible]
            if len(self.inbound[each.id]) == 1
        )


def page(article: Article) -> ArticleLinks:
    """An article as `build` takes it."""
    return ArticleLinks(node(article), links(article.html))


def _nowhere(_path: str) -> bool:
    return False


def build(
    pages: Iterable[ArticleLinks],
    blog: Blog = Blog(),  # noqa: B008 - frozen
    hidden: Sequence[Node] = (),
    is_there: Callable[[str], bool] = _nowhere,
) -> Graph:
    """The graph of a blog's articles.

    pages       of the visible ones, consumed once
    blog        what is known of its addresses; without any, the host to which its links lead home is taken for it
    hidden      files that are no visible articles
    is_there    whether a path on the blog (without its leading slash) is a static file
    """
    homes = tuple(dict.fromkeys(each for each in map(home, blog.homes) if each))
    collected = sorted(_without_foreign(pages, {each.host for each in homes}), key=lambda page: page.node.id)
    nodes = (*(each.node for each in collected), *sorted(hidden))
    guessed = None if homes else _guess(collected, nodes, blog)
    homes = (guessed,) if guessed else homes
    survey = _Survey(AddressIndex(nodes, homes), blog, homes, is_there)
    for number, each in enumerate(collected):
        survey.visit(number, each.links)
    return Graph(nodes, len(collected), tuple(survey.edges), survey.troubles(), homes, guessed is not None)


def _without_foreign(pages: Iterable[ArticleLinks], hosts: set[str]) -> Iterable[ArticleLinks]:
    """The pages without links to hosts that are not the blog's, if these are known: most links of most blogs."""
    for each in pages:
        kept = [
            link
            for link in each.links
            if not link.href.startswith(("#", "mailto:"))
            and (not hosts or not (at := host_of(link.href)) or at in hosts)
        ]
        yield ArticleLinks(each.node, tuple(kept))


def _guess(pages: Sequence[ArticleLinks], nodes: Sequence[Node], blog: Blog) -> Home | None:
    """The host to which most links lead that would be articles if it were the blog's own."""
    places = AddressIndex(nodes, ())
    hits: Counter[str] = Counter()
    for each in pages:
        for link in each.links:
            at = host_of(link.href)
            address = read(link.href, each.node.id, "", blog, ()) if at else None
            if address and any(path.strip("/") for path in address.paths) and places.find(address._replace(host="")):
                hits[at] += 1
    best = hits.most_common(1)
    return Home(best[0][0], "") if best and best[0][1] >= ENOUGH_TO_GUESS else None


class _Survey:
    """Follows links one by one; what is broken is settled at the end, when all is known."""

    def __init__(
        self, places: AddressIndex, blog: Blog, homes: tuple[Home, ...], is_there: Callable[[str], bool]
    ) -> None:
        self.places, self.nodes, self.blog, self.homes = places, places.nodes, blog, homes
        self.is_there = is_there
        self.edges: list[Edge] = []
        self.found: list[BrokenLink] = []
        self.lost: list[tuple[int, Address]] = []
        """Positions in `found` of links at whose address there is nothing."""

    def visit(self, source: int, links: tuple[RenderedLink, ...]) -> None:
        """Follows the links of one visible node."""
        seen: Counter[str] = Counter()
        own = self.nodes[source]
        for link in links:
            nth = seen[link.href]
            seen[link.href] += 1
            address = read(link.href, own.id, own.permalink, self.blog, self.homes)
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
        elif hidden not in _SHOWN_TO_READERS:
            self.found.append(BrokenLink("hidden", source, *link, nth, target, hidden))

    def troubles(self) -> tuple[BrokenLink, ...]:
        """All that was found, and what the broken links may have meant."""
        shapes = AddressPatterns(each.permalink for each in self.nodes if each.permalink and not each.hidden)
        asked = {
            position: MissingAddress(_shown(self.found[position].href, address), self.found[position].text)
            for position, address in self.lost
        }
        near = nearest(self.nodes, {lost for lost in asked.values() if not is_elsewhere(lost.path)})
        for position, address in self.lost:
            close = near.get(asked[position])
            kind = self._kind(self.found[position].href, address, asked[position].path, shapes, close)
            if kind not in {"broken", "unclear"}:
                close = None
            target, why = (close.node, close.why) if close else (None, "")
            self.found[position] = self.found[position]._replace(kind=kind, target=target, why=why)
        return tuple(each for each in self.found if each.kind)

    def _kind(self, href: str, address: Address, path: str, shapes: AddressPatterns, near: AddressGuess | None) -> str:
        """What a link is that leads to no article; "" if that is all right."""
        if without_scheme(href):
            return "no-scheme"
        if any(self.is_there(name) for name in (*address.files, *(path.lstrip("/") for path in address.paths)) if name):
            return ""
        if address.tag or _names_a_source(href) or shapes.sure(path):
            return "broken"
        alike = near is not None and near.likeness >= 0.9 and near.why != BY_WORDS
        if shapes.likely(path) or (alike and not is_elsewhere(path)):
            return "unclear"
        return ""


def _names_a_source(href: str) -> bool:
    """Whether it is the file of an article that an address of the blog names: generators put its page there."""
    return href.partition("#")[0].partition("?")[0].lower().endswith((".md", ".markdown", ".mdx"))


def _shown(href: str, address: Address) -> str:
    """The one path by which an address is judged."""
    if address.paths and not _names_a_source(href):
        return key(address.paths[0].partition("?")[0]) or "/"
    return "/" + (address.files[0] if address.files else address.post)
