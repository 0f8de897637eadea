"""An index opens without being read, and yet no damage goes unseen."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from searchapp.engines.whoosh.disk import checksums, generations, scrub
from searchapp.engines.whoosh.engine import WhooshEngine
from searchapp.errors import IndexDamagedError, SearchappError
from searchapp.model import Query
from tests.test_generations import article
from tests.test_generations import generations as named

TICK = 2 * checksums.TICK_NS / 1e9


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are read for their checksums."""
    names: list[str] = []
    read = checksums.read

    def counted(file: Path, pace: checksums.Pace = lambda: None) -> str:
        names.append(file.name)
        return read(file, pace)

    monkeypatch.setattr(checksums, "read", counted)
    return names


@pytest.fixture
def restart(monkeypatch: pytest.MonkeyPatch, reads: list[str]) -> Callable[[], None]:
    """As if another process looked now."""

    def forget() -> None:
        monkeypatch.setattr(checksums, "_found", {})
        monkeypatch.setattr(checksums, "_recorded", {})
        reads.clear()

    return forget


@pytest.fixture
def built(tmp_path: Path, restart: Callable[[], None]) -> Path:
    index = tmp_path / "index"
    engine = WhooshEngine(index)
    engine.rebuild(article(n) for n in range(20))
    engine.update([article(1, "edited")], ["2.md"])
    engine.close()
    restart()
    return index


def ask(index: Path, text: str = "common") -> tuple[int, str]:
    """How many articles answer, and from which generation."""
    engine = WhooshEngine(index)
    try:
        found = engine.search(Query(text))
        return found.total, found.generation
    finally:
        engine.close()


