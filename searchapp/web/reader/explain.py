"""The page for operators that shows how the scores of a search came about, as plain values for its template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.model import Hit, Part

TIERS = frozenset({"all words", "exact title", "pinned"})
"""Parts that put an article first, whatever the others are."""

LABELS = {
    "word": "word",
    "synonym": "synonym",
    "phrase": "phrase",
    "prefix": "words that start so",
    "closeness": "all words side by side",
    "boost": "boost of the article",
    "recency": "newer than others",
    "all words": "has all words but stop words",
    "exact title": "is the title, word for word",
    "pinned": "pinned to this query",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One part of a score: what, where, how it was reckoned, what it adds; the bar's width in hundredths."""

    label: str
    text: str
    field: str
    sum: str
    value: str
    width: float


@dataclass(frozen=True, slots=True)
class Explained:
    """A hit and how its score came about."""

    hit: Hit
    rows: tuple[Row, ...]
    total: str


def explained(hits: tuple[Hit, ...]) -> Iterator[Explained]:
    """The hits of a page; bars are as long as the parts are large, on one scale for all hits."""
    values = (abs(part.value) for hit in hits for part in hit.explanation if part.kind not in TIERS)
    most = max(values, default=1.0)
    for hit in hits:
        yield Explained(hit, tuple(_row(part, most) for part in hit.explanation), number(hit.score))


def _row(part: Part, most: float) -> Row:
    factors = (part.idf, part.impact) if part.idf is not None and part.impact is not None else ()
    reckoned = " × ".join(map(number, factors))
    if part.factor is not None:
        reckoned = f"× {number(part.factor)}"
    text = part.text if part.term in {"", part.text} else f"{part.text} → {part.term}"
    width = 100.0 if part.kind in TIERS else round(100 * abs(part.value) / most, 2)
    return Row(LABELS[part.kind], text, part.field, reckoned, number(part.value), width)


def number(value: float) -> str:
    """Up to five decimals, as many as it has."""
    whole, _, rest = f"{value:,.5f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole
