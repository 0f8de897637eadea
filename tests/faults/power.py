"""Power cuts: what a disk may hold when not all that was written and renamed has been synced.

A run is recorded, call by call. Then for each state a moment of it is drawn, and what had not been synced by then is
kept, dropped or cut: bytes of files whose file was not synced afterwards, and names (made, linked, renamed, removed)
whose folder was not. Nothing is taken for granted of the order in which a file system writes.
"""

from __future__ import annotations

import random
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from searchapp.errors import IndexDamagedError, IndexMissingError
from tests.faults import builds, crash
from tests.faults.builds import Case
from tests.faults.calls import Call
from tests.faults.tally import Tally

STATES = 1_000
NEXT_RUNS = 10
"""After one state in so many the next run is tried, too."""
NAMING = frozenset({"create", "mkdir", "link", "rename", "unlink", "rmdir"})
WRITING = frozenset({"write", "truncate"})
FOLDER = 0
"""Stands for an inode where the name is that of a folder."""


@dataclass(slots=True)
class Disk:
    """Names and bytes. `names` has path -> inode, or FOLDER; `content` has the bytes of each inode."""

    names: dict[str, int] = field(default_factory=dict)
    content: dict[int, bytearray] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> Disk:
        """What is below a folder."""
        disk = cls()
        for path in sorted(folder.rglob("*")):
            disk.names[str(path)] = FOLDER if path.is_dir() else path.stat().st_ino
            if path.is_file():
                disk.content[path.stat().st_ino] = bytearray(path.read_bytes())
        return disk

    def name(self, call: Call) -> None:
        """Makes, links, renames or removes; nothing where there is no folder for it."""
        if call.kind in {"unlink", "rmdir"}:
            self.names.pop(call.path, None)
        elif call.kind == "mkdir":
            self.names.setdefault(call.path, FOLDER)
        else:
            if call.kind == "rename":
                self.names.pop(call.other, None)
            self.names[call.path] = call.inode
            self.content.setdefault(call.inode, bytearray())

    def write(self, call: Call, data: bytes) -> None:
        """Writes bytes, or cuts a file."""
        content = self.content.setdefault(call.inode, bytearray())
        if call.kind == "truncate":
            del content[call.offset :]
            return
        content.extend(b"\0" * (call.offset - len(content)))
        content[call.offset : call.offset + len(data)] = data

    def make(self, root: Path, target: Path) -> None:
        """Writes all this below `target`, as it was below `root`."""
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        made: dict[int, Path] = {}
        for name, inode in sorted(self.names.items()):
            path = target / Path(name).relative_to(root)
            if not path.parent.is_dir():
                continue  # its folder is lost
            if inode == FOLDER:
                path.mkdir(mode=0o755)
            elif inode in made:
                path.hardlink_to(made[inode])
            else:
                path.write_bytes(self.content[inode])
                made[inode] = path


