"""Full and failing disks: a call is answered with an error, once, or it and all later ones that can be.

What is mapped into memory is read without a call: there a failing disk ends the process (SIGBUS), as a crash does.
"""

from __future__ import annotations

import errno
import os
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.faults import builds, crash
from tests.faults.builds import Case, Ended
from tests.faults.calls import READS, Call
from tests.faults.tally import Tally

ADDING = frozenset({"create", "write", "mkdir", "link", "rename", "fsync"})
"""What a full disk refuses. Emptying a file and removing one it does not."""
CHANGING = ADDING | {"truncate", "unlink", "rmdir", "chmod", "utime"}
OPENING = frozenset({"open", "list", "create"})
ANSWERED = {
    errno.ENOSPC: ADDING,
    errno.EIO: CHANGING | READS - {"lock"},
    errno.ENOLCK: frozenset({"lock"}),
    errno.EMFILE: OPENING,
    errno.EROFS: CHANGING,
}
"""Which kinds of calls may be answered so."""


class Point(NamedTuple):
    """The error, the first call that is answered with it, and whether the later ones are, too."""

    case: Case
    call: Call
    error: int
    lasting: bool


def points(cases: Sequence[Case]) -> list[Point]:
    """Each call of each case once with each error, and of the incremental build with the error from then on, too."""
    return [
        Point(case, call, error, lasting)
        for case in cases
        for error, kinds in ANSWERED.items()
        for call in case.calls
        if call.kind in kinds
        for lasting in ((False, True) if case.name == "incremental build" else (False,))
    ]


def sample(points: Sequence[Point], count: int, seed: int) -> list[Point]:
    """Some of the points, of all errors as many as there are."""
    chance = random.Random(seed)
    each = -(-count // len(ANSWERED))
    found: list[Point] = []
    for error in ANSWERED:
        those = [point for point in points if point.error == error]
        found += chance.sample(those, min(each, len(those)))
    return found


def try_points(points: Sequence[Point], folder: Path) -> Tally:
    """Runs with each of the errors, and looks at what is left, and what the next run makes of it."""
    tally = Tally("disks")
    for point in points:
        how = f"{errno.errorcode[point.error]}, {'from then on' if point.lasting else 'once'}"
        tally.add(how, wrong_after(point, point.case.fresh(folder / "try")))
    return tally


def wrong_after(point: Point, folder: Path) -> str:
    """What is not as it must be, "" if all is."""
    where = f"{point.case.name}: {point.call.kind} {point.call.number} ({point.call.path})"
    before = _files(folder / "index")
    ended = builds.index(folder, *point.case.args, plan=partial(_answer, point))
    wrong = wrong_end(ended, folder, point.case, before, point)
    # If no byte is another, the next run does what the one before this has done.
    if not wrong and _files(folder / "index") != before:
        wrong = crash.wrong_next_run(folder, point.case)
    return f"{where}: {wrong}" if wrong else ""


def _answer(point: Point, call: Call) -> int | None:
    first = call.number == point.call.number
    if not first and not (point.lasting and call.number > point.call.number and call.kind in ANSWERED[point.error]):
        return None
    if first and point.lasting and point.error == errno.ENOSPC and len(call.data) > 1:
        return len(call.data) // 2  # there was room for so much
    raise OSError(point.error, os.strerror(point.error), call.path)


def _files(index_dir: Path) -> dict[str, bytes]:
    """Every byte of an index, but for what only spares time, and the name of who is at it."""
    files = (file for file in index_dir.rglob("*") if file.is_file() and file.name not in {"VERIFIED", "LOCK"})
    return {str(file.relative_to(index_dir)): file.read_bytes() for file in files}


def _live(files: dict[str, bytes]) -> dict[str, bytes]:
    """Of these those of the live generation, and the pointer."""
    name = files.get("CURRENT", b"none").decode().split()[0]
    return {path: data for path, data in files.items() if path == "CURRENT" or path.startswith(f"{name}/")}


def wrong_end(ended: Ended, folder: Path, case: Case, before: dict[str, bytes], point: Point) -> str:
    """What is wrong with how a run ended, and with the index at that time."""
    if ended.code not in (0, 3):
        return f"exit code {ended.code}: {ended.errors}"
    if ended.code == 3:
        if wrong := _wrong_line(ended.errors, folder, point):
            return wrong
        if _live(_files(folder / "index")) != _live(before):
            return f"the live generation was touched: {ended.errors}"
    elif builds.answers(folder) != case.after:
        return f"the answers are not the new ones: {ended}"
    # Its holder's name may be left where nothing can be written; it means nothing when nobody holds it.
    return "the lock is held" if "LOCK is held" in builds.held(folder / "index") else ""


def _wrong_line(errors: str, folder: Path, point: Point) -> str:
    """Of a failed run the last line is its error; there may be warnings before."""
    lines = errors.splitlines()
    if not lines:
        return "no error is said"
    told = os.strerror(point.error) in lines[-1]
    if "Traceback" in errors or f"{folder}/index" not in lines[-1] or not told:
        return f"not a line that names the path and the reason: {errors!r}"
    return ""
