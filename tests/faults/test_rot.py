"""What rots is found before it can answer, and what was planted is never run."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from searchapp.engines.whoosh._whoosh import filestore
from searchapp.engines.whoosh.segments.schema import schema
from searchapp.errors import IndexDamagedError
from tests.faults import builds, rot
from tests.faults.builds import Case
from tests.faults.tally import SEED, fresh_seed


@pytest.mark.parametrize("seed", [SEED, 0], ids=["fixed", "fresh"])
def test_some_bits_and_cuts(cases: Sequence[Case], place: Path, seed: int) -> None:
    rot.try_damages(cases[2], place, 40, 10, seed or fresh_seed()).check()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_many_bits_and_cuts(cases: Sequence[Case], place: Path) -> None:
    rot.try_damages(cases[2], place, rot.FLIPS, rot.CUTS, SEED).check()


class _Bomb:
    """Touches a file when it is unpickled."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.target,)


def toc(folder: Path, bomb: Path, number: int) -> bytes:
    """A list of segments as Whoosh writes it, with a bomb in place of the segments."""
    storage = filestore.FileStorage(str(folder))
    stream = storage.create_file(f"_MAIN_{number}.toc")
    for size in (4, 8, 4):
        stream.write_varint(size)
    stream.write_int(-12345)
    stream.write_int(-111)
    for part in (2, 7, 4):
        stream.write_varint(part)
    stream.write_string(pickle.dumps(schema(), 2))
    stream.write_int(number)
    stream.write_int(0)
    stream.write_pickle(_Bomb(bomb))
    stream.close()
    return (folder / f"_MAIN_{number}.toc").read_bytes()


@pytest.fixture
def folder(cases: Sequence[Case], place: Path) -> Path:
    return cases[2].fresh(place / "planted")


def live(folder: Path) -> Path:
    name = (folder / "index/CURRENT").read_text().split()[0]
    return folder / "index" / name


def add(folder: Path, bomb: Path) -> None:
    """A list of segments newer than the one that the manifest knows."""
    toc(live(folder), bomb, 99)


def replace(folder: Path, bomb: Path) -> None:
    """In place of the one that the manifest knows."""
    own = min(live(folder).glob("_MAIN_*.toc"))
    own.unlink()
    toc(live(folder), bomb, int(own.stem.removeprefix("_MAIN_")))


def replace_with_its_manifest(folder: Path, bomb: Path) -> None:
    replace(folder, bomb)
    manifest = live(folder) / "manifest.json"
    data = json.loads(manifest.read_bytes())
    own = min(live(folder).glob("_MAIN_*.toc"))
    data["files"][own.name] = {"size": own.stat().st_size, "sha256": hashlib.sha256(own.read_bytes()).hexdigest()}
    manifest.write_text(json.dumps(data))


@pytest.mark.parametrize("plant", [add, replace, replace_with_its_manifest], ids=lambda plant: plant.__name__)
def test_a_planted_pickle_is_never_unpickled(
    cases: Sequence[Case], folder: Path, plant: Callable[[Path, Path], None]
) -> None:
    bomb = folder / "exploded"
    plant(folder, bomb)
    with builds.warnings_logged() as lines:
        found = builds.answers(folder)
    if plant is add:
        assert (found, lines) == (cases[2].before, []), "it is as if it were not there"
    else:
        assert "answering from the generation before it" in lines[0]
    ended = builds.index(folder)
    assert ended.code == 0
    assert builds.answers(folder) == cases[2].after
    assert not bomb.exists()
    assert not list(live(folder).glob("_MAIN_99.toc")), "it does not come along"


def test_the_pickle_that_was_planted_would_have_run(folder: Path) -> None:
    bomb = folder / "exploded"
    add(folder, bomb)
    with contextlib.suppress(Exception):  # what becomes of the index does not matter
        filestore.FileStorage(str(live(folder))).open_index().reader()
    assert bomb.exists()


def test_a_generation_that_others_can_write_is_refused(folder: Path) -> None:
    name = live(folder).name
    live(folder).chmod(0o775)
    with builds.warnings_logged() as lines:
        builds.answers(folder)
    assert f"{name} can be written by others; run: chmod" in lines[0]
    (folder / "index").chmod(0o777)
    with pytest.raises(IndexDamagedError, match="can be written by others"):
        builds.answers(folder)
