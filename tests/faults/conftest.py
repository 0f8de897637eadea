"""The situations that all families start from, made once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults import builds
from tests.faults.builds import Case

if not Path("/proc/self/fd").exists():
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A folder whose contents nobody relies on."""
    with builds.scratch() as folder:
        yield folder


@pytest.fixture(scope="session")
def cases(place: Path) -> Sequence[Case]:
    (place / "cases").mkdir()
    return builds.cases(place / "cases")
