"""The output of `eval`, as JSON and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from searchapp.cli import output
from searchapp.evaluation.questions import EXPECTED, Question, Questions
from searchapp.evaluation.record import Change
from searchapp.evaluation.verdict import Figures, RankedResults, Scale, Verdict
from searchapp.facets import FACETS

SHOWN_MISSING = 20
SHOWN_QUERY = 40
"""Characters of a query in the table on a terminal, at most."""
_NO_CHANGE = 0.0005
"""Differences below this round to zero in the table."""


def document(
    questions: Questions, verdict: Verdict, change: Change | None, held: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    """Return the document of `eval --json` without its `seconds`.

    held    (minimum, value) of each measure with a floor
    """
    changes = change.answers if change else (None,) * len(verdict.answers)
    return {
        "file": questions.file,
        "queries": len(verdict.answers),
        "depth": verdict.scale.depth,
        "gain": str(verdict.scale.gain),
        "generation": verdict.generation,
        "total": _rounded(verdict.figures),
        "change": change and {"since": change.when.isoformat(), "queries": change.compared, **_rounded(change.figures)},
        "floor": {
            name: {"least": least, "value": round(value, 4), "held": value >= least}
            for name, (least, value) in held.items()
        },
        "missing": [
            {"query": question.query.text, "name": each.name, "grade": each.grade, "line": each.line}
            for question, each in verdict.missing
        ],
        "answers": [_answer_json(*pair) for pair in zip(verdict.answers, changes, strict=True)],
    }


def _answer_json(answer: RankedResults, change: Figures | None) -> dict[str, Any]:
    return {
        "query": answer.question.query.text,
        "line": answer.question.line,
        **_rounded(answer.figures),
        "change": change and _rounded(change),
        "total": answer.total,
        "judged": [
            {"name": each.judgement.name, "grade": each.judgement.grade, "id": each.id, "place": each.place}
            for each in answer.judged
        ],
        "ranking": list(answer.ranking),
    }


def _rounded(figures: Figures) -> dict[str, float]:
    return {name: round(value, 4) + 0.0 for name, value in figures.items()}


def show(verdict: Verdict, change: Change | None) -> None:
    """Print a row for each query with the ranks of its judged articles, then the means."""
    scale = verdict.scale
    changes = change.answers if change else (None,) * len(verdict.answers)
    hits = [f"@{cutoff}" for cutoff in scale.cutoffs]
    header = ("query", *hits, f"MRR@{scale.depth}", f"nDCG@{scale.depth}", *(["change"] if change else []), "places")
    rows = []
    for answer, moved in zip(verdict.answers, changes, strict=True):
        marks = ["✓" if answer.figures[f"hit@{cutoff}"] else "–" for cutoff in scale.cutoffs]
        delta = [_difference(moved["ndcg"] if moved else None)] if change else []
        rows.append((_query_text(answer.question), *marks, *_shown(answer.figures), *delta, _places(answer, scale)))
    shares = [f"{verdict.figures[f'hit@{cutoff}']:.0%}" for cutoff in scale.cutoffs]
    delta = [_difference(change.figures["ndcg"])] if change else []
    total = f"total of {len(rows):,} {'query' if len(rows) == 1 else 'queries'}"
    rows.append((total, *shares, *_shown(verdict.figures), *delta, ""))
    if output.stdout().is_terminal:
        output.table([(_cut(query), *cells) for query, *cells in rows], header)
    else:
        # The log of a CI is no terminal, but read by people.
        output.table([header, *rows])


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_QUERY else f"{text[: SHOWN_QUERY - 1].rstrip()}…"


def _query_text(question: Question) -> str:
    """The query with its filters in the query language."""
    query = question.query
    filters = [f"{facet.operator or facet.key}:{value}" for facet in FACETS for value in query.selected(facet.key)]
    days = [f"{name}:{day}" for name, day in (("after", query.after), ("before", query.before)) if day]
    return " ".join(filter(None, (query.text, *filters, *days)))


def _shown(figures: Figures) -> tuple[str, str]:
    return f"{figures['mrr']:.3f}", f"{figures['ndcg']:.3f}"


def _difference(difference: float | None) -> str:
    if difference is None:
        return "new"
    return "=" if abs(difference) < _NO_CHANGE else f"{difference:+.3f}"


def _places(answer: RankedResults, scale: Scale) -> str:
    """The ranks of the relevant articles: `1 4 >10`; in brackets those below the best grade."""
    best = max(each.judgement.grade for each in answer.judged)
    beyond = f">{scale.deepest}" if answer.total > scale.deepest else "not found"
    good = [each for each in answer.judged if each.judgement.grade > 0]
    shown = []
    for each in sorted(good, key=lambda each: (each.place or scale.deepest + 1, -each.judgement.grade)):
        place = "missing" if each.id is None else str(each.place or beyond)
        shown.append(place if each.judgement.grade == best else f"({place})")
    return " ".join(dict.fromkeys(shown))


def warn(questions: Questions, verdict: Verdict) -> None:
    """Print on standard error the relevant articles that are not in the index."""
    missing = verdict.missing
    for _, each in missing[:SHOWN_MISSING]:
        place = f"{questions.file}:{each.line}"
        word = "expected" if each.grade == EXPECTED else "acceptable"
        line = f"{place}: {word} article is not in the index: {each.name}"
        output.say(output.stderr(), output.clean(line))
    if len(missing) > SHOWN_MISSING:
        output.say(output.stderr(), f"… and {len(missing) - SHOWN_MISSING} more")
