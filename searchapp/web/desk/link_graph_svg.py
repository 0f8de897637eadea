"""Pictures of the link graph for an SVG template, and tables with the same data."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from searchapp.editor.links import layout
from searchapp.editor.links.compact_graph import CompactGraph

WIDTH = 960.0
MARGIN = 24.0
SEEDS, EACH = 18, 4
"""In the overview: number of most linked articles, and of articles that link to each of them."""
MAX_LABELS = 18
"""Nodes of the overview that may have a label."""
MAX_NEIGHBOURS = 16
"""Neighbours drawn on either side of a chosen article, at most."""
MAX_ROWS = 500
"""Rows of each table, at most: 80,000 made a page of 19 MB, and took 18 s."""
LETTER = 13.0
_LONGEST = 44
_ROW = 30.0

Url = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class NodeShape:
    """A circle: position and radius in the picture's units; `kind` is "chosen", "in", "out", "seed" or "other"."""

    x: float
    y: float
    radius: float
    title: str
    hint: str
    url: str
    kind: str
    label: layout.NodeLabel | None


@dataclass(frozen=True, slots=True)
class EdgeShape:
    """A line; `kind` is "in" or "out" (seen from the chosen article) or "link"."""

    x1: float
    y1: float
    x2: float
    y2: float
    kind: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of the table: the number of an article, and the link's text if the picture is of one article."""

    number: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its tables. `left_out` is the number of neighbours that are not drawn."""

    width: float
    height: float
    dots: tuple[NodeShape, ...]
    lines: tuple[EdgeShape, ...]
    inbound: tuple[TableRow, ...] = ()
    outbound: tuple[TableRow, ...] = ()
    rows: tuple[TableRow, ...] = ()
    left_out: int = 0


def overview(found: CompactGraph, topic: str, url: Url) -> Picture:
    """Return the picture of the most linked articles and some of those that link to them."""
    nodes = found.overview(SEEDS, EACH, topic)
    pairs = found.among(nodes)
    counts = found.inbound.counts
    height = 620.0 if len(nodes) > 12 else 360.0
    points = layout.force_directed(len(nodes), pairs, WIDTH - 2 * MARGIN, height - 2 * MARGIN) + MARGIN
    most = max((int(counts[node]) for node in nodes), default=1)
    radii = [4 + 12 * math.sqrt(int(counts[node]) / most) for node in nodes]
    names = [_short(found.titles[node], 36) if at < MAX_LABELS else "" for at, node in enumerate(nodes)]
    labels = layout.place_labels(points, radii, names, WIDTH, LETTER)
    seeds = set(found.most_linked(SEEDS, topic))
    dots = [
        _node_shape(found, node, points[at], radii[at], "seed" if node in seeds else "other", labels[at], url)
        for at, node in enumerate(nodes)
    ]
    ends = points.tolist()
    lines = [EdgeShape(ends[one][0], ends[one][1], ends[other][0], ends[other][1], "link") for one, other in pairs]
    rows = tuple(TableRow(node) for node in nodes if node in seeds)
    # Labels are drawn over other nodes.
    dots.sort(key=lambda dot: dot.label is not None)
    return Picture(WIDTH, height, tuple(dots), tuple(lines), rows=rows)


def neighbourhood(found: CompactGraph, node: int, url: Url) -> Picture:
    """Return the picture of an article between those that link to it and those that it links to."""
    counts = found.inbound.counts
    inbound = tuple(TableRow(*pair) for pair in found.inbound.of(node))
    outbound = tuple(TableRow(*pair) for pair in found.outbound.of(node))
    ranked = [
        sorted(side, key=lambda entry: (-int(counts[entry.number]), entry.number))[:MAX_ROWS]
        for side in (inbound, outbound)
    ]
    left, right = (side[:MAX_NEIGHBOURS] for side in ranked)
    lefts, rights, height = layout.two_arcs(len(left), len(right), WIDTH, _ROW)
    middle = (WIDTH / 2, height / 2 + MARGIN)
    dots, lines = [], []
    for kind, side, points in (("in", left, lefts), ("out", right, rights)):
        for entry, (x, y) in zip(side, points.tolist(), strict=True):
            anchor, away = ("end", -1) if kind == "in" else ("start", 1)
            label = layout.NodeLabel(
                x + away * 14, y + MARGIN + LETTER * 0.35, anchor, _short(found.titles[entry.number])
            )
            dots.append(_node_shape(found, entry.number, (x, y + MARGIN), 6.0, kind, label, url))
            lines.append(EdgeShape(x, y + MARGIN, middle[0], middle[1], kind))
    title = layout.NodeLabel(middle[0], height + 2 * MARGIN + LETTER, "middle", _short(found.titles[node], 80))
    dots.append(_node_shape(found, node, middle, 13.0, "chosen", title, url))
    left_out = len(inbound) + len(outbound) - len(left) - len(right)
    # The most linked ones, which are also those that are drawn.
    rows = (
        side if len(side) <= MAX_ROWS else tuple(best) for side, best in zip((inbound, outbound), ranked, strict=True)
    )
    inbound, outbound = rows
    height += 2 * MARGIN + 2 * LETTER
    return Picture(WIDTH, height, tuple(dots), tuple(lines), inbound, outbound, left_out=left_out)


def _node_shape(
    found: CompactGraph,
    node: int,
    place: layout.Points | tuple[float, float],
    radius: float,
    kind: str,
    label: layout.NodeLabel | None,
    url: Url,
) -> NodeShape:
    inbound, outbound = int(found.inbound.counts[node]), int(found.outbound.counts[node])
    hint = f"{found.titles[node]}: linked from {inbound}, links to {outbound}"
    x, y = (float(each) for each in place)
    return NodeShape(
        round(x, 1), round(y, 1), round(radius, 1), found.titles[node], hint, url(found.ids[node]), kind, label
    )


def _short(title: str, longest: int = _LONGEST) -> str:
    return title if len(title) <= longest else title[: longest - 1].rstrip() + "…"
