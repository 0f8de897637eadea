"""The record of the last run of the same queries, to compare the next run with: one small file for each set.

A record that is missing, damaged or of another version is ignored. Concurrent writers replace each other's whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from pathlib import Path

from searchapp.config.loading import Config
from searchapp.evaluation.questions import Question
from searchapp.evaluation.verdict import Figures, Scale, Verdict, mean

VERSION = 1
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class LastRun:
    """The measures of an earlier run by `key` of the query, and its time (aware, UTC)."""

    figures: Mapping[str, Figures]
    when: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """Differences to the last run: of the means over the queries of both, and of each query; None for new ones."""

    figures: Figures
    answers: tuple[Figures | None, ...]
    compared: int
    when: datetime


def record_path(config: Config, source: Path, scale: Scale) -> Path:
    """Return the path of the record of a file of queries, for this index and scale."""
    what = [str(config.index_dir), os.path.realpath(source), *scale.names, str(scale.depth)]
    name = hashlib.sha256("\0".join([*what, scale.gain]).encode(errors="surrogateescape")).hexdigest()[:20]
    return config.desk_dir / "eval" / f"{name}.json"


def key(question: Question) -> str:
    """Return a hash of a query and its judgements, as other judgements would change the measures."""
    judged = sorted((each.name, each.grade) for each in question.judgements)
    return hashlib.sha256(repr((question.query, judged)).encode(errors="replace")).hexdigest()[:20]


def load(path: Path, scale: Scale) -> LastRun | None:
    """Return the last run, None if there is no valid record."""
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_BYTES))
        if document["version"] != VERSION:
            return None
        figures = {
            str(name): {figure: float(value) for figure, value in zip(scale.names, row, strict=True)}
            for name, row in document["figures"].items()
        }
        when = datetime.fromisoformat(document["when"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError):
        return None
    good = all(isfinite(value) and 0 <= value <= 1 for row in figures.values() for value in row.values())
    return LastRun(figures, when) if good else None


def change(verdict: Verdict, last: LastRun | None) -> Change | None:
    """Return the differences to the last run; None if they have no query in common."""
    then = [last.figures.get(key(answer.question)) if last else None for answer in verdict.answers]
    pairs = [(answer.figures, old) for answer, old in zip(verdict.answers, then, strict=True) if old]
    if last is None or not pairs:
        return None
    names = verdict.scale.names
    now, before = (mean([pair[side] for pair in pairs], verdict.scale) for side in (0, 1))
    answers = tuple(
        {name: answer.figures[name] - old[name] for name in names} if old else None
        for answer, old in zip(verdict.answers, then, strict=True)
    )
    return Change({name: now[name] - before[name] for name in names}, answers, len(pairs), last.when)


def save(path: Path, verdict: Verdict) -> None:
    """Write the record of this run atomically. Raises OSError."""
    figures = {
        key(answer.question): [round(answer.figures[name], 9) for name in verdict.scale.names]
        for answer in verdict.answers
    }
    document = {"version": VERSION, "when": datetime.now(UTC).isoformat(timespec="seconds"), "figures": figures}
    path.parent.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
