"""The command `orphans`: articles with no or one inbound link."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import click

from searchapp import serialize
from searchapp.cli import output
from searchapp.cli.options import common
from searchapp.config.loading import Config
from searchapp.editor.links.address_index import Node
from searchapp.editor.links.graph import Graph
from searchapp.editor.links.graph_builder import graph_of
from searchapp.engines import open_engine


@click.command("orphans")
@common
def orphans(config: Config, as_json: bool) -> int:
    """List the articles that no other article links to, and those that only one does.

    searchapp related ARTICLE tells from where to link to one; searchapp check lists broken links. Exit code 1 if there
    are any.
    """
    with closing(open_engine(config)) as engine, output.progress("Reading links") as progress:
        graph = graph_of(engine, config, progress)
    if as_json:
        output.print_json(orphans_json(graph, config.site_url))
    else:
        _show(graph)
    return 1 if graph.orphans or graph.weak else 0


def orphans_json(graph: Graph, site_url: str) -> dict[str, Any]:
    """Return the document of `orphans --json`."""
    return {
        "articles": graph.visible,
        "links": len(graph.edges),
        "orphans": [_head(node, site_url) for node in graph.orphans],
        "weak": [{**_head(node, site_url), "from": _head(source, site_url)} for node, source in graph.weak],
    }


def _head(node: Node, site_url: str) -> dict[str, Any]:
    return {
        "id": node.id,
        "url": serialize.public_url(site_url, node.permalink, node.id),
        "title": node.title,
        "date": node.day or None,
    }


def _show(graph: Graph) -> None:
    rows = [("orphan", node.id, node.title, "") for node in graph.orphans]
    rows += [("weak", node.id, node.title, f"linked from {source.id}") for node, source in graph.weak]
    if rows:
        output.table(rows, ("", "article", "title", ""))
    none, one = output.number(len(graph.orphans)), output.number(len(graph.weak))
    articles, links = output.counted(graph.visible, "article"), output.counted(len(graph.edges), "link")
    output.say(output.stderr(), f"{articles}, {links} among them; {none} without a link from another, {one} with one")


COMMANDS = (orphans,)
