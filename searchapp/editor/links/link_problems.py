"""What is wrong with links, said as problems of files: each with its line, its reason and what to write instead."""

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
"""The rule that each kind of trouble breaks."""
_HIDDEN = {
    "draft": "a draft",
    "unpublished": "an unpublished article",
    "future": "an article dated in the future",
    "expired": "an article that has expired",
    "private": "a private article",
    "protected by a password": "an article behind a password",
    "no page": "an article without a page",
}
_HELD = re.compile(rf"/@({'|'.join(KINDS)})/(.*)", re.S)
_SHOWN = 120
"""Characters of an address that are shown."""

Read = Callable[[str], str | None]
"""The text of the file with an id, None if it can't be read."""


def findings(graph: Graph, read: Read) -> Iterator[tuple[BrokenLink, Problem]]:
    """Each trouble of a graph with the problem it is, file by file. Reads the files that have any."""
    for source, troubles in groupby(graph.troubles, key=lambda trouble: trouble.source):
        id = graph.nodes[source].id
        text = read(id)
        finder = LinkFinder(text) if text is not None else None
        for trouble in troubles:
            spot = finder.spot(trouble.href, trouble.nth) if finder else Spot()
            yield trouble, _problem(graph, trouble, id, spot)


def _problem(graph: Graph, trouble: BrokenLink, id: str, spot: Spot) -> Problem:
    target = graph.nodes[trouble.target] if trouble.target is not None else None
    reason, remedy = _words(graph, trouble, target)
    return Problem(id, spot.line, reason, code=CODES[trouble.kind], column=spot.column, remedy=remedy)


def _words(graph: Graph, trouble: BrokenLink, target: Node | None) -> tuple[str, str]:
    """The reason and the remedy."""
    href = shown(trouble.href)
    instead = rewritten(trouble.href, target, graph) if target else ""
    if trouble.kind == "no-scheme":
        address = trouble.href.replace("%0A", "").replace("%20", "").strip()
        wanted = address if address.startswith(("http://", "https://")) else f"https://{address}"
        return f"links to {href}, which browsers look for below this article", f"write {shown(wanted)}"
    if target is None:
        return f"links to {href}, where no article is", ""
    if trouble.kind == "hidden":
        what = _HIDDEN.get(trouble.why, f"an article that is not shown ({trouble.why})")
        return f"links to {href}, {what}", f"publish {target.id}, or remove the link until then"
    if trouble.kind == "redirect":
        return f"links to {href}, a former address of “{target.title}”", f"write {instead}"
    if trouble.kind == "spelling":
        return (
            f"links to {href}, which differs in case or ending from an address of “{target.title}”",
            f"write {instead}",
        )
    return f"links to {href}, where no article is", f"write {instead} if “{target.title}” is meant: {trouble.why}"


def shown(href: str) -> str:
    """An address as it may stand in a sentence; one that holds a tag's place as that tag."""
    if held := _HELD.search(href):
        target = unquote(held[2])
        href = f'{{{{< ref "{target}" >}}}}' if held[1] == "ref" else f"{{% {held[1]} {target} %}}"
    return href if len(href) <= _SHOWN else href[: _SHOWN - 1] + "…"


def rewritten(href: str, target: Node, graph: Graph) -> str:
    """The address of another article in the manner of `href`, fragment and all; its file's path if it has none."""
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
