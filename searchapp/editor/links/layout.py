"""Graph layout: deterministic, pure functions over arrays."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Box = tuple[float, float, float, float]
STEPS = 300
_GOLDEN = math.pi * (3 - math.sqrt(5))


@dataclass(frozen=True, slots=True)
class NodeLabel:
    """A placed label: the position of its text in the picture's units, and its SVG `text-anchor`."""

    x: float
    y: float
    anchor: str
    text: str


def force_directed(count: int, links: Sequence[tuple[int, int]], width: float, height: float) -> Points:
    """Return float64[count, 2]: positions within the picture, linked nodes near each other.

    Fruchterman and Reingold, "Graph drawing by force-directed placement" (1991): every two nodes repel each other by
    k²/d, linked ones attract by d²/k, and steps grow smaller. Starts from a spiral, the first nodes in the middle,
    instead of at random. O(count²) per step: for at most a few hundred nodes.
    """
    if count == 0:
        return np.zeros((0, 2))
    turns = np.arange(count)
    radii = np.sqrt((turns + 0.5) / count) * 0.5
    points = np.stack([np.cos(turns * _GOLDEN), np.sin(turns * _GOLDEN)], axis=1) * radii[:, None]
    ends = np.array([pair for pair in links if pair[0] != pair[1]], np.int64).reshape(-1, 2)
    ideal = math.sqrt(1 / count)
    for step in range(STEPS):
        apart = points[:, None] - points[None]
        distance = np.maximum(np.sqrt((apart**2).sum(-1)), 1e-4)
        push = (apart * (ideal**2 / distance**2)[..., None]).sum(1)
        along = points[ends[:, 0]] - points[ends[:, 1]]
        pull = along * (np.sqrt((along**2).sum(-1)) / ideal)[:, None]
        np.add.at(push, ends[:, 0], -pull)
        np.add.at(push, ends[:, 1], pull)
        push -= points * 0.6  # keeps what is linked to nothing from drifting off
        length = np.maximum(np.sqrt((push**2).sum(-1)), 1e-9)
        limit = 0.1 * (1 - step / STEPS)
        points = points + push * (np.minimum(length, limit) / length)[:, None]
    return _fit(points, width, height)


def _fit(points: Points, width: float, height: float) -> Points:
    low, high = points.min(0), points.max(0)
    span = np.where(high - low > 1e-9, high - low, 1.0)
    fitted: Points = np.where(high - low > 1e-9, (points - low) / span, 0.5) * np.array([width, height])
    return fitted


def two_arcs(left: int, right: int, width: float, row: float) -> tuple[Points, Points, float]:
    """Return float64[left, 2] and float64[right, 2], positions on two arcs around the middle, and the height needed."""
    height = row * max(left, right, 3)
    return _arc(left, -1, width, height, row), _arc(right, 1, width, height, row), height


def _arc(count: int, side: int, width: float, height: float, row: float) -> Points:
    ys = height / 2 + (np.arange(count) - (count - 1) / 2) * row
    bend = 1 - ((ys - height / 2) / (height / 2 + row)) ** 2
    return np.stack([width / 2 + side * width * (0.07 + 0.1 * np.sqrt(bend)), ys], axis=1)


def place_labels(
    points: Points, radii: Sequence[float], texts: Sequence[str], width: float, size: float
) -> list[NodeLabel | None]:
    """Place a label beside each node, greedily in the nodes' order.

    None for no text, and where each place would overlap another label or a node with one.

    size    height of a letter; 0.56 of it is taken for its width
    """
    dots = [(x - r, y - r, x + r, y + r) for (x, y), r in zip(points.tolist(), radii, strict=True)]
    named = [dot for dot, text in zip(dots, texts, strict=True) if text]
    placed: list[Box] = []
    found: list[NodeLabel | None] = []
    for dot, (x, y), r, text in zip(dots, points.tolist(), radii, texts, strict=True):
        ways = list(_label_places(x, y, r, text, len(text) * size * 0.56, size)) if text else []
        free = [
            way
            for others in (dots, named)
            for way in ways
            if way[0][0] >= 0 and way[0][2] <= width
            if not any(_overlap(way[0], other) for other in (*placed, *others) if other is not dot)
        ]
        placed += [box for box, _ in free[:1]]
        found.append(free[0][1] if free else None)
    return found


def _label_places(x: float, y: float, r: float, text: str, long: float, size: float) -> Iterator[tuple[Box, NodeLabel]]:
    """The possible places of a label, the best first, each with its bounding box."""
    for left, top, anchor, at_x, at_y in (
        (x + r + 4, y - size * 0.6, "start", x + r + 4, y + size * 0.35),
        (x - r - 4 - long, y - size * 0.6, "end", x - r - 4, y + size * 0.35),
        (x - long / 2, y + r + 2, "middle", x, y + r + size + 1),
        (x - long / 2, y - r - size - 4, "middle", x, y - r - 5),
    ):
        yield (left, top, left + long, top + size * 1.2), NodeLabel(at_x, at_y, anchor, text)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
