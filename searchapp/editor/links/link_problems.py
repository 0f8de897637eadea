"""Broken links as problems of files: position, reason and correction."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from urllib.parse import unquote, urlsplit, urlunsplit

from searchapp.articles.generators.link_tags import KINDS
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.graph import BrokenLink, Graph
from searchapp.editor.links.link_positions import LinkFinder
from searchapp.model import Problem, Spot

CODES = {
    "broken": "link-broken",
    "unclear": "link-unclear",
    "hidden": "link-hidden",
    "redirect": "link-redirect",
    "spelling": "link-spelling",
    "no-scheme": "link-no-scheme",
}
"""The code in `searchapp.rules` of each kind of broken link."""
_HIDDEN = {
    "draft": "a draft",
    "unpublished": "an unpublished article",
    "future": "an article dated in the future",
    "expired": "an article that has expired",
    "private": "a private article",
    "protected by a password": "an article behind a password",
    "no page": "an article without a page",
}
_PLACEHOLDER = re.compile(rf"/@({'|'.join(KINDS)})/(.*)", re.S)
_MAX_ADDRESS = 120
"""Characters of an address in a message, at most."""

Read = Callable[[str], str | None]
"""Returns the text of the file with an id, None if it can't be read."""


def link_problems(graph: Graph, read: Read) -> Iterator[tuple[BrokenLink, Problem]]:
    """Yield each broken link of a graph with its problem, file by file. Reads the files that have any."""
    for source, broken_links in groupby(graph.broken, key=lambda broken: broken.source):
        id = graph.nodes[source].id
        text = read(id)
        finder = LinkFinder(text) if text is not None else None
        for broken in broken_links:
            spot = finder.spot(broken.href, broken.nth) if finder else Spot()
            yield broken, _problem(graph, broken, id, spot)


def _problem(graph: Graph, broken: BrokenLink, id: str, spot: Spot) -> Problem:
    target = graph.nodes[broken.target] if broken.target is not None else None
    reason, remedy = _reason_and_remedy(graph, broken, target)
    return Problem(id, spot.line, reason, code=CODES[broken.kind], column=spot.column, remedy=remedy)


def _reason_and_remedy(graph: Graph, broken: BrokenLink, target: Node | None) -> tuple[str, str]:
    """The reason and the remedy."""
    href = display_address(broken.href)
    instead = corrected_address(broken.href, target, graph) if target else ""
    if broken.kind == "no-scheme":
        address = broken.href.replace("%0A", "").replace("%20", "").strip()
        wanted = address if address.startswith(("http://", "https://")) else f"https://{address}"
        return f"links to {href}, which browsers look for below this article", f"write {display_address(wanted)}"
    if target is None:
        return f"links to {href}, where no article is", ""
    if broken.kind == "hidden":
        what = _HIDDEN.get(broken.why, f"an article that is not shown ({broken.why})")
        return f"links to {href}, {what}", f"publish {target.id}, or remove the link until then"
    if broken.kind == "redirect":
        return f"links to {href}, a former address of “{target.title}”", f"write {instead}"
    if broken.kind == "spelling":
        return (
            f"links to {href}, which differs in case or ending from an address of “{target.title}”",
            f"write {instead}",
        )
    return f"links to {href}, where no article is", f"write {instead} if “{target.title}” is meant: {broken.why}"


def display_address(href: str) -> str:
    """Return an address as messages show it: shortened, a placeholder as the generator's link tag."""
    if held := _PLACEHOLDER.search(href):
        target = unquote(held[2])
        href = f'{{{{< ref "{target}" >}}}}' if held[1] == "ref" else f"{{% {held[1]} {target} %}}"
    return href if len(href) <= _MAX_ADDRESS else href[: _MAX_ADDRESS - 1] + "…"


def corrected_address(href: str, target: Node, graph: Graph) -> str:
    """Return the target's address in the form of `href` (scheme, host, fragment); its id if it has no permalink."""
    if not target.permalink:
        return target.id
    if target.permalink.startswith(("http://", "https://")):
        return target.permalink
    try:
        parts = urlsplit(href)
        home = next((each for each in graph.homes if not parts.netloc or each.host in parts.netloc.lower()), None)
        path = (home.path if home else "") + target.permalink
        # A number is a comment's, of an earlier system.
        return urlunsplit((parts.scheme, parts.netloc, path, "", "" if parts.fragment.isdigit() else parts.fragment))
    except ValueError:
        return target.permalink
