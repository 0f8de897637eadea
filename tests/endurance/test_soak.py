"""Three minutes of the soak (`python -m tests.endurance.soak` is thirty)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.endurance.soak import soak

SECONDS = float(os.environ.get("ENDURANCE_SECONDS", "180"))
MOST_GROWTH = 20_000_000
"""Bytes from the first quarter after warming up to the last one; up to fourteen million in a quarter of an hour are
usual. Answers that are kept go with their generation, so what grows from one to the next is what is lost."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_grows_that_must_not(tmp_path: Path) -> None:
    seen = soak(tmp_path, SECONDS)
    print(seen)
    assert seen.failures == []
    assert seen.swaps >= SECONDS / 20
    assert seen.growth() < MOST_GROWTH
    settled = [each.descriptors for each in seen.settled]
    quarter = max(len(settled) // 4, 1)
    assert max(settled[-quarter:]) <= max(settled[:quarter]) + 8
    assert max(each.generations for each in seen.samples) <= 3
