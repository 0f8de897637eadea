"""Whatever a power cut leaves of a build: the old index or the new one, or the one before with a word about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults import builds, power
from tests.faults.builds import Case
from tests.faults.calls import Call
from tests.faults.tally import SEED, fresh_seed


@pytest.mark.parametrize("seed", [SEED, 0], ids=["fixed", "fresh"])
def test_some_power_cuts(cases: Sequence[Case], place: Path, seed: int) -> None:
    power.try_states(cases, place, 18, seed or fresh_seed()).check()


def test_what_a_run_has_done_is_there_once_it_has_ended(cases: Sequence[Case], place: Path) -> None:
    for case in cases:
        trace = power.record(case, place / "ended")
        power.least(trace).make(trace.root, place / "found")
        assert builds.answers(place / "found") == case.after


def test_the_pointer_names_what_is_there_though_nothing_else_is_kept(cases: Sequence[Case], place: Path) -> None:
    def is_pointer_or_folder(call: Call) -> bool:
        return (call.kind, Path(call.path).name) in {("rename", "CURRENT"), ("mkdir", "index")}

    for case in cases:
        trace = power.record(case, place / "pointed")
        replaced = next(
            number
            for number, call in enumerate(trace.calls, 1)
            if Path(call.path).name == "CURRENT" and call.kind == "rename"
        )
        power.least(trace, replaced, is_pointer_or_folder).make(trace.root, place / "found")
        assert builds.answers(place / "found") == case.after


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_power_cuts(cases: Sequence[Case], place: Path) -> None:
    tally = power.try_states(cases, place, power.STATES, SEED)
    tally.check()
    found = " ".join(tally.counts)
    for what in ("the old one", "the new one", "the one before it (a disk that lies)"):
        assert what in found, "each of them is come upon"