def try_states(cases: Sequence[Case], folder: Path, states: int, seed: int) -> Tally:
    """Cuts the power of runs, and looks at what is found when it is back."""
    tally = Tally("power")
    chance = random.Random(seed)
    for place, case in enumerate(cases):
        trace = record(case, folder / "power")
        for number in range(states * place // len(cases), states * (place + 1) // len(cases)):
            drawn = chance.getrandbits(32)
            what, wrong = wrong_state(trace, folder / "power", case, drawn, number % NEXT_RUNS == 0)
            tally.add(f"{case.name}: {what}", f"state {drawn}: {wrong}" if wrong else "")
        shutil.rmtree(folder / "power")
    return tally


@dataclass(frozen=True, slots=True)
class Trace:
    """A run that ended well: the disk before it, and its calls, with the inodes that they made."""

    root: Path
    disk: Disk
    calls: tuple[Call, ...]


def record(case: Case, folder: Path) -> Trace:
    """Runs a case, from a disk on which all is synced."""
    case.fresh(folder)
    root = folder.resolve()
    disk = Disk.of(root)
    calls = builds.recorded(folder, *case.args)
    calls = [call for call in calls if not (call.kind == "mkdir" and call.path in disk.names)]
    return Trace(root, disk, tuple(_with_inodes(calls)))


def _with_inodes(calls: Sequence[Call]) -> list[Call]:
    """A number of its own for each file that is made: those of the disk are used again and again."""
    found = []
    own: dict[int, int] = {}
    for later, call in enumerate(calls):
        if call.kind == "create":
            # The call was recorded before it was made; the next one about the file knows its inode.
            number = next((each.inode for each in calls[later + 1 :] if call.path in (each.path, each.other)), 0)
            own[number] = -1 - later
            call = call._replace(inode=own[number])
        else:
            call = call._replace(inode=own.get(call.inode, call.inode))
        found.append(call)
    return found


@dataclass(frozen=True, slots=True)
class State:
    """What is on a disk after a power cut.

    end    how many of the calls were made before it
    lies   whether the disk had said of files of a generation that they were synced when they were not
    """

    disk: Disk
    end: int
    lies: bool


def state_of(trace: Trace, drawn: int) -> State:
    """What may be found after a power cut."""
    chance = random.Random(drawn)
    total = len(trace.calls)
    pointer = next(place for place, call in enumerate(trace.calls) if Path(call.path).name == "CURRENT.new")
    end = chance.choice([chance.randint(0, total), *(chance.randint(pointer, total) for _ in range(2)), total])
    keep = chance.choice([0.0, 0.2, 0.5, 0.8, 1.0])
    lies = chance.random() < 0.25
    synced = _synced(trace.calls[:end], chance if lies else None)
    disk = Disk(dict(trace.disk.names), {inode: bytearray(data) for inode, data in trace.disk.content.items()})
    for call in trace.calls[:end]:
        if call.kind in NAMING and (call.number in synced or chance.random() < keep):
            disk.name(call)
        elif call.kind in WRITING:
            data = call.data
            if call.number not in synced:
                data = chance.choice([data, data, b"", data[: chance.randint(0, len(data))], b"\0" * len(data)])
                if call.kind == "truncate" and chance.random() >= keep:
                    continue
            disk.write(call, data)
    return State(disk, end, lies)


def least(trace: Trace, end: int | None = None, also: Callable[[Call], bool] = lambda call: False) -> Disk:
    """What is there at least after so many calls (all unless told): what was synced, and what is to be kept also."""
    disk = Disk(dict(trace.disk.names), {inode: bytearray(data) for inode, data in trace.disk.content.items()})
    calls = trace.calls[:end]
    kept = _synced(calls, None) | {call.number for call in calls if also(call)}
    for call in calls:
        if call.number in kept and call.kind in NAMING:
            disk.name(call)
        elif call.number in kept and call.kind in WRITING:
            disk.write(call, call.data)
    return disk


def _synced(calls: Sequence[Call], lying: random.Random | None) -> set[int]:
    """The numbers of those calls whose effect a later one has synced, if the disk is to be believed."""
    found: set[int] = set()
    waiting: dict[object, list[int]] = defaultdict(list)
    for call in calls:
        if call.kind in NAMING:
            waiting[str(Path(call.path).parent)].append(call.number)
        elif call.kind in WRITING:
            waiting[call.inode].append(call.number)
        elif call.kind == "fsync" and not (lying and call.inode in waiting and _is_file_of_generation(call.path)):
            # By the name of a folder, or the inode of a file.
            for what in (call.path, call.inode):
                found.update(waiting.pop(what, ()))
    return found


def _is_file_of_generation(path: str) -> bool:
    return Path(path).parent.parent.name == "index"


def wrong_state(trace: Trace, folder: Path, case: Case, drawn: int, and_next_run: bool) -> tuple[str, str]:
    """What was found after a power cut, and what is wrong with it."""
    state = state_of(trace, drawn)
    place = folder / "found"
    state.disk.make(trace.root, place)
    what, wrong = _wrong_answers(place, case, state, state.end == len(trace.calls) and not state.lies)
    if not wrong and and_next_run and what != "damaged":
        wrong = crash.wrong_next_run(place, case, warned=what == "the one before it")
    return f"{what}{' (a disk that lies)' if state.lies else ''}", wrong


def _wrong_answers(place: Path, case: Case, state: State, over: bool) -> tuple[str, str]:
    """`over`: the run had ended, and said so; then what it has done must have come to stay."""
    with builds.warnings_logged() as lines:
        try:
            found = builds.answers(place)
        except IndexMissingError:
            return "no index yet", "" if case.before is None and not over else "the index is gone"
        except IndexDamagedError as error:
            # Refused, as it must be; there was no generation before the first.
            return "damaged", "" if state.lies and case.before is None else str(error)
        if lines:
            if "answering from the generation before it" not in lines[0]:
                return "the one before it", f"it does not say so: {lines}"
            return "the one before it", "" if found == case.before and not over else f"it should not: {lines}"
    if found == case.after:
        return "the new one", ""
    return "the old one", "" if found == case.before and not over else "it is another, or the run had ended"
