"""Rot: bits that flip and files that are cut, in a generation, its manifest and the pointer to it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import IndexDamagedError
from tests.faults import builds
from tests.faults.builds import Case
from tests.faults.tally import Tally

FLIPS = 2_000
CUTS = 500


class Damage(NamedTuple):
    """To a file of an index: one bit flipped, or cut to so many bytes."""

    path: str
    at: int
    bit: int | None

    def __str__(self) -> str:
        return f"{self.path} {'cut' if self.bit is None else f'bit {self.bit} flipped'} at {self.at}"


def damages(index_dir: Path, flips: int, cuts: int, seed: int) -> Iterator[Damage]:
    """To the files of the live generation, its manifest, and CURRENT: each as often as another, whatever its size."""
    chance = random.Random(seed)
    live = (index_dir / "CURRENT").read_text().split()[0]
    files = sorted([index_dir / "CURRENT", *(index_dir / live).iterdir()])
    for number in range(flips + cuts):
        file = files[number % len(files)]
        at = chance.randrange(file.stat().st_size)
        yield Damage(str(file.relative_to(index_dir)), at, chance.randrange(8) if number < flips else None)


def try_damages(case: Case, folder: Path, flips: int, cuts: int, seed: int) -> Tally:
    """Damages an index of two generations in each of these ways, and asks it."""
    tally = Tally("rot")
    case.fresh(folder / "rot")
    before = _fallback(case, folder / "older")
    for damage in damages(folder / "rot/index", flips, cuts, seed):
        kind = "pointer" if damage.path == "CURRENT" else "manifest" if damage.path.endswith(".json") else "file"
        wrong = wrong_under(damage, folder / "rot", case, before)
        tally.add(f"{'cut' if damage.bit is None else 'bit flipped'}, {kind}", f"{damage}: {wrong}" if wrong else "")
    return tally


def _fallback(case: Case, folder: Path) -> builds.Answers:
    """What the generation before the live one answers."""
    case.fresh(folder)
    pointer = folder / "index/CURRENT"
    pointer.write_text(pointer.read_text().splitlines()[1] + "\n")
    found = builds.few_answers(folder)
    shutil.rmtree(folder)
    return found


def wrong_under(damage: Damage, folder: Path, case: Case, before: builds.Answers) -> str:
    """What is wrong with the answers of a damaged index, which is as it was before when this returns."""
    file = folder / "index" / damage.path
    data = file.read_bytes()
    _write(file, damaged(data, damage))
    try:
        with builds.warnings_logged() as lines:
            try:
                live = _live(folder)
                # The generation before is as it was: few questions will do.
                found = builds.answers(folder) if live else builds.few_answers(folder)
            except IndexDamagedError as error:
                return _wrong_refusal(error, file, data)
        if live and lines:
            return f"it complains, and answers all the same: {lines}"
        if not live and "answering from the generation before it" not in lines[0]:
            return f"it does not say so: {lines}"
        # From what is damaged come the right answers, or those of the generation before.
        return "" if found == (case.before if live else before) else f"other answers: {lines}"
    finally:
        _write(file, data)


def _live(folder: Path) -> bool:
    """Whether the newest generation is what answers."""
    names = (folder / "index/CURRENT").read_bytes().split()
    with closing(WhooshEngine(folder / "index")) as engine:
        return engine.status().generation.name.encode() == names[0]


def _wrong_refusal(error: IndexDamagedError, file: Path, data: bytes) -> str:
    """It is right to refuse if no line of the pointer is as it was, or both generations have the file."""
    if file.name == "CURRENT":
        right = not set(file.read_bytes().split(b"\n")) & set(data.split(b"\n")) - {b""}
    else:
        right = file.stat().st_nlink > 1
    if not right:
        return f"there was a generation before it: {error}"
    return "" if "--rebuild" in str(error) or "chmod" in str(error) else f"it does not say what to do: {error}"


def damaged(data: bytes, damage: Damage) -> bytes:
    """The bytes with the damage done."""
    if damage.bit is None:
        return data[: damage.at]
    return data[: damage.at] + bytes([data[damage.at] ^ 1 << damage.bit]) + data[damage.at + 1 :]


def _write(file: Path, data: bytes) -> None:
    """In place, as rot is, with the time of modification put back."""
    status = file.stat()
    with file.open("r+b") as stream:
        stream.write(data)
        stream.truncate()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
