"""Crashes: a run ends before any of its calls, or in the middle of a write."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from searchapp.errors import IndexMissingError, SearchappError
from tests.faults import builds, calls
from tests.faults.builds import Case
from tests.faults.calls import Call
from tests.faults.tally import Tally


class Point(NamedTuple):
    """Where a run ends: before a call, or when half of what it writes is written."""

    case: Case
    call: Call
    half: bool


def points(cases: Sequence[Case]) -> list[Point]:
    """All of them."""
    found = []
    for case in cases:
        for call in case.calls:
            if call.kind not in calls.READS:
                found.append(Point(case, call, False))
            if len(call.data) > 1:
                found.append(Point(case, call, True))
    return found


def try_points(points: Sequence[Point], folder: Path) -> Tally:
    """Ends a run at each of the points, and looks at what is left, and what the next run makes of it."""
    tally = Tally("crash")
    for point in points:
        how = f"{point.case.name}, {'in' if point.half else 'before'} a {point.call.kind}"
        tally.add(how, wrong_after(point, point.case.fresh(folder / "try")))
    return tally


def sample(points: Sequence[Point], count: int, seed: int) -> list[Point]:
    """Some of the points, of each case and kind at least one."""
    chance = random.Random(seed)
    mixed = chance.sample(points, len(points))
    first = {(point.case.name, point.call.kind): point for point in mixed}
    others = [point for point in mixed if point is not first[point.case.name, point.call.kind]]
    return [*first.values(), *others][:count] if count >= len(first) else mixed[:count]


def wrong_after(point: Point, folder: Path) -> str:
    """What is not as it must be, "" if all is."""
    where = f"call {point.call.number} ({point.call.path})"
    ended = builds.index(folder, *point.case.args, plan=partial(_end_at, point.call.number, point.half))
    if ended.code != calls.CUT:
        return f"{where}: the run was not cut: {ended}"
    if wrong := wrong_state(folder, point.case):
        return f"{where}: {wrong}"
    wrong = wrong_next_run(folder, point.case)
    return f"{where}: {wrong}" if wrong else ""


def _end_at(number: int, half: bool, call: Call) -> int | None:
    if call.number < number:
        return None
    if call.number > number:
        os._exit(calls.CUT)
    if not half:
        os._exit(calls.CUT)
    return len(call.data) // 2


def wrong_state(folder: Path, case: Case) -> str:
    """What is wrong with an index that must be as before the run or as after it, and say nothing."""
    with builds.warnings_logged() as lines:
        try:
            found = builds.answers(folder)
        except IndexMissingError:
            return "" if case.before is None else "the index is gone"
        except SearchappError as error:
            return str(error)
    if lines:
        return f"it complains: {lines}"
    return "" if found in (case.before, case.after) else "neither the old nor the new answers"


def wrong_next_run(folder: Path, case: Case, warned: bool = False) -> str:
    """What is wrong with the next run, or with what it leaves; it may say what it has found if it was `warned`."""
    ended = builds.index(folder)
    if ended.code or (ended.errors and not warned):
        return f"the next run fails: {ended}"
    if builds.answers(folder) != case.after:
        return "after the next run the answers are not the new ones"
    left = builds.untidy(folder / "index")
    return f"after the next run there is left {left}" if left else ""
