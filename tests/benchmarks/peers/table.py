"""The figures as text."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from tests.benchmarks.peers.corpus import KINDS, Request
from tests.benchmarks.peers.processes import Measured

MEGABYTE = 1_000_000
NOTES = """\
A query's time is the best of its rounds; median, p95 and worst are over the queries, "first time" is the median of
the round before. "× ours" is the median over the queries of the peer's time divided by ours: above 1, it is slower.
"open" is from opening the index to a first answer; "build" starts with the articles' JSON. "MB" are 10⁶ bytes: peaks
of resident memory, mapped files included; "own" is what no file backs. "same totals" and "same counts" are compared
with ours: stemmers, stop words and prefixes of stems differ. We also count years and authors, and under a filter the
other values of the filtered facet."""


def times(measured: Measured, kind: str = "") -> list[float]:
    """Milliseconds of each query that the peer can do, of one kind or of all."""
    return [entry["ms"] for entry, _ in _done(measured, kind)]


def _done(measured: Measured, kind: str = "") -> list[tuple[dict[str, Any], Request]]:
    pairs = zip(measured.queries.get("queries", ()), measured.queries.get("requests", ()), strict=True)
    return [(entry, request) for entry, request in pairs if entry and kind in {"", request.kind}]


def report(found: Sequence[Measured], requests: Sequence[Request]) -> str:
    """All tables. The first of `found` is what the others are compared with."""
    for measured in found:
        if measured.queries:
            measured.queries["requests"] = requests
    ours = found[0]
    parts = [_main(found, ours), _kinds(found), _worst(found, ours)]
    parts += [f"{measured.label}: not measured ({measured.reason})" for measured in found if measured.reason]
    return "\n\n".join([*parts, NOTES])


def _main(found: Sequence[Measured], ours: Measured) -> str:
    head = (
        "engine", "median ms", "p95", "worst", "first time", "× ours", "open ms", "build s", "build MB", "query MB",
        "own MB", "index MB", "same totals", "same counts", "what it can't do",
    )  # fmt: skip
    return aligned([head, *(_row(measured, ours) for measured in found if not measured.reason)])


def _row(measured: Measured, ours: Measured) -> tuple[str, ...]:
    all_times = times(measured)
    firsts = [entry["first"] for entry, _ in _done(measured)]
    both = [
        (entry["ms"], mine["ms"])
        for entry, mine in zip(measured.queries["queries"], ours.queries["queries"], strict=True)
        if entry and mine
    ]
    ratio = statistics.median(theirs / mine for theirs, mine in both)
    return (
        measured.label,
        f"{statistics.median(all_times):.2f}",
        f"{_percentile(all_times, 95):.2f}",
        f"{max(all_times):.1f}",
        f"{statistics.median(firsts):.2f}",
        f"{ratio:.2f}",
        f"{measured.queries['opened']:.0f}",
        f"{measured.build['seconds']:.1f}",
        f"{measured.build['peak'] / MEGABYTE:.0f}",
        f"{measured.queries['peak'] / MEGABYTE:.0f}",
        f"{measured.queries['memory']['anonymous'] / MEGABYTE:.0f}",
        f"{measured.size / MEGABYTE:.0f}",
        *_agreement(measured, ours),
        measured.lacks,
    )


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _agreement(measured: Measured, ours: Measured) -> tuple[str, str]:
    """For how many requests the exact totals are the same, and for how many of these the counts (filters aside)."""
    asked = zip(measured.queries["queries"], ours.queries["queries"], ours.queries["requests"], strict=True)
    answers = [
        (entry["answer"], mine["answer"], request)
        for entry, mine, request in asked
        if entry and entry["answer"]["total"] is not None
    ]
    same = [pair for pair in answers if pair[0]["total"] == pair[1]["total"]]
    plain = [pair for pair in same if pair[0]["tags"] is not None and not (pair[2].tag or pair[2].category)]
    equal = sum(theirs[key] == mine[key] for theirs, mine, _ in plain for key in ("categories", "tags")) // 2
    return f"{len(same)}/{len(answers)}" if answers else "-", f"{equal}/{len(plain)}" if plain else "-"


def _kinds(found: Sequence[Measured]) -> str:
    rows: list[tuple[str, ...]] = [("median ms (worst)", *KINDS)]
    for measured in found:
        if not measured.reason:
            kinds = (times(measured, kind) for kind in KINDS)
            cells = (f"{statistics.median(ms):.2f} ({max(ms):.1f})" if ms else "-" for ms in kinds)
            rows.append((measured.label, *cells))
    return aligned(rows)


def _worst(found: Sequence[Measured], ours: Measured) -> str:
    """Our ten slowest queries, with what others take for them."""
    others = [measured for measured in found if not measured.reason]
    requests = ours.queries["requests"]
    slowest = sorted(range(len(requests)), key=lambda number: -ours.queries["queries"][number]["ms"])[:10]
    rows: list[tuple[str, ...]] = [("our slowest queries, ms", "total", *(measured.label for measured in others))]
    for number in slowest:
        entries = [measured.queries["queries"][number] for measured in others]
        total = ours.queries["queries"][number]["answer"]["total"]
        request = requests[number]
        rows.append(
            (f"{request.kind}: {request.label}", str(total), *(f"{e['ms']:.2f}" if e else "-" for e in entries))
        )
    return aligned(rows)


def aligned(rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table with columns of one width; the first column and columns of words are to the left."""
    listed = list(rows)
    lines = []
    for number, cells in enumerate(zip(*listed, strict=True)):
        width = max(map(len, cells))
        left = not number or not any(cell[:1].isdigit() for cell in cells[1:])
        padded = [cell.ljust(width) if left else cell.rjust(width) for cell in cells]
        lines.append([padded[0], "-" * width if left else "-" * (width - 1) + ":", *padded[1:]])
    return "\n".join(f"| {' | '.join(row)} |" for row in zip(*lines, strict=True))
