"""How a score came about, as lines for people."""

from __future__ import annotations

from collections.abc import Iterator

from searchapp.model import Hit


def lines(hit: Hit) -> Iterator[str]:
    """The parts of the score, a line each, and the sum; nothing if it was not asked for."""
    for part in hit.explanation:
        reckoned = f" = {part.idf:g} × {part.impact:g}" if part.idf is not None and part.impact is not None else ""
        reckoned = f" (× {part.factor:g})" if part.factor is not None else reckoned
        met = f"“{part.text}”" + (f" as “{part.term}”" if part.kind == "synonym" else "") if part.text else ""
        where = " ".join(filter(None, (part.kind, met, part.field and f"in {part.field}")))
        yield f"{part.value:>18,.5f}  {where}{reckoned}"
    if hit.explanation:
        yield f"{hit.score:>18,.5f}  score"
