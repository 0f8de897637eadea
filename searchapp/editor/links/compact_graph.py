"""The link graph as pages show it: arrays and few strings, so that it may be kept in memory for 100,000 articles."""

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
from searchapp.editor.links.link_problems import CODES, findings
from searchapp.engine import Engine
from searchapp.model import Problem

Numbers = NDArray[np.int32]
MOST_FINDINGS = 20_000
"""Findings whose lines are looked up and that are kept; a blog with more has moved."""


@dataclass(frozen=True, slots=True)
class AdjacencyList:
    """The links of each node, one after the other: those of node `n` stand from `starts[n]` up to `starts[n + 1]`.

    starts  int32[n + 1]
    ends    int32[links], the other end of each
    texts   of each the words it stands under, of several between the same two the first
    """

    starts: Numbers
    ends: Numbers
    texts: tuple[str, ...]

    def of(self, number: int) -> list[tuple[int, str]]:
        """The other ends of a node's links, each once, with the words."""
        start, stop = int(self.starts[number]), int(self.starts[number + 1])
        return list(zip(self.ends[start:stop].tolist(), self.texts[start:stop], strict=True))

    @property
    def counts(self) -> Numbers:
        """How many each node has: int32[n]."""
        return np.diff(self.starts)


@dataclass(frozen=True, slots=True)
class CompactGraph:
    """What an editor sees of the graph. Nodes are numbers, in the order of `ids`.

    orphans, weak   numbers of the nodes with no link from another, and with one; the newest first
    links           all that lead from one article to another
    findings        of each link that leads astray the problem, and the number of the node that it says to link to
    counts          of the findings by code, those that are not kept too
    home            the host that was taken for the blog's because its links lead there; "" if one is configured
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
        """The number of an article, None if there is none with this id."""
        at = bisect_left(self.ids, id)
        return at if at < len(self.ids) and self.ids[at] == id else None

    def most_linked(self, limit: int, topic: str = "") -> list[int]:
        """The nodes with the most links from others, at least one, the most first; only those of a topic if given."""
        counts = self.inbound.counts
        chosen = np.flatnonzero(counts)
        if topic:
            chosen = np.array([n for n in chosen.tolist() if self.topics[n] == topic], np.int64)
        order = np.lexsort((chosen, -counts[chosen]))
        found: list[int] = chosen[order[:limit]].tolist()
        return found

    def overview(self, seeds: int, each: int, topic: str = "") -> list[int]:
        """The most linked nodes, and of each up to so many that link to it, those most linked first."""
        found = dict.fromkeys(self.most_linked(seeds, topic))
        counts = self.inbound.counts
        for node in list(found):
            sources = sorted((end for end, _ in self.inbound.of(node)), key=lambda end: (-int(counts[end]), end))
            found |= dict.fromkeys(sources[:each])
        return list(found)

    def among(self, nodes: Sequence[int]) -> list[tuple[int, int]]:
        """The links between some nodes, as pairs of positions in `nodes`."""
        position = {node: at for at, node in enumerate(nodes)}
        return [
            (at, position[end]) for node, at in position.items() for end, _ in self.outbound.of(node) if end in position
        ]


def linkmap(config: Config, engine: Engine) -> CompactGraph:
    """The map of an index. Raises IndexUnusableError while there is none."""
    return of(graph_of(engine, config), config)


def of(graph: Graph, config: Config) -> CompactGraph:
    """The map of a graph; reads the files in which links lead astray."""
    nodes = graph.nodes[: graph.visible]
    inbound = _lines(((edge.target, edge.source, edge.text) for edge in graph.edges), len(nodes))
    counts = inbound.counts
    days = np.array([int(node.day.replace("-", "") or 0) for node in nodes], np.int64)
    newest = np.argsort(-days, kind="stable")
    found = islice(findings(graph, Sources(config)), MOST_FINDINGS)
    return CompactGraph(
        ids=tuple(node.id for node in nodes),
        titles=tuple(node.title for node in nodes),
        days=tuple(sys.intern(node.day) for node in nodes),
        topics=tuple(sys.intern(node.topic) for node in nodes),
        outbound=_lines(graph.edges, len(nodes)),
        inbound=inbound,
        orphans=newest[counts[newest] == 0].astype(np.int32),
        weak=newest[counts[newest] == 1].astype(np.int32),
        links=len(graph.edges),
        findings=tuple(
            (problem, trouble.target if trouble.target is not None and trouble.target < len(nodes) else None)
            for trouble, problem in found
        ),
        counts=Counter(CODES[trouble.kind] for trouble in graph.troubles),
        home=graph.homes[0].host if graph.guessed else "",
    )


def _lines(edges: Iterable[Edge | tuple[int, int, str]], count: int) -> AdjacencyList:
    firsts: dict[tuple[int, int], str] = {}
    for one, other, text in edges:
        firsts.setdefault((one, other), text)
    pairs = sorted(firsts)
    starts = np.searchsorted(np.array([one for one, _ in pairs], np.int32), np.arange(count + 1, dtype=np.int32))
    ends = np.array([other for _, other in pairs], np.int32)
    return AdjacencyList(starts.astype(np.int32), ends, tuple(sys.intern(firsts[pair]) for pair in pairs))
