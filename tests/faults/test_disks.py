"""A disk that is full or fails costs a run, never the index."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.faults import builds, disks
from tests.faults.builds import Case
from tests.faults.calls import Call
from tests.faults.tally import SEED, fresh_seed

SAMPLE = 12
POINTS = int(os.environ.get("FAULTS_POINTS", "400"))
"""Others each time in CI; `python -m tests.faults` tries them all."""


@pytest.mark.parametrize("seed", [SEED, 0], ids=["fixed", "fresh"])
def test_an_error_anywhere(cases: Sequence[Case], place: Path, seed: int) -> None:
    disks.try_points(disks.sample(disks.points(cases), SAMPLE, seed or fresh_seed()), place).check()


def test_being_short_of_descriptors_is_no_damage(cases: Sequence[Case], place: Path) -> None:
    folder = cases[2].fresh(place / "short")
    broken = folder / "content/01.md"
    broken.write_text("---\ntitle: [never closed\n---\n")
    short: list[str] = []

    def once(call: Call) -> None:
        if (
            call.kind == "open" and call.path.endswith("/CURRENT") and len(short) < 2
        ):  # to tidy up, and to see what there is
            short.append(call.path)
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE), call.path)

    ended = builds.index(folder, plan=once)
    assert (ended.code, "try again" in ended.errors) == (3, True), "a build from zero would lose the last good version"
    assert builds.answers(folder) == cases[2].before
    assert builds.index(folder).code == 0
    assert "01.md" in dict(builds.answers(folder)[0])


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_errors_almost_everywhere(cases: Sequence[Case], place: Path) -> None:
    disks.try_points(disks.sample(disks.points(cases), POINTS, fresh_seed()), place).check()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a file system of its own, of 400 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if not mount or os.geteuid():
        pytest.skip("only root can mount a small file system")
    command = [mount, "-t", "tmpfs", "-o", "size=400k", "none", str(folder)]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"no small file system can be mounted here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # an open index may still be mapped


def test_a_disk_that_is_really_full(tmp_path: Path, small_disk: Path) -> None:
    builds.write_blog(tmp_path / "content")

    def run() -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "searchapp",
            "index",
            "--content",
            "content",
            "--index",
            str(small_disk / "index"),
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SEARCHAPP_")}
        environment["PYTHONPATH"] = str(Path(builds.__file__).parents[2])
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    def state() -> list[tuple[str, bytes]]:
        spared = {"VERIFIED", "LOCK"}
        return sorted((str(p), p.read_bytes()) for p in small_disk.rglob("*") if p.is_file() and p.name not in spared)

    assert run().returncode == 0
    before = builds.answers(small_disk)
    files = state()
    large = tmp_path / "content/large.md"
    large.write_text("# Large\n\n" + " ".join(f"word{number:x}" for number in range(60_000)))
    full = run()
    assert full.returncode == 3, full
    assert "No space left on device" in full.stderr
    assert f"{small_disk}/index" in full.stderr
    assert len(full.stderr.splitlines()) == 1
    assert state() == files
    assert builds.answers(small_disk) == before
    assert not builds.untidy(small_disk / "index")
    large.unlink()
    assert run().returncode == 0
