"""Explanations of the scores of hits, as plain values for a template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from searchapp.model import Hit, ScorePart

TIERS = frozenset({"all words", "exact title", "pinned"})
"""Parts that rank an article before all others without them."""

LABELS = {
    "word": "word",
    "synonym": "synonym",
    "phrase": "phrase",
    "prefix": "words that start so",
    "as typed": "just as it was typed",
    "closeness": "all words side by side",
    "boost": "boost of the article",
    "recency": "newer than others",
    "all words": "has all words but stop words",
    "exact title": "is the title, word for word",
    "pinned": "pinned to this query",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One part of a score as text: its kind, text, field, formula and value; the bar's `width` in per cent."""

    label: str
    text: str
    field: str
    sum: str
    value: str
    width: float


@dataclass(frozen=True, slots=True)
class ExplainedHit:
    """A hit with the parts of its score and the total."""

    hit: Hit
    rows: tuple[ScoreRow, ...]
    total: str


def explained_hits(hits: tuple[Hit, ...]) -> Iterator[ExplainedHit]:
    """Yield the hits of a page with their explanations; bars are on one scale for all hits."""
    values = (abs(part.value) for hit in hits for part in hit.explanation if part.kind not in TIERS)
    most = max(values, default=1.0)
    for hit in hits:
        yield ExplainedHit(hit, tuple(_row(part, most) for part in hit.explanation), number(hit.score))


def _row(part: ScorePart, most: float) -> ScoreRow:
    factors = (part.idf, part.impact) if part.idf is not None and part.impact is not None else ()
    reckoned = " × ".join(map(number, factors))
    if part.factor is not None:
        reckoned = f"× {number(part.factor)}"
    text = part.text if part.term in {"", part.text} else f"{part.text} → {part.term}"
    width = 100.0 if part.kind in TIERS else round(100 * abs(part.value) / most, 2)
    return ScoreRow(LABELS[part.kind], text, part.field, reckoned, number(part.value), width)


def number(value: float) -> str:
    """Format a number with up to five decimals, without trailing zeros."""
    whole, _, rest = f"{value:,.5f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest}" if rest else whole
