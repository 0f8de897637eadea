"""A run that ends anywhere leaves the old index or the new one, and nothing that the next run does not clear up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import builds, crash
from tests.faults.builds import Case
from tests.faults.tally import SEED, fresh_seed

SAMPLE = 7


@pytest.mark.parametrize("seed", [SEED, 0], ids=["fixed", "fresh"])
def test_a_crash_anywhere(cases: Sequence[Case], place: Path, seed: int) -> None:
    crash.try_points(crash.sample(crash.points(cases), SAMPLE, seed or fresh_seed()), place).check()


def test_a_run_with_nothing_to_do_clears_up_too(cases: Sequence[Case], place: Path) -> None:
    folder = cases[2].fresh(place / "left")
    assert builds.index(folder).code == 0
    generation = (folder / "index/CURRENT").read_bytes()
    (folder / "index/20200101T000000Z-00000000").mkdir()
    for name in ("20200101T000000Z-00000000/_MAIN_1.toc", "VERIFIED.00000000.new", "CURRENT.new", ".scan.json.1"):
        (folder / "index" / name).touch()
    assert builds.index(folder).code == 0
    assert (folder / "index/CURRENT").read_bytes() == generation
    assert not builds.untidy(folder / "index")


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_crash_everywhere(cases: Sequence[Case], place: Path) -> None:
    points = crash.points(cases)
    assert 200 <= len(points) <= 500
    crash.try_points(points, place).check()
