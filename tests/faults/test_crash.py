"""A run that ends anywhere leaves the old index or the new one, and nothing that the next run does not clear up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import crash
from tests.faults.builds import Case
from tests.faults.tally import SEED, fresh_seed

SAMPLE = 14


@pytest.mark.parametrize("seed", [SEED, 0], ids=["fixed", "fresh"])
def test_a_crash_anywhere(cases: Sequence[Case], place: Path, seed: int) -> None:
    crash.try_points(crash.sample(crash.points(cases), SAMPLE, seed or fresh_seed()), place).check()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_crash_everywhere(cases: Sequence[Case], place: Path) -> None:
    points = crash.points(cases)
    assert 200 <= len(points) <= 500
    crash.try_points(points, place).check()
