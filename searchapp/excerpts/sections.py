"""Choice of the sections listed under a hit, by the positions of words alone (see `passages`)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from searchapp.excerpts.passages import REPEATS, MatchRun, PassageChoice, TextLine

MOST = 3
"""Maximum of sections of a hit, including that of its passage."""

LOOKED_AT = 24
"""Maximum of sections with matches that are examined, in order, for speed; few articles have more."""

Score = tuple[int, int, int, int | None]
"""Items, items in the heading, matches, first position of the excerpt: the rarest match, None if there is none."""


def further(found: Sequence[MatchRun], line: TextLine, best: PassageChoice) -> list[PassageChoice]:
    """Return the sections worth listing besides that of `best`, the best first, the earlier of equals.

    They are ordered by the number of items in section and heading, then in the heading, then by further matches. Only
    those with as many items as any other are listed, or all but one of three or more.
    """
    if line.sections < 2:
        return []
    scores = _scores(found, line)
    most = max((score[0] for score in scores.values()), default=0)
    scores.pop(best.text, None)
    enough = max(most - 1, min(most, 2))
    ranked = sorted((text for text in scores if scores[text][0] >= enough), key=lambda text: _order(scores[text], text))
    return [PassageChoice(text, scores[text][3]) for text in ranked[:MOST]]


def _order(score: Score, text: int) -> tuple[int, int, int, int]:
    return -score[0], -score[1], -score[2], text


def _scores(found: Sequence[MatchRun], line: TextLine) -> dict[int, Score]:
    """Return the scores of the sections with matches, by text number."""
    summary, low, high, _ = line.bounds
    named = _named(found, line, summary)
    scores: dict[int, Score] = {}
    ends = [bisect_left(run.starts, low) for run in found]
    while len(scores) < LOOKED_AT:
        heads = [int(run.starts[end]) for run, end in zip(found, ends, strict=True) if end < len(run.starts)]
        at = min(heads, default=high)
        if at >= high:
            break
        text, end = line.text_at(at)
        items, count = set(named.get(text, ())), 0
        in_heading = len(items)
        rarest: tuple[int, int] | None = None
        for place, run in enumerate(found):
            first, stop = ends[place], bisect_left(run.starts, end, ends[place])
            if stop > first:
                items.add(run.item)
                count += stop - first
                ends[place] = stop
                begins = (len(run.starts), int(run.starts[first]))
                rarest = min(rarest, begins) if rarest else begins
        scores[text] = (len(items), in_heading, min(count, REPEATS), rarest[1] if rarest else at)
    for text, its in named.items():
        scores.setdefault(text, (len(its), len(its), 0, None))
    return scores


def _named(found: Sequence[MatchRun], line: TextLine, end: int) -> dict[int, set[int]]:
    """Return the items in the headings of sections, by the numbers of the sections' texts."""
    named: dict[int, set[int]] = {}
    for run in found:
        for start in run.starts[: min(bisect_left(run.starts, end), LOOKED_AT)] if end else ():
            text, _ = line.text_at(int(start))
            named.setdefault(text + line.sections + 1, set()).add(run.item)
    return named
