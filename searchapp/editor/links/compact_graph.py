"""The link graph in compressed sparse row form, small enough to be kept in memory for 100,000 articles."""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from searchapp.config.loading import Config
from searchapp.editor.links.graph import Edge, Graph
from searchapp.editor.links.graph_builder import Sources, graph_of
from searchapp.editor.links.link_problems import CODES, link_problems
from searchapp.engine import Engine
from searchapp.model import Problem

Numbers = NDArray[np.int32]
MAX_FINDINGS = 20_000
"""Broken links that are located in their files and kept, at most; a blog with more has moved."""


@dataclass(frozen=True, slots=True)
class AdjacencyList:
    """Neighbours of n nodes in compressed sparse row form; several links between two nodes are one.

    starts  int32[n + 1]: those of node `i` are `ends[starts[i]:starts[i + 1]]`
    ends    int32[links], the other end of each
    texts   the link text of each, the first of several
    """

    starts: Numbers
    ends: Numbers
    texts: tuple[str, ...]

    def of(self, number: int) -> list[tuple[int, str]]:
        """Return the distinct neighbours of a node with the link texts."""
        start, stop = int(self.starts[number]), int(self.starts[number + 1])
        return list(zip(self.ends[start:stop].tolist(), self.texts[start:stop], strict=True))

    @property
    def counts(self) -> Numbers:
        """The degree of each node, int32[n]."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class CompactGraph:
    """The link graph of the visible articles. Nodes are numbers, in the order of `ids`.

    orphans, weak   int32 numbers of the nodes with no inbound neighbour, and with one; the newest first
    links           number of links between articles
    findings        the problem of each broken link, and the number of the proposed target or None
    counts          number of findings by code, including those that are not kept
    home            the host guessed to be the blog's, as its links lead there; "" if one is configured
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    days: tuple[str, ...]
    topics: tuple[str, ...]
    outbound: AdjacencyList
    inbound: AdjacencyList
    orphans: Numbers
    weak: Numbers
    links: int
    findings: tuple[tuple[Problem, int | None], ...]
    counts: Mapping[str, int]
    home: str = ""

    def number(self, id: str) -> int | None:
        """Return the number of an article, None if there is none with this id."""
        at = bisect_left(self.ids, id)
        return at if at < len(self.ids) and self.ids[at] == id else None

    def most_linked(self, limit: int, topic: str = "") -> list[int]:
        """Return up to `limit` nodes with inbound links, the most linked first; only those of a topic if given."""
        counts = self.inbound.counts
        chosen = np.flatnonzero(counts)
        if topic:
            chosen = np.array([n for n in chosen.tolist() if self.topics[n] == topic], np.int64)
        order = np.lexsort((chosen, -counts[chosen]))
        found: list[int] = chosen[order[:limit]].tolist()
        return found

    def overview(self, seeds: int, each: int, topic: str = "") -> list[int]:
        """Return the `seeds` most linked nodes, and up to `each` of the most linked nodes that link to each of them."""
        found = dict.fromkeys(self.most_linked(seeds, topic))
        counts = self.inbound.counts
        for node in list(found):
            sources = sorted((end for end, _ in self.inbound.of(node)), key=lambda end: (-int(counts[end]), end))
            found |= dict.fromkeys(sources[:each])
        return list(found)

    def among(self, nodes: Sequence[int]) -> list[tuple[int, int]]:
        """Return the links between some nodes as pairs of positions in `nodes`."""
        position = {node: at for at, node in enumerate(nodes)}
        return [
            (at, position[end]) for node, at in position.items() for end, _ in self.outbound.of(node) if end in position
        ]


def compact_graph(config: Config, engine: Engine) -> CompactGraph:
    """Return the compact graph of an index. Raises IndexUnusableError while there is none."""
    return compact(graph_of(engine, config), config)


def compact(graph: Graph, config: Config) -> CompactGraph:
    """Return the compact form of a graph; reads the files that contain broken links."""
    nodes = graph.nodes[: graph.visible]
    inbound = _adjacency(((edge.target, edge.source, edge.text) for edge in graph.edges), len(nodes))
    counts = inbound.counts
    days = np.array([int(node.day.replace("-", "") or 0) for node in nodes], np.int64)
    newest = np.argsort(-days, kind="stable")
    found = islice(link_problems(graph, Sources(config)), MAX_FINDINGS)
    return CompactGraph(
        ids=tuple(node.id for node in nodes),
        titles=tuple(node.title for node in nodes),
        days=tuple(sys.intern(node.day) for node in nodes),
        topics=tuple(sys.intern(node.topic) for node in nodes),
        outbound=_adjacency(graph.edges, len(nodes)),
        inbound=inbound,
        orphans=newest[counts[newest] == 0].astype(np.int32),
        weak=newest[counts[newest] == 1].astype(np.int32),
        links=len(graph.edges),
        findings=tuple(
            (problem, broken.target if broken.target is not None and broken.target < len(nodes) else None)
            for broken, problem in found
        ),
        counts=Counter(CODES[broken.kind] for broken in graph.broken),
        home=graph.homes[0].host if graph.guessed else "",
    )


def _adjacency(edges: Iterable[Edge | tuple[int, int, str]], count: int) -> AdjacencyList:
    firsts: dict[tuple[int, int], str] = {}
    for one, other, text in edges:
        firsts.setdefault((one, other), text)
    pairs = sorted(firsts)
    starts = np.searchsorted(np.array([one for one, _ in pairs], np.int32), np.arange(count + 1, dtype=np.int32))
    ends = np.array([other for _, other in pairs], np.int32)
    return AdjacencyList(starts.astype(np.int32), ends, tuple(sys.intern(firsts[pair]) for pair in pairs))
