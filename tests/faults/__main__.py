"""`python -m tests.faults`: tries all families, and prints in Markdown what was tried, how often, what was lost."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.faults import builds, crash, disks, incremental, power, rot
from tests.faults.builds import Case
from tests.faults.tally import SEED, Tally, fresh_seed

EXAMPLES, STEPS = 25, 20


def families(cases: list[Case], place: Path, seed: int) -> list[tuple[str, Callable[[], Tally]]]:
    """What is tried, in words, and how."""
    return [
        (
            "the process ends before each call of a build that changes files, and in the middle of each write",
            lambda: crash.try_points(crash.points(cases), place),
        ),
        (
            "ENOSPC, EIO, EMFILE, EROFS or ENOLCK at each call of a build, reads included, once or from then on",
            lambda: disks.try_points(disks.points(cases), place),
        ),
        (
            "power cuts during a build: what was not synced is kept, dropped or cut; one disk in four lies",
            lambda: power.try_states(cases, place, power.STATES, seed),
        ),
        (
            f"{rot.FLIPS:,} flipped bits and {rot.CUTS:,} cuts in a generation, its manifest and the pointer",
            lambda: rot.try_damages(cases[2], place, rot.FLIPS, rot.CUTS, seed),
        ),
        (
            "articles added, edited, renamed, deleted, retagged, duplicated, broken, mended: incremental = full build",
            lambda: incremental.try_changes(place, EXAMPLES, STEPS, seed),
        ),
    ]


def main() -> int:
    """Exit code 1 if anything was lost."""
    seed = fresh_seed() if "--fresh" in sys.argv else SEED
    lost = 0
    print("| family | what was tried | how often | lost |\n|---|---|---:|---:|", flush=True)
    with builds.scratch() as place:
        (place / "cases").mkdir()
        cases = builds.cases(place / "cases")
        for what, attempt in families(cases, place, seed):
            started = time.monotonic()
            tally = attempt()
            print(f"| {tally.family} | {what} | {tally.total:,} | {len(tally.lost)} |", flush=True)
            print(f"{tally.family}: {time.monotonic() - started:.0f} s", *tally.lost, sep="\n", file=sys.stderr)
            lost += len(tally.lost)
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