def flip(file: Path) -> None:
    """Another last byte, written in place, the time of modification put back."""
    status = file.stat()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    with file.open("r+b") as stream:
        stream.write(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert file.stat().st_mtime_ns == status.st_mtime_ns


def rot(index: Path, file: Path) -> None:
    """The same without a trace: as if the medium had changed it, long after it was read."""
    flip(file)
    record = index / checksums.RECORD
    data = json.loads(record.read_text())
    for row in data["files"]:
        if row[0] == file.stat().st_ino:
            row[3] = file.stat().st_ctime_ns
            row[5] -= 2 * generations.RECHECK_AFTER
    record.write_text(json.dumps(data))
    time.sleep(TICK)


def own_file(index: Path) -> Path:
    """A file that the newest generation does not share with the one before."""
    newest, before = (index / name for name in named(index))
    return next(file for file in newest.glob("*.impacts") if not (before / file.name).exists())


def shared_file(index: Path) -> Path:
    newest, before = (index / name for name in named(index))
    return next(file for file in newest.glob("*.impacts") if (before / file.name).exists())


def test_opening_reads_nothing_whoever_built_it(built: Path, reads: list[str]) -> None:
    assert ask(built) == (19, named(built)[0])
    assert reads == []


def test_an_update_reads_only_what_it_wrote(built: Path, reads: list[str]) -> None:
    files = {path.name for path in (built / named(built)[0]).iterdir()}
    engine = WhooshEngine(built)
    engine.update([], ["3.md"])
    engine.close()
    assert len(reads) == 1, "the new list of segments"
    assert not files.intersection(reads)


def test_the_next_process_reads_nothing_after_any_number_of_updates(
    built: Path, reads: list[str], restart: Callable[[], None]
) -> None:
    for number in range(4):
        engine = WhooshEngine(built)
        engine.update([article(30 + number)], [])
        engine.close()
        restart()
        assert ask(built)[0] == 20 + number
        assert reads == []


def test_a_reader_that_is_open_reads_nothing_when_a_generation_comes(built: Path, reads: list[str]) -> None:
    reader, writer = WhooshEngine(built), WhooshEngine(built)
    assert reader.search(Query("common")).total == 19
    writer.update([article(50)], [])
    reads.clear()
    assert reader.search(Query("common")).total == 20
    assert reads == []
    reader.close()
    writer.close()


def test_a_flip_with_its_time_put_back_is_seen_on_opening(built: Path, restart: Callable[[], None]) -> None:
    _, before = named(built)
    flip(own_file(built))
    assert ask(built) == (20, before)
    flip(shared_file(built))
    restart()
    with pytest.raises(IndexDamagedError, match="--rebuild"):
        ask(built)


def test_a_flip_is_seen_by_a_process_that_had_found_the_file_right(built: Path) -> None:
    assert ask(built)[0] == 19
    flip(shared_file(built))
    with pytest.raises(IndexDamagedError, match="its checksum is not the recorded one"):
        ask(built)


def test_a_cut_is_seen_on_opening(built: Path) -> None:
    for file in (own_file(built), shared_file(built)):
        os.truncate(file, file.stat().st_size - 1)
        try:
            assert ask(built)[1] == named(built)[1]
        except IndexDamagedError:
            assert file.samefile(shared_file(built))


def test_damage_once_found_is_known_to_the_next_process(
    built: Path, reads: list[str], restart: Callable[[], None]
) -> None:
    flip(own_file(built))
    time.sleep(TICK)
    ask(built)
    assert reads == [own_file(built).name]
    restart()
    assert ask(built)[1] == named(built)[1]
    assert reads == []


def test_a_copied_folder_is_read_once(
    built: Path, tmp_path: Path, reads: list[str], restart: Callable[[], None]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    time.sleep(TICK)
    assert ask(copy) == ask(built)
    assert sorted(reads) == sorted(p.name for p in (copy / named(copy)[0]).iterdir() if p.name != "manifest.json")
    restart()
    assert ask(copy)[0] == 19
    assert reads == []


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        '{"format": 0}',
        '{"format": 1, "files": 7}',
        '{"format": 1, "files": [[1]]}',
        '{"format": 1, "files": [["a", 1, 1, 1, "", 0]]}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_without_a_good_record_everything_is_read_and_written_down_again(
    built: Path, text: str | None, reads: list[str], restart: Callable[[], None]
) -> None:
    record = built / checksums.RECORD
    if text is None:
        record.unlink()
    else:
        record.write_text(text, encoding="latin-1")
    time.sleep(TICK)
    assert ask(built) == (19, named(built)[0])
    assert len(reads) == len(list((built / named(built)[0]).iterdir())) - 1
    restart()
    assert ask(built)[0] == 19
    assert reads == []


def test_a_record_that_others_can_write_or_that_is_a_link_is_not_believed(
    built: Path, tmp_path: Path, reads: list[str], restart: Callable[[], None]
) -> None:
    record = built / checksums.RECORD
    record.chmod(0o664)
    ask(built)
    assert reads
    restart()
    elsewhere = tmp_path / "elsewhere"
    record.rename(elsewhere)
    record.symlink_to(elsewhere)
    ask(built)
    assert reads


def test_a_record_can_only_say_what_was_found_not_what_ought_to_be(built: Path, restart: Callable[[], None]) -> None:
    file = own_file(built)
    flip(file)
    time.sleep(TICK)
    record = built / checksums.RECORD
    data = json.loads(record.read_text())
    for row in data["files"]:
        if row[0] == file.stat().st_ino:
            row[3], row[4] = file.stat().st_ctime_ns, checksums.read(file)
    record.write_text(json.dumps(data))
    restart()
    assert ask(built)[1] == named(built)[1], "the checksum to compare with is the manifest's"


def test_a_crash_between_the_record_and_the_pointer_leaves_what_was(
    built: Path, reads: list[str], restart: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    pointer = (built / "CURRENT").read_text()

    class PowerCutError(BaseException):
        pass

    replace = Path.replace

    def cut(path: Path, target: Path) -> object:
        if target.name == "CURRENT":
            raise PowerCutError
        return replace(path, target)

    engine = WhooshEngine(built)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(PowerCutError):
            engine.update([article(70)], [])
    engine.close()
    restart()
    time.sleep(TICK)
    assert (built / "CURRENT").read_text() == pointer
    assert ask(built) == (19, named(built)[0])
    restart()
    assert ask(built)[0] == 19
    assert reads == [], "the first one has written down what it read"


def test_leftover_records_are_removed(built: Path) -> None:
    (built / f"{checksums.RECORD}.0123.new").write_text("half")
    engine = WhooshEngine(built)
    engine.update([article(70)], [])
    engine.close()
    assert not list(built.glob("*.new"))


def wait_for(seen: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_rot_is_found_in_the_background_and_the_generation_before_answers(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, restart: Callable[[], None]
) -> None:
    rot(built, own_file(built))
    newest, before = named(built)
    assert ask(built, "number5")[1] == newest, "nothing tells it from outside"
    restart()
    other = WhooshEngine(built)
    monkeypatch.setattr(scrub, "FIRST", 0.0)
    scrubbing = WhooshEngine(built)
    caplog.set_level(logging.WARNING)
    other.status()
    scrubbing.status()
    wait_for(lambda: other.status().generation.name == before)
    wait_for(lambda: scrubbing.status().generation.name == before)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 2, "one line for each of the two"
    assert all(newest in line and "answering from the generation before" in line for line in lines)
    for engine in (scrubbing, other):
        engine.close()
    restart()
    assert ask(built)[1] == before


def test_rot_in_all_generations_ends_in_an_error_that_says_what_to_do(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, restart: Callable[[], None]
) -> None:
    rot(built, shared_file(built))
    restart()
    monkeypatch.setattr(scrub, "FIRST", 0.0)
    engine = WhooshEngine(built)
    engine.status()

    def refused() -> bool:
        try:
            engine.status()
        except IndexDamagedError as error:
            return "--rebuild" in str(error)
        return False

    wait_for(refused)
    wait_for(lambda: any("--rebuild" in record.getMessage() for record in caplog.records))
    engine.rebuild([article(1)])
    assert engine.status().articles == 1
    engine.close()


def test_nothing_is_built_upon_rot(built: Path, restart: Callable[[], None]) -> None:
    rot(built, shared_file(built))
    restart()
    before = named(built)
    engine = WhooshEngine(built)
    with pytest.raises(SearchappError, match="is damaged"):
        engine.update([article(80)], [])
    engine.close()
    assert named(built) == before
    restart()
    with pytest.raises(IndexDamagedError, match="is damaged"):
        ask(built)


def test_what_was_read_within_a_day_is_not_read_again(
    built: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scrub, "FIRST", 0.0)
    engine = WhooshEngine(built)
    engine.status()
    for thread in threading.enumerate():
        if thread.name == "scrub":
            thread.join()
    engine.close()
    assert reads == []
