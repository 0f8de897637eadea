"""After any changes an incremental run gives the same documents, facets, hits and scores as a full one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import incremental
from tests.faults.builds import Case
from tests.faults.tally import fresh_seed


@pytest.mark.parametrize("seed", [None, 0], ids=["fixed", "fresh"])
def test_some_changes(place: Path, seed: int | None) -> None:
    incremental.try_changes(place, 2, 12, seed if seed is None else fresh_seed()).check()


def test_an_edit_that_moves_the_usual_lengths(cases: Sequence[Case]) -> None:
    full, update = cases[1:]
    assert full.after == update.after
    assert full.before != full.after


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_changes(place: Path) -> None:
    tally = incremental.try_changes(place, 25, 20, None)
    tally.check()
    kinds = {"add", "edit", "rename", "delete", "retag", "duplicate", "corrupt", "repair"}
    assert set(tally.counts) == kinds, "each of them was tried"
